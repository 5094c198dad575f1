//! What is shown to clients comes back as it was.

use super::recover::recover;
use super::*;
use crate::canonical::{Item, Role};

/// Two dialects of the spec: the client's, and the one that has sealed something.
fn names() -> [&'static str; 2] {
    let endpoints = PROVIDERS
        .iter()
        .filter_map(|provider| provider.generate.as_ref());
    let mut names: Vec<_> = endpoints.map(|endpoint| endpoint.dialect.name).collect();
    names.sort_unstable();
    names.dedup();
    [names[0], names[1]]
}

fn client() -> Seals {
    Seals {
        own: names()[0],
        signs: Kinds::NONE.with(PartKind::Thinking),
        redacted: true,
    }
}

fn sealed(origin: &'static str, value: &'static str) -> Option<Sealed<'static>> {
    Some(Sealed {
        origin,
        value: value.into(),
    })
}

fn part(kind: PartKind, signature: Option<Sealed<'static>>) -> Part<'static> {
    Part {
        kind,
        text: (kind != PartKind::ToolCall).then(|| "t".into()),
        signature,
        ..Part::default()
    }
}

fn shown(parts: Vec<Part<'static>>) -> Vec<Part<'static>> {
    let mut response = ChatResponse {
        candidates: vec![Candidate {
            parts,
            ..Candidate::default()
        }],
        ..ChatResponse::default()
    };
    client().response(&mut response);
    response.candidates.remove(0).parts
}

fn back(parts: Vec<Part<'static>>) -> Vec<Part<'static>> {
    let item = |part| Item {
        opens: false,
        ..Item::alone(Role::Assistant, part)
    };
    let mut items: Vec<_> = parts.into_iter().map(item).collect();
    recover(&mut items);
    items.into_iter().map(|item| item.part).collect()
}

#[test]
fn there_and_back() {
    use PartKind::{Text, Thinking, ToolCall};
    let redacted = Part {
        redacted: sealed(names()[1], "r/+é"),
        ..part(Thinking, None)
    };
    for (parts, carried) in [
        (vec![part(Thinking, sealed(names()[0], "own"))], 1),
        (vec![part(Thinking, sealed(names()[1], "a:b+/="))], 1),
        (
            vec![
                part(ToolCall, sealed(names()[1], "s")),
                part(ToolCall, None),
            ],
            3,
        ),
        (
            vec![
                part(Text, sealed(names()[1], "s")),
                part(ToolCall, sealed(names()[1], "t")),
            ],
            4,
        ),
        (vec![part(Thinking, None), redacted, part(Text, None)], 3),
    ] {
        let seen = shown(parts.clone());
        assert_eq!(seen.len(), carried, "{parts:?}");
        let kept = |part: &Part<'_>| {
            let seals = [&part.signature, &part.redacted];
            seals
                .into_iter()
                .flatten()
                .all(|seal| seal.origin == names()[0])
        };
        assert!(seen.iter().all(kept), "{seen:?}");
        assert_eq!(back(seen), parts);
    }
}

#[test]
fn pieces_of_a_stream() {
    use PartKind::{Text, Thinking};
    let signature = || sealed(names()[1], "s");
    let wrapped = client().wrap(
        &signature().unwrap_or_else(|| unreachable!()),
        Belongs::Here,
    );
    let found = back(vec![
        part(Text, None),
        part(Thinking, None),
        part(Thinking, None),
        carrier(Some(wrapped)),
        part(Thinking, None),
    ]);
    let whole = Part {
        text: Some("tt".into()),
        ..part(Thinking, signature())
    };
    assert_eq!(found, [part(Text, None), whole, part(Thinking, None)]);
}

#[test]
fn the_part_before() {
    let text = part(PartKind::Text, None);
    let signature = client().wrap(
        &sealed(names()[1], "s").unwrap_or_else(|| unreachable!()),
        Belongs::Last,
    );
    let found = back(vec![text.clone(), carrier(Some(signature))]);
    assert_eq!(found, [part(PartKind::Text, sealed(names()[1], "s"))]);
}

#[test]
fn what_cannot_be_read_goes() {
    for text in [
        "gateway-seal:nobody::x",
        "gateway-seal",
        "gateway-seal:alone",
    ] {
        let value = STANDARD.encode(text);
        let wrapped = Sealed {
            origin: names()[0],
            value: value.into(),
        };
        let found = back(vec![part(PartKind::Thinking, Some(wrapped.clone()))]);
        let left = found[0].signature.as_ref();
        assert_eq!(left.is_none(), text.contains("nobody"), "{text}");
    }
    assert!(may_hold(
        format!("..{}", STANDARD.encode("gateway-seal:x")).as_bytes()
    ));
    assert!(!may_hold(b"gateway-seal"));
}

#[test]
fn bytes_are_written_in_two_alphabets() {
    let wrapped = client().wrap(
        &sealed(names()[1], "~~~???>>>").unwrap_or_else(|| unreachable!()),
        Belongs::Here,
    );
    for value in [
        wrapped.value.to_string(),
        wrapped.value.replace('+', "-").replace('/', "_"),
        wrapped.value.trim_end_matches('=').to_owned(),
    ] {
        let found = unwrap(&Sealed {
            origin: names()[0],
            value: value.into(),
        });
        assert_eq!(
            found,
            Some((Belongs::Here, sealed(names()[1], "~~~???>>>")))
        );
    }
}
