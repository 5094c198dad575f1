//! Requests made fit for a provider.

use super::*;
use crate::canonical::{
    ChatRequest, Reasoning, ReasoningEffort, ResponseFormat, ResponseFormatKind, Tool, ToolChoice,
    ToolChoiceMode, ToolKind,
};
use crate::dialect::{Prepared, losses, prepare};
use crate::generated::ledger;
use crate::table::{Condition, Edit, LossKind, Op, Pass};
use crate::wire::Sealed;

fn run(request: &mut ChatRequest<'_>, chat: Chat, adjust: Vec<Adjust>) -> Result<Prepared, String> {
    let dialect = dialect(chat);
    prepare(request, provider(dialect, adjust), dialect).map_err(|fault| fault.to_string())
}

fn lost(prepared: &Prepared) -> String {
    let name = |what| losses::header(&prepared.losses, what).unwrap_or_default();
    format!("{}/{}", name(LossKind::Dropped), name(LossKind::Nearest))
}

/// Items as words: role, then what is said or the kind.
fn shape(items: &[Item<'_>]) -> String {
    let said = |part: &Part<'_>| match (part.kind, part.text.as_deref()) {
        (PartKind::Text, Some(text)) => text.to_owned(),
        (kind, _) => kind.name().to_owned(),
    };
    let word = |item: &Item<'_>| {
        let inner: Vec<_> = item.part.parts.iter().map(said).collect();
        let inner = if inner.is_empty() {
            String::new()
        } else {
            format!("({})", inner.join(","))
        };
        format!("{}:{}{inner}", item.role.name(), said(&item.part))
    };
    items.iter().map(word).collect::<Vec<_>>().join(" ")
}

type Words = Vec<(Field, Verdict)>;

/// The items that are left and what is reported, or the fault.
type Expected = Result<(&'static str, &'static str), &'static str>;

#[test]
fn kinds_by_place() {
    let image = || part(PartKind::Image);
    let result = |parts| Part {
        id: Some("1".into()),
        parts,
        ..part(PartKind::ToolResult)
    };
    let call = || Part {
        id: Some("1".into()),
        name: Some("f".into()),
        ..part(PartKind::ToolCall)
    };
    let user = || says(Role::User, "hi");
    let in_assistant = ledger::place(Some(Role::Assistant), PartKind::Image);
    let in_thought = ledger::place(Some(Role::Assistant), PartKind::Thinking);
    let in_result = ledger::place(None, PartKind::Image);
    let audio = ledger::kind(PartKind::Audio);
    let thinking = ledger::kind(PartKind::Thinking);
    let spoken = |part| vec![user(), Item::alone(Role::Assistant, part)];
    let answered = |part| {
        vec![
            user(),
            Item::alone(Role::Assistant, call()),
            Item::alone(Role::Tool, result(vec![part])),
        ]
    };
    let cases: Vec<(&str, Vec<Item<'_>>, Words, Words, Expected)> = vec![
        (
            "held",
            vec![Item::alone(Role::User, image())],
            vec![],
            vec![],
            Ok(("user:image", "/")),
        ),
        (
            "nothing said of it",
            spoken(image()),
            vec![],
            vec![],
            Err("messages: a message of the assistant can't hold an image for this provider"),
        ),
        (
            "in a result",
            answered(part(PartKind::Audio)),
            vec![],
            vec![],
            Err("messages: a tool's result can't hold audio for this provider"),
        ),
        (
            "dropped by place",
            spoken(image()),
            vec![(in_assistant, Verdict::Drop)],
            vec![],
            Ok(("user:hi", "assistant.image/")),
        ),
        (
            "refused by kind",
            spoken(part(PartKind::Audio)),
            vec![(audio, Verdict::Refuse("no ears"))],
            vec![],
            Err("audio: no ears"),
        ),
        (
            "place before kind",
            spoken(image()),
            vec![
                (ledger::kind(PartKind::Image), Verdict::Refuse("blind")),
                (in_assistant, Verdict::Drop),
            ],
            vec![],
            Ok(("user:hi", "assistant.image/")),
        ),
        // where it is held, the encoder finds those that it can't write
        (
            "held and dropped",
            spoken(part(PartKind::Thinking)),
            vec![(thinking, Verdict::Drop)],
            vec![],
            Ok(("user:hi assistant:thinking", "/")),
        ),
        (
            "held, and never sent",
            spoken(part(PartKind::Thinking)),
            vec![(in_thought, Verdict::Drop)],
            vec![],
            Ok(("user:hi", "assistant.thinking/")),
        ),
        (
            "adjusted",
            spoken(part(PartKind::Thinking)),
            vec![],
            vec![(thinking, Verdict::Drop)],
            Ok(("user:hi", "thinking/")),
        ),
        (
            "adjusted twice",
            spoken(part(PartKind::Thinking)),
            vec![],
            vec![(thinking, Verdict::Drop), (thinking, Verdict::Refuse("no"))],
            Err("thinking: no"),
        ),
        (
            "held, but not by this model",
            answered(image()),
            vec![],
            vec![(in_result, Verdict::Nearest(Pass::AfterResults))],
            Ok((
                "user:hi assistant:tool_call tool:tool_result([image 1 of the tool results is in the next message]) user:image",
                "/result.image",
            )),
        ),
        (
            "no text in it",
            spoken(image()),
            vec![(in_assistant, Verdict::Nearest(Pass::AsText))],
            vec![],
            Err("messages: a message of the assistant can't hold an image for this provider"),
        ),
    ];
    for (case, items, own, adjusted, expected) in cases {
        let mut request = ChatRequest {
            items,
            ..ChatRequest::default()
        };
        let adjust = Adjust {
            models: None,
            when: &[],
            lost: adjusted.leak(),
            edits: &[],
        };
        let got = run(&mut request, alternating(&own), vec![adjust]);
        let got = got.map(|prepared| (shape(&request.items), lost(&prepared)));
        let expected = expected.map(|(items, lost)| (items.to_owned(), lost.to_owned()));
        assert_eq!(got, expected.map_err(str::to_owned), "{case}");
    }
}

#[test]
fn conversations() {
    let call = |id: &'static str| {
        Item::alone(
            Role::Assistant,
            Part {
                id: Some(id.into()),
                name: Some("f".into()),
                ..part(PartKind::ToolCall)
            },
        )
    };
    let result = |id: &'static str| {
        let parts = vec![Part::of_text("ok"), Part::of_text("")];
        Item::alone(
            Role::Tool,
            Part {
                id: Some(id.into()),
                parts,
                ..part(PartKind::ToolResult)
            },
        )
    };
    let user = |text| says(Role::User, text);
    let system = |text| says(Role::System, text);
    let error_text = [(
        Field::TOOL_RESULT_IS_ERROR,
        Verdict::Nearest(Pass::ErrorText),
    )];
    let cases: Vec<(&str, Chat, Vec<Item<'_>>, Expected)> = vec![
        (
            "later system",
            alternating(&[]),
            vec![system("s"), user("u"), system("t")],
            Ok(("system:s user:u user:t", "/system")),
        ),
        (
            "leading system",
            alternating(&[]),
            vec![system("s"), system("t"), user("u")],
            Ok(("system:s system:t user:u", "/")),
        ),
        (
            "system anywhere",
            free(),
            vec![user("u"), system("t")],
            Ok(("user:u system:t", "/")),
        ),
        (
            "empty texts",
            alternating(&[]),
            vec![system(""), user("\n "), user("u"), call("1"), result("1")],
            Ok(("user:u assistant:tool_call tool:tool_result(ok)", "/")),
        ),
        (
            "empty texts stay",
            free(),
            vec![user("")],
            Ok(("user:", "/")),
        ),
        (
            "an unanswered call",
            alternating(&error_text),
            vec![user("u"), call("1"), user("v")],
            Ok((
                "user:u assistant:tool_call tool:tool_result(Error: The tool call was not executed.) user:v",
                "/tool_result,tool_result.is_error",
            )),
        ),
        (
            "an unanswered call stays",
            free(),
            vec![call("1")],
            Ok(("assistant:tool_call", "/")),
        ),
        (
            "a lonely result",
            alternating(&[]),
            vec![user("u"), result("1")],
            Err("messages: the tool result for call '1' answers no open call before it"),
        ),
    ];
    for (case, chat, items, expected) in cases {
        let mut request = ChatRequest {
            items,
            ..ChatRequest::default()
        };
        let got = run(&mut request, chat, vec![])
            .map(|prepared| (shape(&request.items), lost(&prepared)));
        let expected = expected.map(|(items, lost)| (items.to_owned(), lost.to_owned()));
        assert_eq!(got, expected.map_err(str::to_owned), "{case}");
    }
}

#[test]
fn counts() {
    let cases = [
        (
            ChatRequest {
                max_tokens: Some(0),
                ..ChatRequest::default()
            },
            Err("max_tokens: must be at least 1, and it is 0"),
        ),
        (
            ChatRequest {
                n: 0,
                ..ChatRequest::default()
            },
            Err("n: must be at least 1, and it is 0"),
        ),
        (
            ChatRequest {
                top_logprobs: Some(-1),
                ..ChatRequest::default()
            },
            Err("top_logprobs: must be at least 0, and it is -1"),
        ),
        (
            ChatRequest {
                max_tokens: Some(1),
                top_logprobs: Some(0),
                ..ChatRequest::default()
            },
            Ok(()),
        ),
    ];
    for (mut request, expected) in cases {
        let got = run(&mut request, free(), vec![]).map(|_| ());
        assert_eq!(got, expected.map_err(str::to_owned), "{request:?}");
    }
}

#[test]
fn fields() {
    let drop = |field| (field, Verdict::Drop);
    let chat = |words: &[_]| Chat {
        ledger: table(words),
        ..free()
    };
    let format = |kind| {
        Some(ResponseFormat {
            kind,
            ..ResponseFormat::default()
        })
    };
    let tool = |kind| Tool {
        kind,
        name: Some("f".into()),
        ..Tool::default()
    };
    let asked = || ChatRequest {
        top_k: Some(5),
        response_format: format(ResponseFormatKind::JsonSchema),
        tools: vec![tool(ToolKind::Hosted)],
        tool_choice: Some(ToolChoice::default()),
        ..ChatRequest::default()
    };
    let mut request = asked();
    let words = [
        drop(Field::CHAT_REQUEST_TOP_K),
        drop(Field::RESPONSE_FORMAT_JSON_SCHEMA),
        drop(Field::TOOL_HOSTED),
    ];
    let prepared = run(&mut request, chat(&words), vec![]);
    assert_eq!(
        prepared.map(|prepared| lost(&prepared)).as_deref(),
        Ok("hosted,json_schema,top_k/")
    );
    assert_eq!(request, ChatRequest::default());

    for (field, text) in [
        (Field::CHAT_REQUEST_TOP_K, "top_k: so it is"),
        (Field::TOOL_HOSTED, "hosted: so it is"),
        (Field::RESPONSE_FORMAT_JSON_SCHEMA, "json_schema: so it is"),
    ] {
        let refuse = [(field, Verdict::Refuse("so it is"))];
        assert_eq!(
            run(&mut asked(), chat(&refuse), vec![]).map(|_| ()),
            Err(text.to_owned())
        );
    }
    let mut request = asked();
    let words = [
        (Field::CHAT_REQUEST_TOP_K, Verdict::Implied),
        drop(Field::CHAT_REQUEST_SEED),
    ];
    assert_eq!(
        run(&mut request, chat(&words), vec![])
            .map(|prepared| lost(&prepared))
            .as_deref(),
        Ok("/")
    );
    assert_eq!(request, asked());
}

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
        lost,
        edits: &EDITS[at..=at],
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

#[test]
fn prepared_twice_is_prepared() {
    let call = Part {
        name: Some("f".into()),
        ..part(PartKind::ToolCall)
    };
    let items = vec![
        says(Role::User, "u"),
        Item::alone(Role::Assistant, call),
        says(Role::System, "s"),
        says(Role::User, " "),
    ];
    let words = [(
        Field::TOOL_RESULT_IS_ERROR,
        Verdict::Nearest(Pass::ErrorText),
    )];
    let mut request = ChatRequest {
        items,
        ..ChatRequest::default()
    };
    assert!(run(&mut request, alternating(&words), vec![]).is_ok());
    let once = request.clone();
    let again = run(&mut request, alternating(&words), vec![]);
    assert_eq!(again.map(|prepared| lost(&prepared)).as_deref(), Ok("/"));
    assert_eq!(request, once);
}
