//! What a stream gave in pieces, and its caller sends back so, is one turn and one text again.

use std::borrow::Cow;

use crate::table::Group;

use super::{Item, Part, PartKind};

/// Joins adjacent turns of the role that the rules name, and adjacent texts in them.
pub fn rejoin(items: &mut Vec<Item<'_>>, rules: &Group) {
    let Some(role) = rules.pieces else {
        return;
    };
    items.dedup_by(|item, before| {
        if item.role != role || before.role != role {
            return false;
        }
        item.opens = false;
        continues(&item.part, &before.part) && {
            append(&mut before.part, &item.part);
            true
        }
    });
}

/// Text of the same kind, with nothing that ends the text before it.
fn continues(part: &Part<'_>, before: &Part<'_>) -> bool {
    let textual = matches!(part.kind, PartKind::Text | PartKind::Thinking);
    let ended = before.cache.is_some() || before.signature.is_some() || before.citations.is_some();
    textual && part.kind == before.kind && part.redacted.is_none() && !ended
}

fn append<'a>(before: &mut Part<'a>, part: &Part<'a>) {
    if let Some(more) = part.text.as_deref().filter(|more| !more.is_empty()) {
        let text = before.text.get_or_insert(Cow::Borrowed(""));
        text.to_mut().push_str(more);
    }
    before.signature.clone_from(&part.signature);
    before.citations.clone_from(&part.citations);
    before.cache.clone_from(&part.cache);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::Role;
    use crate::table::Kinds;
    use crate::wire::Sealed;

    fn rules(pieces: Option<Role>) -> Group {
        Group {
            merge: true,
            first: None,
            last: None,
            lead: Kinds::default(),
            strict_pairs: false,
            pieces,
            hoists_system: true,
            later_system: None,
            wire_role: [0, 1, 2, 1],
            alone: Kinds::default(),
        }
    }

    fn item(role: Role, kind: PartKind, text: &'static str) -> Item<'static> {
        Item {
            role,
            opens: true,
            part: Part {
                kind,
                ..Part::of_text(text.to_owned())
            },
            ..Item::default()
        }
    }

    fn said(items: &[Item<'_>]) -> Vec<(bool, String)> {
        let said = |item: &Item<'_>| {
            let text = item.part.text.as_deref().unwrap_or_default();
            (item.opens, text.to_owned())
        };
        items.iter().map(said).collect()
    }

    #[test]
    fn pieces_are_one_text() {
        let rules = rules(Some(Role::Assistant));
        let (user, model) = (Role::User, Role::Assistant);
        let mut items = vec![
            item(user, PartKind::Text, "a"),
            item(user, PartKind::Text, "b"),
            item(model, PartKind::Thinking, "c"),
            item(model, PartKind::Thinking, "d"),
            item(model, PartKind::Text, "e"),
            item(model, PartKind::Text, ""),
            item(model, PartKind::Text, "f"),
            item(user, PartKind::Text, "g"),
            item(model, PartKind::Text, "h"),
        ];
        let whole = items.clone();
        rejoin(&mut items, &rules);
        let expected = [
            (true, "a"),
            (true, "b"),
            (true, "cd"),
            (false, "ef"),
            (true, "g"),
            (true, "h"),
        ];
        assert_eq!(
            said(&items),
            expected.map(|(opens, text)| (opens, text.to_owned()))
        );
        let mut untouched = whole.clone();
        rejoin(&mut untouched, &self::rules(None));
        assert_eq!(said(&untouched), said(&whole));
    }

    #[test]
    fn what_is_signed_has_ended() {
        let rules = rules(Some(Role::Assistant));
        let signed = |text| {
            let mut item = item(Role::Assistant, PartKind::Text, text);
            item.part.signature = Some(Sealed {
                origin: "d",
                value: "s".into(),
            });
            item
        };
        let mut items = vec![
            item(Role::Assistant, PartKind::Text, "a"),
            signed("b"),
            item(Role::Assistant, PartKind::Text, "c"),
        ];
        rejoin(&mut items, &rules);
        assert_eq!(
            said(&items),
            [(true, "ab".to_owned()), (false, "c".to_owned())]
        );
        assert!(items[0].part.signature.is_some());
    }
}
