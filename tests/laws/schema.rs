//! The dialects' own descriptions as JSON Schema: what is written must be valid by them.

use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

const REQUEST: [&str; 4] = ["requestBody", "content", "application/json", "schema"];
const REPLY: [&str; 5] = ["responses", "200", "content", "application/json", "schema"];

/// The schema of a dialect's request body.
pub fn request(dialect: &str) -> Validator {
    validator(dialect, |_, operation| operation == "chat", &REQUEST)
}

/// The schema of a dialect's whole reply.
pub fn response(dialect: &str) -> Validator {
    validator(dialect, |_, operation| operation == "chat", &REPLY)
}

/// The schemas of the request and the reply at a path.
pub fn at(dialect: &str, wanted: &str) -> (Validator, Validator) {
    let is_it = |path: &str, _: &str| path == wanted;
    (
        validator(dialect, is_it, &REQUEST),
        validator(dialect, is_it, &REPLY),
    )
}

/// Fails the test, with the place, if a body isn't valid.
pub fn holds(validator: &Validator, body: &[u8], what: &str) {
    if let Err(fault) = check(validator, body) {
        panic!("{what}: {fault}");
    }
}

/// Where and why a body isn't valid.
pub fn check(validator: &Validator, body: &[u8]) -> Result<(), String> {
    let value: Value = serde_json::from_slice(body).map_err(|error| error.to_string())?;
    match validator.iter_errors(&value).next() {
        Some(error) => Err(format!("at {}: {error}\n{value}", error.instance_path())),
        None => Ok(()),
    }
}

fn validator(dialect: &str, is_it: impl Fn(&str, &str) -> bool, path: &[&str]) -> Validator {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("spec/dialects")
        .join(dialect)
        .with_extension("yaml");
    let text = std::fs::read_to_string(&file).expect("the dialect's file");
    let mut document: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    document.apply_merge().expect("YAML");
    let document: Value = serde_json::to_value(&document).expect("JSON");
    let operations = document["paths"]
        .as_object()
        .expect("paths")
        .iter()
        .flat_map(|(at, item)| item.as_object().map(|item| (at, item)));
    let such = operations
        .flat_map(|(at, item)| item.values().map(move |op| (at, op)))
        .filter(|(at, op)| {
            op["x-operation"]
                .as_str()
                .is_some_and(|name| is_it(at, name))
        });
    let found = such
        .map(|(_, op)| op)
        .map(|op| path.iter().fold(op, |at, key| &at[*key]))
        .find(|schema| schema["$ref"].is_string() || schema["type"].is_string());
    let schema = json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "allOf": [found.expect("a schema")],
        "components": document["components"],
    });
    jsonschema::validator_for(&schema).expect("JSON Schema")
}
