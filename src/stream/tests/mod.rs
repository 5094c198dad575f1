//! Streams of made-up dialects, cut at every byte.
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod again;
mod decode;
mod dialects;
mod ends;
mod events;
mod framing;
mod laws;
mod order;
mod runs;
mod transcode;
mod watch;
mod write;

use crate::canonical::{Event, EventKind, Part, Usage};
use crate::stream::Decoder;
use crate::table::StreamSpec;

/// Reads a stream in these pieces and tells its events.
fn read(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Vec<String> {
    let mut told = Vec::new();
    let mut decoder = Decoder::new(spec);
    for piece in pieces {
        decoder.push(piece, &mut |event| told.push(tell(event)));
    }
    decoder.end(&mut |event| told.push(tell(event)));
    assert!(decoder.ended());
    watch::assert_same(spec, pieces);
    told
}

/// Reads a stream cut in two at every byte, byte by byte, and with each of the three line ends.
fn read_every_way(spec: &'static StreamSpec, text: &str) -> Vec<String> {
    let whole = read(spec, &[text.as_bytes()]);
    for ending in ["\n", "\r", "\r\n"] {
        // A line of JSON ends in LF, whatever stands before it.
        if ending == "\r" && spec.framing == crate::table::Framing::Lines {
            continue;
        }
        let text = text.replace('\n', ending);
        for cut in 0..=text.len() {
            let (head, tail) = text.as_bytes().split_at(cut);
            assert_eq!(read(spec, &[head, tail]), whole, "{text:?} cut at {cut}");
        }
        let single: Vec<&[u8]> = text.as_bytes().chunks(1).collect();
        assert_eq!(read(spec, &single), whole, "{text:?} byte by byte");
    }
    whole
}

/// One event in a line.
fn tell(event: &Event<'_>) -> String {
    let mut words = vec![event.event.name().to_owned()];
    if event.candidate != 0 {
        words.push(format!("#{}", event.candidate));
    }
    words.extend(event.index.map(|index| index.to_string()));
    if event.event == EventKind::Open {
        words.extend(event.part.as_deref().map(tell_part));
    }
    if let Some(response) = &event.response {
        words.push(format!("{}/{}", response.id, response.model));
        assert_eq!(response.candidates, [], "a start says nothing of parts");
    }
    words.extend(event.text.as_deref().map(|text| format!("{text:?}")));
    words.extend(event.arguments.as_deref().map(str::to_owned));
    words.extend(
        event
            .signature
            .as_ref()
            .map(|signature| format!("~{}", signature.value)),
    );
    words.extend(event.finish.map(|reason| reason.name().to_owned()));
    words.extend(event.usage.as_ref().map(tell_usage));
    words.extend(event.error.as_ref().map(|error| {
        let message = error.message.as_deref().unwrap_or_default();
        format!("{}: {message}", error.kind.name())
    }));
    words.join(" ")
}

fn tell_part(part: &Part<'_>) -> String {
    let mut words = vec![part.kind.name()];
    words.extend(part.id.as_deref());
    words.extend(part.name.as_deref());
    assert_eq!(
        (&part.text, &part.arguments),
        (&None, &None),
        "a head is empty"
    );
    words.join(" ")
}

fn tell_usage(usage: &Usage) -> String {
    let number = |number: Option<i64>| number.map_or("-".to_owned(), |n| n.to_string());
    format!("{}+{}", number(usage.input), number(usage.output))
}
