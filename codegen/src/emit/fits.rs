//! Which variant of a union is written: the first whose conditions hold and that loses nothing that a sibling could say,
//! else the first whose conditions hold.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::access;
use super::bound::{bound, bound_of_kind};
use super::context::Context;
use super::kinds::is_alone;
use super::ledger::is_there;
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Edge, Fit, Path, Property, Schema, Spot};

/// An expression of type `usize`: the variant to write of `v`, or `usize::MAX`.
pub fn pick(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let written: Vec<(usize, &Edge)> = schema
        .variants
        .iter()
        .enumerate()
        .filter(|(_, v)| !v.deprecated && !is_null(cx, v))
        .collect();
    let alone = alone(cx, schema);
    let fits: Vec<(usize, TokenStream)> = written
        .iter()
        .map(|(i, v)| {
            let fits = variant_fits(cx, v);
            let other = alone.as_ref().filter(|_| !is_alone(cx, v));
            (
                *i,
                other.map_or(fits.clone(), |alone| quote!(#fits && !#alone)),
            )
        })
        .collect();
    let lossless = written.iter().zip(&fits).map(|((i, variant), (_, fits))| {
        let loss = losses(cx, schema, *i, variant);
        quote!(if #fits #(&& !#loss)* { #i } else)
    });
    let second = fits.iter().map(|(i, fits)| quote!(if #fits { #i } else));
    quote!(#(#lossless)* #(#second)* { usize::MAX })
}

/// Of forms of a turn: whether `v` is one part that has a form of its own.
fn alone(cx: &Context<'_>, schema: &Schema) -> Option<TokenStream> {
    if schema.spot != Spot::Struct("Turn".to_owned()) {
        return None;
    }
    let kinds = super::kinds::alone(cx);
    let kinds = cx.kinds(kinds.iter().map(String::as_str));
    Some(quote!(
        matches!(&v.parts[..], [part] if #kinds.has(part.kind))
    ))
}

fn is_null(cx: &Context<'_>, variant: &Edge) -> bool {
    cx.schema(variant.content).types.any_null()
}

/// Whether the conditions of a variant hold of `v`.
pub fn variant_fits(cx: &Context<'_>, variant: &Edge) -> TokenStream {
    let v = quote!(v);
    let mut conditions: Vec<TokenStream> = variant
        .cases
        .iter()
        .map(|case| access::holds(cx, case, &v))
        .collect();
    let content = cx.schema(variant.content);
    match &variant.bind {
        Some(path) if content.single && content.spot == Spot::Parts => {
            let slice = access::slice(cx, path, &v);
            let inner = content.items.as_ref().map(|items| variant_fits(cx, items));
            conditions.push(quote!(matches!(#slice, [v] if #inner)));
        }
        Some(path) if content.part.is_some() => {
            let slice = access::slice(cx, path, &v);
            let kinds = match &variant.only {
                Some(crate::model::schema::Only::Kinds(kinds)) => {
                    cx.kinds(kinds.iter().map(String::as_str))
                }
                _ => cx.kinds(cx.canonical.values("PartKind").iter().map(String::as_str)),
            };
            let fits = parts_fit(cx, content);
            conditions.push(quote!({
                let held = ::gateway::canonical::refs(#slice);
                let held = ::gateway::canonical::of_kinds(&held, #kinds);
                let v = &held[..];
                #(#fits)&&*
            }));
        }
        Some(path) if content.single => {
            let slice = access::slice(cx, path, &v);
            conditions.push(quote!((#slice).len() == 1));
        }
        Some(path) => conditions.push(access::present(cx, path, &v, true)),
        None => conditions.extend(content_fits(cx, content)),
    }
    all(conditions)
}

fn all(conditions: Vec<TokenStream>) -> TokenStream {
    if conditions.is_empty() {
        quote!(true)
    } else {
        quote!(#(#conditions)&&*)
    }
}

/// Conditions on `v` that a content itself makes: required properties have values, constants agree.
fn content_fits(cx: &Context<'_>, content: &Schema) -> Vec<TokenStream> {
    match &content.spot {
        Spot::Parts => parts_fit(cx, content),
        Spot::List(_) if content.single => vec![quote!(v.len() == 1)],
        Spot::List(_) if content.limits.min_items.is_some() => vec![quote!(!v.is_empty())],
        Spot::Struct(_) if content.codec == Some(Codec::DataUrl) => {
            vec![quote!(::gateway::codec::data_url::encode(v).is_some())]
        }
        Spot::Struct(_) => {
            let mut conditions: Vec<TokenStream> = content
                .properties
                .iter()
                .filter_map(|p| property_fits(cx, p))
                .collect();
            if conditions.is_empty()
                && !content.variants.is_empty()
                && content.properties.is_empty()
            {
                let any: Vec<TokenStream> = content
                    .variants
                    .iter()
                    .filter(|v| !v.deprecated)
                    .map(|v| variant_fits(cx, v))
                    .collect();
                conditions.push(quote!((#(#any)||*)));
            }
            conditions
        }
        _ => Vec::new(),
    }
}

fn parts_fit(cx: &Context<'_>, content: &Schema) -> Vec<TokenStream> {
    if let Some(part) = &content.part {
        let kind = cx.kind(&part.kind);
        if content.codec == Some(Codec::Json) {
            return vec![
                quote!(::gateway::canonical::sole(v, #kind).and_then(|part| part.text.as_deref()).is_some_and(::gateway::codec::json_text::is_object)),
            ];
        }
        return match part.join {
            Some(_) => vec![quote!(!v.is_empty() && v.iter().all(|part| part.kind == #kind))],
            None => vec![quote!(::gateway::canonical::sole(v, #kind).is_some())],
        };
    }
    Vec::new()
}

/// What a property asks of `v` for its object to be written.
fn property_fits(cx: &Context<'_>, property: &Property) -> Option<TokenStream> {
    let edge = &property.edge;
    if edge.deprecated || edge.expr.is_some() {
        return None;
    }
    let schema = cx.schema(edge.content);
    let v = quote!(v);
    let path = match &edge.bind {
        Some(path) => path,
        // Scenery: what is required inside of a required object is required.
        None if property.required && matches!(schema.spot, Spot::Struct(_)) => {
            let inner = content_fits(cx, schema);
            return (!inner.is_empty()).then(|| quote!((#(#inner)&&*)));
        }
        None => return None,
    };
    if let Some(fits) = constant_fits(cx, property, schema, path) {
        return Some(fits);
    }
    let enumerated = matches!(&schema.spot, Spot::Value(Ty::Enum(_))) && property.required;
    if enumerated && !schema.map.is_empty() {
        return Some(mapped_fits(cx, schema, path));
    }
    if enumerated && !schema.values.is_empty() {
        let names: Vec<&str> = schema.values.iter().filter_map(|v| v.as_str()).collect();
        let found = access::get(cx, path, &v, true);
        let known = quote!(|value| matches!(value.name(), #(#names)|*));
        return Some(match schema.default {
            Some(_) => quote!(#found.is_none_or(#known)),
            None => quote!(#found.is_some_and(#known)),
        });
    }
    let made_up = schema.default.is_some() || schema.fill.is_some() || schema.types.null;
    if !property.required || made_up {
        return None;
    }
    if edge.only.is_some() {
        return None;
    }
    if schema.single && !matches!(schema.spot, Spot::Turns) {
        let slice = access::slice(cx, path, &v);
        return Some(quote!((#slice).len() == 1));
    }
    if let (Spot::List(_), Some(items)) = (&schema.spot, &schema.items)
        && cx.schema(items.content).part.is_some()
    {
        // A text that stands for parts must be able to, of each element.
        let (slice, fits) = (access::slice(cx, path, &v), variant_fits(cx, items));
        return Some(quote!((#slice).iter().all(|v| #fits)));
    }
    let needs_one =
        matches!(schema.spot, Spot::List(_) | Spot::Parts) && schema.limits.min_items.is_none();
    if needs_one || matches!(schema.spot, Spot::Turns) {
        return None;
    }
    if let Some(Codec::Member(member)) = &schema.codec {
        let found = access::get(cx, path, &v, true);
        return Some(quote!(#found.is_some_and(|x| x.member(#member).is_some())));
    }
    let there = access::present(cx, path, &v, true);
    if schema.fit == Some(Fit::Drop) && path.ty == Ty::Text {
        let found = access::get(cx, path, &v, true);
        return Some(quote!((cx.open || #found.is_some_and(|text| !text.is_empty()))));
    }
    let textual = schema.types.text || schema.codec == Some(Codec::Json);
    Some(if textual {
        quote!((cx.open || #there))
    } else {
        there
    })
}

/// A required constant that is bound is written only of the value that it stands for.
fn constant_fits(
    cx: &Context<'_>,
    property: &Property,
    schema: &Schema,
    path: &Path,
) -> Option<TokenStream> {
    let constant = schema.constant.as_ref().filter(|_| property.required)?;
    let Spot::Value(ty) = &schema.spot else {
        return None;
    };
    let found = access::get(cx, path, &quote!(v), true);
    if *ty == Ty::Text {
        let text = constant.as_str().unwrap_or_default();
        return Some(quote!(#found.is_some_and(|value| value == #text)));
    }
    let mapped = schema
        .map
        .iter()
        .filter(|e| e.wire.first() == Some(constant))
        .map(|e| serde_json::Value::String(e.canonical.clone()));
    let mut values: Vec<TokenStream> = mapped
        .map(|value| super::canonical::literal(&value, ty))
        .collect();
    if schema.map.is_empty() {
        values.push(super::canonical::literal(constant, ty));
    }
    Some(quote!(
        matches!(#found, #(::core::option::Option::Some(#values))|*)
    ))
}

/// A required enum is writable where its map gives a wire value.
fn mapped_fits(cx: &Context<'_>, schema: &Schema, path: &Path) -> TokenStream {
    let Ty::Enum(name) = &path.ty else {
        return quote!(true);
    };
    let written = schema
        .map
        .iter()
        .filter(|e| e.wire.first().is_some_and(|w| !w.is_null()));
    let values: Vec<TokenStream> = written
        .map(|e| super::canonical::enum_value(name, &e.canonical))
        .collect();
    let found = access::get(cx, path, &quote!(v), true);
    if values.is_empty() {
        return quote!(true);
    }
    quote!(matches!(#found, ::core::option::Option::Some(#(#values)|*)))
}

/// Expressions, each true if `v` has something that a sibling could say and this variant can't.
fn losses(cx: &Context<'_>, union: &Schema, index: usize, variant: &Edge) -> Vec<TokenStream> {
    if union.spot == Spot::Parts {
        return part_losses(cx, union, variant);
    }
    let Spot::Struct(_) = &union.spot else {
        return Vec::new();
    };
    let mut own = bound(cx, variant);
    if is_alone(cx, variant) {
        // What it is says whose it is.
        own.extend(bound_role(union, cx));
    }
    let mut others: BTreeMap<String, Path> = BTreeMap::new();
    for (i, sibling) in union.variants.iter().enumerate() {
        if i != index && !sibling.deprecated && !excludes(variant, sibling) {
            others.extend(bound(cx, sibling));
        }
    }
    let missing = others
        .into_iter()
        .filter(|(text, _)| !own.contains_key(text));
    missing
        .map(|(_, path)| access::present(cx, &path, &quote!(v), false))
        .collect()
}

fn bound_role(union: &Schema, cx: &Context<'_>) -> Option<(String, Path)> {
    let variants = union.variants.iter().map(|v| bound(cx, v));
    variants.flatten().find(|(text, _)| text == "role")
}

/// Whether two variants stand for different values of one field, so that never both fit.
fn excludes(a: &Edge, b: &Edge) -> bool {
    a.cases.iter().any(|x| {
        b.cases.iter().any(|y| {
            x.path == y.path && !x.texts().any(|text| y.texts().any(|other| text == other))
        })
    })
}

/// A text can't say what else its part holds, if a sibling list could.
fn part_losses(cx: &Context<'_>, union: &Schema, variant: &Edge) -> Vec<TokenStream> {
    let Some(part) = &cx.schema(variant.content).part else {
        return Vec::new();
    };
    if part.join.is_some() {
        return Vec::new();
    }
    let lists = union
        .variants
        .iter()
        .filter(|v| !v.deprecated)
        .filter_map(|v| cx.schema(v.content).items.as_ref());
    let mut fields: BTreeMap<String, Path> = BTreeMap::new();
    for items in lists {
        fields.extend(bound_of_kind(cx, items, &part.kind));
    }
    fields.remove("text");
    let Some(structure) = cx.canonical.get("Part") else {
        return Vec::new();
    };
    let there = fields
        .keys()
        .filter_map(|name| structure.field(name))
        .filter(|f| !f.read_only)
        .map(|f| is_there(f, &quote!(part)));
    let there: Vec<TokenStream> = there.collect();
    if there.is_empty() {
        Vec::new()
    } else {
        vec![quote!(v.iter().any(|part| #(#there)||*))]
    }
}
