//! Frames that are known by the one before say what they say when they are read in full.

use gateway::stream::Decoder;
use gateway::table::StreamSpec;
use serde_json::Value;

use crate::streams::spec;
use crate::{DIALECTS, corpus};

#[test]
fn frames_known_by_the_one_before_say_the_same() {
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        let recorded = corpus::load(file);
        let streams = recorded.iter().filter(|e| e.status == 200 && e.stream);
        for exchange in streams {
            let spec = spec(chat, &exchange.body);
            same(spec, &exchange.body, &exchange.id);
            for round in 0..ROUNDS {
                let changed: Vec<_> = exchange
                    .body
                    .split_inclusive('\n')
                    .enumerate()
                    .map(|(line, text)| changed(text, line + round))
                    .collect();
                same(spec, &changed.concat(), &exchange.id);
            }
        }
    }
}

/// In each of them other members are changed.
const ROUNDS: usize = 4;

fn same(spec: &'static StreamSpec, body: &str, id: &str) {
    let quick = events(Decoder::new(spec), body);
    let full = events(Decoder::new(spec).in_full(), body);
    assert_eq!(quick, full, "{id}: {body}");
}

fn events(mut decoder: Decoder, body: &str) -> Vec<String> {
    let mut events = Vec::new();
    decoder.push(body.as_bytes(), &mut |event| {
        events.push(format!("{event:?}"))
    });
    decoder.end(&mut |event| events.push(format!("{event:?}")));
    events
}

/// A line with a frame of which some outermost members have another value of the same form, and one that nobody knows.
fn changed(line: &str, round: usize) -> String {
    let Some(start) = line.find('{') else {
        return line.to_owned();
    };
    let text = line[start..].trim_end();
    let end = &line[start + text.len()..];
    let Ok(Value::Object(mut frame)) = serde_json::from_str(text) else {
        return line.to_owned();
    };
    for (place, value) in frame.values_mut().enumerate() {
        if (place + round).is_multiple_of(ROUNDS) {
            change(value, round);
        }
    }
    frame.insert("padding".to_owned(), "x".repeat(round % 7).into());
    format!("{}{}{end}", &line[..start], Value::Object(frame))
}

fn change(value: &mut Value, round: usize) {
    match value {
        Value::Number(number) if number.is_u64() => *value = (round % 5).into(),
        Value::String(text) => {
            // Times stay times.
            if let Some(at) = text.rfind(|c: char| c.is_ascii_digit()) {
                text.replace_range(at..=at, &(round % 10).to_string());
            }
        }
        _ => {}
    }
}
