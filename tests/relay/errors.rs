//! Errors of a provider pass as they are, but for those about the gateway's own key.

use crate::support::{Reply, Upstream, gateway::key};
use crate::{plain, post, scripted};

#[tokio::test]
async fn errors_pass_unless_they_are_about_the_key() {
    let (next, upstream) = scripted().await;
    let gateway = plain(upstream.address).await;
    let body = r#"{"model":"openai/m","messages":[{"role":"user","content":"a"}]}"#;
    let shows = format!(
        r#"{{"error":{{"message":"bad {}","type":"x"}}}}"#,
        key("openai")
    );
    for (status, said, expected) in [
        (
            400,
            r#"{ "error":{"message":"no", "type":"t", "extra":1}}"#,
            Some(400),
        ),
        (429, r#"{"error":{"message":"slow","type":"t"}}"#, Some(429)),
        (500, "oops", Some(500)),
        (
            404,
            r#"{"error":{"message":"no such model","code":"model_not_found"}}"#,
            Some(404),
        ),
        (401, r#"{"error":{"message":"bad key","type":"t"}}"#, None),
        (403, r#"{"error":{"message":"not yours","type":"t"}}"#, None),
        (400, shows.as_str(), None),
    ] {
        *next.lock().unwrap() = Reply::json(status, said).with("retry-after", "7");
        let answer = post(&gateway, "/v1/chat/completions", "", body).await;
        match expected {
            Some(status) => {
                assert_eq!((answer.status, answer.body.as_str()), (status, said));
                assert_eq!(answer.header("retry-after"), Some("7"));
            }
            None => {
                assert_ne!(answer.body, said);
                assert!(answer.body.contains("\"error\""), "{}", answer.body);
                assert!(!answer.body.contains(&key("openai")), "{}", answer.body);
            }
        }
    }
}

#[tokio::test]
async fn a_request_that_cannot_be_read_here_is_for_its_provider_to_judge() {
    let upstream = Upstream::start(|_| Reply::json(200, r#"{"fine":true}"#)).await;
    let gateway = plain(upstream.address).await;
    let odd = r#"{"model":"openai/m","messages":{"new":"form"}}"#;
    let answer = post(&gateway, "/v1/chat/completions", "", odd).await;
    assert_eq!(
        (answer.status, answer.body.as_str()),
        (200, r#"{"fine":true}"#)
    );
    assert_eq!(
        upstream.asked().pop().unwrap().body,
        r#"{"model":"m","messages":{"new":"form"}}"#
    );
    // A provider of another dialect can't be told what can't be read.
    let odd = r#"{"model":"anthropic/m","messages":{"new":"form"}}"#;
    let answer = post(&gateway, "/v1/chat/completions", "", odd).await;
    assert_eq!(answer.status, 400, "{}", answer.body);
}
