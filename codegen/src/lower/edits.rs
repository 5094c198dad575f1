//! Values of edits: what a quirk does to a property.

use serde_json::Value;

use crate::model::canonical::Canonical;
use crate::model::provider::Op;
use crate::source::Node;

pub fn op(key: &str, value: &Node<'_>, canonical: &Canonical) -> Option<Op> {
    Some(match key {
        "rename" => Op::Rename(value.str()?.to_owned()),
        "default" => Op::Default(value.value.clone()),
        "force" => Op::Force(value.value.clone()),
        "clamp" if value.text("maximum").is_some() => {
            let words: Vec<&str> = value.text("maximum")?.split_whitespace().collect();
            let path = super::paths::resolve(canonical, "ChatRequest", words.first()?).ok()?;
            let more = match words.get(1..)? {
                [] => 0.0,
                ["-", number] => -number.parse::<f64>().ok()?,
                ["+", number] => number.parse::<f64>().ok()?,
                _ => return None,
            };
            Op::Below(path, more)
        }
        "clamp" => Op::Clamp(
            value.get("minimum").and_then(|n| n.value.as_f64()),
            value.get("maximum").and_then(|n| n.value.as_f64()),
        ),
        "hash" => Op::Hash(usize::try_from(value.value.as_u64()?).ok()?),
        _ => {
            let value_of = |text: &str| match text {
                "true" => Value::Bool(true),
                "false" => Value::Bool(false),
                text => Value::String(text.to_owned()),
            };
            Op::Map(
                value
                    .value
                    .as_object()?
                    .iter()
                    .map(|(from, to)| (value_of(from), to.clone()))
                    .collect(),
            )
        }
    })
}

/// What the value of an edit looks like.
pub fn takes(key: &str) -> &'static str {
    match key {
        "rename" => "{path: new_name}",
        "clamp" => "{path: {minimum: 1, maximum: 9}}, or {path: {maximum: max_tokens - 1}}",
        "hash" => "{path: 9}, the number of letters and digits",
        _ => "{path: {value: other}}",
    }
}
