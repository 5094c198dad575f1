//! The log.

use gateway::auth::{Gate, Pace};
use gateway::config::{Oidc, Secret};
use gateway::observe::{Exchange, Observer, subscriber};
use serde_json::{Value, json};
use tracing::subscriber::with_default;

use crate::{Capture, ROUTE, answer, begin};

#[test]
fn each_end_of_a_request_is_one_line() {
    type End = fn(Exchange);
    let cases: &[(&str, End, Value)] = &[
        (
            "a streamed answer",
            |exchange| answer(exchange, "acme", "the-model"),
            json!({"provider": "acme", "model": "the-model", "status": 200, "streamed": true, "losses": 2,
                   "input_tokens": 12, "output_tokens": 34, "ttft_ms": true, "error": null}),
        ),
        (
            "a plain answer",
            |mut exchange| exchange.status(200),
            json!({"status": 200, "error": null, "provider": null, "model": null, "ttft_ms": null,
                   "input_tokens": null, "losses": null, "streamed": null}),
        ),
        (
            "an error",
            |mut exchange| {
                exchange.error("upstream_timeout");
                exchange.error("later");
                exchange.status(504);
            },
            json!({"status": 504, "error": "upstream_timeout"}),
        ),
        (
            "gone before the answer",
            drop,
            json!({"status": 499, "error": "client_gone"}),
        ),
        (
            "gone within the stream",
            |mut exchange| {
                exchange.status(200);
                exchange.streamed();
                exchange.first_token();
            },
            json!({"status": 200, "error": "client_gone"}),
        ),
        (
            "a panic",
            |exchange| {
                let held = std::panic::AssertUnwindSafe(exchange);
                let _ = std::panic::catch_unwind(move || {
                    let _held = held;
                    std::panic::resume_unwind(Box::new("on purpose"));
                });
            },
            json!({"status": 500, "error": "panic"}),
        ),
    ];
    for (name, end, expected) in cases {
        let text = logged(false, None, || {
            end(begin(&Observer::default(), &[("x-request-id", "id-7")]))
        });
        let line = only_line(&text);
        for (field, value) in expected.as_object().expect("an object") {
            match value {
                Value::Bool(true) if field != "streamed" => {
                    assert!(line[field].is_number(), "{name}: {line}")
                }
                value => assert_eq!(&line[field], value, "{name}, {field}: {line}"),
            }
        }
        assert_eq!(line["method"], "POST", "{name}");
        assert_eq!(line["route"], ROUTE, "{name}");
        assert_eq!(line["request_id"], "id-7", "{name}");
        assert!(
            line["duration_ms"].as_f64().is_some_and(|time| time >= 0.0),
            "{name}: {line}"
        );
        assert!(
            line["timestamp"].is_string() && line["level"] == "INFO",
            "{name}: {line}"
        );
    }
}

#[test]
fn a_request_id_that_is_not_sane_is_replaced() {
    for (given, kept) in [
        ("req-1", true),
        ("two words", false),
        (&*"x".repeat(200), false),
    ] {
        let mut said = String::new();
        let text = logged(false, None, || {
            let exchange = begin(&Observer::default(), &[("x-request-id", given)]);
            exchange.request_id().clone_into(&mut said);
        });
        assert_eq!(only_line(&text)["request_id"], said);
        assert_eq!(said == given, kept, "{given} became {said}");
    }
}

#[test]
fn development_is_readable_and_still_one_line_each() {
    let forged = "m\n{\"status\":200}\u{1b}[31m";
    for development in [true, false] {
        let text = logged(development, None, || {
            answer(begin(&Observer::default(), &[]), "acme", forged)
        });
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(!text.contains('\u{1b}'), "{text}");
        assert_eq!(
            serde_json::from_str::<Value>(&text).is_err(),
            development,
            "{text}"
        );
        assert!(text.contains("acme") && text.contains(ROUTE), "{text}");
    }
}

#[test]
fn only_the_gateways_own_events_pass_at_any_level() {
    let levels = [
        "",
        "trace",
        "info,hyper=trace,h2=trace,rustls=trace",
        "info,hyper_util=trace",
        "gateway=trace,warn",
    ];
    for development in [true, false] {
        for directives in levels {
            let text = logged(development, Some(directives), || {
                let header = "authorization: Bearer sk-secret";
                tracing::error!(target: "hyper::proto::h1", header, "headers");
                tracing::warn!(target: "h2::codec", header, "frame");
                tracing::info!(target: "rustls::client", header, "secret");
                tracing::trace!(target: "hyper_util::client", header, "request");
                tracing::error!(target: "gateway_other", header, "not ours");
                tracing::error!(target: "gateway::auth", "ours");
            });
            assert!(!text.contains("sk-secret"), "{directives:?}: {text}");
            assert_eq!(text.matches("ours").count(), 1, "{directives:?}: {text}");
        }
    }
}

#[test]
fn levels_follow_the_directives() {
    let cases = [
        (None, "info"),
        (Some(" "), "info"),
        (Some("debug"), "info debug"),
        (Some("warn"), ""),
        (Some("off"), ""),
        (Some("warn,gateway::auth=debug"), "debug"),
    ];
    for (directives, expected) in cases {
        let text = logged(false, directives, || {
            tracing::info!(target: "gateway::access", "info");
            tracing::debug!(target: "gateway::auth", "debug");
        });
        let messages: Vec<String> = text.lines().map(message).collect();
        assert_eq!(messages.join(" "), expected, "{directives:?}");
    }
    let fault = subscriber(false, Some("gateway=loud"), std::io::sink).err();
    assert!(
        fault
            .as_ref()
            .is_some_and(|text| text.starts_with("RUST_LOG: ")),
        "{fault:?}"
    );
}

#[tokio::test]
async fn a_token_is_in_no_line() {
    let capture = Capture::default();
    let writer = capture.clone();
    let log = subscriber(false, Some("trace"), move || writer.clone()).expect("the level is one");
    let _guard = tracing::subscriber::set_default(log);
    let token = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzb21lb25lIn0.c2lnbmF0dXJl";
    let oidc = Oidc {
        issuer_url: "http://127.0.0.1:9".into(),
        client_id: Secret::new("client-of-the-gateway"),
        client_secret: Some(Secret::new("secret-of-the-client")),
    };
    let gate = Gate::start_at(&oidc, Pace::default()).expect("a gate");
    assert!(gate.check(Some(token)).await.is_err());
    let bearer = format!("Bearer {token}");
    answer(
        begin(
            &Observer::default(),
            &[("authorization", &bearer), ("cookie", "crumb=1")],
        ),
        "acme",
        "m",
    );

    let text = capture.text();
    assert!(
        text.contains("issuer") && text.contains("gateway::access"),
        "{text}"
    );
    for secret in [
        token,
        "eyJhbGciOiJSUzI1NiJ9",
        "c2lnbmF0dXJl",
        "client-of-the",
        "secret-of-the",
        "crumb",
    ] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
}

fn logged(development: bool, directives: Option<&str>, act: impl FnOnce()) -> String {
    let capture = Capture::default();
    let writer = capture.clone();
    let log = subscriber(development, directives, move || writer.clone()).expect("directives");
    with_default(log, act);
    capture.text()
}

fn only_line(text: &str) -> Value {
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(text).expect("JSON")
}

fn message(line: &str) -> String {
    let line: Value = serde_json::from_str(line).expect("JSON");
    line["message"].as_str().expect("a message").to_owned()
}
