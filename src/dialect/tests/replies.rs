//! Replies made fit for who asked.

use super::*;
use crate::canonical::{Candidate, ChatResponse, FinishReason, ServiceTier, Tool, ToolKind, Usage};
use crate::dialect::{Restore, prepare_response};
use crate::generated::ledger;
use crate::table::Pass;

fn run(response: &mut ChatResponse<'_>, chat: Chat, restore: &Restore) -> Result<String, String> {
    let dialect = dialect(chat);
    let done = prepare_response(response, provider(dialect, vec![]), "m", dialect, restore);
    let losses = done.map_err(|fault| fault.to_string())?;
    let name = |what| losses::header(&losses, what).unwrap_or_default();
    Ok(format!(
        "{}/{}",
        name(LossKind::Dropped),
        name(LossKind::Nearest)
    ))
}

fn reply(parts: Vec<Part<'_>>) -> ChatResponse<'_> {
    let finish = Some(FinishReason::Stop);
    let candidates = vec![Candidate {
        parts,
        finish,
        ..Candidate::default()
    }];
    ChatResponse {
        id: "1".into(),
        candidates,
        ..ChatResponse::default()
    }
}

#[test]
fn what_the_caller_cannot_hold() {
    let refusal = (
        ledger::kind(PartKind::Refusal),
        Verdict::Nearest(Pass::AsText),
    );
    let refused = (ledger::kind(PartKind::Image), Verdict::Refuse("no images"));
    let text = |text| Part {
        text: Some(text),
        ..part(PartKind::Refusal)
    };
    let cases = [
        (
            vec![],
            vec![Part::of_text("a")],
            vec![Part::of_text("a")],
            "/",
        ),
        (
            vec![],
            vec![Part::of_text("a"), part(PartKind::Image)],
            vec![Part::of_text("a")],
            "image/",
        ),
        (vec![refused], vec![part(PartKind::Image)], vec![], "image/"),
        (
            vec![refusal],
            vec![text("no".into())],
            vec![Part::of_text("no")],
            "/refusal",
        ),
        (vec![], vec![text("no".into())], vec![], "refusal/"),
    ];
    for (words, parts, left, names) in cases {
        let mut response = reply(parts);
        assert_eq!(
            run(&mut response, alternating(&words), &Restore::default()).as_deref(),
            Ok(names)
        );
        assert_eq!(response.candidates[0].parts, left, "{names}");
    }
    for verdict in [Verdict::Drop, Verdict::Refuse("never refused")] {
        let chat = alternating(&[(Field::CHAT_RESPONSE_SERVICE_TIER, verdict)]);
        let mut response = ChatResponse {
            service_tier: Some(ServiceTier::Flex),
            ..reply(vec![])
        };
        assert_eq!(
            run(&mut response, chat, &Restore::default()).as_deref(),
            Ok("service_tier/")
        );
        assert_eq!(response.service_tier, None);
    }
}

#[test]
fn filled() {
    let mut response = ChatResponse {
        usage: Some(Usage {
            input: Some(2),
            output: Some(3),
            ..Usage::default()
        }),
        ..reply(vec![part(PartKind::ToolCall)])
    };
    response.id = "".into();
    assert_eq!(
        run(&mut response, alternating(&[]), &Restore::default()).as_deref(),
        Ok("/")
    );
    assert!(response.id.starts_with("msg_"), "{}", response.id);
    assert_eq!(
        (response.model.as_ref(), response.provider.as_deref()),
        ("m", Some("acme"))
    );
    assert_eq!(response.candidates[0].finish, Some(FinishReason::ToolCalls));
    assert!(
        response.candidates[0].parts[0]
            .id
            .as_deref()
            .is_some_and(|id| id.starts_with("call_"))
    );
    assert_eq!(response.usage.and_then(|usage| usage.total), Some(5));
}

#[test]
fn tools_return_as_they_left() {
    let tool = |kind, name: &'static str| Tool {
        kind,
        name: Some(name.into()),
        ..Tool::default()
    };
    let words = [(Field::TOOL_CUSTOM, Verdict::Nearest(Pass::InputObject))];
    let chat = || alternating(&words);
    let dialect = dialect(chat());
    let mut request = ChatRequest {
        items: vec![says(Role::User, "u")],
        tools: vec![
            tool(ToolKind::Function, "a.b"),
            tool(ToolKind::Custom, "c.d"),
            tool(ToolKind::Function, "plain"),
        ],
        ..ChatRequest::default()
    };
    let prepared = prepare(&mut request, provider(dialect, vec![]), dialect);
    let restore = prepared
        .map(|prepared| prepared.restore)
        .unwrap_or_default();
    let written = |name| NAME.replace(name);
    let call = |name: &str, arguments: &'static str, free| Part {
        id: Some("1".into()),
        name: Some(name.to_owned().into()),
        arguments: Some(arguments.into()),
        free,
        ..part(PartKind::ToolCall)
    };
    let mut response = reply(vec![
        call(&written("a.b"), "{}", false),
        call(&written("c.d"), r#"{"input":"x y"}"#, false),
        call("plain", r#"{"input":"x y"}"#, false),
        call("unknown", "{}", false),
    ]);
    assert_eq!(run(&mut response, free(), &restore).as_deref(), Ok("/"));
    assert_eq!(
        response.candidates[0].parts,
        [
            call("a.b", "{}", false),
            call("c.d", "x y", true),
            call("plain", r#"{"input":"x y"}"#, false),
            call("unknown", "{}", false),
        ]
    );
    assert!(restore.needs_whole(&written("c.d")) && !restore.needs_whole("plain"));
    assert!(!restore.is_empty());
}

#[test]
fn nothing_to_restore() {
    let dialect = dialect(free());
    let mut request = ChatRequest {
        tools: vec![Tool {
            kind: ToolKind::Custom,
            name: Some("c.d".into()),
            ..Tool::default()
        }],
        ..ChatRequest::default()
    };
    let prepared = prepare(&mut request, provider(dialect, vec![]), dialect);
    assert_eq!(
        prepared.map(|prepared| prepared.restore.is_empty()),
        Ok(true)
    );
}
