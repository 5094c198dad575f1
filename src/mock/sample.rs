//! A value that a JSON Schema allows.

use serde_json::{Map, Value};

/// How deep objects and lists go; a schema may lead into itself.
const DEPTH: usize = 12;

/// A value that this schema allows; its texts say `text` where nothing else is asked for.
pub(super) fn of(schema: &str, text: &str) -> Value {
    let schema = serde_json::from_str(schema).unwrap_or(Value::Null);
    let sampler = Sampler {
        root: &schema,
        text,
    };
    sampler.value(&schema, DEPTH)
}

struct Sampler<'s> {
    /// Where references point into.
    root: &'s Value,
    text: &'s str,
}

impl Sampler<'_> {
    fn value(&self, schema: &Value, depth: usize) -> Value {
        if depth == 0 {
            return Value::Null;
        }
        if let Some(found) = self.referred(schema) {
            return self.value(found, depth - 1);
        }
        if let Some(fixed) = fixed(schema) {
            return fixed;
        }
        for choice in ["anyOf", "oneOf", "allOf"] {
            if let Some(first) = schema[choice].get(0) {
                return self.value(first, depth - 1);
            }
        }
        match kind(schema) {
            "object" => self.object(schema, depth),
            "array" => self.list(schema, depth),
            "string" => Value::from(self.text),
            "integer" | "number" => number(schema),
            "boolean" => Value::from(true),
            _ => Value::Null,
        }
    }

    fn referred(&self, schema: &Value) -> Option<&Value> {
        let pointer = schema["$ref"].as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer)
    }

    fn object(&self, schema: &Value, depth: usize) -> Value {
        let properties = schema["properties"].as_object().into_iter().flatten();
        let members =
            properties.map(|(name, schema)| (name.clone(), self.value(schema, depth - 1)));
        Value::from(members.collect::<Map<_, _>>())
    }

    fn list(&self, schema: &Value, depth: usize) -> Value {
        let Some(items) = schema.get("items") else {
            return Value::from(Vec::<Value>::new());
        };
        let count = schema["minItems"].as_u64().unwrap_or(1).max(1);
        let items = (0..count.min(64)).map(|_| self.value(items, depth - 1));
        items.collect()
    }
}

fn fixed(schema: &Value) -> Option<Value> {
    let fixed = schema.get("const").or_else(|| schema["enum"].get(0));
    fixed.cloned()
}

/// The type, in small letters. Of several the first.
fn kind(schema: &Value) -> &'static str {
    let said = schema["type"]
        .as_str()
        .or_else(|| schema["type"][0].as_str());
    let known = [
        "object", "array", "string", "integer", "number", "boolean", "null",
    ];
    let mut known = known.into_iter();
    match said {
        Some(said) => known
            .find(|known| known.eq_ignore_ascii_case(said))
            .unwrap_or("null"),
        None if schema.get("properties").is_some() => "object",
        None => "null",
    }
}

fn number(schema: &Value) -> Value {
    let bound = |name: &str| schema.get(name).cloned();
    bound("minimum")
        .or_else(|| bound("maximum"))
        .unwrap_or_else(|| Value::from(1))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_fit_their_schema() {
        for (schema, expected) in [
            (json!({"type": "string"}), json!("t")),
            (json!({"type": ["integer", "null"]}), json!(1)),
            (json!({"type": "number", "minimum": 2.5}), json!(2.5)),
            (json!({"enum": ["b", "a"]}), json!("b")),
            (json!({"const": 7}), json!(7)),
            (
                json!({"anyOf": [{"type": "boolean"}, {"type": "null"}]}),
                json!(true),
            ),
            (
                json!({"type": "array", "items": {"type": "string"}, "minItems": 2}),
                json!(["t", "t"]),
            ),
            (
                json!({"type": "OBJECT", "properties": {"b": {"type": "STRING"}, "a": {"$ref": "#/$defs/A"}},
                    "$defs": {"A": {"type": "object", "properties": {"c": {"type": "integer"}}}}}),
                json!({"b": "t", "a": {"c": 1}}),
            ),
            (json!({}), json!(null)),
        ] {
            assert_eq!(of(&schema.to_string(), "t"), expected, "{schema}");
        }
        let endless = json!({"properties": {"next": {"$ref": "#"}}}).to_string();
        assert!(of(&endless, "t").is_object());
    }
}
