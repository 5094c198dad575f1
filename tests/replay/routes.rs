//! The table of routes, row by row: what is asked of providers, and what callers are told.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};

use crate::support::gateway::{PROVIDERS, question, streamed};
use crate::support::{Gateway, Reply, Upstream, described, reply};
use crate::words::{error_of, word};

const UNKNOWN: &str = "Provider not found. Please check the list of supported providers.";
const NO_KEY: &str = "Provider requires an API key. Please configure the provider's API key.";

#[tokio::test]
async fn unknown_and_keyless_providers() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let unset: Vec<String> = PROVIDERS
        .iter()
        .map(|(_, prefix)| format!("{prefix}_API_KEY"))
        .collect();
    let unset: Vec<(&str, &str)> = unset.iter().map(|name| (name.as_str(), "")).collect();
    let gateway = Gateway::with(upstream.address, &unset).await;
    for provider in PROVIDERS
        .map(|(provider, _)| provider)
        .into_iter()
        .chain(["acme", "OpenAI"])
    {
        let expected = match provider {
            "ollama" => continue,
            "acme" | "OpenAI" => UNKNOWN,
            _ => NO_KEY,
        };
        let expected = (400, json!({"error": expected}));
        for answer in [
            gateway.generate(provider, &question("m")).await,
            gateway.get(&format!("/llms/{provider}")).await,
            gateway.get(&format!("/proxy/{provider}/v1/x")).await,
        ] {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            assert_eq!((answer.status, body), expected, "{provider}");
        }
    }
    assert_eq!(upstream.asked().len(), 0);
}

#[tokio::test]
async fn bodies_that_are_wrong_are_told_where() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::before(upstream.address).await;
    let message = r#"{"role":"user","content":"x"}"#;
    let with = |rest: &str| format!(r#"{{"model":"m","messages":[{message}]{rest}}}"#);
    let of = |message: &str| format!(r#"{{"model":"m","messages":[{message}]}}"#);
    for (body, field, expected) in [
        (String::new(), "", "JSON"),
        ("{".to_owned(), "", "JSON"),
        ("[]".to_owned(), "", ""),
        ("\"x\"".to_owned(), "", "object"),
        (format!(r#"{{"messages":[{message}]}}"#), "model", "string"),
        (
            format!(r#"{{"model":null,"messages":[{message}]}}"#),
            "model",
            "string",
        ),
        (
            format!(r#"{{"model":"","messages":[{message}]}}"#),
            "model",
            "empty",
        ),
        (
            format!(r#"{{"model":7,"messages":[{message}]}}"#),
            "model",
            "string",
        ),
        (r#"{"model":"m"}"#.to_owned(), "messages", "required"),
        (
            r#"{"model":"m","messages":[]}"#.to_owned(),
            "messages",
            "at least",
        ),
        (
            r#"{"model":"m","messages":{}}"#.to_owned(),
            "messages",
            "at least",
        ),
        (
            r#"{"model":"m","messages":"x"}"#.to_owned(),
            "messages",
            "a list",
        ),
        (of("7"), "messages[0]", "object"),
        (
            of(r#"{"role":"wizard","content":"x"}"#),
            "messages[0].role",
            "system",
        ),
        (
            of(r#"{"role":"user","content":7}"#),
            "messages[0].content",
            "string",
        ),
        (with(r#","stream":"yes""#), "stream", "a boolean"),
        (with(r#","ssevents":1"#), "ssevents", "a boolean"),
    ] {
        for (provider, _) in PROVIDERS {
            let line = format!("POST /llms/{provider}/generate");
            let answer = gateway.send(&line, "", &body).await;
            assert_eq!(answer.status, 400, "{body}: {}", answer.body);
            let text = error_of(&answer);
            let place = match field {
                "" => String::new(),
                field => format!("{field}: "),
            };
            assert!(
                text.starts_with(&place) && text.contains(expected),
                "{body}: {text}"
            );
        }
    }
    assert_eq!(upstream.asked().len(), 0);
}

#[tokio::test]
async fn nothing_is_asked_for_that_the_caller_did_not() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let gateway = Gateway::before(upstream.address).await;
    for (provider, _) in PROVIDERS {
        let answer = gateway.generate(provider, &question("some-model")).await;
        assert_eq!(answer.status, 200, "{provider}: {}", answer.body);
        let asked = upstream.asked().pop().unwrap();
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let said = body.to_string();
        for absent in [
            "temperature",
            "top_p",
            "topP",
            "penalty",
            "seed",
            "stop",
            "options",
        ] {
            assert!(!said.contains(absent), "{provider}: {said}");
        }
        let model = asked.target.contains("some-model") || body["model"] == "some-model";
        assert!(model && said.contains("hello"), "{provider}: {said}");
        assert_ne!(body["stream"], true, "{provider}");
    }
}

#[tokio::test]
async fn a_model_stays_in_its_segment() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let gateway = Gateway::before(upstream.address).await;
    for (model, segment) in [
        ("../../x?y#z", "..%2F..%2Fx%3Fy%23z"),
        ("tunedModels/a b", "tunedModels%2Fa%20b"),
        ("a%2e%2e:b", "a%252e%252e%3Ab"),
        ("..", ".."),
    ] {
        for (body, verb) in [
            (question(model), "generateContent"),
            (streamed(model, false), "streamGenerateContent"),
        ] {
            let answer = gateway.generate("google", &body).await;
            assert_eq!(answer.status, 200, "{model}: {}", answer.body);
            let asked = upstream.asked().pop().unwrap();
            assert_eq!(
                asked.path(),
                format!("/google/v1beta/models/{segment}:{verb}")
            );
        }
    }
}

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
        (500, None, 502, "The provider failed. It says: no luck"),
        (
            503,
            Some(("retry-after", "7")),
            502,
            "The provider failed. It says: no luck",
        ),
        (529, None, 502, "The provider failed. It says: no luck"),
    ] {
        let upstream = Upstream::start(move |asked| {
            let reply = Reply::json(status, crate::words::error(asked, "no luck"));
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
                let wait = headers.filter(|_| told == 429).map(|(_, value)| value);
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

fn reply_failed(answer: &crate::support::Answer) -> bool {
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

#[tokio::test]
async fn paths_and_methods() {
    let upstream = Upstream::start(|_| Reply::json(500, "")).await;
    let gateway = Gateway::before(upstream.address).await;
    for (line, status, allow) in [
        ("GET /nowhere", 404, None),
        ("GET /llms/openai/x", 404, None),
        ("POST /llms", 405, Some("GET, HEAD")),
        ("DELETE /llms/openai", 405, Some("GET, HEAD")),
        ("GET /llms/openai/generate", 405, Some("POST")),
        ("POST /health", 405, Some("GET, HEAD")),
    ] {
        let answer = gateway.send(line, "", "").await;
        assert_eq!(
            (answer.status, answer.header("allow")),
            (status, allow),
            "{line}"
        );
        assert!(!error_of(&answer).is_empty());
    }
    let answer = gateway.get("/health").await;
    assert_eq!((answer.status, &*answer.body), (200, r#"{"message":"OK"}"#));
    let answer = gateway
        .send("GET /health", "x-request-id: my-own\r\n", "")
        .await;
    assert_eq!(answer.header("x-request-id"), Some("my-own"));
}

#[tokio::test]
async fn health_fails_while_the_gateway_drains() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let gateway = Gateway::before(upstream.address).await;
    let stream = tokio::net::TcpStream::connect(gateway.address)
        .await
        .unwrap();
    let http2 = http2::handshake(TokioExecutor::new(), TokioIo::new(stream));
    let (mut sender, connection) = http2.await.unwrap();
    tokio::spawn(connection);
    let health = || {
        let request = Request::get(format!("{}/health", gateway.url()));
        request.body(Empty::<Bytes>::new()).unwrap()
    };
    assert_eq!(sender.send_request(health()).await.unwrap().status(), 200);
    // The request is on its way when the gateway begins to stop, so it is still answered.
    let answer = sender.send_request(health());
    gateway.running.drain();
    let answer = answer.await.unwrap();
    assert_eq!(answer.status(), 503);
    let body = answer.into_body().collect().await.unwrap().to_bytes();
    assert_eq!(body, &br#"{"error":"The gateway is shutting down."}"#[..]);
    described::assert("GET /health", 503);
}
