//! Single values: from the wire to what they mean.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::canonical::{enum_value, rust_type};
use super::condition;
use super::context::Context;
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Schema, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::model::tests;

/// An expression of type `Option<V>` that takes the value out of `wire`.
pub fn read(
    cx: &Context<'_>,
    schema: &Schema,
    id: SchemaId,
    shape: ShapeId,
    ty: &Ty,
    opened: bool,
) -> TokenStream {
    let value = said(cx, schema, id, shape, ty, opened);
    let texts: Vec<&str> = schema.absent.iter().filter_map(Value::as_str).collect();
    let numbers: Vec<i64> = schema.absent.iter().filter_map(Value::as_i64).collect();
    match ty {
        Ty::Text if !texts.is_empty() => {
            quote!((#value).filter(|text| !matches!(&**text, #(#texts)|*)))
        }
        Ty::Sealed if !schema.absent.is_empty() => {
            let json = |value: &Value| match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            let texts: Vec<String> = schema.absent.iter().map(json).collect();
            quote!((#value).filter(|sealed| !matches!(&*sealed.value, #(#texts)|*)))
        }
        Ty::Integer if !numbers.is_empty() => {
            quote!((#value).filter(|number| !matches!(number, #(#numbers)|*)))
        }
        _ => value,
    }
}

/// The value, before what is as good as none is left out.
fn said(
    cx: &Context<'_>,
    schema: &Schema,
    id: SchemaId,
    shape: ShapeId,
    ty: &Ty,
    opened: bool,
) -> TokenStream {
    if !schema.variants.is_empty() {
        return union(cx, schema, shape, ty, opened);
    }
    if !schema.is_plain() {
        return inside(cx, id, shape, ty, opened);
    }
    if let Some(constant) = &schema.constant {
        return constant_value(cx, schema, shape, ty, constant);
    }
    match ty {
        Ty::Enum(name) => enumeration(cx, schema, name),
        Ty::Bool => boolean(schema),
        Ty::Integer => match &schema.codec {
            Some(Codec::Rfc3339) => quote!(
                wire.take_text()
                    .and_then(|text| ::gateway::codec::time::rfc3339_decode(&text))
            ),
            _ => quote!(wire.take_integer()),
        },
        Ty::Number => match &schema.codec {
            Some(Codec::Seconds) => quote!(
                wire.take_text()
                    .and_then(|text| ::gateway::codec::number::seconds_decode(&text))
            ),
            Some(Codec::Milliseconds) => quote!(
                wire.take_text()
                    .and_then(|text| ::gateway::codec::number::milliseconds_decode(&text))
            ),
            Some(Codec::RetryAfter) => quote!(
                wire.take_text()
                    .and_then(|text| ::gateway::codec::number::retry_after_decode(&text))
            ),
            _ => quote!(wire.take_number()),
        },
        Ty::Text => text(cx, schema, shape, opened),
        Ty::Raw => raw(cx, schema, shape, opened),
        Ty::Sealed => {
            let origin = &cx.dialect.name;
            let mut value = if schema.raw {
                json_text(cx, shape, opened)
            } else {
                quote!(wire.take_text())
            };
            if schema.raw && schema.types.list {
                // A list of nothing says nothing.
                value = quote!(#value.filter(|value| *value != "[]"));
            }
            quote!(#value.map(|value| ::gateway::wire::Sealed { origin: #origin, value }))
        }
        Ty::Struct(_) | Ty::List(_) => quote!(::core::option::Option::None),
    }
}

/// The JSON text of a value that is kept as it came.
pub fn json_text(cx: &Context<'_>, shape: ShapeId, opened: bool) -> TokenStream {
    let merged = cx.wire.shape(shape);
    if merged.whole {
        let json = if opened {
            quote!(json)
        } else {
            quote!(wire.json)
        };
        return quote!(::core::option::Option::Some(::std::borrow::Cow::Borrowed(#json)));
    }
    if cx.wire.is_mixed(shape) {
        return quote!(
            if let ::gateway::wire::read::Mixed::Object(json) = &mut *wire {
                json.take_json().map(::std::borrow::Cow::Borrowed)
            } else {
                ::core::option::Option::None
            }
        );
    }
    quote!(wire.take_json().map(::std::borrow::Cow::Borrowed))
}

fn text(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    match &schema.codec {
        Some(Codec::Json) => json_text(cx, shape, opened),
        Some(Codec::Prefix(prefix)) => {
            quote!(wire.take_text().map(|text| ::gateway::codec::prefix::decode(text, #prefix)))
        }
        _ if schema.raw => json_text(cx, shape, opened),
        _ => quote!(wire.take_text()),
    }
}

fn raw(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    let json = json_text(cx, shape, opened);
    if schema.codec == Some(Codec::OpenapiSubset) {
        return quote!(#json.map(|json: ::std::borrow::Cow<'_, str>| ::gateway::wire::Raw(match ::gateway::codec::schema::from_subset(&json) {
            ::core::option::Option::Some(changed) => ::std::borrow::Cow::Owned(changed),
            ::core::option::Option::None => json,
        })));
    }
    quote!(#json.map(::gateway::wire::Raw))
}

fn union(cx: &Context<'_>, schema: &Schema, shape: ShapeId, ty: &Ty, opened: bool) -> TokenStream {
    let arms = tests::of(&cx.dialect.schemas, &schema.variants)
        .into_iter()
        .map(|(i, tests)| {
            let variant = &schema.variants[i];
            let test = if opened {
                condition::all_opened(&cx.wire, &tests, &quote!((&*wire)), shape)
            } else {
                condition::all(&cx.wire, &tests, &quote!((&*wire)), shape)
            };
            let inner = cx.schema(variant.content);
            let value = if variant.read_only || inner.spot == Spot::Nothing {
                quote!(::core::option::Option::None)
            } else {
                read(cx, inner, variant.content, shape, ty, opened)
            };
            quote!(if #test { #value } else)
        });
    quote!(#(#arms)* { ::core::option::Option::None })
}

/// A value dressed as an object: one of its properties is bound to `.`.
fn inside(cx: &Context<'_>, id: SchemaId, shape: ShapeId, ty: &Ty, opened: bool) -> TokenStream {
    let ty = rust_type(ty, cx.canonical);
    let ty: TokenStream = ty
        .to_string()
        .replace("'a", "'_")
        .parse()
        .unwrap_or_default();
    let opened = opened && cx.wire.shape(shape).whole;
    let function = cx.reader(id, shape, opened);
    let json = opened.then(|| quote!(json,));
    quote!({
        let mut value: ::core::option::Option<#ty> = ::core::option::Option::None;
        #function(wire, #json &mut value, cx)?;
        value
    })
}

fn constant_value(
    cx: &Context<'_>,
    schema: &Schema,
    shape: ShapeId,
    ty: &Ty,
    constant: &Value,
) -> TokenStream {
    let mapped = schema
        .map
        .iter()
        .find(|entry| entry.wire.contains(constant))
        .map(|entry| Value::String(entry.canonical.clone()));
    let value = match (ty, mapped) {
        (Ty::Bool, Some(Value::String(flag))) => {
            let flag = flag == "true";
            quote!(#flag)
        }
        (_, mapped) => super::canonical::literal(mapped.as_ref().unwrap_or(constant), ty),
    };
    let test = condition::constant(&cx.wire, constant, &quote!((&*wire)), shape);
    quote!(if #test { ::core::option::Option::Some(#value) } else { ::core::option::Option::None })
}

/// Wire values of an enum: by its map, or by its own names.
pub fn rows(cx: &Context<'_>, schema: &Schema, name: &str) -> Vec<(String, Vec<Value>, bool)> {
    if !schema.map.is_empty() {
        return schema
            .map
            .iter()
            .map(|entry| (entry.canonical.clone(), entry.wire.clone(), entry.other))
            .collect();
    }
    let admitted = |value: &&String| {
        schema.values.is_empty() || schema.values.iter().any(|v| v.as_str() == Some(value))
    };
    let own = cx.canonical.values(name).iter().filter(admitted);
    own.map(|value| (value.clone(), vec![Value::String(value.clone())], false))
        .collect()
}

fn enumeration(cx: &Context<'_>, schema: &Schema, name: &str) -> TokenStream {
    let rows = rows(cx, schema, name);
    let mut seen = std::collections::BTreeSet::new();
    let mut expected = Vec::new();
    let mut arms = Vec::new();
    let none: Vec<&str> = schema
        .absent
        .iter()
        .filter_map(Value::as_str)
        .filter(|text| seen.insert((*text).to_owned()))
        .collect();
    if !none.is_empty() {
        arms.push(quote!(#(#none)|* => ::core::option::Option::None,));
    }
    for (canonical, wire, _) in &rows {
        let texts: Vec<&str> = wire
            .iter()
            .filter_map(Value::as_str)
            .filter(|text| seen.insert((*text).to_owned()))
            .collect();
        if texts.is_empty() {
            continue;
        }
        expected.extend(texts.iter().map(|t| (*t).to_owned()));
        let value = enum_value(name, canonical);
        arms.push(quote!(#(#texts)|* => ::core::option::Option::Some(#value),));
    }
    let other = rows
        .iter()
        .find(|(_, _, other)| *other)
        .map(|(canonical, _, _)| enum_value(name, canonical));
    let otherwise = match other {
        Some(value) => quote!(_ => ::core::option::Option::Some(#value),),
        None => {
            let expected = format!("expected one of: {}", expected.join(", "));
            quote!("" => ::core::option::Option::None, _ => { cx.unknown(#expected)?; ::core::option::Option::None })
        }
    };
    let empty = otherwise
        .to_string()
        .starts_with("_")
        .then(|| quote!("" => ::core::option::Option::None,));
    let by_text = quote!(match wire.take_text() {
        ::core::option::Option::Some(text) => match &*text { #(#arms)* #empty #otherwise },
        ::core::option::Option::None => ::core::option::Option::None,
    });
    flags(schema, name, &rows, by_text)
}

/// Values of an enum that the wire has as booleans, before those that it has as texts.
fn flags(
    schema: &Schema,
    name: &str,
    rows: &[(String, Vec<Value>, bool)],
    by_text: TokenStream,
) -> TokenStream {
    let of = |flag: bool| {
        let row = rows
            .iter()
            .find(|(_, wire, _)| wire.contains(&Value::Bool(flag)));
        match row.map(|(canonical, ..)| enum_value(name, canonical)) {
            Some(value) => quote!(::core::option::Option::Some(#value)),
            None => quote!(::core::option::Option::None),
        }
    };
    if !schema.types.boolean {
        return by_text;
    }
    let (yes, no) = (of(true), of(false));
    let otherwise = if schema.types.text {
        by_text
    } else {
        quote!(::core::option::Option::None)
    };
    quote!(match ::gateway::wire::read::flag(wire) {
        ::core::option::Option::Some(true) => #yes,
        ::core::option::Option::Some(false) => #no,
        ::core::option::Option::None => #otherwise,
    })
}

fn boolean(schema: &Schema) -> TokenStream {
    if schema.map.is_empty() {
        return quote!(::gateway::wire::read::flag(wire));
    }
    let is_text = schema
        .map
        .iter()
        .flat_map(|e| &e.wire)
        .any(Value::is_string);
    if is_text {
        let arms = schema.map.iter().flat_map(|entry| {
            let flag = entry.canonical == "true";
            entry
                .wire
                .iter()
                .filter_map(Value::as_str)
                .map(move |text| quote!(#text => ::core::option::Option::Some(#flag),))
                .collect::<Vec<_>>()
        });
        return quote!(match wire.take_text() { ::core::option::Option::Some(text) => match &*text { #(#arms)* _ => ::core::option::Option::None }, ::core::option::Option::None => ::core::option::Option::None });
    }
    let inverted = schema
        .map
        .iter()
        .any(|entry| entry.canonical == "true" && entry.wire.contains(&Value::Bool(false)));
    if inverted {
        quote!(::gateway::wire::read::flag(wire).map(|flag| !flag))
    } else {
        quote!(::gateway::wire::read::flag(wire))
    }
}
