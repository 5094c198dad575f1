//! The loss ledger as a gate: every canonical field is bound or has a verdict.

use std::collections::BTreeSet;

use super::bound::bound;
use crate::fault::Faults;
use crate::model::canonical::Canonical;
use crate::model::dialect::Dialect;
use crate::model::ledger::{Names, What, leads_on};
use crate::model::schema::Spot;

/// Finds what a dialect binds, and reports what is neither bound nor in its ledger.
pub fn check(dialect: &mut Dialect, canonical: &Canonical, names: &Names, faults: &Faults) {
    dialect.bound = bound(dialect, canonical, names, faults);
    let chat = !dialect.chat.is_empty();
    let reached = reached(dialect, canonical, names);
    for (number, entry) in names.entries().iter().enumerate() {
        let What::Field(owner, field) = &entry.what else {
            if let What::Kind(union, _) = &entry.what
                && chat
                && reached.contains(union.as_str())
                && !is_said(dialect, names, number, &entry.name)
            {
                missing(dialect, &entry.name, faults);
            }
            continue;
        };
        let structure = owner_of(canonical, owner);
        let covered = canonical
            .members
            .get(owner)
            .and_then(|_| names.number(owner))
            .is_some_and(|kind| {
                dialect.ledger.contains_key(&kind) || !dialect.bound.contains(&kind)
            });
        let reached = owner == "Delta" || reached.contains(structure.as_str());
        let covered = covered
            || crate::model::ledger::PLACE_FIELDS.contains(&(owner.as_str(), field.as_str()));
        let covered = covered || by_fields(dialect, canonical, names, &structure, field);
        if reached
            && !covered
            && !is_said(dialect, names, number, &entry.name)
            && needs(dialect, chat, owner)
        {
            missing(dialect, &entry.name, faults);
        }
    }
}

fn missing(dialect: &Dialect, name: &str, faults: &Faults) {
    faults.add(&dialect.place, format!("{name} is neither bound nor in x-lost; bind it, or say under drop, nearest, refuse or implied what happens to it, and why"));
}

/// A value that is bound, or for which the ledger has a verdict.
fn is_said(dialect: &Dialect, names: &Names, number: usize, name: &str) -> bool {
    let field = names.number(name).unwrap_or(number);
    dialect.bound.contains(&number) || dialect.ledger.contains_key(&field)
}

/// Fields that a dialect without the operation that they are of needn't speak of.
fn needs(dialect: &Dialect, chat: bool, owner: &str) -> bool {
    match owner {
        "ModelRequest" => dialect.model.is_some(),
        "ModelsRequest" | "ModelsResponse" | "Model" => dialect.models.is_some(),
        "EmbedRequest" | "EmbedInput" | "EmbedResponse" | "Vector" => !dialect.embeds.is_empty(),
        "TokenCount" => dialect.count.is_some(),
        "Error" => dialect.error.as_ref().is_some_and(|e| e.body.is_some()),
        "Delta" => {
            let frames = dialect
                .chat
                .iter()
                .flat_map(|o| o.streams.iter().flat_map(|s| &s.frames));
            frames.into_iter().any(|f| {
                f.holds.iter().any(|h| h == "delta")
                    && f.edge.outer == Spot::Struct("Event".to_owned())
            })
        }
        _ => chat,
    }
}

fn owner_of(canonical: &Canonical, owner: &str) -> String {
    match canonical.members.get(owner) {
        Some((union, _)) => union.clone(),
        None if owner == "PartCommon" => "Part".to_owned(),
        None if owner == "Delta" => "Event".to_owned(),
        None => owner.to_owned(),
    }
}

/// A field that leads to a struct is said if every field of that struct is.
fn by_fields(
    dialect: &Dialect,
    canonical: &Canonical,
    names: &Names,
    owner: &str,
    field: &str,
) -> bool {
    let found = canonical.get(owner).and_then(|s| s.field(field));
    let Some(target) = found
        .and_then(|f| leads_on(&f.ty))
        .and_then(|name| canonical.get(name))
    else {
        return false;
    };
    let mut numbers = target
        .fields
        .iter()
        .filter_map(|f| names.number(&format!("{}.{}", target.name, f.name)))
        .peekable();
    numbers.peek().is_some()
        && numbers.all(|n| dialect.bound.contains(&n) || dialect.ledger.contains_key(&n))
}

/// Structs that some bound field leads to; what hangs on an unbound one needs no verdicts.
fn reached(dialect: &Dialect, canonical: &Canonical, names: &Names) -> BTreeSet<String> {
    let mut reached: BTreeSet<String> = [
        "ChatRequest",
        "ChatResponse",
        "Error",
        "ModelsRequest",
        "ModelsResponse",
        "EmbedRequest",
        "EmbedResponse",
        "TokenCount",
        "Item",
        "Turn",
        "Part",
    ]
    .map(str::to_owned)
    .into();
    loop {
        let mut next = Vec::new();
        for s in canonical
            .structs
            .iter()
            .filter(|s| reached.contains(&s.name))
        {
            for field in &s.fields {
                let Some(target) = leads_on(&field.ty).filter(|_| !field.read_only) else {
                    continue;
                };
                let numbers = field
                    .owners
                    .iter()
                    .filter_map(|owner| names.number(&format!("{owner}.{}", field.name)));
                let open = numbers.clone().count() == 0
                    || numbers.into_iter().any(|n| {
                        dialect.bound.contains(&n)
                            && !matches!(
                                dialect.ledger.get(&n),
                                Some(
                                    crate::model::dialect::Loss::Drop(_)
                                        | crate::model::dialect::Loss::Refuse(_)
                                )
                            )
                    });
                if open && !reached.contains(target) {
                    next.push(target.to_owned());
                }
            }
        }
        if next.is_empty() {
            return reached;
        }
        reached.extend(next);
    }
}
