//! The table of routes, row by row: what is asked of providers, and what callers are told.

use bytes::Bytes;
use gateway::generated::providers::PROVIDERS as TABLE;
use http_body_util::{BodyExt, Empty};
use hyper::Request;
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use serde_json::{Value, json};

use crate::support::gateway::{PROVIDERS, question, streamed};
use crate::support::{Gateway, Reply, Upstream, described};
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
    let known = TABLE.iter().map(|provider| provider.id);
    for provider in known.chain(["acme", "OpenAI"]) {
        let expected = match provider {
            "ollama" | "vllm" | "llamacpp" | "lmstudio" => continue,
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
            "messages[0].role",
            "required",
        ),
        (
            r#"{"model":"m","messages":"x"}"#.to_owned(),
            "messages",
            "a list",
        ),
        (of("7"), "messages[0]", "object"),
        (of(r#"["user","x"]"#), "messages[0]", "object"),
        (format!(r#"["m",[{message}]]"#), "", "object"),
        (
            of(r#"{"role":"wizard","content":"x"}"#),
            "messages[0].role",
            "system",
        ),
        (of(r#"{"content":"x"}"#), "messages[0].role", "required"),
        (of(r#"{"role":"user"}"#), "messages[0].content", "required"),
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

/// Tokens are counted whatever the caller speaks: a provider that tells them only when asked is asked.
#[tokio::test]
async fn usage_of_a_stream_is_asked_for() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let gateway = Gateway::before(upstream.address).await;
    for (provider, told) in [("openai", true), ("groq", true), ("anthropic", false)] {
        gateway
            .generate(provider, &streamed("some-model", false))
            .await;
        let asked = upstream.asked().pop().unwrap();
        let body: Value = serde_json::from_str(&asked.body).unwrap();
        let usage = body.pointer("/stream_options/include_usage");
        assert_eq!(
            usage,
            told.then_some(&Value::Bool(true)),
            "{provider}: {body}"
        );
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
