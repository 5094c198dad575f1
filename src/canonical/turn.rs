//! Turns: what one message of a dialect holds, and how it becomes items and comes out of them.
//!
//! A turn is never stored. A decoder fills a [`Turn`], an encoder is given a [`TurnView`].

use std::borrow::Cow;

use super::{Item, Part, PartKind, Role};

/// What a decoder found in one message.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn<'a> {
    /// Who speaks; the user, if nothing says so.
    pub role: Option<Role>,
    /// The participant.
    pub name: Option<Cow<'a, str>>,
    /// What is said.
    pub parts: Vec<Part<'a>>,
}

impl Default for Turn<'_> {
    /// Most turns have one part, and parts are large.
    fn default() -> Self {
        Self {
            role: None,
            name: None,
            parts: Vec::with_capacity(1),
        }
    }
}

impl<'a> Turn<'a> {
    /// Appends the turn's parts. Results are the tool's whoever sent them, every other part is the turn's own. A part
    /// that came alone is of whoever can say such parts.
    pub fn push_into(self, items: &mut Vec<Item<'a>>) {
        let first = self.parts.first().map(|part| part.kind);
        let role = self.role.unwrap_or(match first {
            Some(PartKind::ToolCall | PartKind::Thinking | PartKind::Refusal | PartKind::Other) => {
                Role::Assistant
            }
            _ => Role::User,
        });
        let mut name = self.name;
        for (place, part) in self.parts.into_iter().enumerate() {
            let role = match part.kind {
                PartKind::ToolResult => Role::Tool,
                _ => role,
            };
            items.push(Item {
                role,
                part,
                opens: place == 0,
                name: name.take(),
            });
        }
    }
}

impl<'a> Turn<'a> {
    /// Appends the turn's parts. What the assistant goes on to say is of the turn before: in a flat list a turn is
    /// several elements.
    pub fn join_into(self, items: &mut Vec<Item<'a>>) {
        let before = items.len();
        self.push_into(items);
        let assistant = |item: &Item<'_>| item.role == Role::Assistant;
        let goes_on = before > 0 && assistant(&items[before - 1]);
        if let Some(first) = items
            .get_mut(before)
            .filter(|item| goes_on && assistant(item))
        {
            first.opens = false;
        }
    }
}

/// What an encoder writes as one message.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnView<'r, 'a> {
    /// Who speaks: the role of the first part that was said, where roles that are one on the wire are mixed.
    pub role: Role,
    /// The participant.
    pub name: Option<&'r str>,
    /// What is said.
    pub parts: Vec<&'r Part<'a>>,
}

/// Visits every part, with the role that says it; `None` stands for what a tool's result holds.
pub fn each_part<'a>(items: &mut [Item<'a>], mut visit: impl FnMut(Option<Role>, &mut Part<'a>)) {
    for item in items {
        visit(Some(item.role), &mut item.part);
        for part in &mut item.part.parts {
            visit(None, part);
        }
    }
}

/// Keeps these items. The turn of one that isn't kept is opened by its next item.
pub fn retain<'a>(items: &mut Vec<Item<'a>>, mut keep: impl FnMut(&mut Item<'a>) -> bool) {
    let mut opening: Option<(Role, Option<Cow<'a, str>>)> = None;
    items.retain_mut(|item| {
        if item.opens {
            opening = None;
        }
        if !keep(item) {
            if item.opens {
                opening = Some((item.role, item.name.take()));
            }
            return false;
        }
        if let Some((role, name)) = opening.take() {
            item.opens = true;
            item.name = name.filter(|_| role == item.role);
        }
        true
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(id: &'static str) -> Part<'static> {
        Part {
            kind: PartKind::ToolResult,
            id: Some(id.into()),
            ..Part::default()
        }
    }

    fn shape(items: &[Item<'_>]) -> String {
        let shown = items.iter().map(|item| {
            let opens = if item.opens { "+" } else { "" };
            let name = item.name.as_deref().unwrap_or_default();
            let text = item.part.text.as_deref().or(item.part.id.as_deref());
            format!(
                "{opens}{}{name}:{}",
                item.role.name(),
                text.unwrap_or_default()
            )
        });
        shown.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn results_are_the_tools() {
        let mut items = Vec::new();
        let parts = vec![result("1"), result("2"), Part::of_text("and?")];
        Turn {
            role: Some(Role::User),
            name: Some("ann".into()),
            parts,
        }
        .push_into(&mut items);
        Turn {
            role: Some(Role::Assistant),
            name: None,
            parts: Vec::new(),
        }
        .push_into(&mut items);
        Turn {
            role: None,
            name: None,
            parts: vec![Part::of_text("hi")],
        }
        .push_into(&mut items);
        assert_eq!(shape(&items), "+toolann:1 tool:2 user:and? +user:hi");
    }

    #[test]
    fn what_goes_leaves_the_turn_open() {
        // texts, which of them go, what is left; a capital opens a turn
        let cases = [
            ("Ab", "A", "+userann:b"),
            ("AbC", "Ab", "+userann:C"),
            ("Abc", "b", "+userann:A user:c"),
            ("Abc", "Ab", "+userann:c"),
            ("A", "A", ""),
        ];
        for (texts, gone, expected) in cases {
            let mut items: Vec<_> = texts
                .chars()
                .map(|text| Item {
                    role: Role::User,
                    part: Part::of_text(text.to_string()),
                    opens: text.is_uppercase(),
                    name: text.is_uppercase().then_some("ann".into()),
                })
                .collect();
            retain(&mut items, |item| {
                !gone.contains(item.part.text.as_deref().unwrap_or_default())
            });
            assert_eq!(shape(&items), expected, "{texts} without {gone}");
        }
    }

    #[test]
    fn a_name_stays_with_its_speaker() {
        let named = Item {
            name: Some("ann".into()),
            ..Item::alone(Role::User, Part::of_text("a"))
        };
        let other = Item {
            opens: false,
            ..Item::alone(Role::Assistant, Part::of_text("b"))
        };
        let mut items = vec![named, other];
        retain(&mut items, |item| item.role == Role::Assistant);
        assert_eq!(shape(&items), "+assistant:b");
    }
}
