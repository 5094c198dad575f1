//! What a provider's quirks change of a request, carried over to the text of the request as the caller wrote it.
//!
//! A caller that speaks the provider's own dialect has its request passed on as it is, unknown fields included. Where
//! the provider differs from its dialect, what it must not see or must see otherwise is found by writing the request
//! twice, with its quirks and without, and only the difference is applied.

use serde_json::Value;

use crate::codec::splice::{elements, members};

/// A difference between two JSON values.
#[derive(Debug, PartialEq)]
pub(super) enum Change {
    /// Another value.
    Set(String),
    /// A value where there was none.
    Add(String),
    /// No value.
    Remove,
    /// Changes of an object's members.
    Members(Vec<(String, Change)>),
    /// Changes of an array's elements, of which there are so many.
    Elements(usize, Vec<(usize, Change)>),
}

/// What makes one value the other; `None` if they are equal.
pub(super) fn difference(before: &Value, after: &Value) -> Option<Change> {
    match (before, after) {
        _ if before == after => None,
        (Value::Object(before), Value::Object(after)) => {
            let gone = before.keys().filter(|name| !after.contains_key(*name));
            let mut changes: Vec<_> = gone.map(|name| (name.clone(), Change::Remove)).collect();
            changes.extend(after.iter().filter_map(|(name, value)| {
                let change = match before.get(name) {
                    Some(before) => difference(before, value)?,
                    None => Change::Add(value.to_string()),
                };
                Some((name.clone(), change))
            }));
            Some(Change::Members(changes))
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            let pairs = before.iter().zip(after).enumerate();
            let changes = pairs.filter_map(|(at, (before, after))| {
                let change = difference(before, after)?;
                Some((at, change))
            });
            Some(Change::Elements(after.len(), changes.collect()))
        }
        _ => Some(Change::Set(after.to_string())),
    }
}

/// The text after a change; `None` if the text isn't formed like the value that the change is of.
pub(super) fn apply(json: &str, change: &Change) -> Option<String> {
    match change {
        Change::Set(value) | Change::Add(value) => Some(value.clone()),
        Change::Remove => None,
        Change::Members(changes) => apply_to_members(json, changes),
        Change::Elements(count, changes) => apply_to_elements(json, *count, changes),
    }
}

fn apply_to_members(json: &str, changes: &[(String, Change)]) -> Option<String> {
    let members = members(json)?;
    let mut texts = Vec::with_capacity(members.len() + changes.len());
    for member in &members {
        let name = &member.name;
        let change = changes.iter().find(|(changed, _)| changed == name);
        match change.map(|(_, change)| change) {
            // What is new for the dialect is the provider's own; the caller who writes it knows what it says there.
            None | Some(Change::Add(_)) => texts.push(json[member.whole.clone()].to_owned()),
            Some(Change::Remove) => {}
            Some(change) => {
                let named = &json[member.whole.start..member.value.start];
                let value = apply(&json[member.value.clone()], change)?;
                texts.push(format!("{named}{value}"));
            }
        }
    }
    let is_there = |name: &str| members.iter().any(|member| member.name == name);
    // The caller may have used another spelling: the provider's own, which is as good, or one that isn't known here.
    let (mut already, mut missed) = (0, 0);
    for (name, change) in changes {
        match change {
            Change::Add(_) if is_there(name) => already += 1,
            Change::Set(value) | Change::Add(value) if !is_there(name) => {
                texts.push(format!("{}:{value}", Value::from(name.as_str())));
            }
            _ if is_there(name) => {}
            Change::Remove => missed += 1,
            _ => return None,
        }
    }
    (missed <= already).then(|| format!("{{{}}}", texts.join(",")))
}

fn apply_to_elements(json: &str, count: usize, changes: &[(usize, Change)]) -> Option<String> {
    let places = elements(json).filter(|places| places.len() == count)?;
    let texts = places.into_iter().enumerate().map(|(at, place)| {
        let change = changes.iter().find(|(changed, _)| *changed == at);
        match change {
            Some((_, change)) => apply(&json[place], change),
            None => Some(json[place].to_owned()),
        }
    });
    let texts: Vec<_> = texts.collect::<Option<_>>()?;
    Some(format!("[{}]", texts.join(",")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_difference_is_applied() {
        let cases = [
            ("no change", "{}", "{}", "{ }", None),
            (
                "a number is held",
                r#"{"t":2,"m":[]}"#,
                r#"{"t":1,"m":[]}"#,
                r#"{"new":{ "x" : 1e3}, "t":2.0,"m":[]}"#,
                Some(r#"{"new":{ "x" : 1e3},"t":1,"m":[]}"#),
            ),
            (
                "a setting is left out",
                r#"{"user":"u","t":2}"#,
                r#"{"t":2}"#,
                r#"{"t":2,"user":"u"}"#,
                Some(r#"{"t":2}"#),
            ),
            (
                "under another spelling it isn't found",
                r#"{"user":"u"}"#,
                "{}",
                r#"{"end_user":"u"}"#,
                Some(""),
            ),
            (
                "a rename that the caller has made",
                r#"{"max_new":5}"#,
                r#"{"max":5}"#,
                r#"{"max":5,"x":1}"#,
                Some(r#"{"max":5,"x":1}"#),
            ),
            (
                "in the provider's own words, and more of them",
                r#"{"effort":"high"}"#,
                r#"{"thinking":{"effort":"high"}}"#,
                r#"{"thinking": {"effort":"high","show":false}}"#,
                Some(r#"{"thinking": {"effort":"high","show":false}}"#),
            ),
            (
                "deep inside",
                r#"{"m":[{"c":1},{"c":"a","i":"long"}]}"#,
                r#"{"m":[{"c":1},{"c":"a","i":"s"}]}"#,
                r#"{"m":[{"c":1,"k" : 0},{"i":"long","c":"a"}]}"#,
                Some(r#"{"m":[{"c":1,"k" : 0},{"i":"s","c":"a"}]}"#),
            ),
            (
                "a list of another length",
                r#"{"m":[1,2]}"#,
                r#"{"m":[1,3]}"#,
                r#"{"m":[1]}"#,
                Some(""),
            ),
        ];
        for (case, before, after, text, expected) in cases {
            let value = |text| serde_json::from_str::<Value>(text).expect("JSON");
            let change = difference(&value(before), &value(after));
            let got = change.map(|change| apply(text, &change).unwrap_or_default());
            assert_eq!(got.as_deref(), expected, "{case}");
        }
    }
}
