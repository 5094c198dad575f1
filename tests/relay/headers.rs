//! Which headers and which query pass.

use crate::support::{Reply, Upstream, gateway::key};
use crate::{plain, post};

#[tokio::test]
async fn credentials_and_what_is_for_the_gateway_stay_here() {
    let upstream = Upstream::start(|_| {
        let reply = Reply::json(200, r#"{ "id":"x" }"#);
        let reply = reply.with("set-cookie", "session=1");
        reply
            .with("request-id", "req_1")
            .with("anthropic-ratelimit-requests-remaining", "7")
    })
    .await;
    let gateway = plain(upstream.address).await;
    let headers = "authorization: Bearer caller\r\nx-api-key: caller\r\nx-goog-api-key: caller\r\ncookie: a=b\r\n\
                   x-gateway-strict: false\r\naccept-encoding: gzip\r\nanthropic-version: 2099-01-01\r\n\
                   anthropic-beta: something\r\nx-custom: 1\r\ncontent-type: text/plain\r\n";
    let body =
        r#"{"model":"anthropic/m","max_tokens":1,"messages":[{"role":"user","content":"a"}]}"#;
    let answer = post(&gateway, "/v1/messages?beta=true&provider=", headers, body).await;
    assert_eq!(
        answer.status, 404,
        "an empty name is no provider's: {}",
        answer.body
    );
    let answer = post(&gateway, "/v1/messages?beta=true", headers, body).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body, r#"{ "id":"x" }"#);
    assert_eq!(answer.header("set-cookie"), None);
    assert_eq!(answer.header("request-id"), Some("req_1"));
    assert_eq!(
        answer.header("anthropic-ratelimit-requests-remaining"),
        Some("7")
    );
    let asked = upstream.asked().pop().unwrap();
    assert_eq!(asked.target, "/anthropic/v1/messages?beta=true");
    for (name, expected) in [
        ("authorization", None),
        ("cookie", None),
        ("x-goog-api-key", None),
        ("x-gateway-strict", None),
        ("accept-encoding", None),
        ("x-api-key", Some(key("anthropic"))),
        ("anthropic-version", Some("2099-01-01".to_owned())),
        ("anthropic-beta", Some("something".to_owned())),
        ("x-custom", Some("1".to_owned())),
        ("content-type", Some("application/json".to_owned())),
    ] {
        assert_eq!(asked.header(name), expected.as_deref(), "{name}");
    }
}

#[tokio::test]
async fn a_key_in_the_query_stays_here() {
    let upstream = Upstream::start(|_| Reply::json(200, "{}")).await;
    let gateway = plain(upstream.address).await;
    let body = r#"{"contents":[{"parts":[{"text":"a"}]}]}"#;
    let path = "/v1beta/models/m:generateContent?key=caller&provider=google&x=%20y";
    post(&gateway, path, "", body).await;
    let asked = upstream.asked().pop().unwrap();
    assert_eq!(
        asked.target,
        "/google/v1beta/models/m:generateContent?x=%20y"
    );
    assert_eq!(asked.body, body);
}
