//! What a writer refuses, drops and says besides the answer.

use super::dialects::blocks::BLOCKS;
use super::dialects::chunks::CHUNKS;
use super::dialects::full::FULL;
use super::dialects::lines::{ARRAY, LINES, MUTE};
use super::events::*;
use crate::canonical::{Error, Event, EventKind, FinishReason, Part};
use crate::error::Fault;
use crate::stream::Writer;
use crate::table::{LossKind, StreamSpec};
use crate::wire::Sealed;

#[test]
fn driven_in_the_wrong_order_it_writes_nothing() {
    let part = || open(0, text_part());
    let stop = || finish(FinishReason::Stop);
    let done = || event(EventKind::Done);
    let table: &[&[Event<'_>]] = &[
        &[part()],
        &[done()],
        &[start(), start()],
        &[start(), done()],
        &[start(), text(0, "a")],
        &[start(), close(0)],
        &[start(), part(), part()],
        &[start(), part(), args(0, "{}")],
        &[start(), open(0, call("c")), text(0, "a")],
        &[start(), part(), stop()],
        &[start(), part(), close(0), close(0)],
        &[start(), part(), close(0), text(0, "a")],
        &[start(), stop(), stop()],
        &[start(), stop(), part()],
        &[start(), part(), close(0), done()],
        &[start(), stop(), done(), done()],
        &[start(), stop(), done(), event(EventKind::Error)],
        &[event(EventKind::Error), start()],
        &[start(), event(EventKind::Open)],
        &[start(), event(EventKind::Finish)],
    ];
    for spec in [&CHUNKS, &BLOCKS, &LINES, &FULL] {
        for steps in table {
            let mut writer = Writer::new(spec, head(), true);
            let mut out = Vec::new();
            let (last, legal) = steps.split_last().unwrap();
            for event in legal {
                writer.write(event, &mut out).unwrap();
            }
            let before = out.len();
            let refused = writer.write(last, &mut out);
            assert!(refused.is_err(), "{steps:?}");
            assert_eq!(out.len(), before, "{steps:?}");
        }
    }
}

#[test]
fn what_has_no_place_is_told_once() {
    let mut writer = Writer::new(&LINES, head(), false);
    let steps = [
        start(),
        open(0, thinking()),
        close(0),
        open(1, thinking()),
        close(1),
        open(2, refusal()),
        text(2, "no"),
        close(2),
        Event {
            candidate: 1,
            ..open(0, text_part())
        },
        Event {
            candidate: 1,
            ..text(0, "x")
        },
        finish(FinishReason::Stop),
    ];
    let out = run(&mut writer, &steps).unwrap();
    assert_eq!(out, "{\"model\":\"m\",\"text\":\"no\"}\n");
    let told: Vec<_> = writer
        .losses()
        .iter()
        .map(|loss| (&*loss.field, loss.what))
        .collect();
    assert_eq!(
        told,
        [
            ("thinking", LossKind::Dropped),
            ("refusal", LossKind::Nearest),
            ("candidates", LossKind::Dropped)
        ]
    );
}

#[test]
fn what_only_another_dialect_can_read_is_lost_and_leaves_no_gap() {
    let foreign = |value: &Option<Sealed<'static>>| {
        value.clone().map(|value| Sealed {
            origin: "elsewhere",
            ..value
        })
    };
    let part = Part {
        raw: foreign(&other().raw),
        ..other()
    };
    let signature = Event {
        signature: foreign(&sign(1).signature),
        ..sign(1)
    };
    let steps = [
        start(),
        open(0, part),
        close(0),
        open(1, thinking()),
        signature,
        close(1),
    ];
    let mut writer = Writer::new(&BLOCKS, head(), false);
    let out = run(&mut writer, &steps).unwrap();
    let expected = concat!(
        "event: open\ndata: {\"at\":0,\"block\":{\"kind\":\"thinking\",\"text\":\"\"}}\n\n",
        "event: close\ndata: {\"at\":0}\n\n",
    );
    assert!(out.ends_with(&format!("\n\n{expected}")), "{out}");
    let told: Vec<_> = writer.losses().iter().map(|loss| &*loss.field).collect();
    assert_eq!(told, ["other", "signature"]);
}

#[test]
fn usage_that_was_not_asked_for_is_not_written() {
    let steps = [
        start(),
        finish(FinishReason::Stop),
        usage(),
        event(EventKind::Done),
    ];
    for (asked, written) in [(false, 0), (true, 1)] {
        let out = run(&mut Writer::new(&CHUNKS, head(), asked), &steps).unwrap();
        assert_eq!(out.matches("\"used\"").count(), written, "{out}");
    }
}

#[test]
fn several_candidates_are_written_where_they_can_be() {
    let of = |candidate, event| Event { candidate, ..event };
    let steps = [
        start(),
        open(0, text_part()),
        of(1, open(0, call("c"))),
        of(1, args(0, "{}")),
        of(1, close(0)),
        close(0),
        of(1, finish(FinishReason::Stop)),
        finish(FinishReason::Stop),
        event(EventKind::Done),
    ];
    let mut writer = Writer::new(&CHUNKS, head(), false).with_candidates(true);
    let out = run(&mut writer, &steps).unwrap();
    assert!(
        out.contains("{\"n\":1,\"calls\":[{\"at\":0,\"id\":\"c\""),
        "{out}"
    );
    assert!(out.contains("{\"n\":1,\"why\":\"tool_calls\"}"), "{out}");
    assert!(out.contains("{\"n\":0,\"why\":\"stop\"}"), "{out}");
}

#[test]
fn errors_and_keep_alives_are_in_the_dialects_own_form() {
    let begun = "event: begin\ndata: {\"id\":\"h\",\"model\":\"hm\"}\n\n";
    let busy = "event: error\ndata: {\"error\":\"busy\"}\n\n";
    let table: &[(&'static StreamSpec, &str, &str, bool)] = &[
        (
            &BLOCKS,
            &format!(": keep-alive\n\n{begun}event: ping\ndata: {{\"ping\":1}}\n\n"),
            busy,
            true,
        ),
        (&LINES, "", "{\"error\":\"busy\"}\n", true),
        (&ARRAY, "", "[{\"error\":\"busy\"}]", true),
        (&MUTE, "", "", false),
    ];
    for (spec, alive, expected, told) in table {
        let mut writer = Writer::new(spec, head(), false);
        let mut out = Vec::new();
        writer.keep_alive(&mut out).unwrap();
        writer.write(&event(EventKind::Start), &mut out).unwrap();
        writer.keep_alive(&mut out).unwrap();
        assert_eq!(String::from_utf8(std::mem::take(&mut out)).unwrap(), *alive);
        let error = Error {
            message: Some("busy".into()),
            ..Error::default()
        };
        assert_eq!(writer.fail(&error, &mut out), Ok(*told));
        writer.keep_alive(&mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), *expected);
    }
}

fn run(writer: &mut Writer, steps: &[Event<'_>]) -> Result<String, Fault> {
    let mut out = Vec::new();
    for event in steps {
        writer.write(event, &mut out)?;
    }
    Ok(String::from_utf8(out).unwrap())
}
