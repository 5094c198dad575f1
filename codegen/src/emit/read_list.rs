//! Decoders of lists: of parts, of turns, of anything; one bare element is a list of one.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::read::{call, edge_with};
use super::target::{assign, lvalue};
use super::{condition, value};
use crate::model::schema::{AsPart, Codec, Edge, Property, Schema, Spot};
use crate::model::shape::ShapeId;
use crate::model::tests;

/// Runs `body` with `items`, if the value is a list.
pub fn in_list(cx: &Context<'_>, shape: ShapeId, opened: bool, body: &TokenStream) -> TokenStream {
    let wire = if cx.wire.shape(shape).whole && !opened {
        quote!(&mut wire.value)
    } else {
        quote!(&mut *wire)
    };
    if cx.wire.is_mixed(shape) {
        return quote!(if let ::gateway::wire::read::Mixed::List(items) = #wire { #body });
    }
    quote!({ let items = #wire; #body })
}

pub fn list(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    if !schema.variants.is_empty() {
        let arms = tests::of(&cx.dialect.schemas, &schema.variants)
            .into_iter()
            .filter(|(i, _)| !schema.variants[*i].read_only)
            .map(|(i, tests)| {
                let test = if opened {
                    condition::all_opened(&cx.wire, &tests, &quote!((&*wire)), shape)
                } else {
                    condition::all(&cx.wire, &tests, &quote!((&*wire)), shape)
                };
                let statements = edge_with(cx, &schema.variants[i], shape, opened);
                quote!(if #test { #statements } else)
            });
        let expected = condition::expectation(&tests::of(&cx.dialect.schemas, &schema.variants));
        return quote!(#(#arms)* { cx.unknown(#expected)?; });
    }
    if let Some(part) = &schema.part {
        return text_part(cx, schema, shape, part, opened);
    }
    let Some(items) = &schema.items else {
        return TokenStream::new();
    };
    if schema.single {
        return element(cx, items, shape, opened);
    }
    let inner = cx.wire.shape(shape).list.unwrap_or_default();
    let element = element(cx, items, inner, false);
    // Turns are large, and a conversation has many.
    let is_turn = matches!(&items.outer, Spot::Struct(name) if name == "Turn");
    let room = is_turn.then(|| quote!(out.reserve(items.0.len());));
    let body = quote!(#room for (i, wire) in items.0.iter_mut().enumerate() {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #element ::core::result::Result::Ok(()) })().map_err(|fault| fault.at_index(i))?;
    });
    in_list(cx, shape, opened, &body)
}

/// A text that is one part.
fn text_part(
    cx: &Context<'_>,
    schema: &Schema,
    shape: ShapeId,
    part: &AsPart,
    opened: bool,
) -> TokenStream {
    let kind = cx.kind(&part.kind);
    let means_none = schema.absent.iter().any(|value| value.as_str() == Some(""));
    let keep_empty = if part.kind == "text" && !means_none {
        quote!(!text.is_empty() || cx.keeps_empty())
    } else {
        quote!(!text.is_empty())
    };
    let text = if schema.codec == Some(Codec::Json) {
        value::json_text(cx, shape, opened)
    } else {
        quote!(wire.take_text())
    };
    quote! {
        if let ::core::option::Option::Some(text) = #text && (#keep_empty) {
            out.push(::gateway::canonical::Part { kind: #kind, text: ::core::option::Option::Some(text), ..::core::default::Default::default() });
        }
    }
}

/// Reads one element and appends it to `out`.
fn element(cx: &Context<'_>, items: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    if let Spot::Value(_) = &items.outer {
        let schema = cx.schema(items.content);
        if let Spot::Value(ty) = &schema.spot {
            let value = value::read(cx, schema, items.content, shape, ty, opened);
            return quote!(if let ::core::option::Option::Some(value) = #value { out.push(value); });
        }
        return TokenStream::new();
    }
    let is_turn = matches!(&items.outer, Spot::Struct(name) if name == "Turn");
    let target = cx.target_type(&items.outer);
    let target: TokenStream = target
        .to_string()
        .replace("'a", "'_")
        .parse()
        .unwrap_or_default();
    let keep = if is_turn {
        if super::kinds::is_flat(cx) {
            quote!(element.join_into(out);)
        } else {
            quote!(element.push_into(out);)
        }
    } else if holds_parts(cx, items) {
        quote!(element.spread_into(out);)
    } else {
        quote!(out.push(element);)
    };
    let known = known(cx, items, shape, opened);
    quote! {
        let mut element: #target = ::core::default::Default::default();
        let known = { let out = &mut element; #known };
        if known { #keep }
    }
}

/// Whether an element of a list of parts may itself be several parts.
fn holds_parts(cx: &Context<'_>, items: &Edge) -> bool {
    let spread = |variant: &Edge| {
        let mut properties = cx.schema(variant.content).properties.iter();
        let is_parts = |p: &Property| p.edge.bind.as_ref().is_some_and(|b| b.text == "parts");
        variant.cases.is_empty() && properties.any(is_parts)
    };
    let is_part = matches!(&items.outer, Spot::Struct(name) if name == "Part");
    is_part && cx.schema(items.content).variants.iter().any(spread)
}

/// A block that reads an element into `out` and says whether it was known.
fn known(cx: &Context<'_>, items: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(items.content);
    let by_function = items.bind.is_none()
        && !items.read_only
        && matches!(schema.spot, Spot::Struct(_))
        && schema.codec != Some(Codec::DataUrl)
        && !(schema.properties.is_empty() && schema.variants.is_empty())
        && (!schema.types.list || schema.types.object);
    if by_function {
        let cases = items
            .cases
            .iter()
            .filter(|case| !case.value.is_array())
            .map(|case| {
                let target = lvalue(cx, &case.path, &quote!(out));
                let value = super::canonical::literal(&case.value, &case.path.ty);
                assign(cx, &case.path, &target, &value)
            });
        let call = call(cx, items.content, shape, opened);
        return quote!(#(#cases)* #call);
    }
    let statements = edge_with(cx, items, shape, opened);
    quote!(#statements true)
}
