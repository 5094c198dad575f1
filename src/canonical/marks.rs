//! Cache marks, for dialects that take only so many.

use super::{Cache, ChatRequest};

/// Takes away all marks but the last ones, in the order of a prompt: tools, then the conversation. True if one went.
///
/// The last mark covers the most, and those before it are where a later request may find what has not changed.
pub fn keep_last_marks(request: &mut ChatRequest<'_>, most: usize) -> bool {
    let mut marks: Vec<&mut Option<Cache>> = Vec::new();
    marks.extend(request.tools.iter_mut().map(|tool| &mut tool.cache));
    for item in &mut request.items {
        let parts = item.part.parts.iter_mut();
        marks.extend(parts.map(|part| &mut part.cache));
        marks.push(&mut item.part.cache);
    }
    // What is said of the whole request marks its end.
    marks.push(&mut request.cache);
    let mut set: Vec<_> = marks.into_iter().filter(|mark| mark.is_some()).collect();
    let extra = set.len().saturating_sub(most);
    for mark in &mut set[..extra] {
        **mark = None;
    }
    extra > 0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{Item, Part, Role, Tool};

    /// A letter is a place, a capital one has a mark: tools before the bar, a result's parts in brackets.
    fn request(shape: &str) -> ChatRequest<'static> {
        let mark = |letter: char| letter.is_uppercase().then(Cache::default);
        let (tools, rest) = shape.split_once('|').unwrap_or_default();
        let mut request = ChatRequest {
            tools: tools
                .chars()
                .map(|letter| Tool {
                    cache: mark(letter),
                    ..Tool::default()
                })
                .collect(),
            ..ChatRequest::default()
        };
        let mut inner = Vec::new();
        for letter in rest.chars() {
            let part = Part {
                cache: mark(letter),
                ..Part::default()
            };
            match letter {
                'R' | 'r' => request.items.push(Item::alone(
                    Role::Tool,
                    Part {
                        parts: std::mem::take(&mut inner),
                        ..part
                    },
                )),
                'I' | 'i' => inner.push(part),
                'W' => request.cache = Some(Cache::default()),
                _ => request.items.push(Item::alone(Role::User, part)),
            }
        }
        request
    }

    #[test]
    fn the_last_ones_stay() {
        for (before, after, most) in [
            ("|U", "|U", 4),
            ("T|UUU", "T|UUU", 4),
            ("T|UUUU", "t|UUUU", 4),
            ("TT|UuIiRU", "tt|UuIiRU", 4),
            ("TT|UIIRU", "tt|uIIRU", 4),
            ("T|UUUW", "t|UUUW", 4),
            ("T|UW", "t|UW", 2),
            ("T|U", "t|u", 0),
        ] {
            let mut found = request(before);
            assert_eq!(
                keep_last_marks(&mut found, most),
                before != after,
                "{before}"
            );
            assert_eq!(found, request(after), "{before}");
        }
    }
}
