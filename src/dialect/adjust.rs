//! Which of a provider's adjustments apply to a request: by the model's name and by what is asked for.
//!
//! Entries apply in their order, and each sees the request as those before it left it: a setting that one has dropped
//! isn't there for the next.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, PoisonError, RwLock};

use regex_lite::Regex;

use crate::canonical::ChatRequest;
use crate::error::Fault;
use crate::generated::ledger::{self, FIELDS, Field, Table};
use crate::table::{Adjust, Condition, Edit, Loss, Verdict};

use super::settle;

/// The adjustments for one request.
pub(super) struct Adjusted {
    entries: Vec<Entry>,
    /// What the ledger says besides the dialect's own; of two words on a field the last counts.
    pub(super) lost: Vec<(Field, Verdict)>,
}

struct Entry {
    adjust: &'static Adjust,
    applies: bool,
}

impl Adjusted {
    /// Entries for this model; none of them applies yet.
    pub(super) fn new(adjust: &'static [Adjust], model: &str) -> Self {
        let suits =
            |adjust: &&'static Adjust| adjust.models.is_none_or(|models| matches(models, model));
        let entry = |adjust| Entry {
            adjust,
            applies: false,
        };
        Self {
            entries: adjust.iter().filter(suits).map(entry).collect(),
            lost: Vec::new(),
        }
    }

    /// Nothing is particular to this model.
    pub(super) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Takes up entries whose conditions hold by now; what they drop is dropped at once.
    pub(super) fn apply(
        &mut self,
        request: &mut ChatRequest<'_>,
        origin: &str,
        losses: &mut Vec<Loss>,
    ) -> Result<(), Fault> {
        for entry in self.entries.iter_mut().filter(|entry| !entry.applies) {
            let mut when = entry.adjust.when.iter();
            entry.applies = when.all(|condition| holds(condition, request, origin));
            if let Some(reason) = entry.adjust.refuse.filter(|_| entry.applies) {
                return Err(Fault::new(reason));
            }
            if entry.applies && !entry.adjust.lost.is_empty() {
                self.lost.extend(entry.adjust.lost);
                let dropped = |verdict| verdict == Verdict::Drop;
                settle::request(request, &only(entry.adjust.lost, dropped), losses)?;
            }
        }
        Ok(())
    }

    /// Takes up the entries that apply whatever is asked for.
    pub(super) fn apply_always(&mut self) {
        for entry in &mut self.entries {
            entry.applies = entry.adjust.when.is_empty();
            if entry.applies {
                self.lost.extend(entry.adjust.lost);
            }
        }
    }

    /// The dialect's ledger as adjusted.
    pub(super) fn ledger<'t>(&self, own: &'t Table) -> Cow<'t, Table> {
        let mut table = Cow::Borrowed(own);
        for (field, verdict) in &self.lost {
            table.to_mut()[usize::from(field.0)] = *verdict;
        }
        table
    }

    /// The wire edits of the entries that apply, in their order.
    pub(super) fn edits(&self) -> Vec<&'static Edit> {
        let applied = self.entries.iter().filter(|entry| entry.applies);
        applied.flat_map(|entry| entry.adjust.edits).collect()
    }
}

fn holds(condition: &Condition, request: &ChatRequest<'_>, origin: &str) -> bool {
    match condition {
        Condition::Present(field) => ledger::present(request, *field),
        Condition::Absent(field) => !ledger::present(request, *field),
        Condition::Holds(test) => test(request),
        Condition::UnsignedCalls => request.has_unsigned_calls(origin),
        Condition::TrailingAssistant => request.ends_with_assistant(),
    }
}

/// A ledger of nothing but these words, if they are such.
pub(super) fn only(lost: &[(Field, Verdict)], such: impl Fn(Verdict) -> bool) -> Table {
    let mut table = [Verdict::Bound; FIELDS];
    for (field, verdict) in lost.iter().filter(|(_, verdict)| such(*verdict)) {
        table[usize::from(field.0)] = *verdict;
    }
    table
}

/// Patterns are compiled when they are first needed and then kept: there are as many as the spec has.
fn matches(pattern: &'static str, model: &str) -> bool {
    static COMPILED: LazyLock<RwLock<HashMap<&'static str, Option<Regex>>>> =
        LazyLock::new(RwLock::default);
    // The build has checked every pattern; one that doesn't compile suits no model.
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_some_and(|it| it.is_match(model));
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(pattern) {
        return is_match(regex);
    }
    drop(known);
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    is_match(
        known
            .entry(pattern)
            .or_insert_with(|| Regex::new(pattern).ok()),
    )
}
