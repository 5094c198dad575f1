//! Items become turns, by the rules of a dialect's `x-group`.
//!
//! Nothing is reordered but what the rules say goes first within one turn, and nothing is left out.

use crate::error::Fault;
use crate::table::{Group, Kinds};

use super::{Item, Role, TurnView};

/// The turns of a conversation; without the leading system run, where that has a place of its own.
pub fn group<'r, 'a>(items: &'r [Item<'a>], rules: &Group) -> Result<Vec<TurnView<'r, 'a>>, Fault> {
    let (system, rest) = items.split_at(leading_system(items).len());
    let mut turns = Vec::new();
    if !rules.hoists_system {
        // Where system text may stand first only, it is one turn.
        let merge = rules.merge || rules.later_system.is_some();
        gather(&mut turns, system, &Group { merge, ..*rules }, None);
    }
    let spoken = turns.len();
    gather(&mut turns, rest, rules, rules.later_system);
    check_ends(&turns[spoken..], rules)?;
    for turn in &mut turns {
        lead(&mut turn.parts, rules.lead);
    }
    Ok(turns)
}

/// The run of system items that the conversation begins with.
pub fn leading_system<'r, 'a>(items: &'r [Item<'a>]) -> &'r [Item<'a>] {
    let end = items.iter().position(|item| item.role != Role::System);
    &items[..end.unwrap_or(items.len())]
}

/// Gives system items after the leading run the role that the rules say. True if there was one.
pub fn demote_system(items: &mut [Item<'_>], rules: &Group) -> bool {
    let Some(role) = rules.later_system else {
        return false;
    };
    let lead = leading_system(items).len();
    let mut demoted = false;
    for item in &mut items[lead..] {
        if item.role == Role::System {
            item.role = role;
            demoted = true;
        }
    }
    demoted
}

fn gather<'r, 'a>(
    turns: &mut Vec<TurnView<'r, 'a>>,
    items: &'r [Item<'a>],
    rules: &Group,
    system: Option<Role>,
) {
    let mut before: Option<(Role, &Item<'a>)> = None;
    for item in items {
        let role = match item.role {
            Role::System => system.unwrap_or(Role::System),
            role => role,
        };
        let joins = before.is_some_and(|(spoke, last)| joins((spoke, last), (role, item), rules));
        match turns.last_mut().filter(|_| joins) {
            Some(turn) => {
                turn.name = turn.name.or(item.name.as_deref());
                turn.parts.push(&item.part);
            }
            None => turns.push(TurnView {
                role,
                name: item.name.as_deref(),
                parts: vec![&item.part],
            }),
        }
        before = Some((role, item));
    }
}

fn joins(last: (Role, &Item<'_>), next: (Role, &Item<'_>), rules: &Group) -> bool {
    let wire = |role: Role| rules.wire_role[role as usize];
    let is_alone = |item: &Item<'_>| rules.alone.has(item.part.kind);
    if wire(last.0) != wire(next.0) {
        return false;
    }
    if is_alone(last.1) || is_alone(next.1) {
        return false;
    }
    // Two participants are never made one.
    !next.1.opens || rules.merge && next.1.name.is_none()
}

fn check_ends(turns: &[TurnView<'_, '_>], rules: &Group) -> Result<(), Fault> {
    let wire = |role: Role| rules.wire_role[role as usize];
    let Some((first, last)) = turns.first().zip(turns.last()) else {
        return match rules.first.filter(|_| rules.hoists_system) {
            Some(role) => Err(fault(format!(
                "there must be a message of the {}",
                role.name()
            ))),
            None => Ok(()),
        };
    };
    if let Some(role) = rules.first.filter(|&role| wire(role) != wire(first.role)) {
        return Err(fault(format!(
            "the first message must be the {}'s for this provider, and it is the {}'s",
            role.name(),
            first.role.name()
        )));
    }
    let admitted =
        |role: Role| wire(role) == wire(last.role) || role == Role::User && last.role == Role::Tool;
    if let Some(role) = rules.last.filter(|&role| !admitted(role)) {
        return Err(fault(format!(
            "the last message must be the {}'s for this provider, and it is the {}'s: it can't continue a message; end with one such as 'Continue.'",
            role.name(),
            last.role.name()
        )));
    }
    Ok(())
}

fn fault(what: String) -> Fault {
    Fault::new(what).at("messages")
}

/// Puts parts of these kinds first; else the order stays.
fn lead(parts: &mut [&super::Part<'_>], kinds: Kinds) {
    if kinds != Kinds::NONE {
        parts.sort_by_key(|part| !kinds.has(part.kind));
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::canonical::{Part, PartKind};

    /// A list in which everything may stand.
    const FREE: Group = Group {
        merge: false,
        first: None,
        last: None,
        lead: Kinds::NONE,
        strict_pairs: false,
        pieces: None,
        hoists_system: false,
        later_system: None,
        wire_role: [0, 1, 2, 3],
        alone: Kinds::NONE.with(PartKind::ToolResult),
    };

    /// Results are the user's, turns alternate, the system prompt stands elsewhere.
    const ALTERNATING: Group = Group {
        merge: true,
        first: Some(Role::User),
        lead: Kinds::NONE.with(PartKind::ToolResult),
        strict_pairs: true,
        pieces: None,
        hoists_system: true,
        later_system: Some(Role::User),
        wire_role: [0, 1, 2, 1],
        alone: Kinds::NONE,
        ..FREE
    };

    /// One system message, which stands first; the user has the last word.
    const SYSTEM_FIRST: Group = Group {
        first: Some(Role::User),
        last: Some(Role::User),
        later_system: Some(Role::User),
        ..FREE
    };

    /// Items as letters: s, u, a, c (call), r (result), n (named user); a capital opens a turn.
    fn items(letters: &str) -> Vec<Item<'static>> {
        let item = |letter: char| {
            let (role, kind) = match letter.to_ascii_lowercase() {
                's' => (Role::System, PartKind::Text),
                'a' => (Role::Assistant, PartKind::Text),
                'c' => (Role::Assistant, PartKind::ToolCall),
                'r' => (Role::Tool, PartKind::ToolResult),
                _ => (Role::User, PartKind::Text),
            };
            Item {
                role,
                part: Part {
                    kind,
                    text: Some(letter.to_string().into()),
                    ..Part::default()
                },
                opens: letter.is_uppercase(),
                name: (letter == 'N').then_some("ann".into()),
            }
        };
        letters.chars().map(item).collect()
    }

    fn shape(turns: &[TurnView<'_, '_>]) -> String {
        let turn = |turn: &TurnView<'_, '_>| {
            let texts = turn.parts.iter().filter_map(|part| part.text.as_deref());
            format!("{}{}", &turn.role.name()[..1], texts.collect::<String>())
        };
        turns.iter().map(turn).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn grouped() {
        let shared = Group {
            wire_role: [0, 1, 2, 1],
            ..FREE
        };
        let cases: [(&Group, &str, &str); 25] = [
            // adjacent turns of one role
            (&FREE, "UUA", "uU uU aA"),
            (&ALTERNATING, "UUA", "uUU aA"),
            (&FREE, "UuAa", "uUu aAa"),
            (&FREE, "UA", "uU aA"),
            (&FREE, "ua", "uu aa"),
            // two participants
            (&ALTERNATING, "UNU", "uU uNU"),
            // results
            (&FREE, "UCcRr", "uU aCc tR tr"),
            (&FREE, "UCcRru", "uU aCc tR tr uu"),
            (&ALTERNATING, "UCcRr", "uU aCc tRr"),
            (&ALTERNATING, "UCcRRU", "uU aCc tRRU"),
            (&ALTERNATING, "UCcURr", "uU aCc uRrU"),
            (&ALTERNATING, "UCcSRr", "uU aCc uRrS"),
            (&shared, "UCcRru", "uU aCc tR tr uu"),
            (&shared, "UCur", "uU aC uu tr"),
            (
                &Group {
                    alone: Kinds::NONE,
                    ..shared
                },
                "UCcRruU",
                "uU aCc tRru uU",
            ),
            // system
            (&FREE, "SUS", "sS uU sS"),
            (&FREE, "SSU", "sS sS uU"),
            (&ALTERNATING, "SSU", "uU"),
            (&ALTERNATING, "SUAS", "uU aA uS"),
            (&ALTERNATING, "SUSA", "uUS aA"),
            (&SYSTEM_FIRST, "SSUS", "sSS uU uS"),
            (&SYSTEM_FIRST, "UCR", "uU aC tR"),
            // nothing
            (&FREE, "", ""),
            (&SYSTEM_FIRST, "S", "sS"),
            (&FREE, "A", "aA"),
        ];
        for (rules, letters, expected) in cases {
            let items = items(letters);
            let shaped = group(&items, rules).map(|turns| shape(&turns));
            assert_eq!(shaped, Ok(expected.to_owned()), "{letters} by {rules:?}");
        }
    }

    #[test]
    fn refused() {
        let first = "messages: the first message must be the user's for this provider, and it is the assistant's";
        let last = "messages: the last message must be the user's for this provider, and it is the assistant's: \
                    it can't continue a message; end with one such as 'Continue.'";
        let none = "messages: there must be a message of the user";
        let cases = [
            (&ALTERNATING, "AU", first),
            (&ALTERNATING, "SA", first),
            (&SYSTEM_FIRST, "SAU", first),
            (&SYSTEM_FIRST, "SUA", last),
            (&ALTERNATING, "", none),
            (&ALTERNATING, "S", none),
        ];
        for (rules, letters, text) in cases {
            let fault = group(&items(letters), rules).map(|turns| shape(&turns));
            assert_eq!(
                fault.map_err(|fault| fault.to_string()),
                Err(text.to_owned()),
                "{letters}"
            );
        }
    }

    #[test]
    fn demoted() {
        for (rules, letters, roles, demoted) in [
            (&ALTERNATING, "SsUSA", "ssuua", true),
            (&ALTERNATING, "SUA", "sua", false),
            (&FREE, "SUS", "sus", false),
        ] {
            let mut items = items(letters);
            assert_eq!(demote_system(&mut items, rules), demoted, "{letters}");
            let shown: String = items.iter().map(|item| &item.role.name()[..1]).collect();
            assert_eq!(shown, roles, "{letters}");
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_moved(letters in "[sSuUaAcCrRN]{0,12}", rules in prop::sample::select(vec![FREE, ALTERNATING, SYSTEM_FIRST])) {
            let rules = Group { first: None, last: None, ..rules };
            let items = items(&letters);
            let hoisted = if rules.hoists_system { leading_system(&items).len() } else { 0 };
            let turns = group(&items, &rules).unwrap_or_default();
            let mut rest = &items[hoisted..];
            for turn in &turns {
                prop_assert!(!turn.parts.is_empty());
                let (own, after) = rest.split_at(turn.parts.len());
                let (led, others): (Vec<_>, Vec<_>) = own.iter().partition(|item| rules.lead.has(item.part.kind));
                let expected = led.iter().chain(&others).map(|item| &item.part);
                prop_assert!(turn.parts.iter().copied().eq(expected), "{} {}", letters, shape(&turns));
                rest = after;
            }
            prop_assert!(rest.is_empty());
        }
    }
}
