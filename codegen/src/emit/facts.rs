//! Facts about a dialect's chat operation that passes need: derived from its bindings, never declared twice.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::canonical::enum_value;
use super::charset;
use super::context::Context;
use super::kinds::{alone, is_alone, kinds_of_parts, parts_edges, result_kinds, turns};
use crate::model::canonical::Ty;
use crate::model::schema::{Edge, Fit, Only, Schema};

/// The fields of `Chat` besides its functions.
pub fn emit(cx: &Context<'_>, request: &Edge, response: Option<&Edge>) -> TokenStream {
    let places = holds(cx);
    let holds = places.iter().map(|(role, kinds)| {
        let (role, kinds) = (
            enum_value("Role", role),
            cx.kinds(kinds.iter().map(String::as_str)),
        );
        quote!((#role, #kinds))
    });
    let result_holds = cx.kinds(result_kinds(cx, request).iter().map(String::as_str));
    let reply: BTreeSet<String> = response
        .iter()
        .flat_map(|r| parts_edges(cx, r))
        .flat_map(|edge| kinds_of_parts(cx, edge))
        .collect();
    let reply_holds = cx.kinds(reply.iter().map(String::as_str));
    let signs = cx.kinds(signed(cx, response).iter().map(String::as_str));
    let no_empty = cx.kinds(no_empty(cx).iter().map(String::as_str));
    let most = cx.dialect.schemas.iter().find_map(|s| s.most);
    let cache_marks = match most.and_then(|most| usize::try_from(most).ok()) {
        Some(most) => quote!(::core::option::Option::Some(#most)),
        None => quote!(::core::option::Option::None),
    };
    let choice_names = choice_names(cx);
    let tool_name = tool_name(cx);
    let new_id = response
        .and_then(|r| new_id(cx, cx.schema(r.content)))
        .unwrap_or_default();
    quote! {
        group: GROUP,
        ledger: &LEDGER,
        holds: &[#(#holds,)*],
        result_holds: #result_holds,
        reply_holds: #reply_holds,
        signs: #signs,
        no_empty: #no_empty,
        cache_marks: #cache_marks,
        choice_names: ::gateway::table::Capacity::#choice_names,
        tool_name: #tool_name,
        new_id: #new_id,
    }
}

/// `GROUP`, the rules by which items become turns.
pub fn group(cx: &Context<'_>) -> TokenStream {
    let rules = cx
        .dialect
        .schemas
        .iter()
        .find_map(|s| s.group.clone())
        .unwrap_or_default();
    let option = |role: &Option<String>| match role {
        Some(role) => {
            let role = enum_value("Role", role);
            quote!(::core::option::Option::Some(#role))
        }
        None => quote!(::core::option::Option::None),
    };
    let (merge, strict) = (rules.merge, rules.strict);
    let (first, last, later, pieces) = (
        option(&rules.first),
        option(&rules.last),
        option(&rules.later_system),
        option(&rules.pieces),
    );
    let lead = cx.kinds(rules.lead.iter().map(String::as_str));
    let hoists = cx
        .dialect
        .schemas
        .iter()
        .flat_map(|s| &s.properties)
        .any(|p| matches!(&p.edge.only, Some(Only::Role(_))));
    let alone = cx.kinds(alone(cx).iter().map(String::as_str));
    let wire_roles = wire_roles(cx);
    quote! {
        /// How items become turns.
        pub const GROUP: ::gateway::table::Group = ::gateway::table::Group {
            merge: #merge,
            first: #first,
            last: #last,
            lead: #lead,
            strict_pairs: #strict,
            pieces: #pieces,
            hoists_system: #hoists,
            later_system: #later,
            wire_role: [#(#wire_roles,)*],
            alone: #alone,
        };
    }
}

/// Canonical roles of a form of a turn, with their wire values.
fn roles(cx: &Context<'_>, turn: &Edge) -> Vec<(String, String)> {
    let schema = cx.schema(turn.content);
    if is_alone(cx, turn) {
        let result = kinds_of_parts(cx, turn).contains("tool_result");
        let tool = ("tool".to_owned(), "tool".to_owned());
        return result.then_some(tool).into_iter().collect();
    }
    let property = schema
        .properties
        .iter()
        .find(|p| p.edge.bind.as_ref().is_some_and(|b| b.text == "role"));
    let Some(property) = property else {
        return Vec::new();
    };
    let inner = cx.schema(property.edge.content);
    let rows = super::value::rows(cx, inner, "Role");
    let admitted = |wire: &serde_json::Value| inner.constant.as_ref().is_none_or(|c| c == wire);
    rows.into_iter()
        .filter_map(|(role, wire, _)| {
            Some((
                role,
                wire.first().filter(|w| admitted(w))?.as_str()?.to_owned(),
            ))
        })
        .collect()
}

fn wire_roles(cx: &Context<'_>) -> Vec<u8> {
    let all: BTreeMap<String, String> = turns(cx).iter().flat_map(|turn| roles(cx, turn)).collect();
    let mut numbers: Vec<String> = Vec::new();
    let canonical = cx.canonical.values("Role");
    canonical
        .iter()
        .map(|role| {
            let wire = all
                .get(role)
                .cloned()
                .unwrap_or_else(|| format!("no {role}"));
            let known = numbers.iter().position(|n| *n == wire);
            let number = known.unwrap_or_else(|| {
                numbers.push(wire);
                numbers.len() - 1
            });
            u8::try_from(number).unwrap_or_default()
        })
        .collect()
}

/// Kinds that turns of each role can hold.
fn holds(cx: &Context<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let mut holds: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for turn in turns(cx) {
        if is_alone(cx, turn) {
            for kind in kinds_of_parts(cx, turn) {
                let role = if kind == "tool_result" {
                    "tool"
                } else {
                    "assistant"
                };
                holds.entry(role.to_owned()).or_default().insert(kind);
            }
            continue;
        }
        let kinds: BTreeSet<String> = parts_edges(cx, turn)
            .iter()
            .flat_map(|edge| kinds_of_parts(cx, edge))
            .collect();
        for (role, _) in roles(cx, turn) {
            holds.entry(role).or_default().extend(kinds.iter().cloned());
        }
    }
    for schema in &cx.dialect.schemas {
        for property in schema.properties.iter().filter(|p| !p.edge.deprecated) {
            if let Some(Only::Role(role)) = &property.edge.only {
                holds
                    .entry(role.clone())
                    .or_default()
                    .extend(kinds_of_parts(cx, &property.edge));
            }
        }
    }
    holds
}

/// Kinds of parts of a reply whose form has a place for a signature.
fn signed(cx: &Context<'_>, response: Option<&Edge>) -> BTreeSet<String> {
    let lists = response.iter().flat_map(|reply| parts_edges(cx, reply));
    let mut found = BTreeSet::new();
    for list in lists {
        signed_in(cx, list, &mut found);
    }
    found
}

fn signed_in(cx: &Context<'_>, edge: &Edge, found: &mut BTreeSet<String>) {
    let schema = cx.schema(edge.content);
    let signs = schema.properties.iter().any(|p| {
        let bind = p.edge.bind.as_ref();
        !p.edge.deprecated && bind.is_some_and(|b| b.text == "signature")
    });
    if signs {
        let kinds = edge.cases.iter().filter(|c| c.path.text == "kind");
        found.extend(kinds.flat_map(|c| c.texts().map(str::to_owned)));
    }
    let inner = schema.variants.iter().chain(schema.items.as_deref());
    for edge in inner.filter(|edge| !edge.deprecated) {
        signed_in(cx, edge, found);
    }
}

/// Kinds whose text may not be empty: bound to `text` with `minLength: 1, x-fit: drop`.
fn no_empty(cx: &Context<'_>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for edge in cx
        .dialect
        .schemas
        .iter()
        .flat_map(|s| s.variants.iter().chain(s.items.as_deref()))
    {
        let drops = cx.schema(edge.content).properties.iter().any(|p| {
            p.edge.bind.as_ref().is_some_and(|b| b.text == "text")
                && cx.schema(p.edge.content).fit == Some(Fit::Drop)
        });
        if drops {
            found.extend(
                edge.cases
                    .iter()
                    .filter(|c| c.path.text == "kind")
                    .flat_map(|c| c.texts().map(str::to_owned)),
            );
        }
    }
    found
}

fn choice_names(cx: &Context<'_>) -> proc_macro2::Ident {
    let is_names = |edge: &&Edge| {
        !edge.deprecated
            && edge
                .bind
                .as_ref()
                .and_then(|b| b.steps.last())
                .is_some_and(|s| s.owner == "ToolChoice" && s.field == "names")
    };
    let edges = cx
        .dialect
        .schemas
        .iter()
        .flat_map(|s| s.properties.iter().map(|p| &p.edge).chain(&s.variants))
        .filter(is_names);
    let capacities: Vec<bool> = edges.map(|edge| cx.schema(edge.content).single).collect();
    crate::names::ident(match capacities.iter().any(|single| !single) {
        _ if capacities.is_empty() => "None",
        true => "Many",
        false => "One",
    })
}

fn tool_name(cx: &Context<'_>) -> TokenStream {
    let is_name = |edge: &&Edge| {
        edge.bind
            .as_ref()
            .and_then(|b| b.steps.last())
            .is_some_and(|s| s.owner == "Tool" && s.field == "name")
    };
    let edges = cx
        .dialect
        .schemas
        .iter()
        .flat_map(|s| s.properties.iter().map(|p| &p.edge))
        .filter(is_name);
    let replaced = edges
        .map(|edge| cx.schema(edge.content))
        .find(|schema| schema.fit == Some(Fit::Replace));
    match replaced
        .and_then(|s| s.limits.pattern.as_deref())
        .and_then(charset::parse)
    {
        Some(set) => {
            let set = set.emit();
            quote!(::core::option::Option::Some({ static NAMES: ::gateway::codec::charset::Charset = #set; &NAMES }))
        }
        None => quote!(::core::option::Option::None),
    }
}

/// The prefix of made-up ids, wherever the reply's id is bound.
pub fn new_id(cx: &Context<'_>, schema: &Schema) -> Option<String> {
    schema.properties.iter().find_map(|p| {
        let inner = cx.schema(p.edge.content);
        let is_id = p
            .edge
            .bind
            .as_ref()
            .is_some_and(|b| b.text == "id" && b.ty == Ty::Text);
        match &inner.fill {
            Some((source, argument)) if is_id && source == "new-id" => argument.clone(),
            _ => None,
        }
    })
}
