//! Tools and the choice among them.

use std::borrow::Cow;
use std::collections::HashSet;

use serde::Deserialize;

use crate::canonical::{ChatRequest, PartKind, Tool, ToolChoice, ToolChoiceMode, ToolKind};
use crate::codec::json_text;
use crate::error::Fault;
use crate::generated::ledger::Field;
use crate::table::{Capacity, Loss, LossKind, Pass, Rules, Verdict};
use crate::wire::Raw;

use super::report;

/// `input-object`: a custom tool becomes a function with one text, and so do the calls of such tools.
pub(super) fn input_object(request: &mut ChatRequest<'_>, field: Field, losses: &mut Vec<Loss>) {
    let is_custom = |tool: &&mut Tool<'_>| tool.kind == ToolKind::Custom;
    for tool in request.tools.iter_mut().filter(is_custom) {
        tool.kind = ToolKind::Function;
        tool.schema = Some(Raw(Cow::Borrowed(INPUT_SCHEMA)));
        tool.format = None;
        report(losses, field, LossKind::Nearest);
    }
    for item in &mut request.items {
        let call = &mut item.part;
        if call.kind == PartKind::ToolCall && call.free {
            let input = json_text::quote(call.arguments.as_deref().unwrap_or_default());
            call.free = false;
            call.arguments = Some(Cow::Owned(format!(r#"{{"input":{input}}}"#)));
            report(losses, field, LossKind::Nearest);
        }
    }
}

/// The way back: the text in the arguments of a call to such a function. A model that wrote something else is quoted.
pub fn free_arguments(arguments: &str) -> Cow<'_, str> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        input: String,
    }
    match serde_json::from_str::<Input>(arguments) {
        Ok(read) => Cow::Owned(read.input),
        Err(_) => Cow::Borrowed(arguments),
    }
}

/// How many names the choice holds. A provider that filters takes fewer than its dialect: only that one must be called,
/// or none if it can't be told to call at all.
pub(super) fn room(rules: Rules<'_>, names: Capacity) -> Capacity {
    match rules.verdict(Field::TOOL_CHOICE_MODE) {
        Verdict::Nearest(Pass::OmitTools) => Capacity::None,
        _ if names == Capacity::Many => Capacity::One,
        _ => names,
    }
}

/// `filter-tools`: where the choice can't hold these names, the other tools go.
pub(super) fn filter(
    request: &mut ChatRequest<'_>,
    capacity: Capacity,
    field: Field,
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    let Some(choice) = &mut request.tool_choice else {
        return Ok(());
    };
    let must = choice.mode == ToolChoiceMode::Required;
    let room = match capacity {
        Capacity::One if must => 1,
        // A place for one name says that it must be called.
        Capacity::None | Capacity::One => 0,
        Capacity::Many => usize::MAX,
    };
    if choice.names.len() <= room {
        return Ok(());
    }
    let names = std::mem::take(&mut choice.names);
    let wanted: HashSet<&str> = names.iter().map(AsRef::as_ref).collect();
    let is_named = |tool: &Tool<'_>| {
        let name = tool.name.as_deref();
        name.is_some_and(|name| wanted.contains(name))
    };
    if !request.tools.iter().any(is_named) {
        let what = format!("there is no tool of the name '{}'", names.join("' or '"));
        return Err(Fault::new(what).at("tool_choice"));
    }
    request.tools.retain(is_named);
    report(losses, field, LossKind::Nearest);
    Ok(())
}

/// `omit-tools`: on the list itself always; elsewhere where no tool may be called. That one must be called is lost.
pub(super) fn omit(request: &mut ChatRequest<'_>, field: Field, losses: &mut Vec<Loss>) {
    let mode = request.tool_choice.as_ref().map(|choice| choice.mode);
    let what = match mode {
        _ if field == Field::CHAT_REQUEST_TOOLS => Some(LossKind::Dropped),
        Some(ToolChoiceMode::None) => Some(LossKind::Nearest),
        _ => None,
    };
    if let Some(what) = what {
        if !request.tools.is_empty() {
            report(losses, field, what);
        }
        request.tools.clear();
        request.tool_choice = None;
        return;
    }
    if mode == Some(ToolChoiceMode::Required) {
        report(losses, field, LossKind::Dropped);
    }
    if let Some(choice) = &mut request.tool_choice {
        choice.mode = ToolChoiceMode::Auto;
    }
    request
        .tool_choice
        .take_if(|choice| *choice == ToolChoice::default());
}

const INPUT_SCHEMA: &str =
    r#"{"type":"object","properties":{"input":{"type":"string"}},"required":["input"]}"#;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::nearest::{self, support};
    use crate::canonical::{Item, Part, Role};
    use crate::table::Pass;

    fn tools(names: &str) -> Vec<Tool<'_>> {
        let tool = |name| Tool {
            name: Some(Cow::Borrowed(name)),
            ..Tool::default()
        };
        names.split_whitespace().map(tool).collect()
    }

    fn choice<'a>(mode: ToolChoiceMode, names: &'a str) -> ToolChoice<'a> {
        let names = names.split_whitespace().map(Cow::Borrowed).collect();
        ToolChoice {
            mode,
            names,
            ..ToolChoice::default()
        }
    }

    fn run(
        asked: &mut ChatRequest<'_>,
        field: Field,
        pass: Pass,
        names: Capacity,
    ) -> Result<Vec<Loss>, Fault> {
        let mut losses = Vec::new();
        nearest::request(asked, &support::table(&[(field, pass)]), names, &mut losses)?;
        Ok(losses)
    }

    #[test]
    fn custom_tools() {
        let field = Field::TOOL_CUSTOM;
        let custom = Tool {
            kind: ToolKind::Custom,
            format: Some(Raw("{}".into())),
            ..tools("c").remove(0)
        };
        let call = |free, arguments: &'static str| {
            let part = Part {
                kind: PartKind::ToolCall,
                free,
                arguments: Some(arguments.into()),
                ..Part::default()
            };
            Item::alone(Role::Assistant, part)
        };
        let mut asked = ChatRequest {
            tools: vec![custom, tools("f").remove(0)],
            items: vec![call(true, "a \"b\"\n"), call(false, "{}")],
            ..ChatRequest::default()
        };
        assert_eq!(
            run(&mut asked, field, Pass::InputObject, Capacity::Many),
            Ok(support::nearest(field))
        );
        let [custom, function] = &asked.tools[..] else {
            panic!("two tools")
        };
        assert_eq!((custom.kind, &custom.format), (ToolKind::Function, &None));
        assert_eq!(
            custom.schema.as_ref().map(|raw| raw.0.as_ref()),
            Some(INPUT_SCHEMA)
        );
        assert_eq!(function.schema, None);
        assert_eq!(
            asked.items,
            [call(false, r#"{"input":"a \"b\"\n"}"#), call(false, "{}")]
        );
    }

    #[test]
    fn free_again() {
        for (arguments, text) in [
            (r#"{"input":"a \"b\"\n"}"#, "a \"b\"\n"),
            (r#" { "input" : "" } "#, ""),
            (r#"{"input":1}"#, r#"{"input":1}"#),
            (r#"{"input":"a","x":1}"#, r#"{"input":"a","x":1}"#),
            ("plain", "plain"),
            ("{}", "{}"),
        ] {
            assert_eq!(free_arguments(arguments), text, "{arguments}");
        }
    }

    #[test]
    fn filtered() {
        use Capacity::{Many, None, One};
        use ToolChoiceMode::{Auto, Required};
        let cases = [
            // capacity, mode, names, tools left, names left
            // a provider that filters though its dialect holds any number holds one
            (Many, Auto, "a b", "a b", ""),
            (Many, Required, "b", "a b c", "b"),
            (One, Required, "b", "a b c", "b"),
            (One, Auto, "c a", "a c", ""),
            (One, Required, "c a", "a c", ""),
            (One, Auto, "b", "b", ""),
            (None, Required, "b", "b", ""),
            (None, Auto, "b x", "b", ""),
            (None, Auto, "", "a b c", ""),
        ];
        for (capacity, mode, names, left, kept) in cases {
            let mut asked = ChatRequest {
                tools: tools("a b c"),
                tool_choice: Some(choice(mode, names)),
                ..ChatRequest::default()
            };
            let field = Field::TOOL_CHOICE_NAMES;
            let losses = if kept == names {
                Vec::new()
            } else {
                support::nearest(field)
            };
            assert_eq!(
                run(&mut asked, field, Pass::FilterTools, capacity),
                Ok(losses),
                "{names}"
            );
            assert_eq!(asked.tools, tools(left), "{names}");
            assert_eq!(asked.tool_choice, Some(choice(mode, kept)), "{names}");
        }
        let mut asked = ChatRequest {
            tools: tools("a"),
            tool_choice: Some(choice(Auto, "x y")),
            ..ChatRequest::default()
        };
        let fault = run(
            &mut asked,
            Field::TOOL_CHOICE_NAMES,
            Pass::FilterTools,
            None,
        )
        .map_err(|fault| fault.to_string());
        assert_eq!(
            fault,
            Err("tool_choice: there is no tool of the name 'x' or 'y'".to_owned())
        );
    }

    /// Where a choice can't say that a tool must be called, it can't name one either.
    #[test]
    fn filtered_for_want_of_a_mode() {
        let mut asked = ChatRequest {
            tools: tools("a b c"),
            tool_choice: Some(choice(ToolChoiceMode::Required, "b")),
            ..ChatRequest::default()
        };
        let table = support::table(&[
            (Field::TOOL_CHOICE_NAMES, Pass::FilterTools),
            (Field::TOOL_CHOICE_MODE, Pass::OmitTools),
        ]);
        let mut losses = Vec::new();
        let done = nearest::request(&mut asked, &table, Capacity::Many, &mut losses);
        assert_eq!(done, Ok(()));
        assert_eq!((asked.tools, asked.tool_choice), (tools("b"), None));
    }

    #[test]
    fn omitted() {
        use ToolChoiceMode::{Auto, None, Required};
        let (list, other) = (Field::CHAT_REQUEST_TOOLS, Field::CHAT_REQUEST_TOOL_CHOICE);
        let cases = [
            // field, choice, tools left, choice left, what is reported
            (
                other,
                Some(choice(None, "")),
                "",
                Option::None,
                Some(LossKind::Nearest),
            ),
            (
                other,
                Some(choice(Auto, "")),
                "a",
                Option::None,
                Option::None,
            ),
            (
                other,
                Some(choice(Required, "")),
                "a",
                Option::None,
                Some(LossKind::Dropped),
            ),
            (
                other,
                Some(ToolChoice {
                    parallel: false,
                    ..choice(Required, "")
                }),
                "a",
                Some(ToolChoice {
                    parallel: false,
                    ..choice(Auto, "")
                }),
                Some(LossKind::Dropped),
            ),
            (other, Option::None, "a", Option::None, Option::None),
            (
                list,
                Some(choice(Auto, "")),
                "",
                Option::None,
                Some(LossKind::Dropped),
            ),
            (
                list,
                Option::None,
                "",
                Option::None,
                Some(LossKind::Dropped),
            ),
        ];
        for (field, tool_choice, left, kept, what) in cases {
            let mut asked = ChatRequest {
                tools: tools("a"),
                tool_choice,
                ..ChatRequest::default()
            };
            let losses = run(&mut asked, field, Pass::OmitTools, Capacity::None);
            let what: Vec<_> = what.into_iter().collect();
            assert_eq!(
                losses.map(|losses| losses.iter().map(|loss| loss.what).collect()),
                Ok(what),
                "{asked:?}"
            );
            assert_eq!((&asked.tools, &asked.tool_choice), (&tools(left), &kept));
        }
    }
}
