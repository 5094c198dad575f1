//! How much thinking is asked for: in words, in tokens, and one from the other.

use crate::canonical::{ChatRequest, Reasoning, ReasoningEffort};
use crate::generated::ledger::Field;
use crate::table::{Loss, LossKind};

use super::{report, report_name};

/// `effort-from-budget`: the first level whose budget isn't less, or the last. Effort that was asked for wins.
pub(super) fn effort_from_budget(
    request: &mut ChatRequest<'_>,
    levels: &[(ReasoningEffort, i64)],
    field: Field,
    losses: &mut Vec<Loss>,
) {
    let Some(reasoning) = &mut request.reasoning else {
        return;
    };
    let Some(budget) = reasoning.budget.take() else {
        return;
    };
    let level = levels.iter().find(|(_, most)| budget <= *most);
    let level = level.or(levels.last()).map(|(effort, _)| *effort);
    reasoning.effort = reasoning.effort.or(level);
    report(losses, field, LossKind::Nearest);
    tidy(request);
}

/// `effort`: another level, or none.
pub(super) fn effort(
    request: &mut ChatRequest<'_>,
    levels: &[(ReasoningEffort, Option<ReasoningEffort>)],
    field: Field,
    losses: &mut Vec<Loss>,
) {
    let Some(reasoning) = &mut request.reasoning else {
        return;
    };
    let level = levels
        .iter()
        .find(|(from, _)| reasoning.effort == Some(*from));
    let Some((from, to)) = level else {
        return;
    };
    if Some(*from) != *to {
        reasoning.effort = *to;
        let what = to.map_or(LossKind::Dropped, |_| LossKind::Nearest);
        report(losses, field, what);
    }
    tidy(request);
}

/// `budget-from-effort`: the level's budget, unless one was asked for. A level without one is left out, but for
/// none at all, which is a word of its own.
///
/// A budget is part of the answer's tokens, so it stays below their bound; where not even the least level's does,
/// there is no room to think.
pub(super) fn budget_from_effort(
    request: &mut ChatRequest<'_>,
    budgets: &[(ReasoningEffort, i64)],
    field: Field,
    losses: &mut Vec<Loss>,
) {
    let Some(reasoning) = &mut request.reasoning else {
        return;
    };
    let level_of = |effort| budgets.iter().find(|(level, _)| *level == effort);
    let is_level = |effort: &mut ReasoningEffort| {
        *effort != ReasoningEffort::None || level_of(*effort).is_some()
    };
    if let Some(effort) = reasoning.effort.take_if(is_level) {
        let level = level_of(effort);
        reasoning.budget = reasoning.budget.or(level.map(|(_, budget)| *budget));
        let what = reasoning
            .budget
            .map_or(LossKind::Dropped, |_| LossKind::Nearest);
        report(losses, field, what);
    }
    if let (Some(budget), Some(bound)) = (reasoning.budget, request.max_tokens)
        && budget > 0
        && budget >= bound
    {
        let least = budgets
            .iter()
            .map(|(_, budget)| *budget)
            .filter(|&budget| budget > 0)
            .min();
        let fits = least.is_none_or(|least| least < bound);
        reasoning.budget = fits.then_some(bound - 1);
        let what = if fits {
            LossKind::Nearest
        } else {
            LossKind::Dropped
        };
        report_name(losses, "reasoning.budget", what);
    }
    tidy(request);
}

fn tidy(request: &mut ChatRequest<'_>) {
    request
        .reasoning
        .take_if(|reasoning| Reasoning::is_empty(reasoning));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::nearest::{self, support};
    use crate::table::{Capacity, Pass};
    use ReasoningEffort::{High, Low, Max, Medium, Minimal, None as Off, Xhigh};

    const BUDGETS: &[(ReasoningEffort, i64)] = &[
        (Off, 0),
        (Minimal, 1024),
        (Low, 1024),
        (Medium, 8192),
        (High, 24576),
        (Xhigh, 32768),
    ];
    const LEVELS: &[(ReasoningEffort, i64)] = &[
        (Off, 0),
        (Low, 1024),
        (Medium, 8192),
        (High, 24576),
        (Xhigh, i64::MAX),
    ];

    /// Effort and budget as asked, the bound of the answer; what is left, and what is reported.
    type Case = (
        (Option<ReasoningEffort>, Option<i64>, Option<i64>),
        (Option<ReasoningEffort>, Option<i64>),
        &'static [LossKind],
    );

    fn check(field: Field, pass: Pass, cases: &[Case]) {
        for ((effort, budget, max_tokens), left, what) in cases {
            let reasoning = Some(Reasoning {
                effort: *effort,
                budget: *budget,
                show: None,
            });
            let mut asked = ChatRequest {
                reasoning,
                max_tokens: *max_tokens,
                ..ChatRequest::default()
            };
            let mut losses = Vec::new();
            let done = nearest::request(
                &mut asked,
                &support::table(&[(field, pass)]),
                Capacity::Many,
                &mut losses,
            );
            assert_eq!(done, Ok(()));
            let got = asked.reasoning.map(|it| (it.effort, it.budget));
            let left = Some(*left).filter(|left| *left != (None, None));
            assert_eq!(got, left, "{effort:?} {budget:?} {max_tokens:?}");
            let reported: Vec<_> = losses.iter().map(|loss| loss.what).collect();
            assert_eq!(reported, *what, "{effort:?} {budget:?} {max_tokens:?}");
        }
    }

    const NEAREST: &[LossKind] = &[LossKind::Nearest];
    const DROPPED: &[LossKind] = &[LossKind::Dropped];

    #[test]
    fn efforts_of_budgets() {
        check(
            Field::REASONING_BUDGET,
            Pass::EffortFromBudget(LEVELS),
            &[
                ((None, Some(0), None), (Some(Off), None), NEAREST),
                ((None, Some(1), None), (Some(Low), None), NEAREST),
                ((None, Some(1024), None), (Some(Low), None), NEAREST),
                ((None, Some(1025), None), (Some(Medium), None), NEAREST),
                ((None, Some(24576), None), (Some(High), None), NEAREST),
                ((None, Some(99999), None), (Some(Xhigh), None), NEAREST),
                ((Some(Max), Some(1024), None), (Some(Max), None), NEAREST),
                ((Some(Max), None, None), (Some(Max), None), &[]),
            ],
        );
        check(
            Field::REASONING_BUDGET,
            Pass::EffortFromBudget(&LEVELS[..2]),
            &[((None, Some(9000), None), (Some(Low), None), NEAREST)],
        );
    }

    #[test]
    fn budgets_of_efforts() {
        check(
            Field::REASONING_EFFORT,
            Pass::BudgetFromEffort(BUDGETS),
            &[
                ((Some(Off), None, Some(100)), (None, Some(0)), NEAREST),
                ((Some(Medium), None, None), (None, Some(8192)), NEAREST),
                (
                    (Some(Medium), Some(2000), None),
                    (None, Some(2000)),
                    NEAREST,
                ),
                ((Some(Max), None, None), (None, None), DROPPED),
                ((None, Some(2000), None), (None, Some(2000)), &[]),
                // within the answer's tokens
                (
                    (Some(High), None, Some(24576)),
                    (None, Some(24575)),
                    &[LossKind::Nearest, LossKind::Nearest],
                ),
                (
                    (Some(High), None, Some(24577)),
                    (None, Some(24576)),
                    NEAREST,
                ),
                (
                    (Some(High), None, Some(1025)),
                    (None, Some(1024)),
                    &[LossKind::Nearest, LossKind::Nearest],
                ),
                (
                    (Some(High), None, Some(1024)),
                    (None, None),
                    &[LossKind::Nearest, LossKind::Dropped],
                ),
                ((None, Some(5000), Some(4096)), (None, Some(4095)), NEAREST),
            ],
        );
    }

    #[test]
    fn no_effort_needs_no_budget() {
        check(
            Field::REASONING_EFFORT,
            Pass::BudgetFromEffort(&[(Low, 1024)]),
            &[((Some(Off), None, Some(100)), (Some(Off), None), &[])],
        );
    }

    #[test]
    fn efforts_of_efforts() {
        let levels = &[(Off, None), (Minimal, Some(Low)), (High, Some(High))];
        check(
            Field::REASONING_EFFORT,
            Pass::Effort(levels),
            &[
                ((Some(Off), None, None), (None, None), DROPPED),
                ((Some(Minimal), None, None), (Some(Low), None), NEAREST),
                ((Some(High), None, None), (Some(High), None), &[]),
                ((Some(Max), None, None), (Some(Max), None), &[]),
                ((None, Some(7), None), (None, Some(7)), &[]),
            ],
        );
    }
}
