//! What a provider takes otherwise than its dialect says is changed in the caller's own text, and nothing else.

use crate::post;
use crate::support::{Gateway, Reply, Upstream};

#[tokio::test]
async fn only_the_difference_is_changed() {
    let upstream = Upstream::start(|_| Reply::json(200, "{}")).await;
    let gateway = Gateway::before(upstream.address).await;
    let cases = [
        (
            "a model without quirks",
            r#"{ "model":"groq/x",  "x" : 1e2, "messages":[{"role":"user","content":"a"}]}"#,
            r#"{ "model":"x",  "x" : 1e2, "messages":[{"role":"user","content":"a"}]}"#,
            None,
        ),
        (
            "a reasoning model takes no temperature",
            r#"{"model":"openai/o3", "x" : 1e2, "temperature":0.5, "messages":[ {"role":"user","content":"a"}]}"#,
            r#"{"model":"o3","x" : 1e2,"messages":[ {"role":"user","content":"a"}]}"#,
            Some("temperature"),
        ),
        (
            "another name for a setting, another word for a tier",
            r#"{"model":"groq/x","safety_identifier":"u","service_tier":"priority","k":[1, 2],"messages":[{"role":"user","content":"a"}]}"#,
            r#"{"model":"x","service_tier":"performance","k":[1, 2],"messages":[{"role":"user","content":"a"}],"user":"u"}"#,
            None,
        ),
        (
            "deep inside: a name on one message",
            r#"{"model":"groq/x","messages":[{"role":"user","name":"n","content":"a", "x": 1},{"role":"assistant","content": "b"},{"role":"user","content":"c"}]}"#,
            r#"{"model":"x","messages":[{"role":"user","content":"a","x": 1},{"role":"assistant","content": "b"},{"role":"user","content":"c"}]}"#,
            Some("turn.name"),
        ),
    ];
    for (case, sent, expected, dropped) in cases {
        let answer = post(&gateway, "/v1/chat/completions", "", sent).await;
        let asked = upstream.asked().pop().expect(case);
        assert_eq!(asked.body, expected, "{case}");
        assert_eq!(answer.header("x-gateway-dropped"), dropped, "{case}");
    }
}

#[tokio::test]
async fn what_a_model_would_get_wrong_is_refused() {
    let upstream = Upstream::start(|_| Reply::json(200, "{}")).await;
    let gateway = Gateway::before(upstream.address).await;
    let body = r#"{"model":"openai/o3","stop":"x","messages":[{"role":"user","content":"a"}]}"#;
    let answer = post(&gateway, "/v1/chat/completions", "", body).await;
    assert_eq!(answer.status, 400);
    assert!(answer.body.contains("stop"), "{}", answer.body);
    assert!(upstream.asked().is_empty());
}
