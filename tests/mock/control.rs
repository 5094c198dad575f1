//! Delays, failures, and who answers at a path that several providers have.

use std::time::{Duration, Instant};

use serde_json::json;

use super::client::Client;
use super::{Behaviour, ask, mock};

const GROQ: &str = "POST /groq/openai/v1/chat/completions";
const HELLO: &str = r#"{"model":"m","messages":[{"role":"user","content":"hello"}]}"#;
const STREAM: &str = r#"{"model":"m","stream":true,"messages":[{"role":"user","content":"a text of a few pieces, each of which comes late"}]}"#;
const PAUSE: Duration = Duration::from_millis(300);

#[tokio::test]
async fn replies_wait() {
    let mock = mock(Behaviour::default()).await;
    for (headers, waits) in [("", false), ("x-mock-delay: 300ms\r\n", true)] {
        let start = Instant::now();
        assert_eq!(ask(mock.address, GROQ, headers, HELLO).await.status, 200);
        assert_eq!(start.elapsed() >= PAUSE, waits, "{:?}", start.elapsed());
    }
}

#[tokio::test]
async fn pieces_wait_for_each_other() {
    let behaviour = Behaviour {
        piece_delay: PAUSE,
        piece_size: 1 << 20,
        ..Behaviour::default()
    };
    let mock = mock(behaviour).await;
    let mut client = Client::connect(mock.address).await;
    let start = Instant::now();
    client.request(GROQ, "", STREAM).await;
    client.until("data: ").await;
    assert!(start.elapsed() < PAUSE, "the first comes at once");
    client.until("[DONE]").await;
    // Its start, its text, its finish with the end.
    assert!(start.elapsed() >= 2 * PAUSE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn every_nth_request_fails_in_the_provider_s_shape() {
    let behaviour = Behaviour {
        fail_every: 3,
        fail_status: 429,
        ..Behaviour::default()
    };
    let mock = mock(behaviour).await;
    let mut statuses = Vec::new();
    for _ in 0..6 {
        statuses.push(ask(mock.address, GROQ, "", HELLO).await.status);
    }
    assert_eq!(statuses, [200, 200, 429, 200, 200, 429]);
    for (line, at, expected) in [
        (
            "POST /anthropic/v1/messages",
            "/error/type",
            json!("rate_limit_error"),
        ),
        ("GET /google/v1beta/models", "/error/code", json!(429)),
        ("GET /cloudflare/ai/models/search", "/success", json!(false)),
        (
            "GET /ollama/api/tags",
            "/error",
            json!("The mock fails with status 429, as it was told to."),
        ),
    ] {
        let answer = ask(mock.address, line, "x-mock-fail-every: 1\r\n", "").await;
        assert_eq!(answer.status, 429, "{line}");
        assert_eq!(answer.header("retry-after"), Some("1"), "{line}");
        assert_eq!(
            answer.json().pointer(at),
            Some(&expected),
            "{line}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn the_behaviour_is_set_while_it_runs() {
    let mock = mock(Behaviour::default()).await;
    let config = |body| ask(mock.address, "POST /__mock/config", "", body);
    let told = config(r#"{"fail_every": 2, "fail-status": "503"}"#).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.json()["fail-status"], 503);
    for expected in [200, 503, 200] {
        assert_eq!(ask(mock.address, GROQ, "", HELLO).await.status, expected);
    }
    assert_eq!(config(r#"{"fail_every": 2}"#).await.status, 200);
    for expected in [200, 503] {
        assert_eq!(
            ask(mock.address, GROQ, "", HELLO).await.status,
            expected,
            "counted anew"
        );
    }
    for (body, place) in [
        (
            r#"{"delay": "1s", "fail-status": 200}"#,
            "fail-status: '200'",
        ),
        (r#"{"patience": 1}"#, "patience"),
        ("[]", "expected a JSON object"),
    ] {
        let refused = config(body).await;
        assert_eq!(refused.status, 400, "{body}");
        assert!(refused.body.contains(place), "{}", refused.body);
    }
    let shown = ask(mock.address, "GET /__mock/config", "", "").await.json();
    assert_eq!(
        (&shown["delay"], &shown["fail-every"]),
        (&json!("0ms"), &json!(2)),
        "all or nothing"
    );
    let wrong = ask(mock.address, GROQ, "x-mock-delay: soon\r\n", HELLO).await;
    assert_eq!(wrong.status, 400);
    assert!(
        wrong.body.contains("x-mock-delay: 'soon'"),
        "{}",
        wrong.body
    );
}

#[tokio::test]
async fn words_change_how_it_is_answered() {
    let mock = mock(Behaviour::default()).await;
    let said = |text: &str, stream: bool| {
        json!({"model": "m", "stream": stream, "messages": [{"role": "user", "content": text}]})
            .to_string()
    };
    for (text, status) in [
        ("fail:429 now", 429),
        ("fail:503", 503),
        ("failing:429", 200),
    ] {
        let answer = ask(mock.address, GROQ, "", &said(text, false)).await;
        assert_eq!(answer.status, status, "{text}: {}", answer.body);
    }
    let text = "and a text of more than one piece";
    for (word, has, lacks) in [
        ("break:503", "status 503", "[DONE]"),
        ("break:off", "echo: ", "finish_reason\":\"stop"),
        ("breaks", "[DONE]", "error"),
    ] {
        let body = said(&format!("{word} {text}"), true);
        let answer = ask(mock.address, GROQ, "", &body).await;
        assert!(answer.body.contains(has), "{word}: {}", answer.body);
        assert!(!answer.body.contains(lacks), "{word}: {}", answer.body);
    }
    let start = Instant::now();
    ask(mock.address, GROQ, "", &said("slow:150ms", true)).await;
    assert!(start.elapsed() >= PAUSE, "{:?}", start.elapsed());
}

#[tokio::test]
async fn requests_are_told_and_credentials_are_not() {
    let mock = mock(Behaviour::default()).await;
    let secrets = "authorization: Bearer s3cret\r\nx-api-key: s3cret\r\nx-own: yes\r\n";
    ask(
        mock.address,
        GROQ,
        "authorization: Bearer s3cret\r\n",
        HELLO,
    )
    .await;
    let body = r#"{"model":"m","max_tokens":9,"messages":[{"role":"user","content":"good day"}]}"#;
    ask(mock.address, "POST /anthropic/v1/messages", secrets, body).await;
    let mut cut = Client::connect(mock.address).await;
    cut.request(GROQ, "x-mock-piece-delay: 1s\r\n", STREAM)
        .await;
    cut.until("data: ").await;
    drop(cut);
    let told = |query: &'static str| ask(mock.address, query, "", "");
    let all = told("GET /__mock/requests").await;
    assert!(!all.body.contains("s3cret"), "{}", all.body);
    assert!(all.body.contains("\"x-own\":\"yes\""), "{}", all.body);
    let all = all.json();
    assert_eq!(all[0]["body"]["messages"][0]["content"], "hello");
    assert_eq!(
        (&all[0]["provider"], &all[0]["state"]),
        (&json!("groq"), &json!("answered"))
    );
    let one = told("GET /__mock/requests?containing=good%20day")
        .await
        .json();
    assert_eq!(one.as_array().map(Vec::len), Some(1));
    assert_eq!(one[0]["path"], "/anthropic/v1/messages");
    super::soon("the stream is cancelled", async {
        while told("GET /__mock/requests").await.json()[2]["state"] != "cancelled" {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    })
    .await;
    assert_eq!(told("POST /__mock/requests").await.status, 405);
}

#[tokio::test]
async fn bare_paths_are_told_apart_by_what_requests_carry() {
    let mock = mock(Behaviour::default()).await;
    for (line, headers, field) in [
        ("GET /v1/models", "", "object"),
        ("GET /v1/models", "authorization: Bearer x\r\n", "object"),
        ("GET /v1/models", "x-api-key: x\r\n", "has_more"),
        (
            "GET /v1/models",
            "anthropic-version: 2023-06-01\r\n",
            "has_more",
        ),
        (
            "GET /v1/models?endpoint=chat",
            "authorization: Bearer x\r\n",
            "models",
        ),
        (
            "GET /client/v4/accounts/any/ai/models/search",
            "",
            "success",
        ),
    ] {
        let answer = ask(mock.address, line, headers, "").await;
        assert!(
            answer.json().get(field).is_some(),
            "{line} {headers}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn what_is_not_there_or_not_understood_is_an_error() {
    let mock = mock(Behaviour::default()).await;
    for (line, body, status, text) in [
        ("GET /nowhere", "", 404, "No provider answers here."),
        ("GET /google/nowhere", "", 404, "NOT_FOUND"),
        (
            "POST /openai/v1/chat/completions",
            "{",
            400,
            "invalid_request_error",
        ),
        (
            "POST /anthropic/v1/messages",
            r#"{"model":"m","messages":7}"#,
            400,
            "messages",
        ),
    ] {
        let answer = ask(mock.address, line, "", body).await;
        assert_eq!(answer.status, status, "{line}: {}", answer.body);
        assert!(answer.body.contains(text), "{line}: {}", answer.body);
    }
}
