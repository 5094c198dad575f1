//! Which of a provider's adjustments apply to a request: by the model's name and by what is asked for.
//!
//! Entries apply in their order, and each sees the request as those before it left it: a setting that one has dropped
//! isn't there for the next.

use crate::canonical::ChatRequest;
use crate::error::Fault;
use crate::generated::ledger::{self, Field};
use crate::table::{Adjust, Condition, Edit, Loss, Rules, Verdict};

use super::settle;
use super::suited::suited;

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
        let suited = suited(adjust, model);
        let entry = |adjust: &&'static Adjust| Entry {
            adjust,
            applies: false,
        };
        Self {
            entries: suited.entries.iter().map(entry).collect(),
            lost: Vec::new(),
        }
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
                let mut verdicts = entry.adjust.lost.iter().map(|(_, verdict)| *verdict);
                if verdicts.any(|verdict| verdict == Verdict::Drop) {
                    settle::request(request, Rules::drops(entry.adjust.lost), losses)?;
                }
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
