//! Requests made fit for a provider.

use super::*;
use crate::canonical::{ResponseFormat, ResponseFormatKind, Tool, ToolChoice, ToolKind};
use crate::table::Pass;

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
