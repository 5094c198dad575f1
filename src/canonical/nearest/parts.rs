//! Parts that become other parts.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::canonical::{Item, Part, PartKind, Role, Source, SourceKind, each_part, text};
use crate::generated::ledger::Field;
use crate::table::{Loss, LossKind, Pass, Rules, Verdict};

use super::{report, verdict};

/// `as-text` and, for whole files, `file-as-text`: by kind and place.
pub(super) fn as_text(items: &mut [Item<'_>], rules: Rules<'_>, losses: &mut Vec<Loss>) {
    each_part(items, |place, part| {
        part_as_text(place, part, rules, losses)
    });
}

pub(super) fn part_as_text(
    place: Option<Role>,
    part: &mut Part<'_>,
    rules: Rules<'_>,
    losses: &mut Vec<Loss>,
) {
    let (field, verdict) = verdict(rules, place, part.kind);
    let text = match verdict {
        Verdict::Nearest(Pass::AsText) => part.text.take(),
        Verdict::Nearest(Pass::FileAsText) => file_text(part),
        _ => None,
    };
    if let Some(text) = text {
        become_text(part, text);
        report(losses, field, LossKind::Nearest);
    }
}

/// Text files become text parts.
pub(super) fn file_as_text(items: &mut [Item<'_>], field: Field, losses: &mut Vec<Loss>) {
    each_part(items, |_, part| {
        if is_text_file(part)
            && let Some(text) = file_text(part)
        {
            become_text(part, text);
            report(losses, field, LossKind::Nearest);
        }
    });
}

/// Text files become base64.
pub(super) fn text_as_data(items: &mut [Item<'_>], field: Field, losses: &mut Vec<Loss>) {
    each_part(items, |_, part| {
        if !is_text_file(part) {
            return;
        }
        if let Some(source) = &mut part.source {
            let text = source.text.take().unwrap_or_default();
            source.kind = SourceKind::Data;
            source.data = Some(Cow::Owned(STANDARD.encode(text.as_bytes())));
            source.media_type.get_or_insert(Cow::Borrowed("text/plain"));
            report(losses, field, LossKind::Nearest);
        }
    });
}

fn is_text_file(part: &Part<'_>) -> bool {
    let source = part.source.as_ref();
    source.is_some_and(|source| source.kind == SourceKind::Text)
}

/// What a file says, if it is text: as it is or as base64 of a text type.
fn file_text<'a>(part: &mut Part<'a>) -> Option<Cow<'a, str>> {
    let source = part.source.as_mut()?;
    let said = match source.kind {
        SourceKind::Text => source.text.take()?,
        SourceKind::Data => Cow::Owned(decoded(source)?),
        SourceKind::Url | SourceKind::Id => return None,
    };
    Some(text::of_file(part.name.as_deref(), said))
}

fn decoded(source: &Source<'_>) -> Option<String> {
    let media_type = source.media_type.as_deref()?;
    if !media_type.starts_with("text/") {
        return None;
    }
    String::from_utf8(STANDARD.decode(source.data.as_deref()?).ok()?).ok()
}

/// A cache mark stays, a signature doesn't: it was of something else.
fn become_text<'a>(part: &mut Part<'a>, text: Cow<'a, str>) {
    *part = Part {
        kind: PartKind::Text,
        text: Some(text),
        cache: part.cache.take(),
        index: part.index,
        ordinal: part.ordinal,
        ..Part::default()
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::nearest::{request, support};
    use crate::canonical::{Cache, ChatRequest};
    use crate::generated::ledger;
    use crate::table::Capacity;

    fn of(kind: PartKind, text: &'static str) -> Part<'static> {
        Part {
            kind,
            ..Part::of_text(text)
        }
    }

    fn file(name: Option<&'static str>, source: Source<'static>) -> Part<'static> {
        Part {
            kind: PartKind::File,
            name: name.map(Into::into),
            source: Some(source),
            ..Part::default()
        }
    }

    fn plain(text: &'static str) -> Source<'static> {
        Source {
            kind: SourceKind::Text,
            text: Some(text.into()),
            ..Source::default()
        }
    }

    fn data(media_type: &'static str, data: &'static str) -> Source<'static> {
        Source {
            media_type: Some(media_type.into()),
            data: Some(data.into()),
            ..Source::default()
        }
    }

    fn run(part: Part<'static>, verdicts: &[(Field, Pass)]) -> (Part<'static>, Vec<Loss>) {
        let items = vec![Item::alone(Role::Assistant, part)];
        let mut asked = ChatRequest {
            items,
            ..ChatRequest::default()
        };
        let mut losses = Vec::new();
        let done = request(
            &mut asked,
            &support::table(verdicts),
            Capacity::Many,
            &mut losses,
        );
        assert_eq!(done, Ok(()));
        (asked.items.remove(0).part, losses)
    }

    #[test]
    fn turned() {
        let refusal = ledger::kind(PartKind::Refusal);
        let of_assistant = ledger::place(Some(Role::Assistant), PartKind::Thinking);
        let of_user = ledger::place(Some(Role::User), PartKind::Thinking);
        let whole_file = ledger::kind(PartKind::File);
        let source = Field::SOURCE_TEXT;
        let cases = [
            (
                "a refusal",
                refusal,
                Pass::AsText,
                of(PartKind::Refusal, "no"),
                Some(Part::of_text("no")),
            ),
            (
                "by place",
                of_assistant,
                Pass::AsText,
                of(PartKind::Thinking, "hm"),
                Some(Part::of_text("hm")),
            ),
            (
                "by another place",
                of_user,
                Pass::AsText,
                of(PartKind::Thinking, "hm"),
                None,
            ),
            (
                "nothing to say",
                refusal,
                Pass::AsText,
                Part {
                    kind: PartKind::Refusal,
                    ..Part::default()
                },
                None,
            ),
            (
                "another kind",
                refusal,
                Pass::AsText,
                of(PartKind::Thinking, "hm"),
                None,
            ),
            (
                "a text file",
                source,
                Pass::FileAsText,
                file(Some("a.md"), plain("# A")),
                Some(Part::of_text("a.md\n# A")),
            ),
            (
                "without name",
                source,
                Pass::FileAsText,
                file(None, plain("# A")),
                Some(Part::of_text("# A")),
            ),
            (
                "data stays",
                source,
                Pass::FileAsText,
                file(None, data("text/plain", "aGk=")),
                None,
            ),
            (
                "no files at all",
                whole_file,
                Pass::FileAsText,
                file(None, data("text/plain", "aGk=")),
                Some(Part::of_text("hi")),
            ),
            (
                "no text",
                whole_file,
                Pass::FileAsText,
                file(None, data("application/pdf", "aGk=")),
                None,
            ),
            (
                "broken",
                whole_file,
                Pass::FileAsText,
                file(None, data("text/plain", "%")),
                None,
            ),
            (
                "as data",
                source,
                Pass::TextAsData,
                file(Some("a"), plain("hi")),
                Some(file(Some("a"), data("text/plain", "aGk="))),
            ),
            (
                "data is data",
                source,
                Pass::TextAsData,
                file(None, data("text/csv", "aGk=")),
                None,
            ),
        ];
        for (case, field, pass, part, expected) in cases {
            let losses = if expected.is_some() {
                support::nearest(field)
            } else {
                Vec::new()
            };
            let expected = expected.unwrap_or_else(|| part.clone());
            assert_eq!(run(part, &[(field, pass)]), (expected, losses), "{case}");
        }
    }

    #[test]
    fn within_a_result() {
        let parts = vec![of(PartKind::Refusal, "no")];
        let result = Part {
            kind: PartKind::ToolResult,
            parts,
            ..Part::default()
        };
        let (result, _) = run(result, &[(ledger::kind(PartKind::Refusal), Pass::AsText)]);
        assert_eq!(result.parts, [Part::of_text("no")]);
    }

    #[test]
    fn the_cache_mark_stays() {
        let part = Part {
            cache: Some(Cache::default()),
            ..of(PartKind::Refusal, "no")
        };
        let (part, _) = run(part, &[(ledger::kind(PartKind::Refusal), Pass::AsText)]);
        assert_eq!(part.cache, Some(Cache::default()));
    }
}
