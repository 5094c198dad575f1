//! What callers are told where a provider refuses, fails, says what it shouldn't, or is too slow.

use std::time::Duration;

use serde_json::json;

use crate::support::gateway::{PROVIDERS, question, streamed};
use crate::support::{Answer, Gateway, Reply, Upstream, reply};
use crate::words::{self, error_of, word};

#[tokio::test]
async fn what_a_provider_refuses() {
    let gateway_refused = "The provider refused the gateway's credential.";
    for (status, headers, told, text) in [
        (429, Some(("retry-after", "7")), 429, "no luck"),
        (429, None, 429, "no luck"),
        (400, None, 400, "no luck"),
        (404, None, 404, "no luck"),
        (422, None, 422, "no luck"),
        (401, None, 502, gateway_refused),
        (403, None, 502, gateway_refused),
        (418, None, 418, "no luck"),
        (500, None, 502, "no luck"),
        (503, Some(("retry-after", "7")), 502, "no luck"),
        (529, None, 502, "no luck"),
    ] {
        let upstream = Upstream::start(move |asked| {
            let reply = Reply::json(status, words::error(asked, "no luck"));
            match headers {
                Some((name, value)) => reply.with(name, value),
                None => reply,
            }
        })
        .await;
        let gateway = Gateway::before(upstream.address).await;
        for (provider, _) in PROVIDERS {
            for body in [question("m"), streamed("m", false), streamed("m", true)] {
                let answer = gateway.generate(provider, &body).await;
                let found = (answer.status, error_of(&answer));
                assert_eq!(found, (told, text.to_owned()), "{provider} {status}");
                let wait = headers.map(|(_, value)| value);
                assert_eq!(answer.header("retry-after"), wait, "{provider} {status}");
            }
            let answer = gateway.get(&format!("/llms/{provider}")).await;
            assert_eq!(answer.status, told, "{provider} {status}: {}", answer.body);
        }
    }
}

#[tokio::test]
async fn a_wait_is_told_that_only_the_body_says() {
    let body = json!({"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "slow", "details": [
        {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.4s"}]}});
    let upstream = Upstream::answering(Reply::json(429, body)).await;
    let gateway = Gateway::before(upstream.address).await;
    let answer = gateway.generate("google", &question("m")).await;
    assert_eq!(
        (answer.status, answer.header("retry-after")),
        (429, Some("35"))
    );
}

#[tokio::test]
async fn what_is_no_reply_of_its_dialect() {
    for reply in [
        Reply::stream("text/html", "<html>"),
        Reply::json(200, "[]"),
        Reply::json(200, "{\"choices\":"),
        Reply::json(200, ""),
        Reply::json(200, "7"),
    ] {
        let upstream = Upstream::answering(reply).await;
        let gateway = Gateway::before(upstream.address).await;
        for (provider, _) in PROVIDERS {
            for body in [question("m"), streamed("m", false), streamed("m", true)] {
                let stream = body["stream"] == true;
                let answer = gateway.generate(provider, &body).await;
                let told = match answer.status {
                    // Whatever came was a stream by its name, until it was read.
                    200 if stream => reply_failed(&answer),
                    status => status == 502,
                };
                assert!(told, "{provider} {body}: {} {}", answer.status, answer.body);
            }
        }
    }
}

fn reply_failed(answer: &Answer) -> bool {
    match answer.header("content-type") {
        Some("text/event-stream") => reply::events(answer).error.is_some(),
        _ => reply::lines(answer).error.is_some(),
    }
}

#[tokio::test]
async fn a_provider_that_is_too_slow() {
    let upstream = Upstream::start(|asked| Reply {
        delay: Duration::from_secs(3),
        ..word(asked, "late")
    })
    .await;
    let settings = [
        ("CLIENT_FIRST_BYTE_TIMEOUT", "200ms"),
        ("CLIENT_LIST_TIMEOUT", "200ms"),
    ];
    let gateway = Gateway::with(upstream.address, &settings).await;
    for (provider, _) in PROVIDERS {
        for answer in [
            gateway.generate(provider, &question("m")).await,
            gateway.generate(provider, &streamed("m", true)).await,
            gateway.get(&format!("/llms/{provider}")).await,
            gateway.get(&format!("/proxy/{provider}/x")).await,
        ] {
            assert_eq!(answer.status, 504, "{provider}: {}", answer.body);
        }
    }
}
