//! Parts in places that can't hold them: left out and reported, or the request is refused.
//!
//! A kind that a place holds stays whatever the dialect's ledger says of the kind as a whole: which parts of it can't be
//! said (thinking that another vendor signed) is seen only where it is written. What the ledger says of the place, and
//! what an adjustment says of the kind, is said of all.

use crate::canonical::nearest::{report, verdict};
use crate::canonical::{Item, Part, PartKind, Role, retain};
use crate::error::Fault;
use crate::generated::ledger::{self, Field};
use crate::table::{Chat, Loss, LossKind, Verdict};

use super::refused::{self, Opening, noun};

/// Settles every part of a conversation, for the dialect of this name.
pub(super) fn settle(
    items: &mut Vec<Item<'_>>,
    origin: &str,
    chat: &Chat,
    adjusted: &[(Field, Verdict)],
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    let mut judge = Judge {
        origin,
        chat,
        adjusted,
        losses,
        said: Vec::new(),
        fault: None,
    };
    retain(items, |item| {
        judge.said.push(Opening::of(item));
        let stays = judge.stays(Some(item.role), &item.part);
        item.part.parts.retain(|part| judge.stays(None, part));
        stays
    });
    judge.fault.map_or(Ok(()), Err)
}

/// Leaves out parts that say nothing, where that is refused.
pub(super) fn drop_blank(items: &mut Vec<Item<'_>>, chat: &Chat) {
    let says = |part: &Part<'_>| !(chat.no_empty.has(part.kind) && part.is_blank());
    retain(items, |item| {
        item.part.parts.retain(says);
        says(&item.part)
    });
}

/// Leaves out thinking that says nothing, as when its signature was all of it, and that is another vendor's.
pub(super) fn drop_hollow(items: &mut Vec<Item<'_>>) {
    retain(items, |item| {
        item.part.kind != PartKind::Thinking || !item.part.is_blank()
    });
}

struct Judge<'j> {
    origin: &'j str,
    chat: &'j Chat,
    adjusted: &'j [(Field, Verdict)],
    losses: &'j mut Vec<Loss>,
    /// The items so far.
    said: Vec<Opening>,
    fault: Option<Fault>,
}

impl Judge<'_> {
    fn stays(&mut self, place: Option<Role>, part: &Part<'_>) -> bool {
        let kind = part.kind;
        if kind == PartKind::Other && !self.is_own(part) {
            return self.foreign(place, part);
        }
        let said = self.adjusted(place, kind).or_else(|| self.own(place, kind));
        if said.is_none() && self.holds(place, kind) {
            return true;
        }
        let (field, verdict) =
            said.unwrap_or_else(|| verdict(self.chat.ledger.into(), place, kind));
        if verdict == Verdict::Drop {
            report(self.losses, field, LossKind::Dropped);
            return false;
        }
        let said = &self.said;
        self.fault.get_or_insert_with(|| match verdict {
            Verdict::Refuse(reason) => refused::kind(kind, reason, said.iter().copied()),
            // What a pass was named for and could not turn has no place either.
            _ => no_place(place, kind),
        });
        true
    }

    fn is_own(&self, part: &Part<'_>) -> bool {
        part.raw
            .as_ref()
            .is_some_and(|raw| raw.origin == self.origin)
    }

    /// What a vendor's own machinery did in an earlier answer can be forgotten; what the model is meant to see can't.
    fn foreign(&mut self, place: Option<Role>, part: &Part<'_>) -> bool {
        if place == Some(Role::Assistant) && !part.needed {
            report(
                self.losses,
                ledger::kind(PartKind::Other),
                LossKind::Dropped,
            );
            return false;
        }
        let fault = match part.needed {
            true => {
                Fault::new("only the vendor that keeps this item knows what it says; send that")
                    .at("messages")
            }
            false => no_place(place, PartKind::Other),
        };
        self.fault.get_or_insert(fault);
        true
    }

    /// The last word of the adjustments on a kind: on this place, else on the kind.
    fn adjusted(&self, place: Option<Role>, kind: PartKind) -> Option<(Field, Verdict)> {
        let fields = [ledger::place(place, kind), ledger::kind(kind)];
        fields.into_iter().find_map(|field| {
            let mut words = self.adjusted.iter().rev();
            words.find(|(adjusted, _)| *adjusted == field).copied()
        })
    }

    /// What the dialect itself says of a kind in this place, though it might be written there.
    fn own(&self, place: Option<Role>, kind: PartKind) -> Option<(Field, Verdict)> {
        let field = ledger::place(place, kind);
        let verdict = self.chat.ledger[field];
        matches!(verdict, Verdict::Drop | Verdict::Refuse(_)).then_some((field, verdict))
    }

    fn holds(&self, place: Option<Role>, kind: PartKind) -> bool {
        let Some(role) = place else {
            return self.chat.result_holds.has(kind);
        };
        let mut turns = self.chat.holds.iter();
        turns.any(|(turn, kinds)| *turn == role && kinds.has(kind))
    }
}

fn no_place(place: Option<Role>, kind: PartKind) -> Fault {
    let place = match place {
        None => "a tool's result",
        Some(Role::System) => "a system message",
        Some(Role::User) => "a message of the user",
        Some(Role::Assistant) => "a message of the assistant",
        Some(Role::Tool) => "a message of a tool",
    };
    Fault::new(format!(
        "{place} can't hold {} for this provider",
        noun(kind)
    ))
    .at("messages")
}
