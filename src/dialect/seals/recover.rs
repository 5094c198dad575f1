//! The way back: what clients send with a conversation.

use super::{Belongs, unwrap};
use crate::canonical::{Item, PartKind, Role, retain};
use crate::wire::Sealed;

/// Gives wrapped values of a conversation back their origin and their place. What can't be read any more goes.
pub(in super::super) fn recover(items: &mut Vec<Item<'_>>) {
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
