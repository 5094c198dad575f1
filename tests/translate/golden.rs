//! Writes what came over what was expected. It says what came, not what is right.

use serde_json::Value;

use super::case::Step;
use super::compare::Frame;
use super::print;
use super::support::{Answer, Asked};

/// Writes what came over what was expected, where there is a file for it. Read it before it is believed.
pub fn update(step: &Step, asked: Option<&Asked>, answer: &Answer) {
    if let (Some(file), Some(asked)) = (step.upstream(), asked) {
        let mut sent: Value = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
        if sent.get("model").is_some_and(|model| model == step.model()) {
            sent.as_object_mut().unwrap().shift_remove("model");
        }
        std::fs::write(file.path, print::pretty(&sent)).unwrap();
    }
    let Some(file) = step.answer() else { return };
    let reply = step.reply().map(|reply| reply.text).unwrap_or_default();
    let text = if file.is_stream() {
        let frames = Frame::all(file.form(), &answer.body);
        let frames = frames.into_iter().map(|mut frame| {
            mask(&mut frame.data, &reply);
            match file.form() {
                "ndjson" => format!("{}\n", frame.data),
                _ => frame.to_string(),
            }
        });
        frames.collect()
    } else {
        let value: Result<Value, _> = serde_json::from_str(&answer.body);
        value.map_or(answer.body.clone(), |mut value| {
            mask(&mut value, &reply);
            print::pretty(&value)
        })
    };
    std::fs::write(file.path, text).unwrap();
}

/// What the gateway makes up isn't the same twice, or is words.
fn mask(value: &mut Value, reply: &str) {
    const MADE_UP: [&str; 7] = [
        "id",
        "created",
        "created_at",
        "responseId",
        "request_id",
        "message",
        "param",
    ];
    match value {
        Value::Object(members) => {
            for (name, value) in members {
                let made_up = MADE_UP.contains(&name.as_str())
                    && (value.is_string() || value.is_number())
                    && (name.starts_with("created") || !reply.contains(&value.to_string()));
                match made_up {
                    true => *value = "*".into(),
                    false => mask(value, reply),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mask(item, reply)),
        _ => {}
    }
}
