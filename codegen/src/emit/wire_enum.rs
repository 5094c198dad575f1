//! Values of enums to the wire: by their map, with what that loses.

use proc_macro2::TokenStream;
use quote::quote;

use super::canonical::enum_value;
use super::context::Context;
use super::value::rows;
use crate::model::schema::{Path, Schema};

/// An expression of type `Option<&str>`: the JSON of an enum's value; and whether it may be `None`.
pub fn enumeration(
    cx: &Context<'_>,
    schema: &Schema,
    name: &str,
    path: Option<&Path>,
    value: &TokenStream,
) -> (TokenStream, bool) {
    let rows = rows(cx, schema, name);
    let mut may_fail = false;
    let mut arms = Vec::new();
    for canonical in cx.canonical.values(name) {
        let pattern = enum_value(name, canonical);
        let wire = rows
            .iter()
            .find(|(c, _, _)| c == canonical)
            .and_then(|(_, wire, _)| wire.first())
            .filter(|w| !w.is_null());
        let shown = path.map(|path| cx.shown(path));
        match wire {
            Some(wire) => {
                let read_back = rows
                    .iter()
                    .find(|(_, all, _)| all.contains(wire))
                    .map(|(c, _, _)| c);
                let lossy = read_back != Some(canonical) && is_request(path);
                let report = shown
                    .filter(|_| lossy)
                    .map(|shown| quote!(cx.nearest(#shown);));
                let json = wire.to_string();
                arms.push(quote!(#pattern => { #report ::core::option::Option::Some(#json) }));
            }
            None => {
                may_fail = true;
                let said_elsewhere =
                    path.is_none_or(|path| cx.is_case(path, canonical)) || !is_request(path);
                let report = shown
                    .filter(|_| !said_elsewhere)
                    .map(|shown| quote!(cx.dropped(#shown);));
                arms.push(quote!(#pattern => { #report ::core::option::Option::None }));
            }
        }
    }
    (quote!((match #value { #(#arms)* })), may_fail)
}

/// Replies name finish reasons and kinds in their own words: only what is asked for can be lost.
fn is_request(path: Option<&Path>) -> bool {
    const OF_REPLIES: [&str; 7] = [
        "Candidate",
        "Error",
        "Event",
        "ChatResponse",
        "EmbedResponse",
        "Usage",
        "Turn",
    ];
    path.and_then(|path| path.steps.last())
        .is_some_and(|step| !OF_REPLIES.contains(&step.owner.as_str()))
}
