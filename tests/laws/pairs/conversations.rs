//! Generated conversations through every ordered pair: said by a client of one dialect, read, said to a provider of
//! another, and what that answers said back, whole and in a stream.

use gateway::canonical::*;
use gateway::dialect::prepare;
use gateway::stream::{Head, Writer};
use hyper::HeaderMap;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::requests::cross;
use super::{Faults, Side, generator, pairs, replies, sides, streams};
use crate::recorded::{decode, encode, text};

const CASES: u32 = 40;

#[test]
fn conversations_reach_every_dialect() {
    let sides = sides();
    let requests = generated(generator::request());
    let mut faults = Faults::default();
    for (from, to) in pairs(&sides) {
        let what = format!("{} for {}", from.dialect.name, to.dialect.name);
        let mut reached = 0;
        for request in &requests {
            let Some(body) = faults.take(&what, said_by(request, from)) else {
                continue;
            };
            let Some(body) = body else { continue };
            let headers = HeaderMap::new();
            let read = decode(from.chat, &body, &headers);
            let read = read.map_err(|fault| format!("{fault}\n{}", text(&body)));
            let Some(read) = faults.take(&what, read) else {
                continue;
            };
            let crossed =
                cross(&read, to, true).map_err(|fault| format!("{}\n{fault}", text(&body)));
            reached += usize::from(faults.take(&what, crossed).is_some());
        }
        assert!(reached > 0, "{what}: nothing reached it");
    }
    faults.none();
}

#[test]
fn answers_come_back_in_every_dialect() {
    let sides = sides();
    let answers = generated(generator::answer());
    let mut faults = Faults::default();
    for (from, to) in pairs(&sides) {
        let what = format!("{} for {}", from.dialect.name, to.dialect.name);
        for answer in &answers {
            let body =
                crate::recorded::encode_reply(from.chat, answer).map_err(|fault| fault.to_string());
            let Some(body) = faults.take(&what, body) else {
                continue;
            };
            let read = (from.chat.decode_response)(&body).map_err(|fault| fault.to_string());
            let Some(read) = faults.take(&what, read) else {
                continue;
            };
            faults.take(&what, replies::back(&read, to));
            for stream in written(answer, from) {
                faults.take(&what, streams::back(from, to, &stream));
            }
        }
    }
    faults.none();
}

/// What a client of this dialect sends, if it can say all of it.
fn said_by(request: &ChatRequest<'_>, from: &Side) -> Result<Option<Vec<u8>>, String> {
    let mut fit = request.clone();
    if prepare(&mut fit, from.provider, from.dialect).is_err() {
        return Ok(None);
    }
    encode(from.chat, &fit)
        .map(Some)
        .map_err(|fault| fault.to_string())
}

/// An answer as a provider of this dialect streams it.
fn written(answer: &ChatResponse<'_>, from: &Side) -> Vec<Vec<u8>> {
    let head = || Head {
        id: answer.id.to_string(),
        provider: None,
        model: answer.model.to_string(),
        created: answer.created,
    };
    let stream = |spec| {
        let mut writer = Writer::new(spec, head(), true);
        let mut out = Vec::new();
        for event in events_of(answer) {
            writer
                .write(&event, &mut out)
                .expect("events of a whole reply are in order");
        }
        out
    };
    from.chat.streams.iter().map(stream).collect()
}

/// The same values in every run.
fn generated<T: std::fmt::Debug>(strategy: impl Strategy<Value = T>) -> Vec<T> {
    let seed = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
    let mut runner = TestRunner::new_with_rng(Config::default(), seed);
    let mut value = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..CASES).map(|_| value()).collect()
}
