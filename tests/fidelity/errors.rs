//! A provider's errors, as each client knows errors.

use serde_json::{Value, json};

use crate::support::{Answer, Gateway, Reply, Upstream, events, json_of};

/// Path, body, and where its errors have their type.
fn clients(model: &str) -> Vec<(&'static str, String, Value, &'static str)> {
    let messages = json!([{"role": "user", "content": "go"}]);
    let plain = json!({"model": model, "messages": messages});
    let mut limited = plain.clone();
    limited["max_tokens"] = 9.into();
    let contents = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]}]});
    let gemini = format!("/v1beta/models/{model}:generateContent");
    vec![
        (
            "chat",
            "/v1/chat/completions".to_owned(),
            plain.clone(),
            "/error/type",
        ),
        (
            "messages",
            "/v1/messages".to_owned(),
            limited,
            "/error/type",
        ),
        ("gemini", gemini, contents, "/error/status"),
        ("cohere", "/v2/chat".to_owned(), plain.clone(), ""),
        ("ollama", "/api/chat".to_owned(), plain, ""),
    ]
}

/// Asks as each client does but the provider's own, to which errors pass as they are, and says status and type.
async fn told(gateway: &Gateway, model: &str, own: &str, wanted: &str) -> String {
    let mut told = String::new();
    for (client, path, body, place) in clients(model) {
        if client == own {
            continue;
        }
        let answer = gateway.ask(&path, &body).await;
        let error = json_of(&answer);
        assert!(
            answer.body.contains(wanted),
            "{path} {wanted}: {}",
            answer.body
        );
        let kind = error
            .pointer(place)
            .and_then(Value::as_str)
            .unwrap_or_default();
        told.push_str(&format!(
            "{}{}{kind} ",
            answer.status,
            if kind.is_empty() { "" } else { ":" }
        ));
        if path.contains("v1beta") {
            assert_eq!(error["error"]["code"], answer.status, "{}", answer.body);
        }
    }
    told.trim_end().to_owned()
}

fn said(kind: &str, code: Value) -> Value {
    json!({"error": {"message": "no luck", "type": kind, "param": null, "code": code}})
}

#[tokio::test]
async fn every_client_is_told_in_its_own_words() {
    let refused = "The provider refused the gateway's credential.";
    let bad = "502:api_error 500:INTERNAL 500 502";
    let busy = "529:overloaded_error 503:UNAVAILABLE 503 503";
    let late = "504:timeout_error 504:DEADLINE_EXCEEDED 504 504";
    let wrong = "400:invalid_request_error 400:INVALID_ARGUMENT 400 400";
    let rate = "429:rate_limit_error 429:RESOURCE_EXHAUSTED 429 429";
    let cases = [
        (
            400,
            said("invalid_request_error", json!(null)),
            "no luck",
            wrong,
        ),
        (422, said("some_error", json!(null)), "no luck", wrong),
        (418, said("some_error", json!(null)), "no luck", wrong),
        (
            404,
            said("invalid_request_error", json!("model_not_found")),
            "no luck",
            "404:not_found_error 404:NOT_FOUND 404 404",
        ),
        (
            413,
            said("invalid_request_error", json!(null)),
            "no luck",
            "413:request_too_large 413:INVALID_ARGUMENT 413 413",
        ),
        (
            429,
            said("requests", json!("rate_limit_exceeded")),
            "no luck",
            rate,
        ),
        (
            429,
            said("insufficient_quota", json!("insufficient_quota")),
            "no luck",
            "429:rate_limit_error 429:RESOURCE_EXHAUSTED 429 429",
        ),
        (
            402,
            said("some_error", json!(null)),
            "no luck",
            "402:billing_error 402:RESOURCE_EXHAUSTED 402 403",
        ),
        (
            401,
            said("invalid_request_error", json!("invalid_api_key")),
            refused,
            bad,
        ),
        (403, said("permission_error", json!(null)), refused, bad),
        (408, said("some_error", json!(null)), "no luck", late),
        (504, said("some_error", json!(null)), "no luck", late),
        (500, said("server_error", json!(null)), "no luck", bad),
        (502, json!("<html>"), "status 502", bad),
        (
            503,
            said("service_unavailable_error", json!(null)),
            "no luck",
            busy,
        ),
        (498, said("capacity", json!(null)), "no luck", busy),
        (529, said("capacity", json!(null)), "no luck", busy),
        // With a good status, and a code that is the one it should have had.
        (
            200,
            json!({"error": {"message": "no luck", "code": 429}, "user_id": "u"}),
            "no luck",
            rate,
        ),
        (
            200,
            json!({"error": {"message": "no luck", "code": 529}}),
            "no luck",
            busy,
        ),
        (
            200,
            json!({"error": {"message": "no luck"}}),
            "no luck",
            bad,
        ),
        (
            200,
            json!({"result": {}, "success": false, "errors": [{"message": "AiError: no luck", "code": 5006}], "messages": []}),
            "AiError: no luck",
            bad,
        ),
        (
            200,
            json!({"error": {"message": "no key", "code": 401}}),
            refused,
            bad,
        ),
    ];
    for (status, body, text, expected) in cases {
        let upstream = Upstream::answering(Reply::json(status, &body)).await;
        let gateway = Gateway::before(upstream.address).await;
        assert_eq!(
            told(&gateway, "groq/m", "chat", text).await,
            expected,
            "{status} {body}"
        );
    }
}

/// By the status alone, for the provider's body says only a text.
#[tokio::test]
async fn a_status_as_the_commonest_client_knows_it() {
    for (status, expected) in [
        (400, "400:invalid_request_error"),
        (401, "502:server_error"),
        (402, "429:insufficient_quota"),
        (404, "404:invalid_request_error"),
        (408, "504:timeout_error"),
        (409, "409:conflict_error"),
        (413, "413:invalid_request_error"),
        (418, "400:invalid_request_error"),
        (429, "429:rate_limit_error"),
        (498, "502:server_error"),
        (499, "500:server_error"),
        (500, "502:server_error"),
        (501, "400:invalid_request_error"),
        (503, "503:service_unavailable_error"),
        (504, "504:timeout_error"),
        (529, "503:service_unavailable_error"),
    ] {
        let upstream =
            Upstream::answering(Reply::json(status, json!({"message": "no luck"}))).await;
        let gateway = Gateway::before(upstream.address).await;
        let (_, path, body, place) = clients("cohere/m").remove(0);
        let answer = gateway.ask(&path, &body).await;
        let error = json_of(&answer);
        let found = format!(
            "{}:{}",
            answer.status,
            error.pointer(place).unwrap().as_str().unwrap()
        );
        assert_eq!(found, expected, "{status} {error}");
        let code = match status {
            402 => "insufficient_quota",
            404 => "model_not_found",
            413 => "request_too_large",
            429 => "rate_limit_exceeded",
            401 | 498 | 500 => "upstream_error",
            503 | 529 => "server_is_overloaded",
            _ => "",
        };
        assert_eq!(
            error["error"]["code"].as_str().unwrap_or_default(),
            code,
            "{status} {error}"
        );
    }
}

#[tokio::test]
async fn what_waiting_is_told() {
    let date = "Sun, 06 Nov 1994 08:49:37 GMT";
    for (headers, expected) in [
        (vec![("retry-after", "7")], Some("7")),
        (
            vec![("retry-after", "7"), ("retry-after-ms", "1500")],
            Some("2"),
        ),
        (vec![("retry-after", "0.2")], Some("1")),
        (vec![("retry-after", date)], Some("0")),
        (vec![("x-ratelimit-reset-tokens", "1m30.2s")], Some("91")),
        (vec![("x-ratelimit-reset-requests", "6ms")], Some("1")),
        (
            vec![("x-ratelimit-reset-requests", "6ms"), ("retry-after", "3")],
            Some("3"),
        ),
        (vec![], None),
    ] {
        for status in [429, 503, 400] {
            let mut reply = Reply::json(status, said("some_error", json!(null)));
            for (name, value) in &headers {
                reply = reply.with(name, value);
            }
            let upstream = Upstream::answering(reply).await;
            let gateway = Gateway::before(upstream.address).await;
            for (client, path, body, _) in clients("groq/m").into_iter().skip(1) {
                let answer = gateway.ask(&path, &body).await;
                let expected = expected.filter(|_| status != 400);
                assert_eq!(
                    answer.header("retry-after"),
                    expected,
                    "{client} {status} {headers:?}"
                );
                if client == "gemini" {
                    assert_eq!(
                        answer.body.contains("retryDelay"),
                        expected.is_some(),
                        "{}",
                        answer.body
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn a_list_of_one_error_is_that_error() {
    let error = json!({"error": {"code": 503, "message": "no luck", "status": "UNAVAILABLE"}});
    for (status, body) in [
        (200, json!([error])),
        (200, error.clone()),
        (503, json!([error])),
    ] {
        let upstream = Upstream::answering(Reply::json(status, &body)).await;
        let gateway = Gateway::before(upstream.address).await;
        let busy = "503:service_unavailable_error 529:overloaded_error 503 503";
        assert_eq!(
            told(&gateway, "google/gemini-3-flash", "gemini", "no luck").await,
            busy,
            "{body}"
        );
    }
}

/// The same, for whoever asked for a stream; from then on in the stream.
#[tokio::test]
async fn a_stream_that_is_an_error() {
    let body = json!({"error": {"message": "no luck", "code": 529}}).to_string();
    let key = "k3y-of-groq";
    let leaky = json!({"error": {"message": format!("bad {key}"), "code": 429}});
    let words = json!({"id": "x", "choices": [{"index": 0, "delta": {"content": "be"}}]});
    let stream = |begun: &str, text: &str| {
        Reply::stream(
            "text/event-stream",
            format!("{begun}data: {text}\n\ndata: [DONE]\n\n"),
        )
    };
    // As long as nothing has been said, an error has a status of its own.
    let frame = |text: &str| stream("", text);
    let later = |text: &str| stream(&format!("data: {words}\n\n"), text);
    let refused = json!({"error": {"message": key, "code": 401}}).to_string();
    for (reply, status, text) in [
        (Reply::json(200, &body), 529, "no luck"),
        (frame(&body), 529, "no luck"),
        (later(&body), 200, "no luck"),
        (frame(&leaky.to_string()), 429, "bad ***"),
        (later(&leaky.to_string()), 200, "bad ***"),
        (frame(&refused), 502, "The provider refused"),
        (later(&refused), 200, "The provider refused"),
    ] {
        let upstream = Upstream::answering(reply).await;
        let gateway = Gateway::before(upstream.address).await;
        let mut ask = clients("groq/m")[1].2.clone();
        ask["stream"] = true.into();
        let answer = gateway.ask("/v1/messages", &ask).await;
        assert_eq!(answer.status, status, "{}", answer.body);
        let error = error_of(&answer);
        assert!(
            error["error"]["message"].as_str().unwrap().contains(text),
            "{error}"
        );
        if text == "no luck" {
            assert_eq!(error["error"]["type"], "overloaded_error", "{error}");
        }
        assert!(!answer.body.contains(key), "{}", answer.body);
    }
}

fn error_of(answer: &Answer) -> Value {
    match answer.status {
        200 => events(answer).pop().unwrap(),
        _ => json_of(answer),
    }
}
