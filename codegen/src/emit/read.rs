//! Decoders: functions that move a wire value into the canonical struct around it.
//!
//! A function is `fn(wire: &mut Wire, out: &mut Target, cx: &mut Reading) -> Result<bool, Fault>`; `false`: nothing in it
//! was known, so the element is skipped.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::context::Context;
use super::read_list::{in_list, list};
use super::read_property::properties;
use super::target::{assign, lvalue, set_value};
use super::{condition, value};
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Edge, Only, Schema, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::model::tests;

/// One reader; `opened`: of the inside of a `Whole`, whose JSON it is given too.
pub fn function(
    cx: &Context<'_>,
    id: SchemaId,
    shape: ShapeId,
    opened: bool,
    name: &Ident,
) -> TokenStream {
    let schema = cx.schema(id);
    let wire = if opened {
        cx.opened_type(shape)
    } else {
        cx.parsed_type(shape)
    };
    let json = opened.then(|| quote!(json: &'a str,));
    let target = cx.target_type(&schema.spot);
    let doc = format!("Reads `{}`.", schema.place);
    let body = body(cx, schema, shape, opened);
    let lifetime = (opened || cx.wire.type_borrows(shape) || target.to_string().contains("'a"))
        .then(|| quote!(<'a>));
    quote! {
        #[doc = #doc]
        fn #name #lifetime(wire: &mut #wire, #json out: &mut #target, cx: &mut ::gateway::wire::read::Reading) -> ::core::result::Result<bool, ::gateway::error::Fault> {
            #body
        }
    }
}

fn body(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    let choice = choice(cx, schema, shape, opened);
    let is_whole = cx.wire.shape(shape).whole;
    let open = (is_whole && !opened).then(|| {
        let fault = fault(cx, schema);
        quote!(#fault let json = wire.json; let wire = &mut wire.value; let _ = json;)
    });
    let properties = properties(cx, schema, shape);
    let variants = variants(cx, schema, shape);
    quote! {
        let _ = (&wire, &out, &cx);
        #choice
        #open
        #properties
        #variants
    }
}

/// What can't be read is a fault of every variant but those that are kept as they came.
fn fault(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let as_it_came = |edge: &Edge| {
        let inner = cx.schema(edge.content);
        inner.raw && matches!(inner.spot, Spot::Value(_))
    };
    let variants = schema.variants.iter().enumerate();
    let kept = variants
        .filter(|(_, edge)| as_it_came(edge))
        .map(|(i, _)| quote!(&& variant != #i));
    quote!(if wire.fault.is_some() #(#kept)* { return wire.fault.take().map_or(::core::result::Result::Ok(false), ::core::result::Result::Err); })
}

/// Which variant it is, found before anything is moved out.
fn choice(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> Option<TokenStream> {
    if schema.variants.is_empty() {
        return None;
    }
    let arms = tests::of(&cx.dialect.schemas, &schema.variants)
        .into_iter()
        .filter(|(i, _)| !schema.variants[*i].read_only)
        .map(|(i, tests)| {
            let test = if opened {
                condition::all_opened(&cx.wire, &tests, &quote!((&*wire)), shape)
            } else {
                condition::all(&cx.wire, &tests, &quote!((&*wire)), shape)
            };
            quote!(if #test { #i } else)
        });
    Some(quote!(let variant: usize = #(#arms)* { usize::MAX };))
}

fn variants(cx: &Context<'_>, schema: &Schema, shape: ShapeId) -> TokenStream {
    if schema.variants.is_empty() {
        return quote!(::core::result::Result::Ok(true));
    }
    let expected = condition::expectation(&tests::of(&cx.dialect.schemas, &schema.variants));
    let arms = schema.variants.iter().enumerate().map(|(i, variant)| {
        let statements = variant_statements(cx, variant, shape);
        quote!(#i => { #statements })
    });
    quote! {
        match variant {
            #(#arms)*
            _ => {
                cx.unknown(#expected)?;
                return ::core::result::Result::Ok(false);
            }
        }
        ::core::result::Result::Ok(true)
    }
}

/// A variant reads from the value that its union has: `wire` is inside of a `Whole` by now.
fn variant_statements(cx: &Context<'_>, variant: &Edge, shape: ShapeId) -> TokenStream {
    edge_with(cx, variant, shape, cx.wire.shape(shape).whole)
}

/// Statements that move `wire`, of this shape, into `out`, the struct (or list, or value) around it.
pub fn edge(cx: &Context<'_>, edge: &Edge, shape: ShapeId) -> TokenStream {
    edge_with(cx, edge, shape, false)
}

/// The same, where `opened` says that `wire` is the inside of a `Whole` already.
pub fn edge_with(cx: &Context<'_>, edge: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    if edge.read_only {
        return TokenStream::new();
    }
    // A case of several values says nothing when read.
    let cases = edge
        .cases
        .iter()
        .filter(|case| !case.value.is_array())
        .map(|case| {
            let target = lvalue(cx, &case.path, &quote!(out));
            let value = super::canonical::literal(&case.value, &case.path.ty);
            assign(cx, &case.path, &target, &value)
        });
    let content = bound(cx, edge, shape, opened);
    quote!(#(#cases)* #content)
}

fn bound(cx: &Context<'_>, edge: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(edge.content);
    let Some(path) = &edge.bind else {
        return content(cx, edge.content, shape, opened);
    };
    match &schema.spot {
        Spot::Nothing => TokenStream::new(),
        Spot::Value(_) if matches!(schema.codec, Some(Codec::Member(_))) => {
            let Some(Codec::Member(member)) = &schema.codec else {
                return TokenStream::new();
            };
            let target = lvalue(cx, path, &quote!(out));
            let origin = &cx.dialect.name;
            quote!(if let ::core::option::Option::Some(text) = wire.take_text() { ::gateway::wire::Sealed::put(&mut #target, #origin, #member, &text); })
        }
        Spot::Value(ty) => {
            let value = value::read(cx, schema, edge.content, shape, ty, opened);
            let set = set_value(cx, path);
            quote!(if let ::core::option::Option::Some(value) = #value { #set })
        }
        Spot::Parts if matches!(edge.only, Some(Only::Role(_))) => {
            let Some(Only::Role(role)) = &edge.only else {
                return TokenStream::new();
            };
            let role = super::canonical::enum_value("Role", role);
            let target = lvalue(cx, path, &quote!(out));
            let inner = content(cx, edge.content, shape, opened);
            quote! {
                let mut parts: ::std::vec::Vec<::gateway::canonical::Part<'_>> = ::std::vec::Vec::new();
                { let out = &mut parts; #inner }
                ::gateway::canonical::lead(&mut #target, #role, parts);
            }
        }
        _ => {
            let target = lvalue(cx, path, &quote!(out));
            let inner = content(cx, edge.content, shape, opened);
            quote!({ let out = &mut *(&mut #target); #inner })
        }
    }
}

/// Statements that read a content into `out`, which is what its spot says.
pub fn content(cx: &Context<'_>, id: SchemaId, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(id);
    match &schema.spot {
        Spot::Nothing => TokenStream::new(),
        Spot::Struct(_) => structure(cx, schema, id, shape, opened),
        Spot::Value(ty) => {
            let value = value::read(cx, schema, id, shape, ty, opened);
            quote!(if let ::core::option::Option::Some(value) = #value { if out.is_none() { *out = ::core::option::Option::Some(value); } })
        }
        Spot::List(_) | Spot::Parts | Spot::Turns => list(cx, schema, shape, opened),
    }
}

fn structure(
    cx: &Context<'_>,
    schema: &Schema,
    id: SchemaId,
    shape: ShapeId,
    opened: bool,
) -> TokenStream {
    if schema.codec == Some(Codec::DataUrl) {
        return quote!(
            if let ::core::option::Option::Some(text) = wire.take_text() {
                *out = ::gateway::codec::data_url::decode(text);
            }
        );
    }
    if schema.types.list
        && !schema.types.object
        && let Some(items) = &schema.items
    {
        // Scenery: every element belongs to the struct around the list.
        let element = edge(cx, items, cx.wire.shape(shape).list.unwrap_or_default());
        let element = match &schema.join {
            Some(between) => joined(cx, items, &element, between),
            None => element,
        };
        let body = quote!(for (i, wire) in items.0.iter_mut().enumerate() {
            (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #element ::core::result::Result::Ok(()) })().map_err(|fault| fault.at_index(i))?;
        });
        return in_list(cx, shape, opened, &body);
    }
    if schema.properties.is_empty() && schema.variants.is_empty() {
        return TokenStream::new();
    }
    let call = call(cx, id, shape, opened);
    quote!(#call;)
}

/// Elements of a list whose texts are one text.
fn joined(cx: &Context<'_>, items: &Edge, element: &TokenStream, between: &str) -> TokenStream {
    let bound = super::bound::bound(cx, items);
    let text = bound.values().find(|path| path.ty == Ty::Text);
    let Some(target) = text.map(|path| lvalue(cx, path, &quote!(out))) else {
        return element.clone();
    };
    quote! {
        let before = #target.take();
        #element
        let more = #target.take();
        #target = ::gateway::canonical::joined(before, more, #between);
    }
}

/// Calls the reader of a schema; an expression of type `bool`.
pub fn call(cx: &Context<'_>, id: SchemaId, shape: ShapeId, opened: bool) -> TokenStream {
    let opened = opened && cx.wire.shape(shape).whole;
    let function = cx.reader(id, shape, opened);
    if opened {
        quote!(#function(wire, json, out, cx)?)
    } else {
        quote!(#function(wire, out, cx)?)
    }
}
