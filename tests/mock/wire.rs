//! What each provider's own clients send, and what they look at in the reply.

use serde_json::{Value, json};

use super::{Behaviour, ask, mock};

/// A provider as its clients know it.
#[derive(Clone, Copy)]
struct Wire {
    id: &'static str,
    /// Empty if it has none.
    list: &'static str,
    /// Where the id of the second model is.
    second: &'static str,
    chat: &'static str,
    stream: &'static str,
    speech: Speech,
}

/// One of the ways to ask and to answer.
#[derive(Clone, Copy)]
struct Speech {
    /// A request with this text, perhaps with a tool, perhaps as a stream.
    request: fn(&str, Ask) -> Value,
    /// Where the text of the reply is.
    text: &'static str,
    /// Where its usage is, input and output.
    usage: [&'static str; 2],
    /// Where a call's name and arguments are.
    call: [&'static str; 2],
    /// The call's arguments are JSON text.
    as_text: bool,
    /// Where a piece of a stream has text.
    piece: &'static str,
    /// What the stream ends with.
    end: &'static str,
}

#[derive(Clone, Copy, PartialEq)]
enum Ask {
    Text,
    Stream,
    Tool,
    Required,
}

const MESSAGES: Speech = Speech {
    request: |text, ask| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": text}]});
        body["stream"] = json!(ask == Ask::Stream);
        if matches!(ask, Ask::Tool | Ask::Required) {
            body["tools"] = json!([{"type": "function", "function": FUNCTION()}]);
        }
        if ask == Ask::Required {
            body["tool_choice"] = json!("required");
        }
        body
    },
    text: "/choices/0/message/content",
    usage: ["/usage/prompt_tokens", "/usage/completion_tokens"],
    call: [
        "/choices/0/message/tool_calls/0/function/name",
        "/choices/0/message/tool_calls/0/function/arguments",
    ],
    as_text: true,
    piece: "/choices/0/delta/content",
    end: "data: [DONE]\n\n",
};

const FUNCTION: fn() -> Value = || json!({"name": "tide", "parameters": {"type": "object"}});

const WIRES: [Wire; 7] = [
    Wire {
        id: "openai",
        list: "/v1/models",
        second: "/data/1/id",
        chat: "/v1/chat/completions",
        stream: "/v1/chat/completions",
        speech: MESSAGES,
    },
    Wire {
        id: "groq",
        list: "/openai/v1/models",
        second: "/data/1/id",
        chat: "/openai/v1/chat/completions",
        stream: "/openai/v1/chat/completions",
        speech: MESSAGES,
    },
    Wire {
        id: "cloudflare",
        list: "/ai/models/search",
        second: "/result/1/name",
        chat: "/ai/v1/chat/completions",
        stream: "/ai/v1/chat/completions",
        speech: MESSAGES,
    },
    Wire {
        id: "anthropic",
        list: "/v1/models",
        second: "/data/1/id",
        chat: "/v1/messages",
        stream: "/v1/messages",
        speech: Speech {
            request: |text, ask| {
                let mut body = (MESSAGES.request)(text, ask);
                body["max_tokens"] = json!(100);
                if matches!(ask, Ask::Tool | Ask::Required) {
                    body["tools"] = json!([{"name": "tide", "input_schema": {"type": "object"}}]);
                }
                if ask == Ask::Required {
                    body["tool_choice"] = json!({"type": "any"});
                }
                body
            },
            text: "/content/0/text",
            usage: ["/usage/input_tokens", "/usage/output_tokens"],
            call: ["/content/0/name", "/content/0/input"],
            as_text: false,
            piece: "/delta/text",
            end: "data: {\"type\":\"message_stop\"}\n\n",
        },
    },
    Wire {
        id: "cohere",
        list: "/v1/models?endpoint=chat",
        second: "/models/1/name",
        chat: "/v2/chat",
        stream: "/v2/chat",
        speech: Speech {
            request: |text, ask| {
                let mut body = (MESSAGES.request)(text, ask);
                if ask == Ask::Required {
                    body["tool_choice"] = json!("REQUIRED");
                }
                body
            },
            text: "/message/content/0/text",
            usage: ["/usage/tokens/input_tokens", "/usage/tokens/output_tokens"],
            call: [
                "/message/tool_calls/0/function/name",
                "/message/tool_calls/0/function/arguments",
            ],
            as_text: true,
            piece: "/delta/message/content/text",
            end: "data: [DONE]\n\n",
        },
    },
    Wire {
        id: "ollama",
        list: "/api/tags",
        second: "/models/1/name",
        chat: "/api/chat",
        stream: "/api/chat",
        speech: Speech {
            request: |text, ask| {
                let mut body = (MESSAGES.request)(text, ask);
                // It can't require a call.
                body.as_object_mut().unwrap().remove("tool_choice");
                body
            },
            text: "/message/content",
            usage: ["/prompt_eval_count", "/eval_count"],
            call: [
                "/message/tool_calls/0/function/name",
                "/message/tool_calls/0/function/arguments",
            ],
            as_text: false,
            piece: "/message/content",
            end: "}\n",
        },
    },
    Wire {
        id: "google",
        list: "/v1beta/models",
        second: "/models/1/name",
        chat: "/v1beta/models/m:generateContent",
        stream: "/v1beta/models/m:streamGenerateContent?alt=sse",
        speech: Speech {
            request: |text, ask| {
                let mut body = json!({"contents": [{"role": "user", "parts": [{"text": text}]}]});
                if matches!(ask, Ask::Tool | Ask::Required) {
                    body["tools"] = json!([{"functionDeclarations": [{"name": "tide"}]}]);
                }
                if ask == Ask::Required {
                    body["toolConfig"] = json!({"functionCallingConfig": {"mode": "ANY"}});
                }
                body
            },
            text: "/candidates/0/content/parts/0/text",
            usage: [
                "/usageMetadata/promptTokenCount",
                "/usageMetadata/candidatesTokenCount",
            ],
            call: [
                "/candidates/0/content/parts/0/functionCall/name",
                "/candidates/0/content/parts/0/functionCall/args",
            ],
            as_text: false,
            piece: "/candidates/0/content/parts/0/text",
            end: "}\n\n",
        },
    },
];

/// Those who copy one of these, with what they call it.
const COPIES: [(&str, &str, &str, &str); 17] = [
    ("mistral", "openai", "/v1/models", "/v1/chat/completions"),
    ("deepseek", "openai", "/models", "/chat/completions"),
    ("xai", "openai", "/v1/models", "/v1/chat/completions"),
    ("openrouter", "openai", "/v1/models", "/v1/chat/completions"),
    ("together", "openai", "/v1/models", "/v1/chat/completions"),
    ("fireworks", "openai", "/v1/models", "/v1/chat/completions"),
    ("cerebras", "openai", "/v1/models", "/v1/chat/completions"),
    ("perplexity", "openai", "", "/chat/completions"),
    ("nvidia", "openai", "/v1/models", "/v1/chat/completions"),
    ("moonshot", "openai", "/v1/models", "/v1/chat/completions"),
    ("zai", "openai", "/v4/models", "/v4/chat/completions"),
    ("minimax", "openai", "/v1/models", "/v1/chat/completions"),
    ("azure", "openai", "/v1/models", "/v1/chat/completions"),
    ("ollama-cloud", "ollama", "/api/tags", "/api/chat"),
    ("vllm", "openai", "/v1/models", "/v1/chat/completions"),
    ("llamacpp", "openai", "/v1/models", "/v1/chat/completions"),
    ("lmstudio", "openai", "/v1/models", "/v1/chat/completions"),
];

fn wires() -> Vec<Wire> {
    let copies = COPIES.map(|(id, of, list, chat)| Wire {
        id,
        list,
        chat,
        stream: chat,
        ..*WIRES.iter().find(|wire| wire.id == of).unwrap()
    });
    WIRES.into_iter().chain(copies).collect()
}

#[test]
fn every_provider_is_here() {
    let mut known: Vec<_> = super::PROVIDERS
        .iter()
        .map(|provider| provider.id)
        .collect();
    let mut here: Vec<_> = wires().iter().map(|wire| wire.id).collect();
    known.sort_unstable();
    here.sort_unstable();
    assert_eq!(here, known);
}

#[tokio::test]
async fn lists_have_two_models() {
    let mock = mock(Behaviour::default()).await;
    for Wire {
        id, list, second, ..
    } in wires().into_iter().filter(|wire| !wire.list.is_empty())
    {
        let answer = ask(mock.address, &format!("GET /{id}{list}"), "", "").await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.body);
        let found = answer.json().pointer(second).cloned();
        let found = found.as_ref().and_then(Value::as_str).unwrap_or_default();
        assert_eq!(
            found.trim_start_matches("models/"),
            "mock-large",
            "{id}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn texts_are_repeated_and_words_counted() {
    let mock = mock(Behaviour::default()).await;
    for Wire {
        id, chat, speech, ..
    } in wires()
    {
        let request = (speech.request)("hello mock", Ask::Text).to_string();
        for path in [format!("/{id}{chat}"), chat.to_owned()] {
            let answer = ask(mock.address, &format!("POST {path}"), "", &request).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.body);
            let body = answer.json();
            assert_eq!(
                body.pointer(speech.text),
                Some(&json!("echo: hello mock")),
                "{body}"
            );
            let usage = speech
                .usage
                .map(|at| body.pointer(at).and_then(Value::as_i64));
            assert_eq!(usage, [Some(2), Some(3)], "{path}: {body}");
            let again = ask(mock.address, &format!("POST {path}"), "", &request).await;
            assert_eq!(again.body, answer.body, "{path}: the same every time");
        }
    }
}

#[tokio::test]
async fn streams_bring_the_text_in_pieces() {
    let mock = mock(Behaviour::default()).await;
    let said = "a text that is longer than one piece of a stream";
    for Wire {
        id, stream, speech, ..
    } in wires()
    {
        let request = (speech.request)(said, Ask::Stream).to_string();
        let answer = ask(mock.address, &format!("POST /{id}{stream}"), "", &request).await;
        assert_eq!(answer.status, 200, "{id}: {}", answer.body);
        assert!(answer.body.ends_with(speech.end), "{id}: {}", answer.body);
        let pieces: Vec<String> = frames(&answer.body)
            .filter_map(|frame| Some(frame.pointer(speech.piece)?.as_str()?.to_owned()))
            .filter(|piece| !piece.is_empty())
            .collect();
        assert!(pieces.len() > 2, "{id}: {pieces:?}");
        assert_eq!(
            pieces.concat(),
            format!("echo: {said}"),
            "{id}: {}",
            answer.body
        );
    }
}

#[tokio::test]
async fn tools_are_called_on_request() {
    let mock = mock(Behaviour::default()).await;
    for Wire {
        id, chat, speech, ..
    } in wires()
    {
        for (text, asked, expected) in [
            (
                "now call:tide {\"port\": \"Brest\"}",
                Ask::Tool,
                Some(json!({"port": "Brest"})),
            ),
            ("now call:tide", Ask::Tool, Some(json!({}))),
            ("what is the tide", Ask::Required, Some(json!({}))),
            ("now call:moon", Ask::Tool, None),
            ("now call:tide", Ask::Text, None),
        ] {
            if id.starts_with("ollama") && asked == Ask::Required {
                continue;
            }
            let request = (speech.request)(text, asked).to_string();
            let answer = ask(mock.address, &format!("POST /{id}{chat}"), "", &request).await;
            assert_eq!(answer.status, 200, "{id}: {}", answer.body);
            let body = answer.json();
            let [name, arguments] = speech.call.map(|at| body.pointer(at));
            let arguments = match arguments {
                Some(Value::String(text)) if speech.as_text => {
                    Some(serde_json::from_str(text).unwrap())
                }
                other => other.cloned(),
            };
            assert_eq!(
                name.and_then(Value::as_str),
                expected.as_ref().map(|_| "tide"),
                "{id} {text}: {body}"
            );
            assert_eq!(arguments, expected, "{id} {text}: {body}");
        }
    }
}

#[tokio::test]
async fn results_of_tools_are_answered_with_text() {
    let mock = mock(Behaviour::default()).await;
    let call =
        json!({"id": "c1", "type": "function", "function": {"name": "tide", "arguments": "{}"}});
    let request = json!({"model": "m", "tool_choice": "required",
        "tools": [{"type": "function", "function": FUNCTION()}],
        "messages": [{"role": "user", "content": "call:tide"},
            {"role": "assistant", "content": null, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": "4 m"}]});
    let body = request.to_string();
    let answer = ask(mock.address, "POST /openai/v1/chat/completions", "", &body).await;
    assert_eq!(
        answer.json().pointer(MESSAGES.text),
        Some(&json!("echo: 4 m")),
        "{}",
        answer.body
    );
}

#[tokio::test]
async fn limits_and_formats_are_kept() {
    let mock = mock(Behaviour::default()).await;
    for (change, text, finish) in [
        (json!({"max_tokens": 2}), "echo: a", "length"),
        (json!({"max_tokens": 9}), "echo: a b", "stop"),
        (
            json!({"response_format": {"type": "json_object"}}),
            "{\"echo\":\"a b\"}",
            "stop",
        ),
    ] {
        let mut request = (MESSAGES.request)("a b", Ask::Text);
        let change = change.as_object().unwrap().clone();
        request.as_object_mut().unwrap().extend(change);
        let body = request.to_string();
        let answer = ask(mock.address, "POST /v1/chat/completions", "", &body)
            .await
            .json();
        assert_eq!(
            answer.pointer(MESSAGES.text),
            Some(&json!(text)),
            "{answer}"
        );
        assert_eq!(answer["choices"][0]["finish_reason"], finish, "{answer}");
    }
}

/// The JSON of each event or line.
fn frames(body: &str) -> impl Iterator<Item = Value> + '_ {
    let lines = body
        .lines()
        .map(|line| line.strip_prefix("data: ").unwrap_or(line));
    lines.filter_map(|line| serde_json::from_str(line).ok())
}
