//! What a caller asks of the gateway itself: a provider by name, no losses, an explanation instead of an answer.

use serde_json::{Value, json};

use crate::support::{Client, Gateway, Reply, Upstream};
use crate::{SPOKEN, post};

#[tokio::test]
async fn a_model_without_a_known_provider_is_told_which_there_are() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::with(upstream.address, &[("GROQ_API_KEY", "")]).await;
    for spoken in &SPOKEN {
        for (model, expected) in [
            ("m", "The model `m` names no provider"),
            ("acme%2Fm", "There is no provider `acme`"),
        ] {
            let named = model.replace("%2F", "/");
            let path = spoken.path.replace("MODEL", model);
            let answer = post(&gateway, &path, "", &spoken.body.replace("MODEL", &named)).await;
            assert_eq!(answer.status, 404, "{path}: {}", answer.body);
            assert!(answer.body.contains(expected), "{path}: {}", answer.body);
            let listed = answer.body.contains("openai, google") && !answer.body.contains("groq");
            assert!(listed, "{path}: {}", answer.body);
        }
    }
    assert!(upstream.asked().is_empty());
}

#[tokio::test]
async fn a_provider_may_be_named_in_the_query() {
    let reply = r#"{"message":{"role":"assistant","content":[{"type":"text","text":"hello"}]},"finish_reason":"COMPLETE"}"#;
    let upstream = Upstream::start(move |_| Reply::json(200, reply)).await;
    let gateway = Gateway::before(upstream.address).await;
    let body = r#"{"model":"a/b","messages":[{"role":"user","content":"hi"}]}"#;
    let answer = post(&gateway, "/v1/chat/completions?provider=cohere", "", body).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let asked: Value = serde_json::from_str(&upstream.asked().pop().unwrap().body).unwrap();
    assert_eq!(asked["model"], "a/b");
}

#[tokio::test]
async fn strict_callers_are_refused_what_they_would_lose() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::before(upstream.address).await;
    let body = r#"{"model":"anthropic/m","seed":7,"logit_bias":{"1":2},"messages":[{"role":"user","content":"a"}]}"#;
    let answer = post(
        &gateway,
        "/v1/chat/completions",
        "x-gateway-strict: true\r\n",
        body,
    )
    .await;
    let error: Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(answer.status, 400);
    assert_eq!(error["error"]["type"], "invalid_request_error");
    assert_eq!(error["error"]["param"], "logit_bias");
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("logit_bias, seed"), "{message}");
    assert!(upstream.asked().is_empty());
    // What passes unchanged or as the nearest thing loses nothing.
    let body =
        r#"{"model":"anthropic/m","max_tokens":7,"messages":[{"role":"user","content":"a"}]}"#;
    post(
        &gateway,
        "/v1/chat/completions",
        "x-gateway-strict: true\r\n",
        body,
    )
    .await;
    assert_eq!(upstream.asked().len(), 1);
}

#[tokio::test]
async fn an_explanation_shows_all_but_the_key_and_sends_nothing() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::before(upstream.address).await;
    let explain = "x-gateway-explain: true\r\n";
    let body = r#"{"model":"google/gemini-2.5-flash","stream":true,"logit_bias":{"1":2},"messages":[{"role":"user","content":"a"}]}"#;
    let answer = post(&gateway, "/v1/chat/completions", explain, body).await;
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    let base = format!("http://{}/google", upstream.address);
    let url = format!("{base}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse");
    assert_eq!(
        (&told["method"], &told["url"]),
        (&json!("POST"), &json!(url))
    );
    assert_eq!(told["provider"], "google");
    assert_eq!(told["headers"]["x-goog-api-key"], "***");
    assert_eq!(
        told["body"],
        json!({"contents": [{"role": "user", "parts": [{"text": "a"}]}]})
    );
    assert_eq!(
        told["losses"],
        json!([{"field": "logit_bias", "what": "dropped"}])
    );
    // The same where nothing is translated: the body as it would go.
    let body = r#"{"contents": [ {"parts":[{"text":"a"}]}]}"#;
    let path = "/v1beta/models/google/m:generateContent?key=secret&x=1";
    let answer = post(&gateway, path, explain, body).await;
    assert!(
        answer.body.contains(&format!("\"body\":{body}")),
        "{}",
        answer.body
    );
    let url = format!("{base}/v1beta/models/m:generateContent?x=1");
    assert!(answer.body.contains(&url), "{}", answer.body);
    assert!(
        !answer.body.contains("secret") && !answer.body.contains("k3y"),
        "{}",
        answer.body
    );
    assert!(upstream.asked().is_empty());
}

#[tokio::test]
async fn capabilities_are_the_ledger() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    let answer = client.get("/v1/capabilities").await;
    let told: Value = serde_json::from_str(&answer.body).unwrap();
    let fields = &told["dialects"]["anthropic"]["fields"];
    let has = |list: &Value, name: &str| list.as_array().unwrap().contains(&json!(name));
    assert!(has(&fields["bound"], "ChatRequest.top_k"));
    assert!(has(
        &fields["refuse"]["one candidate only"],
        "ChatRequest.n"
    ));
    assert_eq!(
        told["providers"]["google"]["endpoints"]["generate"]["dialect"],
        "gemini"
    );
    let also = &told["providers"]["openai"]["endpoints"]["generate_also"];
    assert_eq!(
        *also,
        json!([{"dialect": "openai-responses", "method": "POST", "path": "/v1/responses"}])
    );
    let routes = told["routes"].as_array().unwrap();
    let own = json!({"method": "POST", "path": "/v1/messages", "operation": "chat", "dialect": "anthropic"});
    assert!(routes.contains(&own));
}
