//! Opaque values of one dialect on a trip through another: wrapped so that they find their way back, and only there.
//!
//! A signature proves to the provider that gave it what its model has thought. A client of another dialect keeps such
//! values where its own vendor's stand, and sends them back with the conversation. What it is shown is therefore marked
//! with the dialect it comes from, and read back as that dialect's. The mark is base64 throughout, for there are
//! clients that take these values for bytes.

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use memchr::memmem::Finder;

use crate::canonical::{Candidate, ChatResponse, Item, Part, PartKind, Role, retain};
use crate::generated::ledger::Field;
use crate::generated::providers::PROVIDERS;
use crate::table::{Dialect, Kinds, Verdict};
use crate::wire::Sealed;

/// Twelve bytes, so that it is always the same sixteen characters of base64.
const MARK: &str = "gateway-seal";
const LIKELY: &str = "Z2F0ZXdheS1zZWFs";

/// Which part a wrapped value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// The one that carries it.
    Here,
    /// The one after, as a client keeps it only with thinking.
    Next,
    /// The one before.
    Last,
}

/// What a client's dialect can carry of others.
#[derive(Debug, Clone, Copy)]
pub struct Seals {
    own: &'static str,
    signs: Kinds,
    redacted: bool,
}

impl Seals {
    /// Of clients that speak this dialect.
    pub fn of(dialect: &'static Dialect) -> Self {
        Self {
            own: dialect.name,
            signs: dialect.chat.map_or(Kinds::NONE, |chat| chat.signs),
            redacted: dialect
                .chat
                .is_some_and(|chat| chat.ledger[Field::THINKING_REDACTED] == Verdict::Bound),
        }
    }

    /// Wraps what others have sealed in a whole reply.
    pub fn response(&self, response: &mut ChatResponse<'_>) {
        for candidate in &mut response.candidates {
            self.candidate(candidate);
        }
    }

    /// Wraps encrypted thinking, where there is a place for it.
    pub fn redacted(&self, part: &mut Part<'_>) {
        if let Some(sealed) = part.redacted.as_mut().filter(|_| self.redacted)
            && sealed.origin != self.own
        {
            *sealed = self.wrap(sealed, Belongs::Here);
        }
    }

    /// Where another dialect's signature of a part of this kind can be carried. `None`: it stays as it is.
    pub fn place(
        &self,
        kind: PartKind,
        signature: &Sealed<'_>,
        otherwise: Belongs,
    ) -> Option<Belongs> {
        match () {
            () if signature.origin == self.own => None,
            () if self.signs.has(kind) => Some(Belongs::Here),
            () if self.signs.has(PartKind::Thinking) => Some(otherwise),
            () => None,
        }
    }

    /// The value as this client keeps it.
    pub fn wrap(&self, sealed: &Sealed<'_>, belongs: Belongs) -> Sealed<'static> {
        let place = match belongs {
            Belongs::Here => "",
            Belongs::Next => "+",
            Belongs::Last => "-",
        };
        let text = format!("{MARK}:{}:{place}:{}", sealed.origin, sealed.value);
        Sealed {
            origin: self.own,
            value: Cow::Owned(STANDARD.encode(text)),
        }
    }

    fn candidate(&self, candidate: &mut Candidate<'_>) {
        let is_sealed = |part: &Part<'_>| part.signature.is_some() || part.redacted.is_some();
        if !candidate.parts.iter().any(is_sealed) {
            return;
        }
        let parts = std::mem::take(&mut candidate.parts);
        for mut part in parts {
            self.redacted(&mut part);
            let place = |signature| self.place(part.kind, signature, Belongs::Next);
            let wrapped = part.signature.as_ref().and_then(|signature| {
                let belongs = place(signature)?;
                Some((belongs, self.wrap(signature, belongs)))
            });
            match wrapped {
                Some((Belongs::Here, wrapped)) => part.signature = Some(wrapped),
                Some((_, wrapped)) => {
                    part.signature = None;
                    candidate.parts.push(carrier(Some(wrapped)));
                }
                None => {}
            }
            candidate.parts.push(part);
        }
    }
}

/// Thinking that says nothing and carries a signature.
pub fn carrier(signature: Option<Sealed<'_>>) -> Part<'_> {
    Part {
        kind: PartKind::Thinking,
        signature,
        ..Part::default()
    }
}

/// Whether a message may hold a wrapped value, so that it can't be passed on as it is.
pub fn may_hold(body: &[u8]) -> bool {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(LIKELY));
    FINDER.find(body).is_some()
}

/// Gives wrapped values of a conversation back their origin and their place. What can't be read any more goes.
pub(super) fn recover(items: &mut Vec<Item<'_>>) {
    let mut carriers = Vec::new();
    let mut late = false;
    for (at, item) in items.iter_mut().enumerate() {
        let part = &mut item.part;
        if let Some((_, redacted)) = part.redacted.as_ref().and_then(unwrap) {
            part.redacted = redacted;
        }
        match part.signature.as_ref().and_then(unwrap) {
            Some((Belongs::Here, signature)) => {
                part.signature = signature;
                late |= is_late(item);
            }
            Some((belongs, signature)) => {
                part.signature = None;
                carriers.push((at, belongs, signature));
            }
            None => {}
        }
    }
    if !carriers.is_empty() {
        deliver(items, carriers);
    }
    if late {
        rejoin(items);
    }
}

/// A signature that came in a stream after the last piece of its text.
fn is_late(item: &Item<'_>) -> bool {
    let part = &item.part;
    let blank = part.text.as_deref().unwrap_or_default().is_empty();
    is_thinking(item) && part.signature.is_some() && blank
}

fn is_thinking(item: &Item<'_>) -> bool {
    item.role == Role::Assistant
        && item.part.kind == PartKind::Thinking
        && item.part.redacted.is_none()
}

/// Puts thinking together again that a client has kept in the pieces in which it came.
fn rejoin(items: &mut Vec<Item<'_>>) {
    let mut whole: Vec<Item<'_>> = Vec::with_capacity(items.len());
    for item in std::mem::take(items) {
        let pieces = whole.iter().rev();
        let pieces = pieces.take_while(|item| is_thinking(item) && item.part.signature.is_none());
        let from = whole.len() - pieces.count();
        if !is_late(&item) || from == whole.len() {
            whole.push(item);
            continue;
        }
        let rest: Vec<_> = whole.drain(from + 1..).collect();
        if let Some(first) = whole.last_mut() {
            let text = first.part.text.get_or_insert_default().to_mut();
            text.extend(rest.iter().filter_map(|item| item.part.text.as_deref()));
            first.part.signature = item.part.signature;
        }
    }
    *items = whole;
}

/// Gives signatures that came with parts of their own to the parts that they are of.
fn deliver<'a>(
    items: &mut Vec<Item<'a>>,
    carriers: Vec<(usize, Belongs, Option<Sealed<'static>>)>,
) {
    let places: Vec<usize> = carriers.iter().map(|(at, ..)| *at).collect();
    for (at, belongs, signature) in carriers {
        let is_part = |place: &usize| !places.contains(place);
        let found = match belongs {
            Belongs::Next => (at + 1..items.len()).find(is_part),
            Belongs::Last | Belongs::Here => (0..at).rev().find(is_part),
        };
        let target = found.map(|place| &mut items[place]);
        if let Some(target) = target.filter(|item| item.role == Role::Assistant) {
            target.part.signature = target.part.signature.take().or(signature);
        }
    }
    let mut at = 0..;
    retain(items, |item| {
        let carries = at.next().is_some_and(|at| places.contains(&at));
        !(carries && item.part.is_blank())
    });
}

/// `None`: it isn't wrapped.
fn unwrap(sealed: &Sealed<'_>) -> Option<(Belongs, Option<Sealed<'static>>)> {
    let value = sealed
        .member(".")
        .filter(|value| value.starts_with(LIKELY))?;
    let bytes = decoded(&value)?;
    let text = String::from_utf8(bytes).ok()?;
    let (origin, rest) = text
        .strip_prefix(MARK)?
        .strip_prefix(':')?
        .split_once(':')?;
    let (place, value) = rest.split_once(':')?;
    let belongs = match place {
        "+" => Belongs::Next,
        "-" => Belongs::Last,
        _ => Belongs::Here,
    };
    let sealed = known(origin).map(|origin| Sealed {
        origin,
        value: Cow::Owned(value.to_owned()),
    });
    Some((belongs, sealed))
}

/// Of both alphabets, padded or not: clients write bytes as they like.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const ANY: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let standard = text.replace('-', "+").replace('_', "/");
    ANY.decode(standard).ok()
}

fn known(origin: &str) -> Option<&'static str> {
    let endpoints = PROVIDERS
        .iter()
        .flat_map(|provider| [&provider.generate, &provider.generate_stream]);
    let mut names = endpoints.flatten().map(|endpoint| endpoint.dialect.name);
    names.find(|name| *name == origin)
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
