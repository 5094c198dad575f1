//! Requests and replies through whole dialects that are made up here: one where turns alternate, one that takes
//! anything.

mod adjustments;
mod kinds;
mod providers;
mod replies;
mod requests;

use super::{Prepared, losses, prepare};
use crate::canonical::{ChatRequest, Error, Item, Part, PartKind, Role};
use crate::codec::charset::Charset;
use crate::error::Fault;
use crate::generated::ledger::{FIELDS, Field};
use crate::table::{
    Adjust, Capacity, Chat, Dialect, Endpoint, Group, Kinds, Ledger, LossKind, Provider, Reply,
    Verdict,
};

/// A dialect whose results are the user's and whose turns alternate; thinking stays with who wrote it.
fn alternating(lost: &[(Field, Verdict)]) -> Chat {
    let text = Kinds::NONE.with(PartKind::Text);
    let said = text.with(PartKind::ToolCall).with(PartKind::Thinking);
    Chat {
        group: Group {
            merge: true,
            first: Some(Role::User),
            last: None,
            lead: Kinds::NONE.with(PartKind::ToolResult),
            strict_pairs: true,
            pieces: None,
            hoists_system: true,
            later_system: Some(Role::User),
            wire_role: [0, 1, 2, 1],
            alone: Kinds::NONE,
        },
        ledger: table(lost),
        holds: Box::leak(Box::new([
            (Role::System, text),
            (Role::User, text.with(PartKind::Image)),
            (Role::Assistant, said),
            (Role::Tool, Kinds::NONE.with(PartKind::ToolResult)),
        ])),
        result_holds: text.with(PartKind::Image),
        reply_holds: said,
        signs: Kinds::NONE,
        no_empty: text,
        cache_marks: None,
        choice_names: Capacity::One,
        tool_name: Some(&NAME),
        skim: None,
        new_id: "msg_",
        ..free()
    }
}

/// A dialect in which anything may stand anywhere.
fn free() -> Chat {
    let all = PartKind::ALL
        .iter()
        .fold(Kinds::NONE, |all, &kind| all.with(kind));
    let holds: Vec<_> = Role::ALL.iter().map(|&role| (role, all)).collect();
    Chat {
        decode_request: |_| Err(Fault::new("unused")),
        encode_request: |_, _| Err(Fault::new("unused")),
        decode_response: |_| Err(Fault::new("unused")),
        encode_response: |_, _| Err(Fault::new("unused")),
        told: &[],
        used: &[],
        read_told: |_| Err(Fault::new("unused")),
        streams: &[],
        model: Some("model"),
        group: Group {
            merge: false,
            first: None,
            last: None,
            lead: Kinds::NONE,
            strict_pairs: false,
            pieces: None,
            hoists_system: false,
            later_system: None,
            wire_role: [0, 1, 2, 3],
            alone: Kinds::NONE.with(PartKind::ToolResult),
        },
        ledger: table(&[]),
        holds: holds.leak(),
        result_holds: all,
        reply_holds: all,
        signs: Kinds::NONE,
        no_empty: Kinds::NONE,
        cache_marks: None,
        choice_names: Capacity::Many,
        tool_name: None,
        skim: None,
        new_id: "reply-",
    }
}

fn table(lost: &[(Field, Verdict)]) -> &'static Ledger {
    let mut table = [Verdict::Implied; FIELDS];
    for (field, verdict) in lost {
        table[usize::from(field.0)] = *verdict;
    }
    Box::leak(Box::new(Ledger::new(table)))
}

fn dialect(chat: Chat) -> &'static Dialect {
    Box::leak(Box::new(Dialect {
        name: "own",
        auth: &[],
        chat: Some(Box::leak(Box::new(chat))),
        models: None,
        model: None,
        embeds: &[],
        count: None,
        decode_error: |_, _, _| Error::default(),
        encode_error: |_| Reply {
            status: 500,
            headers: Vec::new(),
            body: Vec::new(),
        },
    }))
}

fn provider(dialect: &'static Dialect, adjust: Vec<Adjust>) -> &'static Provider {
    let endpoint = Endpoint {
        method: "POST",
        path: "/",
        query: &[],
        headers: &[],
        dialect,
        embed: None,
    };
    Box::leak(Box::new(Provider {
        id: "acme",
        url: "http://localhost",
        key: "ACME",
        auth: None,
        optional: false,
        extra_headers: &[],
        list: None,
        generate: Some(endpoint),
        generate_stream: None,
        generate_also: &[],
        embed: None,
        count_tokens: None,
        adjust: adjust.leak(),
    }))
}

fn says(role: Role, text: &'static str) -> Item<'static> {
    Item::alone(role, Part::of_text(text))
}

fn part(kind: PartKind) -> Part<'static> {
    Part {
        kind,
        ..Part::default()
    }
}

static NAME: Charset = Charset {
    first: LETTERS,
    rest: LETTERS,
    max: 64,
};
const LETTERS: &[(char, char)] = &[('a', 'z'), ('A', 'Z'), ('0', '9'), ('_', '_')];

/// The items that are left and what is reported, or the fault.
type Expected = Result<(&'static str, &'static str), &'static str>;

fn run(request: &mut ChatRequest<'_>, chat: Chat, adjust: Vec<Adjust>) -> Result<Prepared, String> {
    let dialect = dialect(chat);
    prepare(request, provider(dialect, adjust), dialect).map_err(|fault| fault.to_string())
}

fn lost(prepared: &Prepared) -> String {
    let name = |what| losses::header(&prepared.losses, what).unwrap_or_default();
    format!("{}/{}", name(LossKind::Dropped), name(LossKind::Nearest))
}

/// Items as words: role, then what is said or the kind.
fn shape(items: &[Item<'_>]) -> String {
    let said = |part: &Part<'_>| match (part.kind, part.text.as_deref()) {
        (PartKind::Text, Some(text)) => text.to_owned(),
        (kind, _) => kind.name().to_owned(),
    };
    let word = |item: &Item<'_>| {
        let inner: Vec<_> = item.part.parts.iter().map(said).collect();
        let inner = if inner.is_empty() {
            String::new()
        } else {
            format!("({})", inner.join(","))
        };
        format!("{}:{}{inner}", item.role.name(), said(&item.part))
    };
    items.iter().map(word).collect::<Vec<_>>().join(" ")
}
