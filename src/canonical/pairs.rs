//! Calls and results find each other, for dialects that take a conversation only if every call is answered at once.
//!
//! Ids are there already: `fill` has made up those that were missing.

use crate::error::Fault;
use crate::table::Group;

use super::recent::Index;
use super::{Item, Part, PartKind, Role, text};

/// Puts results in the order of their calls. Where pairs are strict, also right after the turn that called, with a
/// result made up for a call that has none (then true), and a result without a call is refused.
pub fn pair(items: &mut Vec<Item<'_>>, rules: &Group) -> Result<bool, Fault> {
    let is_tool =
        |item: &Item<'_>| matches!(item.part.kind, PartKind::ToolCall | PartKind::ToolResult);
    if !items.iter().any(is_tool) {
        return Ok(false);
    }
    let calls = answers(items);
    if rules.strict_pairs {
        if let Some(lonely) = lonely(items, &calls) {
            return Err(refused(&items[lonely].part));
        }
        return Ok(answer_at_once(items, calls, rules.merge));
    }
    sort_runs(items, &calls);
    Ok(false)
}

/// A call's place among the items, and its result's.
struct Call {
    place: usize,
    result: Option<usize>,
}

/// A result answers the nearest call before it that has its id and no answer: some clients count ids anew each turn.
fn answers(items: &[Item<'_>]) -> Vec<Call> {
    let mut calls: Vec<Call> = Vec::new();
    let mut index = Index::default();
    for (place, item) in items.iter().enumerate() {
        match item.part.kind {
            PartKind::ToolCall => calls.push(Call {
                place,
                result: None,
            }),
            PartKind::ToolResult => {
                let id = |call: &Call| items[call.place].part.id.as_deref();
                let wanted = item.part.id.as_deref();
                if let Some(call) = index.nearest(wanted, &calls, id, |call| call.result.is_none())
                {
                    calls[call].result = Some(place);
                }
            }
            _ => {}
        }
    }
    calls
}

fn lonely(items: &[Item<'_>], calls: &[Call]) -> Option<usize> {
    let mut answered = vec![false; items.len()];
    for place in calls.iter().filter_map(|call| call.result) {
        answered[place] = true;
    }
    let is_result = |place: &usize| items[*place].part.kind == PartKind::ToolResult;
    (0..items.len())
        .filter(is_result)
        .find(|&place| !answered[place])
}

fn refused(result: &Part<'_>) -> Fault {
    let what = match &result.id {
        Some(id) => format!("the tool result for call '{id}' answers no open call before it"),
        None => "a tool result names no call, and no open call before it fits".to_owned(),
    };
    Fault::new(what).at("messages")
}

/// True if a result had to be made up.
fn answer_at_once(items: &mut Vec<Item<'_>>, mut calls: Vec<Call>, merge: bool) -> bool {
    let ends: Vec<bool> = (1..=items.len())
        .map(|next| items.get(next).is_none_or(|item| ends_turn(item, merge)))
        .collect();
    let mut made_up = false;
    for call in calls.iter_mut().filter(|call| call.result.is_none()) {
        call.result = Some(items.len());
        items.push(not_executed(&items[call.place].part));
        made_up = true;
    }
    let order = order(items, &calls, &ends);
    let is_kept = order.len() == items.len()
        && order
            .iter()
            .enumerate()
            .all(|(at, (place, _))| at == *place);
    if is_kept {
        for (item, (_, opens)) in items.iter_mut().zip(order) {
            item.opens = opens;
        }
        return made_up;
    }
    let mut old: Vec<_> = std::mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|(place, opens)| {
        let item = old[place].take()?;
        Some(Item { opens, ..item })
    }));
    made_up
}

/// The places of the items in their new order, and which of them open a turn: every turn's calls are answered at its
/// end. `ends`: which of the items that were there end one.
fn order(items: &[Item<'_>], calls: &[Call], ends: &[bool]) -> Vec<(usize, bool)> {
    let mut order = Vec::with_capacity(items.len());
    let mut calls = calls.iter().peekable();
    for (place, ends) in ends.iter().enumerate() {
        if items[place].part.kind != PartKind::ToolResult {
            order.push((place, items[place].opens));
        }
        if !ends {
            continue;
        }
        let mut opens = true;
        while let Some(call) = calls.next_if(|call| call.place <= place) {
            order.extend(call.result.map(|result| (result, opens)));
            opens = false;
        }
    }
    order
}

fn ends_turn(next: &Item<'_>, merge: bool) -> bool {
    next.role != Role::Assistant || next.opens && !merge
}

fn not_executed<'a>(call: &Part<'a>) -> Item<'a> {
    let result = Part {
        kind: PartKind::ToolResult,
        id: call.id.clone(),
        name: call.name.clone(),
        parts: vec![Part::of_text(text::NOT_EXECUTED)],
        is_error: true,
        ..Part::default()
    };
    Item::alone(Role::Tool, result)
}

/// Each run of results in the order of their calls; results without one come last.
fn sort_runs(items: &mut [Item<'_>], calls: &[Call]) {
    let mut ranks = vec![usize::MAX; items.len()];
    for (rank, place) in calls.iter().filter_map(|call| call.result).enumerate() {
        ranks[place] = rank;
    }
    let mut start = 0;
    for run in items.chunk_by_mut(|one, other| one.part.kind == other.part.kind) {
        let ranks = &ranks[start..start + run.len()];
        start += run.len();
        if run[0].part.kind == PartKind::ToolResult && !ranks.is_sorted() {
            sort_run(run, ranks);
        }
    }
}

/// The parts move, the turns stay.
fn sort_run(run: &mut [Item<'_>], ranks: &[usize]) {
    let parts = run.iter_mut().map(|item| std::mem::take(&mut item.part));
    let mut ranked: Vec<_> = ranks.iter().zip(parts).collect();
    ranked.sort_by_key(|(rank, _)| **rank);
    for (item, (_, part)) in run.iter_mut().zip(ranked) {
        item.part = part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Kinds;

    const STRICT: Group = Group {
        merge: true,
        first: None,
        last: None,
        lead: Kinds::NONE,
        strict_pairs: true,
        pieces: None,
        hoists_system: false,
        later_system: None,
        wire_role: [0, 1, 2, 1],
        alone: Kinds::NONE,
    };
    const UNMERGED: Group = Group {
        merge: false,
        ..STRICT
    };
    const FREE: Group = Group {
        strict_pairs: false,
        pieces: None,
        ..STRICT
    };

    /// `c1` a call, `r1` its result, `u`, `a`, `A` (opens a turn) texts; `x1` in the outcome: made up.
    fn items(words: &str) -> Vec<Item<'_>> {
        words
            .split_whitespace()
            .map(|word| {
                let (letter, id) = word.split_at(1);
                let (role, kind) = match letter.to_ascii_lowercase().as_str() {
                    "c" => (Role::Assistant, PartKind::ToolCall),
                    "r" => (Role::Tool, PartKind::ToolResult),
                    "a" => (Role::Assistant, PartKind::Text),
                    _ => (Role::User, PartKind::Text),
                };
                let id = Some(id).filter(|id| !id.is_empty()).map(Into::into);
                let opens = letter.to_ascii_uppercase() == letter;
                Item {
                    role,
                    part: Part {
                        kind,
                        id,
                        name: Some("f".into()),
                        ..Part::default()
                    },
                    opens,
                    name: None,
                }
            })
            .collect()
    }

    fn shape(items: &[Item<'_>]) -> String {
        let word = |item: &Item<'_>| {
            let letter = match (item.role, item.part.kind) {
                (_, PartKind::ToolCall) => "c",
                (_, PartKind::ToolResult) if item.part.is_error => "x",
                (_, PartKind::ToolResult) => "r",
                (Role::Assistant, _) => "a",
                _ => "u",
            };
            format!("{letter}{}", item.part.id.as_deref().unwrap_or_default())
        };
        items.iter().map(word).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn paired() {
        let cases = [
            (&STRICT, "u c1 r1 a", "u c1 r1 a"),
            (&STRICT, "u c1 c2 r2 r1 u", "u c1 c2 r1 r2 u"),
            (&STRICT, "u c1 a u", "u c1 a x1 u"),
            (&STRICT, "u c1", "u c1 x1"),
            (&STRICT, "u c1 c2 r2 u", "u c1 c2 x1 r2 u"),
            (&STRICT, "u c1 u r1 a", "u c1 r1 u a"),
            (&STRICT, "u c1 u a r1", "u c1 r1 u a"),
            (&STRICT, "u c1 r1 c2 r2", "u c1 r1 c2 r2"),
            (&STRICT, "u C1 C2 R2 R1", "u c1 c2 r1 r2"),
            (&UNMERGED, "u C1 C2 R2 R1", "u c1 r1 c2 r2"),
            (&UNMERGED, "u C1 c2 R2 R1", "u c1 c2 r1 r2"),
            // the same id in two turns
            (&STRICT, "u c1 r1 c1 r1", "u c1 r1 c1 r1"),
            (&STRICT, "u c1 u c1 r1", "u c1 x1 u c1 r1"),
            (&FREE, "u c1 c2 r2 r1 u", "u c1 c2 r1 r2 u"),
            (&FREE, "u c1 c2 r9 r2 u r1", "u c1 c2 r2 r9 u r1"),
            (&FREE, "u c1 u", "u c1 u"),
            (&FREE, "r1 u", "r1 u"),
            (&STRICT, "u a", "u a"),
        ];
        for (rules, words, expected) in cases {
            let mut items = items(words);
            let made_up = pair(&mut items, rules);
            assert_eq!(shape(&items), expected, "{words}");
            assert_eq!(made_up, Ok(expected.contains('x')), "{words}");
        }
    }

    #[test]
    fn a_made_up_result_says_so() {
        let mut items = items("u c1");
        assert_eq!(pair(&mut items, &STRICT), Ok(true));
        let result = &items[2].part;
        assert_eq!((result.name.as_deref(), result.is_error), (Some("f"), true));
        assert_eq!(
            result.parts,
            [Part::of_text("The tool call was not executed.")]
        );
    }

    #[test]
    fn refused() {
        for words in ["u r1", "r1 c1", "u c1 r1 r1", "u c1 r2"] {
            let fault = pair(&mut items(words), &STRICT).map_err(|fault| fault.to_string());
            let text = fault.expect_err(words);
            assert!(text.ends_with("answers no open call before it"), "{text}");
        }
        let fault = pair(&mut items("c1 r"), &STRICT).map_err(|fault| fault.to_string());
        assert!(fault.is_err_and(|text| text.contains("names no call")));
    }

    #[test]
    fn first_result_of_a_turn_opens_it() {
        let mut items = items("u c1 c2 r2 r1 u");
        assert_eq!(pair(&mut items, &STRICT), Ok(false));
        let opens: Vec<_> = items.iter().map(|item| item.opens).collect();
        assert_eq!(opens, [false, false, false, true, false, false]);
    }
}
