//! What only its origin can read goes to its origin alone. For anybody else a seal is left out and reported, and a tool
//! that one vendor runs is refused.

use crate::canonical::nearest::report;
use crate::canonical::{ChatRequest, Item, Part, Tool};
use crate::error::Fault;
use crate::generated::ledger::Field;
use crate::table::{Loss, LossKind};
use crate::wire::Sealed;

use super::refused;

/// Takes the seals of other dialects off every part.
pub(super) fn take_seals(items: &mut [Item<'_>], dialect: &str, losses: &mut Vec<Loss>) {
    for item in items {
        for part in &mut item.part.parts {
            of_part(part, dialect, losses);
        }
        of_part(&mut item.part, dialect, losses);
    }
}

/// A tool that one vendor runs is known there only.
pub(super) fn check_tools(request: &ChatRequest<'_>, dialect: &str) -> Result<(), Fault> {
    let own = |tool: &&Tool<'_>| tool.raw.as_ref().is_none_or(|raw| raw.origin == dialect);
    match request
        .tools
        .iter()
        .enumerate()
        .find(|(_, tool)| !own(tool))
    {
        None => Ok(()),
        Some((at, tool)) => Err(refused::hosted(tool, at)),
    }
}

fn of_part(part: &mut Part<'_>, dialect: &str, losses: &mut Vec<Loss>) {
    let seals = [
        (&mut part.signature, Field::PART_COMMON_SIGNATURE),
        (&mut part.citations, Field::TEXT_CITATIONS),
    ];
    for (seal, field) in seals {
        let foreign = |seal: &mut Sealed<'_>| seal.origin != dialect;
        if seal.take_if(foreign).is_some() {
            report(losses, field, LossKind::Dropped);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Role;

    #[test]
    fn of_others_only() {
        let sealed = |origin| {
            Some(Sealed {
                origin,
                value: "s".into(),
            })
        };
        let part = |signature, citations| {
            Item::alone(
                Role::Assistant,
                Part {
                    signature: sealed(signature),
                    citations: sealed(citations),
                    ..Part::of_text("x")
                },
            )
        };
        let mut items = [part("own", "other"), part("other", "own")];
        let mut losses = Vec::new();
        take_seals(&mut items, "own", &mut losses);
        let kept = items.map(|item| (item.part.signature.is_some(), item.part.citations.is_some()));
        assert_eq!(kept, [(true, false), (false, true)]);
        assert_eq!(losses.len(), 2);
    }
}
