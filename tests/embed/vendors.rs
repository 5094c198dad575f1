//! Providers that embed and count, as their documentation says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::support::{Asked, Reply};

/// The numbers of a text, with more digits than a 32-bit float holds.
pub fn numbers(text: &str) -> [String; 3] {
    let seed: u32 = text.bytes().fold(7, |sum, byte| {
        sum.wrapping_mul(31).wrapping_add(u32::from(byte))
    });
    let seed = seed % 1_000_000;
    [
        format!("0.{seed:06}267652035"),
        format!("-{seed}.5"),
        format!("{}.0", text.len()),
    ]
}

/// The same as bytes.
pub fn bytes(text: &str) -> String {
    let floats = numbers(text).map(|number| number.parse::<f32>().unwrap().to_le_bytes());
    STANDARD.encode(floats.concat())
}

/// Every input is this many tokens.
pub const TOKENS: usize = 3;

pub fn answer(asked: &Asked) -> Reply {
    let body: Value = serde_json::from_str(&asked.body).unwrap_or_default();
    let target = asked.path().to_owned();
    let (provider, path) = target[1..].split_once('/').unwrap();
    let answered = match (provider, path) {
        ("openai", "v1/embeddings") | ("cloudflare", "ai/v1/embeddings") => data(&body),
        ("google", path) if path.ends_with(":batchEmbedContents") => contents(&body, path),
        ("google", path) if path.ends_with(":countTokens") => Ok(json!({"totalTokens": 11})),
        ("cohere", "v2/embed") => by_type(&body),
        ("ollama", "api/embed") => rows(&body),
        ("anthropic", "v1/messages/count_tokens") => Ok(json!({"input_tokens": 7})),
        _ => Err(format!("nothing at {path}")),
    };
    match answered {
        Ok(body) => Reply::stream("application/json", raw(&body.to_string())),
        Err(why) => {
            let error =
                json!({"error": {"message": why, "type": "invalid_request_error"}, "message": why});
            Reply::json(400, error)
        }
    }
}

/// JSON in which texts that begin with `#` are numbers as they stand.
fn raw(text: &str) -> String {
    let mut made = String::new();
    for (at, part) in text.split("\"#").enumerate() {
        match part.split_once('"') {
            Some((number, rest)) if at > 0 => {
                made.push_str(number);
                made.push_str(rest);
            }
            _ => made.push_str(part),
        }
    }
    made
}

fn list(text: &str) -> Value {
    numbers(text)
        .map(|number| format!("#{number}"))
        .into_iter()
        .collect()
}

fn text(value: &Value) -> Result<String, String> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Array(ids) if ids.iter().all(Value::is_number) => Ok(value.to_string()),
        _ => Err(format!("no input: {value}")),
    }
}

fn texts(list: &Value, most: usize) -> Result<Vec<String>, String> {
    // One text, or the ids of one.
    if list.is_string() || list[0].is_number() {
        return Ok(vec![text(list)?]);
    }
    let list = list.as_array().ok_or("a list is wanted")?;
    if list.len() > most {
        return Err(format!("at most {most}, and there are {}", list.len()));
    }
    list.iter().map(text).collect()
}

fn model(body: &Value) -> Result<&str, String> {
    match body["model"].as_str() {
        Some(model) if !model.contains("openai/") => Ok(model),
        other => Err(format!("no such model: {other:?}")),
    }
}

/// The last comes first, as the index allows.
fn data(body: &Value) -> Result<Value, String> {
    let texts = texts(&body["input"], 2048)?;
    let is_text = body["encoding_format"] == "base64";
    let data = texts.iter().enumerate().rev().map(|(index, text)| {
        let embedding = match is_text {
            true => bytes(text).into(),
            false => list(text),
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let data: Vec<_> = data.collect();
    let tokens = texts.len() * TOKENS;
    Ok(
        json!({"object": "list", "data": data, "model": model(body)?,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}),
    )
}

fn contents(body: &Value, path: &str) -> Result<Value, String> {
    let requests = body["requests"].as_array().ok_or("no requests")?;
    if requests.len() > 100 {
        return Err("at most 100".to_owned());
    }
    let name = path
        .trim_start_matches("v1beta/")
        .trim_end_matches(":batchEmbedContents");
    let vectors = requests.iter().map(|request| {
        if request["model"] != name.replace("%2F", "/") {
            return Err(format!("{} and {name}", request["model"]));
        }
        let parts = request["content"]["parts"].as_array().ok_or("no parts")?;
        let parts: Vec<_> = parts
            .iter()
            .map(|part| part["text"].as_str().unwrap_or("?"))
            .collect();
        Ok(json!({"values": list(&parts.join("\n"))}))
    });
    let vectors = vectors.collect::<Result<Vec<_>, String>>()?;
    Ok(json!({"embeddings": vectors}))
}

fn by_type(body: &Value) -> Result<Value, String> {
    let texts = texts(&body["texts"], 96)?;
    body["input_type"].as_str().ok_or("no input_type")?;
    model(body)?;
    let types = body["embedding_types"].as_array().ok_or("no types")?;
    let mut embeddings = json!({});
    for name in types {
        let name = name.as_str().unwrap();
        embeddings[name] = match name {
            "float" => texts.iter().map(|text| list(text)).collect(),
            "base64" => texts.iter().map(|text| bytes(text)).collect(),
            "int8" => texts.iter().map(|text| json!([text.len(), -1])).collect(),
            other => return Err(format!("no {other}")),
        };
    }
    Ok(
        json!({"id": "e-1", "embeddings": embeddings, "texts": texts,
        "meta": {"api_version": {"version": "2"}, "billed_units": {"input_tokens": texts.len() * TOKENS}}}),
    )
}

fn rows(body: &Value) -> Result<Value, String> {
    let texts = texts(&body["input"], usize::MAX)?;
    let rows: Vec<_> = texts.iter().map(|text| list(text)).collect();
    Ok(
        json!({"model": model(body)?, "embeddings": rows, "total_duration": 5,
        "prompt_eval_count": texts.len() * TOKENS}),
    )
}
