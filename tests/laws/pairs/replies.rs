//! Whole replies of one dialect become replies of another that say the same.

use gateway::canonical::{ChatResponse, FinishReason, PartKind};
use gateway::dialect::{Restore, prepare_response};
use gateway::table::Chat;

use super::kept::call;
use super::{Side, pairs, sides};
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
            back(&reply, to, &what);
            seen += 1;
        }
        println!(
            "{} -> {}: {seen} replies",
            from.dialect.name, to.dialect.name
        );
    }
}

/// Says a reply in another dialect.
pub fn back(reply: &ChatResponse<'_>, to: &Side, what: &str) {
    let mut fit = reply.clone();
    prepare_response(
        &mut fit,
        to.provider,
        "some-model",
        to.dialect,
        &Restore::default(),
    )
    .expect("replies are never refused");
    let written = encode_reply(to.chat, &fit);
    let written = written.unwrap_or_else(|fault| panic!("{what}: {fault}"));
    schema::holds(&to.reply, &written, what);
    let read = (to.chat.decode_response)(&written);
    let mut read = read.unwrap_or_else(|fault| panic!("{what}: {fault}\n{}", text(&written)));
    let many = fit.candidates.len() > 1 && read.candidates.len() > 1;
    if !many {
        read.candidates.truncate(1);
    }
    assert_eq!(
        gist(&first(reply), to.chat),
        gist(&first(&read), to.chat),
        "{what}: {}",
        text(&written)
    );
}

/// The first candidate only: not every dialect has others.
pub fn first<'a>(reply: &ChatResponse<'a>) -> ChatResponse<'a> {
    let mut first = reply.clone();
    first.candidates.truncate(1);
    first
}

pub fn gist(reply: &ChatResponse<'_>, chat: &Chat) -> Gist {
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
    let usage = reply.usage.as_ref();
    gist.usage = usage.map(|usage| {
        (
            usage.input.filter(|n| *n != 0),
            usage.output.filter(|n| *n != 0),
        )
    });
    gist.usage = gist.usage.filter(|usage| *usage != (None, None));
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
