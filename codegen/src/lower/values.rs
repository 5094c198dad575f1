//! Keywords with values of their own: each is one of a set, or is told what the set is.

use serde_json::Value;

use crate::fault::{Faults, suggest};
use crate::model::canonical::Canonical;
use crate::model::dialect::Group;
use crate::model::schema::{AsPart, Codec, Fit, MapEntry};
use crate::source::Node;

pub fn as_part(node: &Node<'_>, canonical: &Canonical, faults: &Faults) -> Option<AsPart> {
    let (kind, join) = match node.str() {
        Some(kind) => (kind, None),
        None => (
            node.text("kind").unwrap_or_default(),
            node.text("join").map(str::to_owned),
        ),
    };
    let kinds = canonical
        .get("Part")
        .and_then(|s| s.kind.as_ref())
        .map(|k| canonical.values(&k.enumeration))
        .unwrap_or_default();
    if !kinds.iter().any(|k| k == kind) {
        faults.add(
            &node.place,
            format!(
                "x-as: '{kind}' is no kind of part{}",
                suggest(kind, kinds.iter().map(String::as_str))
            ),
        );
        return None;
    }
    let text = canonical.get("Part").and_then(|part| part.field("text"));
    let textual = |k: &str| text.is_some_and(|text| text.kinds.iter().any(|own| own == k));
    if !textual(kind) {
        let known = kinds.iter().map(String::as_str).filter(|k| textual(k));
        let nearest = suggest(kind, known);
        let what = format!("x-as: a part of kind '{kind}' is no text{nearest}");
        faults.add(&node.place, what);
        return None;
    }
    Some(AsPart {
        kind: kind.to_owned(),
        join,
    })
}

pub fn map(node: &Node<'_>) -> Vec<MapEntry> {
    let star = Value::String("*".to_owned());
    let row = |(canonical, wire): (&str, Node<'_>)| {
        let listed: Vec<Value> = match wire.value {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let other = listed.contains(&star);
        MapEntry {
            canonical: canonical.to_owned(),
            wire: listed.into_iter().filter(|v| *v != star).collect(),
            other,
        }
    };
    node.entries().into_iter().map(row).collect()
}

pub fn codec(node: &Node<'_>, faults: &Faults) -> Option<Codec> {
    const NAMES: [&str; 9] = [
        "data-url",
        "json",
        "rfc3339",
        "seconds",
        "retry-after",
        "milliseconds",
        "prefix",
        "openapi-subset",
        "sealed",
    ];
    if let Some(member) = node.text("sealed") {
        return Some(Codec::Member(member.to_owned()));
    }
    if let Some(prefix) = node.text("prefix") {
        return Some(Codec::Prefix(prefix.to_owned()));
    }
    let name = node.str().unwrap_or_default();
    Some(match name {
        "data-url" => Codec::DataUrl,
        "json" => Codec::Json,
        "rfc3339" => Codec::Rfc3339,
        "seconds" => Codec::Seconds,
        "retry-after" => Codec::RetryAfter,
        "milliseconds" => Codec::Milliseconds,
        "openapi-subset" => Codec::OpenapiSubset,
        "sealed" => Codec::Sealed,
        _ => {
            faults.add(
                &node.place,
                format!("x-codec '{name}' is no codec{}", suggest(name, NAMES)),
            );
            return None;
        }
    })
}

pub fn fit(node: &Node<'_>, faults: &Faults) -> Option<Fit> {
    Some(match node.str().unwrap_or_default() {
        "clamp" => Fit::Clamp,
        "hash" => Fit::Hash,
        "replace" => Fit::Replace,
        "drop" => Fit::Drop,
        other => {
            faults.add(
                &node.place,
                format!(
                    "x-fit '{other}' is no way to fit{}",
                    suggest(other, ["clamp", "hash", "replace", "drop"])
                ),
            );
            return None;
        }
    })
}

pub fn fill(node: &Node<'_>, faults: &Faults) -> Option<(String, Option<String>)> {
    const SOURCES: [&str; 12] = [
        "call-id",
        "id-of-call",
        "name-of-call",
        "no-arguments",
        "now",
        "new-id",
        "requested-model",
        "provider",
        "field",
        "constant",
        "place-id",
        "sequence",
    ];
    let (name, argument) = match node.str() {
        Some(name) => (name, None),
        None => node
            .entries()
            .into_iter()
            .next()
            .map_or(("", None), |(name, arg)| {
                let text = arg
                    .str()
                    .map_or_else(|| arg.value.to_string(), str::to_owned);
                (name, Some(text))
            }),
    };
    if !SOURCES.contains(&name) {
        faults.add(
            &node.place,
            format!("x-fill '{name}' is no source{}", suggest(name, SOURCES)),
        );
        return None;
    }
    Some((name.to_owned(), argument))
}

pub fn group(node: &Node<'_>, canonical: &Canonical, faults: &Faults) -> Option<Group> {
    const KEYS: [&str; 7] = [
        "merge",
        "first",
        "last",
        "lead",
        "pairs",
        "later_system",
        "pieces",
    ];
    for (key, value) in node.entries() {
        if !KEYS.contains(&key) {
            faults.add(
                &value.place,
                format!("x-group has no '{key}'{}", suggest(key, KEYS)),
            );
        }
    }
    let role = |key: &str| {
        let text = node.text(key)?;
        let roles = canonical.values("Role");
        if !roles.iter().any(|r| r == text) {
            faults.add(
                &node.place,
                format!(
                    "x-group: '{text}' is no role{}",
                    suggest(text, roles.iter().map(String::as_str))
                ),
            );
        }
        Some(text.to_owned())
    };
    word(node, "merge", &["adjacent", "never"], faults);
    word(node, "pairs", &["strict", "free"], faults);
    let lead = node.get("lead").map(|list| {
        list.items()
            .iter()
            .filter_map(|i| i.str().map(str::to_owned))
            .collect()
    });
    Some(Group {
        merge: node.text("merge") == Some("adjacent"),
        first: role("first"),
        last: role("last"),
        lead: lead.unwrap_or_default(),
        strict: node.text("pairs") == Some("strict"),
        later_system: role("later_system"),
        pieces: role("pieces"),
    })
}

/// The text of a key must be one of these, if it is there.
fn word(node: &Node<'_>, key: &str, words: &[&str], faults: &Faults) {
    if let Some(value) = node.get(key)
        && !value.str().is_some_and(|text| words.contains(&text))
    {
        let text = value.str().unwrap_or_default();
        let nearest = suggest(text, words.iter().copied());
        faults.add(&value.place, format!("{key} can't be '{text}'{nearest}"));
    }
}
