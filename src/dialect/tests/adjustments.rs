//! What is particular to a provider or a model.

use super::*;
use crate::canonical::{Reasoning, ReasoningEffort, ToolChoice, ToolChoiceMode};
use crate::table::{Condition, Edit, Op, Pass};
use crate::wire::Sealed;

const SEED: Field = Field::CHAT_REQUEST_SEED;
const TOP_K: Field = Field::CHAT_REQUEST_TOP_K;
const EFFORT: Field = Field::REASONING_EFFORT;
const BUDGET: Field = Field::REASONING_BUDGET;

const fn edit(node: u16) -> Edit {
    Edit { node, op: Op::Omit }
}

static EDITS: [Edit; 4] = [edit(0), edit(1), edit(2), edit(3)];

fn entry(
    models: Option<&'static str>,
    when: &'static [Condition],
    lost: &'static [(Field, Verdict)],
    at: usize,
) -> Adjust {
    Adjust {
        models,
        when,
        refuse: None,
        lost,
        edits: &EDITS[at..=at],
        needs: &[],
    }
}

fn active(prepared: &Prepared) -> Vec<u16> {
    prepared.edits.iter().map(|edit| edit.node).collect()
}

#[test]
fn models() {
    let patterns = [Some("^big-"), Some(r"-(4|5)(-|$)"), None, Some("(broken")];
    for (model, expected) in [
        ("big-4", vec![0, 1, 2]),
        ("big-45", vec![0, 2]),
        ("small-5-x", vec![1, 2]),
        ("", vec![2]),
    ] {
        let adjust = patterns
            .into_iter()
            .enumerate()
            .map(|(at, models)| entry(models, &[], &[], at));
        let mut request = ChatRequest {
            model: model.into(),
            ..ChatRequest::default()
        };
        let prepared = run(&mut request, free(), adjust.collect());
        assert_eq!(
            prepared.map(|prepared| active(&prepared)),
            Ok(expected),
            "{model}"
        );
    }
}

#[test]
fn conditions() {
    const FORCED: fn(&ChatRequest<'_>) -> bool = |request| {
        request
            .tool_choice
            .as_ref()
            .is_some_and(|choice| choice.mode == ToolChoiceMode::Required)
    };
    let adjust = || {
        vec![
            entry(
                None,
                &[Condition::Present(TOP_K), Condition::Present(SEED)],
                &[],
                0,
            ),
            entry(None, &[Condition::Absent(SEED)], &[], 1),
            entry(None, &[Condition::Holds(FORCED)], &[], 2),
            entry(None, &[Condition::UnsignedCalls], &[], 3),
        ]
    };
    let choice = |mode| {
        Some(ToolChoice {
            mode,
            ..ToolChoice::default()
        })
    };
    let signed = |origin| {
        let thought = Part {
            signature: Some(Sealed {
                origin,
                value: "s".into(),
            }),
            ..part(PartKind::Thinking)
        };
        vec![
            Item::alone(Role::Assistant, thought),
            Item::alone(Role::Assistant, part(PartKind::ToolCall)),
        ]
    };
    let cases = [
        (
            ChatRequest {
                top_k: Some(1),
                seed: Some(1),
                ..ChatRequest::default()
            },
            vec![0],
        ),
        (
            ChatRequest {
                top_k: Some(1),
                ..ChatRequest::default()
            },
            vec![1],
        ),
        (
            ChatRequest {
                tool_choice: choice(ToolChoiceMode::Required),
                ..ChatRequest::default()
            },
            vec![1, 2],
        ),
        (
            ChatRequest {
                tool_choice: choice(ToolChoiceMode::Auto),
                ..ChatRequest::default()
            },
            vec![1],
        ),
        (
            ChatRequest {
                items: signed("own"),
                ..ChatRequest::default()
            },
            vec![1],
        ),
        (
            ChatRequest {
                items: signed("other"),
                ..ChatRequest::default()
            },
            vec![1, 3],
        ),
    ];
    for (mut request, expected) in cases {
        let prepared = run(&mut request, free(), adjust());
        assert_eq!(
            prepared.map(|prepared| active(&prepared)),
            Ok(expected),
            "{request:?}"
        );
    }
}

#[test]
fn in_their_order() {
    const PRESENT: &[Condition] = &[Condition::Present(SEED)];
    const ABSENT: &[Condition] = &[Condition::Absent(SEED)];
    const DROP_SEED: &[(Field, Verdict)] = &[(SEED, Verdict::Drop)];
    const DROP_TOP_K: &[(Field, Verdict)] = &[(TOP_K, Verdict::Drop)];
    let cases: [(&str, Vec<Adjust>, Vec<u16>, &str); 4] = [
        (
            "gone for those after",
            vec![
                entry(None, &[], DROP_SEED, 0),
                entry(None, PRESENT, DROP_TOP_K, 1),
            ],
            vec![0],
            "seed/",
        ),
        (
            "there for those before",
            vec![
                entry(None, PRESENT, DROP_TOP_K, 0),
                entry(None, &[], DROP_SEED, 1),
            ],
            vec![0, 1],
            "seed,top_k/",
        ),
        (
            "absent since",
            vec![
                entry(None, &[], DROP_SEED, 0),
                entry(None, ABSENT, DROP_TOP_K, 1),
            ],
            vec![0, 1],
            "seed,top_k/",
        ),
        (
            "absent at last",
            vec![
                entry(None, ABSENT, DROP_TOP_K, 0),
                entry(None, PRESENT, DROP_SEED, 1),
            ],
            vec![0, 1],
            "seed,top_k/",
        ),
    ];
    for (case, adjust, edits, names) in cases {
        let mut request = ChatRequest {
            seed: Some(1),
            top_k: Some(1),
            ..ChatRequest::default()
        };
        let prepared = run(&mut request, free(), adjust);
        let got = prepared.map(|prepared| (active(&prepared), lost(&prepared)));
        assert_eq!(got, Ok((edits, names.to_owned())), "{case}");
    }
}

/// A pass makes a budget, and an adjustment for budgets then applies; a level is moved once only.
#[test]
fn after_passes() {
    use ReasoningEffort::{High, Low, Medium, Minimal};
    const BUDGETS: &[(Field, Verdict)] = &[(
        EFFORT,
        Verdict::Nearest(Pass::BudgetFromEffort(&[(High, 9000)])),
    )];
    const UP: &[(Field, Verdict)] = &[(
        EFFORT,
        Verdict::Nearest(Pass::Effort(&[(Minimal, Some(Low)), (Low, Some(Medium))])),
    )];
    const WITH_BUDGET: &[Condition] = &[Condition::Present(BUDGET)];
    const DROP_TOP_K: &[(Field, Verdict)] = &[(TOP_K, Verdict::Drop)];
    let cases = [
        (
            High,
            BUDGETS,
            (None, Some(9000)),
            None,
            vec![0, 1],
            "top_k/reasoning.effort",
        ),
        (
            Minimal,
            UP,
            (Some(Low), None),
            Some(3),
            vec![1],
            "/reasoning.effort",
        ),
    ];
    for (effort, words, left, top_k, edits, names) in cases {
        let adjust = vec![
            entry(None, WITH_BUDGET, DROP_TOP_K, 0),
            entry(None, &[], words, 1),
        ];
        let reasoning = Some(Reasoning {
            effort: Some(effort),
            ..Reasoning::default()
        });
        let mut request = ChatRequest {
            reasoning,
            top_k: Some(3),
            ..ChatRequest::default()
        };
        let prepared = run(&mut request, free(), adjust);
        let got = prepared.map(|prepared| (active(&prepared), lost(&prepared)));
        assert_eq!(got, Ok((edits, names.to_owned())), "{effort:?}");
        assert_eq!(
            request.reasoning.map(|it| (it.effort, it.budget)),
            Some(left)
        );
        assert_eq!(request.top_k, top_k);
    }
}
