//! Results of tools that say more than a dialect's results can.

use std::borrow::Cow;

use crate::canonical::{Item, Part, PartKind, Role, text};
use crate::generated::ledger::Field;
use crate::table::{Loss, LossKind, Pass, Rules, Verdict};

use super::{report, verdict};

/// `error-text`: the text of a failed result says that it failed.
pub(super) fn error_text(items: &mut [Item<'_>], field: Field, losses: &mut Vec<Loss>) {
    for item in items {
        let result = &mut item.part;
        if result.kind == PartKind::ToolResult && result.is_error {
            result.is_error = false;
            mark_failed(&mut result.parts);
            report(losses, field, LossKind::Nearest);
        }
    }
}

fn mark_failed(parts: &mut Vec<Part<'_>>) {
    let first = parts.iter_mut().find(|part| part.kind == PartKind::Text);
    match first {
        Some(part) => {
            if let Some(marked) = text::failed(part.text.as_deref().unwrap_or_default()) {
                part.text = Some(Cow::Owned(marked));
            }
        }
        None => parts.insert(0, Part::of_text(text::failed("").unwrap_or_default())),
    }
}

/// `after-results`: what a result can't hold follows in a user turn, after all results of the turn, because dialects
/// want these together. A note stands where it was.
pub(super) fn after(items: &mut Vec<Item<'_>>, rules: Rules<'_>, losses: &mut Vec<Loss>) {
    let is_result = |item: &Item<'_>| item.part.kind == PartKind::ToolResult;
    let follows =
        |part: &Part<'_>| verdict(rules, None, part.kind).1 == Verdict::Nearest(Pass::AfterResults);
    let results = || items.iter().filter(|item| is_result(item));
    if !results().any(|item| item.part.parts.iter().any(follows)) {
        return;
    }
    let mut followers = Vec::new();
    for mut item in std::mem::take(items) {
        match is_result(&item) {
            true => take(&mut item.part, &mut followers, rules, losses),
            false => items.extend(followers.drain(..).enumerate().map(user)),
        }
        items.push(item);
    }
    items.extend(followers.drain(..).enumerate().map(user));
}

fn take<'a>(
    result: &mut Part<'a>,
    follows: &mut Vec<Part<'a>>,
    rules: Rules<'_>,
    losses: &mut Vec<Loss>,
) {
    for part in &mut result.parts {
        let (field, verdict) = verdict(rules, None, part.kind);
        if verdict == Verdict::Nearest(Pass::AfterResults) {
            let note = text::follows(part.kind, follows.len() + 1);
            follows.push(std::mem::replace(part, Part::of_text(note)));
            report(losses, field, LossKind::Nearest);
        }
    }
}

fn user<'a>((place, part): (usize, Part<'a>)) -> Item<'a> {
    Item {
        opens: place == 0,
        ..Item::alone(Role::User, part)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::ChatRequest;
    use crate::canonical::nearest::{request, support};
    use crate::generated::ledger;
    use crate::table::Capacity;

    fn run(items: Vec<Item<'static>>, field: Field, pass: Pass) -> (Vec<Item<'static>>, Vec<Loss>) {
        let mut asked = ChatRequest {
            items,
            ..ChatRequest::default()
        };
        let mut losses = Vec::new();
        let done = request(
            &mut asked,
            &support::table(&[(field, pass)]),
            Capacity::Many,
            &mut losses,
        );
        assert_eq!(done, Ok(()));
        (asked.items, losses)
    }

    fn result(parts: Vec<Part<'static>>, is_error: bool) -> Item<'static> {
        Item::alone(
            Role::Tool,
            Part {
                kind: PartKind::ToolResult,
                parts,
                is_error,
                ..Part::default()
            },
        )
    }

    fn image(id: &'static str) -> Part<'static> {
        Part {
            kind: PartKind::Image,
            id: Some(id.into()),
            ..Part::default()
        }
    }

    #[test]
    fn failed() {
        let field = Field::TOOL_RESULT_IS_ERROR;
        let cases = [
            (
                vec![Part::of_text("no file")],
                true,
                vec![Part::of_text("Error: no file")],
            ),
            (
                vec![Part::of_text("Error: no")],
                true,
                vec![Part::of_text("Error: no")],
            ),
            (
                vec![image("1"), Part::of_text("x")],
                true,
                vec![image("1"), Part::of_text("Error: x")],
            ),
            (
                vec![image("1")],
                true,
                vec![Part::of_text("Error: "), image("1")],
            ),
            (vec![], true, vec![Part::of_text("Error: ")]),
            (
                vec![Part::of_text("fine")],
                false,
                vec![Part::of_text("fine")],
            ),
        ];
        for (parts, is_error, expected) in cases {
            let losses = if is_error {
                support::nearest(field)
            } else {
                Vec::new()
            };
            let got = run(
                vec![result(parts.clone(), is_error)],
                field,
                Pass::ErrorText,
            );
            assert_eq!(got, (vec![result(expected, false)], losses), "{parts:?}");
        }
    }

    /// Items as words: `c` a call, `r` a result of the letters after it (t text, i image), `i` the user's image, `u`
    /// text; a note is `n` and its number.
    fn shape(items: &[Item<'_>]) -> String {
        let letter = |part: &Part<'_>| match (part.kind, part.text.as_deref()) {
            (PartKind::Image, _) => "i".to_owned(),
            (_, Some(text)) if text.starts_with("[image ") => format!("n{}", &text[7..8]),
            _ => "t".to_owned(),
        };
        let word = |item: &Item<'_>| {
            let opens = if item.opens { "+" } else { "" };
            match (item.role, item.part.kind) {
                (Role::Tool, _) => format!(
                    "r{}",
                    item.part.parts.iter().map(letter).collect::<String>()
                ),
                (Role::User, PartKind::Image) => format!("{opens}i"),
                (Role::User, _) => "u".to_owned(),
                _ => "c".to_owned(),
            }
        };
        items.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn images_follow() {
        let field = ledger::place(None, PartKind::Image);
        let cases = [
            ("u c ri", "u c rn1 +i"),
            ("u c rti rt u", "u c rtn1 rt +i u"),
            ("u c rii ri u", "u c rn1n2 rn3 +i i i u"),
            ("u c ri c ri", "u c rn1 +i c rn1 +i"),
            ("u c rt i", "u c rt +i"),
        ];
        for (words, expected) in cases {
            let item = |word: &str| match word.split_at(1) {
                ("r", letters) => {
                    let part = |letter| {
                        if letter == 'i' {
                            image("1")
                        } else {
                            Part::of_text("t")
                        }
                    };
                    result(letters.chars().map(part).collect(), false)
                }
                ("i", _) => Item::alone(Role::User, image("1")),
                ("u", _) => Item::alone(Role::User, Part::of_text("u")),
                _ => Item::alone(
                    Role::Assistant,
                    Part {
                        kind: PartKind::ToolCall,
                        ..Part::default()
                    },
                ),
            };
            let (items, losses) = run(
                words.split_whitespace().map(item).collect(),
                field,
                Pass::AfterResults,
            );
            assert_eq!(shape(&items), expected, "{words}");
            assert_eq!(losses.is_empty(), !expected.contains('n'), "{words}");
        }
    }
}
