//! A body without the words on which a provider's quirks depend is passed on without being read: it must be as the quirks
//! would leave it.

use gateway::codec::skim::{Wanted, skim};
use gateway::dialect::{leaves, police};
use gateway::generated::providers::PROVIDERS;
use gateway::table::{Call, Dialect, Provider};
use hyper::HeaderMap;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::recorded::encode;
use crate::{DIALECTS, corpus, generated};

/// Names that meet the patterns of the spec, and some that don't.
const MODELS: [&str; 24] = [
    "any",
    "gpt-4o-mini",
    "o3",
    "gpt-5.4",
    "openai/gpt-oss-120b",
    "qwen/qwen3-32b",
    "llama-3.3-70b",
    "claude-3-haiku",
    "claude-3-7-sonnet",
    "claude-sonnet-4-5-20250929",
    "claude-opus-4-6",
    "claude-opus-4-7",
    "claude-fable",
    "gemini-2.0-flash",
    "gemini-2.5-pro",
    "gemini-3-pro",
    "command-r-plus",
    "grok-3-mini",
    "grok-4.3",
    "kimi-k2.5",
    "kimi-k3",
    "glm-4.6",
    "magistral-small",
    "sonar",
];

/// Settings of all dialects, some of them of a form that isn't theirs.
const SETTINGS: [(&str, &str); 46] = [
    ("max_tokens", "100"),
    ("max_completion_tokens", "100"),
    ("temperature", "1.9"),
    ("top_p", "0.001"),
    ("top_k", "0"),
    ("n", "2"),
    ("seed", "-1"),
    ("stop", "[\"x\"]"),
    ("user", "\"u\""),
    ("safety_identifier", "\"u\""),
    ("store", "true"),
    ("metadata", "{\"user\":\"u\"}"),
    ("verbosity", "\"low\""),
    ("prediction", "{}"),
    ("prompt_cache_key", "\"k\""),
    ("service_tier", "\"default\""),
    ("logprobs", "true"),
    ("top_logprobs", "20"),
    ("logit_bias", "{\"1\":1}"),
    ("presence_penalty", "1"),
    ("frequency_penalty", "1"),
    ("repetition_penalty", "1"),
    ("reasoning_effort", "\"minimal\""),
    ("reasoning_effort", "\"none\""),
    ("reasoning", "{\"effort\":\"high\",\"max_tokens\":5}"),
    ("reasoning", "{\"enabled\":true}"),
    ("reasoning_split", "true"),
    ("thinking", "{\"type\":\"enabled\",\"budget_tokens\":10}"),
    ("thinking", "{\"type\":\"disabled\"}"),
    ("thinking", "{\"type\":\"adaptive\"}"),
    ("output_config", "{\"effort\":\"xhigh\"}"),
    (
        "output_config",
        "{\"format\":{\"type\":\"json_schema\",\"schema\":{}}}",
    ),
    ("response_format", "{\"type\":\"json_object\"}"),
    (
        "response_format",
        "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"x\",\"schema\":{}}}",
    ),
    ("parallel_tool_calls", "false"),
    ("tool_choice", "\"required\""),
    ("tool_choice", "{\"type\":\"any\"}"),
    (
        "tool_choice",
        "{\"type\":\"allowed_tools\",\"allowed_tools\":{\"mode\":\"auto\",\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\"}}]}}",
    ),
    (
        "tools",
        "[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"strict\":true}}]",
    ),
    (
        "tools",
        "[{\"type\":\"custom\",\"custom\":{\"name\":\"f\"}}]",
    ),
    ("tools", "[{\"name\":\"f\",\"input_schema\":{}}]"),
    ("stream", "true"),
    ("stream_options", "{\"include_usage\":true}"),
    (
        "generationConfig",
        "{\"thinkingConfig\":{\"thinkingBudget\":1}}",
    ),
    (
        "generation_config",
        "{\"thinking_config\":{\"thinking_level\":\"medium\"},\"responseMimeType\":\"application/json\"}",
    ),
    ("new_setting", "1"),
];

/// Whether a provider leaves a body unread; and if so, that its quirks would too.
fn is_left(
    provider: &'static Provider,
    dialect: &'static Dialect,
    model: &str,
    body: &Value,
) -> bool {
    let chat = dialect.chat.expect("a dialect that chats");
    let text = body.to_string();
    let table = chat.skim.expect("a request that can be known unread");
    let wanted = Wanted {
        text: table.model,
        switch: table.stream,
    };
    let Some(seen) = skim(text.as_bytes(), wanted, &table.lexicon) else {
        return false;
    };
    if !leaves(provider, model, &seen.words) {
        return false;
    }
    let call = Call {
        path: &[("model", model.to_owned())],
        query: &[],
        headers: &HeaderMap::new(),
        body: text.as_bytes(),
        stream: None,
    };
    let policed = police(&call, model, provider, dialect);
    let policed =
        policed.unwrap_or_else(|fault| panic!("{} {model}: {fault}\n{text}", provider.id));
    assert_eq!(policed.losses, [], "{} {model}\n{text}", provider.id);
    let after = policed
        .body
        .map(|body| serde_json::from_slice::<Value>(&body).expect("JSON"));
    assert!(
        after.as_ref().is_none_or(|after| after == body),
        "{} {model}\n{text}\n{after:?}",
        provider.id
    );
    true
}

/// Providers that chat in this dialect.
fn speaking(dialect: &'static Dialect) -> impl Iterator<Item = &'static Provider> {
    let speaks = move |provider: &&Provider| {
        let endpoint = provider.generate.as_ref();
        endpoint.is_some_and(|endpoint| std::ptr::eq(endpoint.dialect, dialect))
    };
    PROVIDERS.iter().filter(speaks)
}

#[test]
fn recorded_bodies() {
    for (file, dialect) in DIALECTS {
        let bodies: Vec<Value> = corpus::load(file)
            .into_iter()
            .filter_map(|exchange| exchange.request)
            .collect();
        for provider in speaking(dialect) {
            for model in MODELS {
                for body in &bodies {
                    is_left(provider, dialect, model, body);
                }
            }
        }
    }
}

/// A body that most callers send: it is worth a test that it isn't read.
#[test]
fn plain_bodies_are_left() {
    let chat = json!({"model": "m", "max_tokens": 100, "messages": [{"role": "system", "content": "s"}, {"role": "user", "content": "x"},
        {"role": "assistant", "content": "y"}, {"role": "user", "content": [{"type": "text", "text": "z"}]}]});
    let streamed = json!({"model": "m", "temperature": 0.5, "stream": true, "stream_options": {"include_usage": true}});
    let mut full = chat.clone();
    let (Some(members), Value::Object(more)) = (full.as_object_mut(), streamed) else {
        panic!("they are objects");
    };
    members.extend(more);
    let gemini = json!({"contents": [{"role": "user", "parts": [{"text": "x"}]}], "generationConfig": {"temperature": 1}});
    let mut read = Vec::new();
    for (_, dialect) in DIALECTS {
        for provider in speaking(dialect) {
            let by_path = dialect.chat.is_some_and(|chat| chat.model.is_none());
            let plain = if by_path { &gemini } else { &chat };
            if !is_left(provider, dialect, "any", plain) {
                read.push(provider.id);
            }
        }
    }
    // They have something written into every body.
    assert_eq!(read, ["cloudflare", "minimax"]);
    for id in ["openai", "azure", "groq", "openrouter", "vllm"] {
        let provider = PROVIDERS
            .iter()
            .find(|provider| provider.id == id)
            .expect("it is there");
        let endpoint = provider.generate.as_ref().expect("it chats");
        assert!(
            is_left(provider, endpoint.dialect, "gpt-4o-mini", &full),
            "{id}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn generated_bodies(
        request in generated::request(),
        model in prop::sample::select(MODELS.to_vec()),
        settings in prop::sample::subsequence(SETTINGS.to_vec(), 0..8),
        bare: bool,
    ) {
        for (_, dialect) in DIALECTS {
            let chat = dialect.chat.expect("a dialect that chats");
            let Ok(written) = encode(chat, &request) else { continue };
            let Ok(Value::Object(mut body)) = serde_json::from_slice(&written) else { continue };
            if bare {
                let conversation = ["messages", "contents", "input", "model"];
                body = body.into_iter().filter(|(name, _)| conversation.contains(&name.as_str())).collect::<Map<_, _>>();
            }
            for (name, value) in &settings {
                body.insert((*name).to_owned(), serde_json::from_str(value).expect("JSON"));
            }
            let body = Value::Object(body);
            for provider in speaking(dialect) {
                is_left(provider, dialect, model, &body);
            }
        }
    }
}
