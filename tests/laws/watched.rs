//! What is learned of a reply that only passes is what is read of it: recorded ones, and those of the translations.

use std::path::Path;

use gateway::canonical::{ChatResponse, EventKind};
use gateway::codec::pick::{Plain, pick, plain, plain_at_end};
use gateway::generated::dialects;
use gateway::stream::{Decoder, Watcher};
use gateway::table::{Chat, Dialect, Framing, StreamSpec};

use crate::{DIALECTS, corpus};

/// Token seen, usage, error in the stream, error that must be told for it.
type Told = (bool, [Option<i64>; 2], Option<String>, Option<String>);

#[test]
fn streams_tell_the_same_wherever_they_are_cut() {
    let mut seen = 0;
    for (name, text, dialects) in replies(true) {
        let dialects = dialects.iter().filter_map(|dialect| dialect.chat);
        for spec in dialects.flat_map(|chat| chat.streams) {
            if spec.framing != framing(&text) {
                continue;
            }
            seen += 1;
            let bytes = text.as_bytes();
            // Whole, cut anywhere (of a long one at some places), by its lines, and in small pieces.
            let places = if bytes.len() < 2_000 { 40 } else { 4 };
            let step = (bytes.len() / places).max(1);
            let cuts = (0..bytes.len()).step_by(step);
            let halves = cuts.map(|cut| vec![&bytes[..cut], &bytes[cut..]]);
            let lines = bytes.split_inclusive(|byte| *byte == b'\n').collect();
            let small = bytes
                .chunks(if bytes.len() < 8_000 { 1 } else { 100 })
                .collect();
            for pieces in halves.chain([vec![bytes], lines, small]) {
                assert_eq!(
                    watched(spec, &pieces),
                    read(spec, &pieces),
                    "{name}: {text}"
                );
            }
            // Broken off anywhere.
            for end in (0..bytes.len()).step_by(step) {
                let pieces: Vec<&[u8]> = bytes[..end].chunks(300).collect();
                assert_eq!(
                    watched(spec, &pieces),
                    read(spec, &pieces),
                    "{name} up to {end}: {text}"
                );
            }
        }
    }
    println!("{seen} streams");
}

#[test]
fn whole_replies_tell_the_same() {
    let (mut seen, mut plain_ones) = (0, 0);
    for (name, text, dialects) in replies(false) {
        for chat in dialects.iter().filter_map(|dialect| dialect.chat) {
            // What isn't of this dialect says nothing in it.
            let Ok(read) = (chat.decode_response)(text.as_bytes()) else {
                continue;
            };
            let picked = pick(text.as_bytes(), chat.told).unwrap_or_else(|| text.clone().into());
            let few = (chat.read_told)(&picked);
            let few = few.unwrap_or_else(|fault| panic!("{name}: {fault} in {text}"));
            assert_eq!(told(&few), told(&read), "{name}: {text}");
            if let Some(plainly) = plainly(chat, &text) {
                let (model, usage) = told(&read);
                assert_eq!(
                    plainly,
                    (model, usage.unwrap_or_default()),
                    "{name}: {text}"
                );
                plain_ones += 1;
            }
            let mut candidates = few.candidates.iter();
            let none = candidates.all(|candidate| candidate.parts.is_empty());
            assert!(none, "{name}: more was read than needed");
            seen += 1;
        }
    }
    println!("{seen} replies, {plain_ones} of them read as they stand");
}

/// The same as the gateway learns it where the members are what they say.
fn plainly<'r>(chat: &Chat, text: &'r str) -> Option<(&'r str, [Option<i64>; 2])> {
    let plainly = !chat.used.is_empty();
    let [model, input, output] = plain(text.as_bytes(), chat.told).filter(|_| plainly)?;
    let used: [_; 3] = plain_at_end(text.as_bytes(), chat.used)?;
    assert_eq!(used, [Plain::Absent, input, output], "{text}");
    let model = match model {
        Plain::Text(model) => model,
        _ => "",
    };
    let count = |count| match count {
        Plain::Number(count) => Some(count),
        _ => None,
    };
    Some((model, [count(input), count(output)]))
}

fn told<'r>(reply: &'r ChatResponse<'_>) -> (&'r str, Option<[Option<i64>; 2]>) {
    let usage = reply.usage.as_ref();
    (&reply.model, usage.map(|usage| [usage.input, usage.output]))
}

/// Recorded replies with the dialect that they are in, and those of the translations with every dialect.
fn replies(streams: bool) -> Vec<(String, String, Vec<&'static Dialect>)> {
    let mut found = Vec::new();
    for (file, dialect) in DIALECTS {
        let recorded = corpus::load(file).into_iter();
        let recorded = recorded.filter(|e| e.status == 200 && e.stream == streams);
        found.extend(recorded.map(|e| (format!("{file} {}", e.id), e.body, vec![dialect])));
    }
    let mut all: Vec<_> = DIALECTS.iter().map(|(_, dialect)| *dialect).collect();
    all.push(&dialects::ollama_generate::DIALECT);
    all.push(&dialects::cloudflare::DIALECT);
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate");
    for case in std::fs::read_dir(cases).expect("there are cases") {
        let folder = case.expect("a folder").path();
        for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let name = file.path().display().to_string();
            let is_stream = name.ends_with(".sse") || name.ends_with(".ndjson");
            let is_reply = name.contains("/reply") || name.contains("/answer");
            if is_reply && is_stream == streams {
                let text = std::fs::read_to_string(file.path()).expect("text");
                found.push((name, text, all.clone()));
            }
        }
    }
    found
}

fn framing(text: &str) -> Framing {
    match text.trim_start().chars().next() {
        Some('[') => Framing::Array,
        Some('{') => Framing::Lines,
        _ => Framing::Events,
    }
}

fn read(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Told {
    let (mut token, mut error, mut end) = (false, None, None);
    let mut decoder = Decoder::new(spec);
    for piece in pieces {
        decoder.push(piece, &mut |event| match event.event {
            EventKind::Delta => token = true,
            EventKind::Error => error = event.error.as_ref().map(|error| format!("{error:?}")),
            _ => {}
        });
    }
    if error.is_none() {
        decoder.end(&mut |event| end = event.error.as_ref().map(|error| format!("{error:?}")));
    }
    let usage = decoder.usage().cloned().unwrap_or_default();
    (token, [usage.input, usage.output], error, end)
}

fn watched(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Told {
    let mut watcher = Watcher::new(spec);
    for piece in pieces {
        watcher.push(piece);
    }
    let end = watcher.end().map(|error| format!("{:?}", Box::new(error)));
    let error = watcher.error().map(|error| format!("{error:?}"));
    let usage = watcher.usage().cloned().unwrap_or_default();
    (watcher.token(), [usage.input, usage.output], error, end)
}

#[test]
fn replies_of_every_dialect_can_be_looked_at() {
    for (_, dialect) in DIALECTS {
        let chat: &Chat = dialect.chat.expect("a dialect that chats");
        assert!(!chat.told.is_empty(), "{}", dialect.name);
        for spec in chat.streams {
            let errors = spec.marks.errors;
            assert!(
                errors.iter().all(|word| word.len() > 2),
                "{}: {errors:?}",
                dialect.name
            );
            assert!(
                !errors.is_empty() && !spec.marks.usage.is_empty(),
                "{}",
                dialect.name
            );
        }
    }
}
