//! Decoders of properties: each moves what it holds to where it is bound; computed ones are solved last.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::context::Context;
use super::read::edge;
use super::target::lvalue;
use crate::model::canonical::Ty;
use crate::model::schema::{Property, Schema, Spot};
use crate::model::shape::ShapeId;
use crate::names::ident;

pub fn properties(cx: &Context<'_>, schema: &Schema, shape: ShapeId) -> TokenStream {
    if schema.properties.is_empty() {
        return TokenStream::new();
    }
    let (computed, plain): (Vec<&Property>, Vec<&Property>) = schema
        .properties
        .iter()
        .partition(|p| p.edge.expr.is_some());
    let earlier = |property: &Property| {
        let same = |other: &&Property| {
            other.edge.bind.as_ref().map(|b| &b.text)
                == property.edge.bind.as_ref().map(|b| &b.text)
                && other.edge.only == property.edge.only
                && other.edge.bind.is_some()
                && !other.edge.deprecated
                && other.name != property.name
        };
        if property.edge.deprecated {
            schema.properties.iter().find(same)
        } else {
            None
        }
    };
    let guards = plain.iter().enumerate().filter_map(|(i, p)| {
        let other = field(cx, shape, &earlier(p)?.name)?;
        let guard = format_ident!("skip_{i}");
        Some(quote!(let #guard = wire.#other.is_some();))
    });
    let statements: Vec<TokenStream> = plain
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let statement = property(cx, p, shape);
            if earlier(p).is_some_and(|other| field(cx, shape, &other.name).is_some()) {
                let guard = format_ident!("skip_{i}");
                return quote!(if !#guard { #statement });
            }
            statement
        })
        .collect();
    let computed = computed.iter().map(|p| computed_property(cx, p, shape));
    let demanded = plain.iter().filter_map(|p| demanded(cx, schema, p, shape));
    let inside = quote!(#(#demanded)* #(#guards)* #(#statements)* #(#computed)*);
    if cx.wire.is_mixed(shape) {
        return quote!(if let ::gateway::wire::read::Mixed::Object(wire) = &mut *wire { #inside });
    }
    inside
}

/// A message without its role or its content says nothing: a caller is told what it lacks. Other required properties
/// are asked for only where the hub needs them.
fn demanded(
    cx: &Context<'_>,
    schema: &Schema,
    property: &Property,
    shape: ShapeId,
) -> Option<TokenStream> {
    let inner = cx.schema(property.edge.content);
    let nullable = |schema: &Schema| schema.types.null || schema.default.is_some();
    let variants = inner.variants.iter().map(|v| cx.schema(v.content));
    let spared = nullable(inner) || variants.into_iter().any(|v| v.types.null);
    let of_turn = schema.spot == Spot::Struct("Turn".to_owned()) && property.edge.bind.is_some();
    if !of_turn || !property.required || property.edge.deprecated || spared {
        return None;
    }
    let (field, name) = (field(cx, shape, &property.name)?, &property.name);
    Some(quote! {
        if wire.#field.is_none() && cx.demands() {
            return ::core::result::Result::Err(::gateway::error::Fault::new("is required").at(#name));
        }
    })
}

pub fn field(cx: &Context<'_>, shape: ShapeId, name: &str) -> Option<Ident> {
    cx.wire
        .shape(shape)
        .object
        .as_ref()
        .and_then(|o| o.idents.get(name))
        .map(|n| ident(n))
}

fn property(cx: &Context<'_>, property: &Property, shape: ShapeId) -> TokenStream {
    let Some(inner) = cx
        .wire
        .shape(shape)
        .object
        .as_ref()
        .and_then(|o| o.field(&property.name))
    else {
        return TokenStream::new();
    };
    let Some(field) = field(cx, shape, &property.name) else {
        return TokenStream::new();
    };
    let name = &property.name;
    let statements = edge(cx, &property.edge, inner);
    if statements.is_empty() {
        return statements;
    }
    let unsaid = unsaid(cx, property);
    // A closure, so that a fault on the way gets its place.
    quote! {
        if let ::core::option::Option::Some(wire) = &mut wire.#field {
            (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #statements ::core::result::Result::Ok(()) })().map_err(|fault| fault.at(#name))?;
        } #unsaid
    }
}

/// A switch that is on unless it is said to be off, or the other way round: where the hub's own default is another, its
/// absence says something.
fn unsaid(cx: &Context<'_>, property: &Property) -> Option<TokenStream> {
    let path = property
        .edge
        .bind
        .as_ref()
        .filter(|path| path.ty == Ty::Bool)?;
    let schema = cx.schema(property.edge.content);
    let said = schema
        .default
        .as_ref()
        .and_then(serde_json::Value::as_bool)?;
    let step = path.steps.last()?;
    let field = cx.canonical.get(&step.owner)?.field(&step.field)?;
    let own = field
        .default
        .as_ref()
        .and_then(serde_json::Value::as_bool)?;
    if said == own || !schema.map.is_empty() || path.steps.len() > 1 {
        return None;
    }
    let target = lvalue(cx, path, &quote!(out));
    Some(quote!(else { #target = #said; }))
}

/// `x-expr`: solved for the first name once the others are read.
fn computed_property(cx: &Context<'_>, property: &Property, shape: ShapeId) -> TokenStream {
    let (Some(expr), Some(field)) = (&property.edge.expr, field(cx, shape, &property.name)) else {
        return TokenStream::new();
    };
    let first = ident(&expr.first);
    let others = expr.others.iter().map(|(plus, name)| {
        let name = ident(name);
        if *plus {
            quote!(- out.#name.unwrap_or(0))
        } else {
            quote!(+ out.#name.unwrap_or(0))
        }
    });
    let read = quote!(if let ::core::option::Option::Some(n) = wire.#field.as_mut().and_then(|n| n.take_integer()) { out.#first = ::core::option::Option::Some(n #(#others)*); });
    let default = cx
        .schema(property.edge.content)
        .default
        .as_ref()
        .and_then(serde_json::Value::as_i64);
    let Some(default) = default else { return read };
    let others2 = expr.others.iter().map(|(plus, name)| {
        let name = ident(name);
        if *plus {
            quote!(- out.#name.unwrap_or(0))
        } else {
            quote!(+ out.#name.unwrap_or(0))
        }
    });
    let some = expr.others.iter().map(|(_, name)| {
        let name = ident(name);
        quote!(out.#name.is_some())
    });
    quote!(#read else if #(#some)||* { out.#first = ::core::option::Option::Some(#default #(#others2)*); })
}
