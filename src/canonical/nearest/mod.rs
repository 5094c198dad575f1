//! What a dialect can't say becomes the nearest thing that it can, where its ledger names a pass for it.
//!
//! A pass leaves alone what it can't turn: whoever checks what the dialect holds refuses that afterwards.

mod format;
mod parts;
mod reasoning;
mod results;
mod tools;

use crate::error::Fault;
use crate::generated::ledger::{self, FIELD_NAMES, Field};
use crate::table::{Capacity, Ledger, Loss, LossKind, Pass, Rules, Verdict};

use super::{ChatRequest, ChatResponse, FinishReason, Part, PartKind, Role};

pub use tools::free_arguments;

/// Runs the passes that a ledger names on a request. `names`: how many names its tool choice holds.
pub fn request<'t>(
    request: &mut ChatRequest<'_>,
    rules: impl Into<Rules<'t>>,
    names: Capacity,
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    let rules = rules.into();
    let mut passes = rules.passes();
    if passes.is_empty() {
        return Ok(());
    }
    parts::as_text(&mut request.items, rules, losses);
    results::after(&mut request.items, rules, losses);
    passes.sort_by_key(|(_, pass)| rank(pass));
    for (field, pass) in passes {
        match pass {
            Pass::AsText | Pass::AfterResults => {}
            Pass::TextAsData => parts::text_as_data(&mut request.items, field, losses),
            Pass::FileAsText => parts::file_as_text(&mut request.items, field, losses),
            Pass::ErrorText => results::error_text(&mut request.items, field, losses),
            Pass::InputObject => tools::input_object(request, field, losses),
            Pass::FilterTools => {
                let names = tools::room(rules, names);
                tools::filter(request, names, field, losses)?;
            }
            Pass::SchemaAsJson => format::schema_as_json(request, field, losses),
            Pass::OmitTools => tools::omit(request, field, losses),
            Pass::EffortFromBudget(levels) => {
                reasoning::effort_from_budget(request, levels, field, losses);
            }
            Pass::Effort(levels) => reasoning::effort(request, levels, field, losses),
            Pass::BudgetFromEffort(budgets) => {
                reasoning::budget_from_effort(request, budgets, field, losses);
            }
        }
    }
    Ok(())
}

/// Runs the passes that a ledger names on a reply: those that turn parts. Where a refusal has become text, the end says
/// that the answer is one.
pub fn response(response: &mut ChatResponse<'_>, ledger: &Ledger, losses: &mut Vec<Loss>) {
    let is = |kind| move |part: &Part<'_>| part.kind == kind && !part.is_blank();
    for candidate in &mut response.candidates {
        let parts = &mut candidate.parts;
        let refuses = parts.iter().any(is(PartKind::Refusal));
        let answers = parts.iter().any(is(PartKind::Text));
        for part in parts.iter_mut() {
            parts::part_as_text(Some(Role::Assistant), part, ledger.into(), losses);
        }
        let turned = refuses && !parts.iter().any(is(PartKind::Refusal));
        candidate.finish = candidate
            .finish
            .map(|finish| refused(finish, turned && !answers));
    }
}

/// Why a candidate ended that says nothing but a refusal, which its text doesn't show.
pub fn refused(finish: FinishReason, refuses: bool) -> FinishReason {
    match finish {
        FinishReason::Stop if refuses => FinishReason::ContentFilter,
        finish => finish,
    }
}

/// The verdict on a kind of part in a place (`None`: in a tool's result), and the field that has it. A place that the
/// ledger doesn't speak of is judged as the kind is.
pub fn verdict(rules: Rules<'_>, place: Option<Role>, kind: PartKind) -> (Field, Verdict) {
    let of = |field: Field| (field, rules.verdict(field));
    match of(ledger::place(place, kind)) {
        (_, Verdict::Bound | Verdict::Implied) => of(ledger::kind(kind)),
        judged => judged,
    }
}

/// Reports a field once.
pub fn report(losses: &mut Vec<Loss>, field: Field, what: LossKind) {
    report_name(losses, FIELD_NAMES[usize::from(field.0)], what);
}

/// The same for what the ledger has no field for.
pub fn report_name(losses: &mut Vec<Loss>, name: &'static str, what: LossKind) {
    let loss = Loss {
        field: name.into(),
        what,
    };
    if !losses.contains(&loss) {
        losses.push(loss);
    }
}

/// Names are filtered before tools are left out, and a budget becomes effort before efforts become each other.
fn rank(pass: &Pass) -> u8 {
    match pass {
        Pass::AsText | Pass::AfterResults => 0,
        Pass::TextAsData | Pass::FileAsText | Pass::ErrorText | Pass::InputObject => 1,
        Pass::SchemaAsJson => 1,
        Pass::FilterTools | Pass::EffortFromBudget(_) => 2,
        Pass::OmitTools | Pass::Effort(_) => 3,
        Pass::BudgetFromEffort(_) => 4,
    }
}

#[cfg(test)]
pub(super) mod support {
    use super::*;

    /// A ledger that has a place for all but this.
    pub fn table(verdicts: &[(Field, Pass)]) -> Ledger {
        let mut table = [Verdict::Implied; ledger::FIELDS];
        for (field, pass) in verdicts {
            table[usize::from(field.0)] = Verdict::Nearest(*pass);
        }
        Ledger::new(table)
    }

    /// What a field's loss looks like.
    pub fn nearest(field: Field) -> Vec<Loss> {
        let mut losses = Vec::new();
        report(&mut losses, field, LossKind::Nearest);
        losses
    }
}
