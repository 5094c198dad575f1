//! Every caller's dialect against every provider that embeds: the numbers that the provider gave arrive, digit for digit.

use serde_json::{Value, json};

use super::vendors::{TOKENS, bytes, numbers};
use super::{Answer, House};

/// How a dialect asks and is answered.
pub struct Caller {
    pub name: &'static str,
    /// Where, for this model.
    pub path: fn(&str) -> String,
    /// For this model and these texts.
    pub body: fn(&str, &[&str]) -> Value,
    /// The vectors of the answer as JSON text, or as base64.
    pub vectors: fn(&str) -> Vec<String>,
    /// Where the tokens are.
    usage: Option<&'static str>,
    /// Only one text can be asked for.
    single: bool,
    base64: bool,
}

const EMBEDDINGS: fn(&str) -> String = |_| "/v1/embeddings".to_owned();

pub const CALLERS: [Caller; 8] = [
    Caller {
        name: "openai",
        path: EMBEDDINGS,
        body: |model, texts| json!({"model": model, "input": texts}),
        vectors: indexed,
        usage: Some("/usage/prompt_tokens"),
        single: false,
        base64: false,
    },
    Caller {
        name: "openai, base64",
        path: EMBEDDINGS,
        body: |model, texts| json!({"model": model, "input": texts, "encoding_format": "base64"}),
        vectors: |body| strings(body, "/data", "embedding"),
        usage: Some("/usage/total_tokens"),
        single: false,
        base64: true,
    },
    Caller {
        name: "openai, one text",
        path: EMBEDDINGS,
        body: |model, texts| json!({"model": model, "input": texts[0]}),
        vectors: indexed,
        usage: Some("/usage/prompt_tokens"),
        single: true,
        base64: false,
    },
    Caller {
        name: "gemini, a batch",
        path: |model| format!("/v1beta/models/{model}:batchEmbedContents"),
        body: |model, texts| {
            let of = |text: &&str| json!({"model": format!("models/{model}"), "content": {"parts": [{"text": text}]}});
            json!({"requests": texts.iter().map(of).collect::<Vec<_>>()})
        },
        vectors: |body| lists(body, "\"values\":"),
        usage: Some("/usageMetadata/promptTokenCount"),
        single: false,
        base64: false,
    },
    Caller {
        name: "gemini, one",
        path: |model| format!("/v1beta/models/{}:embedContent", model.replace('/', "%2F")),
        body: |_, texts| json!({"content": {"parts": [{"text": texts[0]}]}}),
        vectors: |body| lists(body, "\"values\":"),
        usage: Some("/usageMetadata/promptTokenCount"),
        single: true,
        base64: false,
    },
    Caller {
        name: "cohere",
        path: |_| "/v2/embed".to_owned(),
        body: |model, texts| json!({"model": model, "texts": texts, "input_type": "search_query", "embedding_types": ["float"]}),
        vectors: |body| rows(body, "\"float\":"),
        usage: Some("/meta/billed_units/input_tokens"),
        single: false,
        base64: false,
    },
    Caller {
        name: "ollama",
        path: |_| "/api/embed".to_owned(),
        body: |model, texts| json!({"model": model, "input": texts}),
        vectors: |body| rows(body, "\"embeddings\":"),
        usage: Some("/prompt_eval_count"),
        single: false,
        base64: false,
    },
    Caller {
        name: "ollama, of old",
        path: |_| "/api/embeddings".to_owned(),
        body: |model, texts| json!({"model": model, "prompt": texts[0]}),
        vectors: |body| lists(body, "\"embedding\":"),
        usage: None,
        single: true,
        base64: false,
    },
];

/// Providers that embed, and whether they count.
const PROVIDERS: [(&str, bool); 5] = [
    ("openai", true),
    ("google", false),
    ("cohere", true),
    ("ollama", true),
    ("cloudflare", true),
];

#[tokio::test]
async fn all_callers_and_all_providers() {
    let house = House::open().await;
    let texts = ["High water", "low water", "été \"à\" Brest"];
    for caller in CALLERS {
        for (provider, counts) in PROVIDERS {
            let what = format!("{} to {provider}", caller.name);
            let model = format!("{provider}/embed/x");
            let path = (caller.path)(&model);
            let answer = house.post(&path, "", &(caller.body)(&model, &texts)).await;
            let body = answer.good(&what);
            let texts = &texts[..if caller.single { 1 } else { 3 }];
            let given = (caller.vectors)(&answer.body);
            assert_eq!(given, expected(texts, &caller), "{what}: {}", answer.body);
            let Some(place) = caller.usage else {
                continue;
            };
            let tokens = body.pointer(place).and_then(Value::as_u64);
            match counts {
                true => assert_eq!(tokens, Some((texts.len() * TOKENS) as u64), "{what}"),
                // A vendor's form may want a number all the same.
                false => assert_eq!(tokens.unwrap_or(0), 0, "{what}"),
            }
            // It says what the vectors are for, and these can't be told.
            let has_purpose = caller.name == "cohere" && !matches!(provider, "cohere" | "google");
            assert_dropped(&answer, has_purpose.then_some("purpose"), &what);
        }
    }
}

#[track_caller]
pub fn assert_dropped(answer: &Answer, fields: Option<&str>, what: &str) {
    assert_eq!(answer.header("x-gateway-dropped"), fields, "{what}");
}

fn expected(texts: &[&str], caller: &Caller) -> Vec<String> {
    let of = |text: &&str| match caller.base64 {
        true => bytes(text),
        false => format!("[{}]", numbers(text).join(",")),
    };
    texts.iter().map(of).collect()
}

/// The lists that follow this key.
fn lists(body: &str, key: &str) -> Vec<String> {
    let after = body.split(key).skip(1);
    after
        .map(|text| text[..=text.find(']').unwrap()].to_owned())
        .collect()
}

/// The lists in the order of the index before each.
fn indexed(body: &str) -> Vec<String> {
    let after = body.split("\"index\":").skip(1);
    let mut found: Vec<_> = after
        .map(|text| {
            let index: usize = text.split(',').next().unwrap().parse().unwrap();
            (index, lists(text, "\"embedding\":").remove(0))
        })
        .collect();
    found.sort();
    found.into_iter().map(|(_, list)| list).collect()
}

/// The lists in the list that follows this key.
fn rows(body: &str, key: &str) -> Vec<String> {
    let (_, after) = body.split_once(key).unwrap();
    let inner = after.strip_prefix('[').unwrap();
    let inner = &inner[..inner.find("]]").unwrap() + 1];
    let inner = inner.split("],");
    inner
        .map(|text| format!("{}]", text.trim_end_matches(']')))
        .collect()
}

fn strings(body: &str, list: &str, key: &str) -> Vec<String> {
    let body: Value = serde_json::from_str(body).unwrap();
    let mut list = body.pointer(list).unwrap().as_array().unwrap().clone();
    list.sort_by_key(|row| row["index"].as_u64());
    let list = list.iter();
    list.map(|row| row[key].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn vectors_are_for_the_same_purpose() {
    let house = House::open().await;
    let gemini = |purpose: &str| {
        json!({"requests": [{"model": "models/x", "content": {"parts": [{"text": "a"}]}, "taskType": purpose,
            "outputDimensionality": 256, "title": "A"}]})
    };
    let cohere = |purpose: &str| json!({"model": "google/x", "texts": ["a"], "input_type": purpose, "output_dimension": 256});
    for (path, body, place, expected, dropped) in [
        (
            "/v1beta/models/cohere/x:batchEmbedContents",
            gemini("RETRIEVAL_QUERY"),
            "/input_type",
            "search_query",
            Some("title"),
        ),
        (
            "/v1beta/models/cohere/x:batchEmbedContents",
            gemini("CLUSTERING"),
            "/input_type",
            "clustering",
            Some("title"),
        ),
        (
            "/v1beta/models/openai/x:batchEmbedContents",
            gemini("CLUSTERING"),
            "/model",
            "x",
            Some("purpose,title"),
        ),
        (
            "/v2/embed",
            cohere("search_document"),
            "/requests/0/taskType",
            "RETRIEVAL_DOCUMENT",
            None,
        ),
        (
            "/v2/embed",
            cohere("classification"),
            "/requests/0/taskType",
            "CLASSIFICATION",
            None,
        ),
    ] {
        let answer = house.post(path, "", &body).await;
        answer.good(path);
        assert_dropped(&answer, dropped, path);
        let sent: Value = serde_json::from_str(&house.upstream.asked()[0].body).unwrap();
        assert_eq!(sent.pointer(place), Some(&json!(expected)), "{sent}");
        let length = [
            "/dimensions",
            "/output_dimension",
            "/requests/0/outputDimensionality",
        ];
        let length = length.into_iter().find_map(|place| sent.pointer(place));
        assert_eq!(length, Some(&json!(256)), "{sent}");
    }
}
