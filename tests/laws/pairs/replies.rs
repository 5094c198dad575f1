//! Whole replies of one dialect become replies of another that say the same.

use gateway::canonical::{ChatResponse, FinishReason, PartKind, Usage};
use gateway::dialect::{Restore, prepare_response};
use gateway::table::Chat;

use super::kept::call;
use super::{Faults, Side, pairs, same, sides};
use crate::corpus;
use crate::recorded::{encode_reply, text};
use crate::schema;

/// What a reply says, as far as a dialect can.
#[derive(Debug, PartialEq, Default)]
pub struct Gist {
    text: String,
    thinking: String,
    calls: Vec<String>,
    usage: Option<(Option<i64>, Option<i64>)>,
}

#[test]
fn recorded_replies_come_back_in_every_dialect() {
    let sides = sides();
    let mut faults = Faults::default();
    for (from, to) in pairs(&sides) {
        let mut seen = 0;
        for exchange in corpus::load(from.file) {
            let whole =
                exchange.status == 200 && !exchange.stream && exchange.body.starts_with('{');
            let read = (from.chat.decode_response)(exchange.body.as_bytes());
            let Some(reply) = read.ok().filter(|reply| whole && !reply.failed()) else {
                continue;
            };
            let what = format!(
                "{} {} for {}",
                from.dialect.name, exchange.id, to.dialect.name
            );
            faults.take(&what, back(&reply, to));
            seen += 1;
        }
        println!(
            "{} -> {}: {seen} replies",
            from.dialect.name, to.dialect.name
        );
    }
    faults.none();
}

/// Says a reply in another dialect.
pub fn back(reply: &ChatResponse<'_>, to: &Side) -> Result<(), String> {
    let mut fit = reply.clone();
    let prepared = prepare_response(
        &mut fit,
        to.provider,
        "some-model",
        to.dialect,
        &Restore::default(),
    );
    prepared.map_err(|fault| format!("replies are never refused: {fault}"))?;
    let written = encode_reply(to.chat, &fit).map_err(|fault| fault.to_string())?;
    schema::check(&to.reply, &written)?;
    let read = (to.chat.decode_response)(&written);
    let read = read.map_err(|fault| format!("{fault}\n{}", text(&written)))?;
    alike(reply, &read, to.chat, || text(&written))
}

/// Whether both say the same, as far as this dialect can.
pub fn alike(
    reply: &ChatResponse<'_>,
    again: &ChatResponse<'_>,
    chat: &Chat,
    what: impl FnOnce() -> String,
) -> Result<(), String> {
    let (mut said, mut again) = (gist(&first(reply), chat), gist(&first(again), chat));
    // Some count their output without its reasoning, or their input without what was cached: no other can say that.
    let sound = |usage: &Usage| usage.reasoning <= usage.output && usage.cached <= usage.input;
    if !reply.usage.as_ref().is_none_or(sound) {
        (said.usage, again.usage) = (None, None);
    }
    same(&said, &again, what)
}

/// The first candidate only: not every dialect has others.
fn first<'a>(reply: &ChatResponse<'a>) -> ChatResponse<'a> {
    let mut first = reply.clone();
    first.candidates.truncate(1);
    first
}

fn gist(reply: &ChatResponse<'_>, chat: &Chat) -> Gist {
    let mut gist = Gist::default();
    for part in reply
        .candidates
        .iter()
        .flat_map(|candidate| &candidate.parts)
    {
        let words = part.text.as_deref().unwrap_or_default();
        match part.kind {
            PartKind::Text | PartKind::Refusal => gist.text += words,
            PartKind::Thinking if chat.reply_holds.has(PartKind::Thinking) => {
                gist.thinking += words
            }
            PartKind::ToolCall if chat.reply_holds.has(PartKind::ToolCall) => {
                gist.calls.push(call(part))
            }
            _ => {}
        }
    }
    // Some join texts by a line's end.
    for text in [&mut gist.text, &mut gist.thinking] {
        text.retain(|c| c != '\n');
    }
    let count = |n: Option<i64>| n.filter(|n| *n != 0);
    let usage = reply.usage.as_ref();
    let usage = usage.map(|usage| (count(usage.input), count(usage.output)));
    gist.usage = usage.filter(|usage| *usage != (None, None));
    gist
}

/// Whether some candidate has come to its end.
pub fn finished(reply: &ChatResponse<'_>) -> bool {
    let finish = reply
        .candidates
        .first()
        .and_then(|candidate| candidate.finish);
    finish.is_some_and(|finish| finish != FinishReason::Error)
}
