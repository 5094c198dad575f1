//! Parts in places that hold them or don't.

use super::*;
use crate::generated::ledger;
use crate::table::Pass;

type Words = Vec<(Field, Verdict)>;

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
            Err(
                "messages: audio in the assistant's message 1 can't be sent to this provider: no ears",
            ),
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
            Ok(("user:hi", "/")),
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
            Err(
                "messages: thinking in the assistant's message 1 can't be sent to this provider: no",
            ),
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
            refuse: None,
            lost: adjusted.leak(),
            edits: &[],
            needs: &[],
        };
        let got = run(&mut request, alternating(&own), vec![adjust]);
        let got = got.map(|prepared| (shape(&request.items), lost(&prepared)));
        let expected = expected.map(|(items, lost)| (items.to_owned(), lost.to_owned()));
        assert_eq!(got, expected.map_err(str::to_owned), "{case}");
    }
}
