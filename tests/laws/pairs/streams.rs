//! Streams of one dialect become streams of another: well formed, the same wherever the bytes were cut, and saying the
//! same. One that fails is told to have failed.

use gateway::canonical::{Accumulator, ChatResponse, EventKind};
use gateway::generated::ledger::Field;
use gateway::stream::{Decoder, Ending, Head, Transcoder, Writer};
use gateway::table::{Framing, StreamSpec, Verdict};

use super::replies::{finished, first, gist};
use super::{Side, grammar, pairs, sides};
use crate::corpus;

/// A stream longer than this is cut in few places.
const SHORT: usize = 600;

#[test]
fn recorded_streams_come_back_in_every_dialect() {
    let sides = sides();
    for (from, to) in pairs(&sides) {
        let (mut seen, mut failed) = (0, 0);
        for exchange in corpus::load(from.file) {
            if exchange.status != 200 || !exchange.stream || exchange.body.is_empty() {
                continue;
            }
            let what = format!(
                "{} {} for {}",
                from.dialect.name, exchange.id, to.dialect.name
            );
            failed += usize::from(!back(from, to, exchange.body.as_bytes(), &what));
            seen += 1;
        }
        println!(
            "{} -> {}: {seen} streams, {failed} that fail",
            from.dialect.name, to.dialect.name
        );
    }
}

/// Says a stream in every form of another dialect; whether it says all of an answer.
pub fn back(from: &Side, to: &Side, body: &[u8], what: &str) -> bool {
    let spec = spec(from, body);
    let (reply, failed) = reply(spec, body);
    for form in to.chat.streams {
        let what = format!("{what} ({})", form.media_type);
        let (whole, ending) = transcode(spec, to, form, &[body]);
        for cut in cuts(body.len()) {
            let cut_in_two = transcode(spec, to, form, &[&body[..cut], &body[cut..]]);
            assert_eq!(
                cut_in_two,
                (whole.clone(), ending.clone()),
                "{what} cut at {cut}"
            );
        }
        let shown = String::from_utf8_lossy(&whole);
        grammar::check(to.dialect.name, form, &shown, failed, &what);
        let (again, told) = self::reply(form, &whole);
        assert_eq!(failed, told, "{what}: {ending:?}\n{shown}");
        if !failed {
            assert_eq!(ending, Ending::Complete, "{what}");
            assert!(finished(&again), "{what}: no finish\n{shown}");
            assert_eq!(
                gist(&first(&reply), to.chat),
                gist(&first(&again), to.chat),
                "{what}\n{shown}"
            );
        }
    }
    !failed
}

/// Every place of a short stream, some of a long one.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let step = if length < SHORT { 1 } else { length / 3 };
    (step..length).step_by(step.max(1))
}

fn transcode(
    from: &'static StreamSpec,
    to: &Side,
    form: &'static StreamSpec,
    pieces: &[&[u8]],
) -> (Vec<u8>, Ending) {
    let head = Head {
        id: "answer-1".to_owned(),
        provider: None,
        model: "some-model".to_owned(),
        created: 1_700_000_000,
    };
    let many = to.chat.ledger[usize::from(Field::CHAT_REQUEST_N.0)] == Verdict::Bound;
    let writer = Writer::new(form, head, true).with_candidates(many);
    let mut transcoder = Transcoder::new(Decoder::new(from).with_id("answer-1"), writer);
    let mut out = Vec::new();
    for piece in pieces {
        transcoder.push(piece, &mut out);
    }
    transcoder.end(&mut out);
    (out, transcoder.ending().clone())
}

fn spec(side: &Side, body: &[u8]) -> &'static StreamSpec {
    let framing = match body.iter().find(|byte| !byte.is_ascii_whitespace()) {
        Some(b'[') => Framing::Array,
        Some(b'{') => Framing::Lines,
        _ => Framing::Events,
    };
    let streams = side.chat.streams;
    let same = streams.iter().find(|spec| spec.framing == framing);
    same.unwrap_or(&streams[0])
}

/// What a stream says, and whether it fails.
fn reply(spec: &'static StreamSpec, body: &[u8]) -> (ChatResponse<'static>, bool) {
    let mut decoder = Decoder::new(spec).with_id("answer-1");
    let mut accumulator = Accumulator::new();
    let mut failed = false;
    let mut sink = |event: &gateway::canonical::Event<'_>| {
        failed |= event.event == EventKind::Error;
        accumulator.push(event);
    };
    decoder.push(body, &mut sink);
    decoder.end(&mut sink);
    (accumulator.response().clone(), failed)
}
