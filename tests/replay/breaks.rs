//! Streams that fail after they have begun, and answers that say little or nothing.

use serde_json::{Value, json};

use crate::support::gateway::{PROVIDERS, question, streamed};
use crate::support::{Gateway, Reply, Upstream, reply};
use crate::words::{begin, error_piece, media_type, piece, provider, stream_of};

#[tokio::test]
async fn an_error_in_mid_stream_is_told_and_ends_it() {
    let upstream = Upstream::start(|asked| {
        let provider = provider(asked);
        let body = begin(provider) + &piece(provider, "half") + &error_piece(provider, "on fire");
        Reply::stream(media_type(provider), body)
    })
    .await;
    check_half(&upstream, Some("on fire")).await;
}

#[tokio::test]
async fn a_stream_that_ends_early_is_told() {
    for broken in [false, true] {
        let upstream = Upstream::start(move |asked| {
            let provider = provider(asked);
            let body = begin(provider) + &piece(provider, "half");
            Reply {
                broken,
                ..Reply::stream(media_type(provider), body)
            }
        })
        .await;
        check_half(&upstream, None).await;
    }
}

/// What came is passed on, then comes the error, and then nothing.
async fn check_half(upstream: &Upstream, error: Option<&str>) {
    let gateway = Gateway::before(upstream.address).await;
    for (provider, _) in PROVIDERS {
        let lines = gateway.generate(provider, &streamed("m", false)).await;
        let events = gateway.generate(provider, &streamed("m", true)).await;
        for told in [reply::lines(&lines), reply::events(&events)] {
            assert_eq!(told.text, "half", "{provider}: {told:?}");
            let text = told.error.expect(provider);
            assert!(
                error.is_none_or(|error| text.contains(error)),
                "{provider}: {text}"
            );
        }
        assert!(
            events.body.contains("event: error\n"),
            "{provider}: {}",
            events.body
        );
        assert!(!events.body.contains("stream-end"), "{provider}");
    }
}

#[tokio::test]
async fn streams_come_piece_by_piece() {
    let upstream = Upstream::start(|asked| stream_of(asked, &["one", " \u{1f9ed}", "two\n"])).await;
    let gateway = Gateway::before(upstream.address).await;
    for (provider, _) in PROVIDERS {
        let lines = gateway.generate(provider, &streamed("m", false)).await;
        let events = gateway.generate(provider, &streamed("m", true)).await;
        let model = match provider {
            "cohere" => "m",
            _ => "m-1",
        };
        for told in [reply::lines(&lines), reply::events(&events)] {
            assert_eq!(told.text, "one \u{1f9ed}two\n", "{provider}");
            assert_eq!(
                (told.models, told.error),
                (vec![model.to_owned()], None),
                "{provider}"
            );
        }
        assert_eq!(lines.body.lines().count(), 3, "{provider}: {}", lines.body);
        let named: Vec<&str> = events
            .body
            .lines()
            .filter_map(|line| line.strip_prefix("event: "))
            .collect();
        let expected = "message-start stream-start content-start content-delta content-delta content-delta \
                        content-end message-end stream-end";
        assert_eq!(named.join(" "), expected, "{provider}");
    }
}

#[tokio::test]
async fn little_is_an_answer_too() {
    let message = |message: Value, reason: &str| {
        json!({"id": "1", "object": "chat.completion", "created": 1, "model": "m-1",
            "choices": [{"index": 0, "message": message, "finish_reason": reason}]})
    };
    let block = |content: Value, reason: &str| {
        json!({"id": "1", "type": "message", "role": "assistant", "model": "m-1", "content": content,
            "stop_reason": reason, "usage": {"input_tokens": 1, "output_tokens": 0}})
    };
    let line = |content: Value| json!({"model": "m-1", "created_at": "2026-01-01T00:00:00Z", "done": true, "message": content});
    let candidate = |candidate: Value| json!({"candidates": [candidate], "modelVersion": "m-1"});
    for (provider, said, text) in [
        (
            "openai",
            message(
                json!({"role": "assistant", "content": null}),
                "content_filter",
            ),
            "",
        ),
        (
            "openai",
            message(json!({"role": "assistant", "content": ""}), "stop"),
            "",
        ),
        (
            "openai",
            message(
                json!({"role": "assistant", "content": null, "refusal": "no"}),
                "stop",
            ),
            "no",
        ),
        (
            "openai",
            json!({"id": "1", "object": "chat.completion", "created": 1, "model": "m-1", "choices": []}),
            "",
        ),
        ("groq", message(json!({"role": "assistant"}), "length"), ""),
        (
            "cloudflare",
            message(json!({"role": "assistant", "content": {"a": 1}}), "stop"),
            r#"{"a":1}"#,
        ),
        ("anthropic", block(json!([]), "refusal"), ""),
        (
            "anthropic",
            block(
                json!([{"type": "thinking", "thinking": "hm", "signature": "s"}]),
                "end_turn",
            ),
            "",
        ),
        (
            "anthropic",
            block(
                json!([{"type": "novel_block", "x": 1}, {"type": "text", "text": "a"}]),
                "novel",
            ),
            "a",
        ),
        (
            "google",
            json!({"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "m-1"}),
            "",
        ),
        ("google", candidate(json!({"finishReason": "SAFETY"})), ""),
        (
            "google",
            candidate(json!({"content": {"role": "model"}, "finishReason": "MAX_TOKENS"})),
            "",
        ),
        (
            "google",
            candidate(json!({"content": {"parts": []}, "finishReason": "NOVEL"})),
            "",
        ),
        (
            "cohere",
            json!({"id": "1", "finish_reason": "MAX_TOKENS", "message": {"role": "assistant"}}),
            "",
        ),
        (
            "cohere",
            json!({"id": "1", "finish_reason": "COMPLETE", "message": {"role": "assistant", "content": []}}),
            "",
        ),
        (
            "ollama",
            line(json!({"role": "assistant", "content": ""})),
            "",
        ),
        (
            "ollama",
            line(json!({"role": "assistant", "content": "", "thinking": "hm"})),
            "",
        ),
    ] {
        let upstream = Upstream::answering(Reply::json(200, &said)).await;
        let gateway = Gateway::before(upstream.address).await;
        let answer = gateway.generate(provider, &question("m")).await;
        assert_eq!(answer.status, 200, "{provider} {said}: {}", answer.body);
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let model = match provider {
            "cohere" => "m",
            _ => "m-1",
        };
        let expected = json!({"provider": provider,
            "response": {"role": "assistant", "model": model, "content": text}});
        assert_eq!(body, expected, "{said}");
    }
}
