//! Streams of one dialect become streams of another: well formed, the same wherever the bytes were cut, and saying the
//! same. One that fails is told to have failed.

use gateway::canonical::{Accumulator, ChatResponse, EventKind};
use gateway::generated::ledger::Field;
use gateway::stream::{Decoder, Ending, Head, Transcoder, Writer};
use gateway::table::{Framing, StreamSpec, Verdict};

use super::replies::{alike, finished};
use super::{Faults, Side, grammar, is_odd, pairs, same, sides};
use crate::corpus;

/// A stream longer than this is cut in few places.
const SHORT: usize = 300;

#[test]
fn recorded_streams_come_back_in_every_dialect() {
    let sides = sides();
    let mut faults = Faults::default();
    for (from, to) in pairs(&sides) {
        let (mut seen, mut failed) = (0, 0);
        for exchange in corpus::load(from.file) {
            let told = exchange.status == 200 && exchange.stream && !exchange.body.is_empty();
            if !told || is_odd(&exchange.id) {
                continue;
            }
            let what = format!(
                "{} {} for {}",
                from.dialect.name, exchange.id, to.dialect.name
            );
            let whole = faults.take(&what, back(from, to, exchange.body.as_bytes()));
            failed += usize::from(whole == Some(false));
            seen += 1;
        }
        println!(
            "{} -> {}: {seen} streams, {failed} that fail",
            from.dialect.name, to.dialect.name
        );
    }
    faults.none();
}

/// Says a stream in every form of another dialect; whether it says all of an answer.
pub fn back(from: &Side, to: &Side, body: &[u8]) -> Result<bool, String> {
    let spec = spec(from, body);
    let (reply, failed) = reply(spec, body);
    for form in to.chat.streams {
        let (whole, ending) = transcode(spec, to, form, &[body]);
        let shown = String::from_utf8_lossy(&whole);
        let told = |fault: &str| {
            format!(
                "{} ({}): {fault}\n{shown}",
                to.dialect.name, form.media_type
            )
        };
        for cut in cuts(body.len()) {
            let cut_in_two = transcode(spec, to, form, &[&body[..cut], &body[cut..]]);
            same(&cut_in_two.0, &whole, || told(&format!("cut at {cut}")))?;
        }
        grammar::check(to.dialect.name, form, &shown, failed).map_err(|fault| told(&fault))?;
        let (again, fails) = self::reply(form, &whole);
        same(&failed, &fails, || told("fails"))?;
        if failed {
            continue;
        }
        same(&ending, &Ending::Complete, || told("ending"))?;
        same(&finished(&again), &true, || told("no finish"))?;
        alike(&reply, &again, to.chat, || told("says"))?;
    }
    Ok(!failed)
}

/// Every place of a short stream, some of a long one.
fn cuts(length: usize) -> impl Iterator<Item = usize> {
    let step = if length < SHORT { 1 } else { length / 2 };
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
    let many = to.chat.ledger[Field::CHAT_REQUEST_N] == Verdict::Bound;
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
