//! Streams as recorded: cut anywhere they say the same, and what they say can be streamed again.

use gateway::canonical::{Accumulator, ChatResponse, EventKind, events_of};
use gateway::stream::{Decoder, Head, Writer};
use gateway::table::{Chat, Framing, StreamSpec};

use crate::recorded::words;
use crate::{DIALECTS, corpus};

/// What a stream says, and how it ended.
#[derive(Debug, PartialEq)]
struct Said {
    words: Vec<String>,
    usage: String,
    finish: Vec<String>,
    failed: Option<String>,
}

#[test]
fn streams_say_the_same_wherever_they_are_cut() {
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        let (mut seen, mut failed) = (0, 0);
        for exchange in corpus::load(file)
            .iter()
            .filter(|e| e.status == 200 && e.stream && !e.body.is_empty())
        {
            let spec = spec(chat, &exchange.body);
            let whole = said(spec, &[exchange.body.as_bytes()]);
            seen += 1;
            failed += usize::from(whole.failed.is_some());
            let bytes = exchange.body.as_bytes();
            // Every cut of a short stream, some of a long one.
            let step = (bytes.len() / 60).max(1);
            for cut in (0..bytes.len()).step_by(step) {
                let cut_in_two = said(spec, &[&bytes[..cut], &bytes[cut..]]);
                assert_eq!(whole, cut_in_two, "{file} {} cut at {cut}", exchange.id);
            }
            let single: Vec<&[u8]> = bytes.chunks(1).take(8_000).collect();
            if single.len() == bytes.len() {
                assert_eq!(
                    whole,
                    said(spec, &single),
                    "{file} {} byte by byte",
                    exchange.id
                );
            }
        }
        println!("{file}: {seen} streams, {failed} that fail");
        assert!(
            failed * 10 <= seen,
            "{file}: {failed} of {seen} recorded streams end in an error"
        );
    }
}

#[test]
fn what_a_stream_says_can_be_streamed_again() {
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        for exchange in corpus::load(file)
            .iter()
            .filter(|e| e.status == 200 && e.stream && !e.body.is_empty())
        {
            let spec = spec(chat, &exchange.body);
            let (reply, failed) = reply(spec, &[exchange.body.as_bytes()]);
            if failed.is_some() {
                continue;
            }
            let written = write(spec, &reply);
            let (again, failed) = self::reply(spec, &[&written]);
            let shown = String::from_utf8_lossy(&written);
            assert_eq!(failed, None, "{file} {}: {shown}", exchange.id);
            assert_eq!(
                words(&reply),
                words(&again),
                "{file} {}: {shown}",
                exchange.id
            );
            if reply.usage.is_some() {
                assert_eq!(
                    total(&reply),
                    total(&again),
                    "{file} {}: {shown}",
                    exchange.id
                );
            }
        }
    }
}

fn total(reply: &ChatResponse<'_>) -> Option<(Option<i64>, Option<i64>)> {
    reply
        .usage
        .as_ref()
        .map(|usage| (usage.input, usage.output))
}

pub fn spec(chat: &Chat, body: &str) -> &'static StreamSpec {
    let framing = match body.trim_start().chars().next() {
        Some('[') => Framing::Array,
        Some('{') => Framing::Lines,
        _ => Framing::Events,
    };
    let same = |spec: &&StreamSpec| spec.framing == framing;
    chat.streams.iter().find(same).unwrap_or(&chat.streams[0])
}

fn said(spec: &'static StreamSpec, pieces: &[&[u8]]) -> Said {
    let (reply, failed) = reply(spec, pieces);
    let finish = reply
        .candidates
        .iter()
        .map(|c| format!("{:?}", c.finish))
        .collect();
    Said {
        words: words(&reply),
        usage: format!("{:?}", reply.usage),
        finish,
        failed,
    }
}

fn reply(spec: &'static StreamSpec, pieces: &[&[u8]]) -> (ChatResponse<'static>, Option<String>) {
    let mut decoder = Decoder::new(spec);
    let mut accumulator = Accumulator::new();
    let mut failed = None;
    let mut sink = |event: &gateway::canonical::Event<'_>| {
        if event.event == EventKind::Error {
            failed = event
                .error
                .as_ref()
                .and_then(|error| error.message.as_deref().map(str::to_owned));
        }
        accumulator.push(event);
    };
    for piece in pieces {
        decoder.push(piece, &mut sink);
    }
    decoder.end(&mut sink);
    (accumulator.response().clone(), failed)
}

fn write(spec: &'static StreamSpec, reply: &ChatResponse<'_>) -> Vec<u8> {
    let head = Head {
        id: reply.id.to_string(),
        provider: None,
        model: reply.model.to_string(),
        created: reply.created,
    };
    let mut writer = Writer::new(spec, head, true).with_candidates(true);
    let mut out = Vec::new();
    for event in events_of(reply) {
        writer
            .write(&event, &mut out)
            .expect("events of a whole reply are in order");
    }
    out
}
