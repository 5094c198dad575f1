//! What generated encoders and decoders ask of lists of parts.

use std::borrow::Cow;

use super::{Item, Part, PartKind, Role};
use crate::table::Kinds;

/// The first element, made if there is none.
pub fn first<T: Default>(list: &mut Vec<T>) -> &mut T {
    if list.is_empty() {
        list.push(T::default());
    }
    &mut list[0]
}

/// Puts a turn of this role before everything else.
pub fn lead<'a>(items: &mut Vec<Item<'a>>, role: Role, parts: Vec<Part<'a>>) {
    let turn = parts.into_iter().enumerate().map(|(i, part)| Item {
        role,
        part,
        opens: i == 0,
        name: None,
    });
    items.splice(0..0, turn);
}

/// References to parts.
pub fn refs<'r, 'a>(parts: &'r [Part<'a>]) -> Vec<&'r Part<'a>> {
    parts.iter().collect()
}

/// The parts of the leading run of system items.
pub fn leading_parts<'r, 'a>(items: &'r [Item<'a>]) -> Vec<&'r Part<'a>> {
    super::leading_system(items)
        .iter()
        .map(|item| &item.part)
        .collect()
}

/// The parts of these kinds; mostly all of them are, or none.
pub fn of_kinds<'p, 'r, 'a>(parts: &'p [&'r Part<'a>], kinds: Kinds) -> Cow<'p, [&'r Part<'a>]> {
    let is_held = |part: &&Part<'a>| kinds.has(part.kind);
    let held = parts.iter().filter(|part| is_held(part)).count();
    match held {
        0 => Cow::Borrowed(&[]),
        all if all == parts.len() => Cow::Borrowed(parts),
        _ => Cow::Owned(parts.iter().copied().filter(is_held).collect()),
    }
}

/// The part, if it is the only one and of this kind.
pub fn sole<'r, 'a>(parts: &[&'r Part<'a>], kind: PartKind) -> Option<&'r Part<'a>> {
    match parts {
        [part] if part.kind == kind => Some(part),
        _ => None,
    }
}
