//! What is written of a property that isn't simply bound: constants, what is required and absent, what is computed.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::access;
use super::context::Context;
use super::write::{content, elided};
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Property, Schema, Spot};

/// A constant: always if it must be there, else with whatever begins a part, or if the bound value agrees.
pub fn constant(cx: &Context<'_>, property: &Property, key: &TokenStream) -> Option<TokenStream> {
    let schema = cx.schema(property.edge.content);
    let constant = schema.constant.as_ref()?;
    let json = constant.to_string();
    if property.required && schema.spot != Spot::Nothing {
        return Some(quote!(w.key(#key); w.json(#json);));
    }
    if property.required {
        return Some(quote!(w.fixed(#key, #json);));
    }
    let (Some(path), Spot::Value(ty)) = (&property.edge.bind, &schema.spot) else {
        return Some(quote!(if cx.head { w.fixed(#key, #json); }));
    };
    let mapped = schema
        .map
        .iter()
        .find(|e| e.wire.contains(constant))
        .map(|e| Value::String(e.canonical.clone()));
    let value = match (ty, mapped) {
        (Ty::Bool, Some(Value::String(flag))) => {
            let flag = flag == "true";
            quote!(#flag)
        }
        (_, mapped) => super::canonical::literal(mapped.as_ref().unwrap_or(constant), ty),
    };
    let found = access::get(cx, path, &quote!(v), true);
    Some(quote!(if #found == ::core::option::Option::Some(#value) { w.key(#key); w.json(#json); }))
}

/// What is written of a required property that has no value.
pub fn absent(cx: &Context<'_>, property: &Property, key: &TokenStream) -> TokenStream {
    if !property.required {
        return TokenStream::new();
    }
    let schema = cx.schema(property.edge.content);
    let name = &property.name;
    let fixed = |json: &str| quote!(w.fixed(#key, #json););
    let otherwise = if let Some(default) = &schema.default {
        fixed(&default.to_string())
    } else if let Some(("field", Some(other))) = schema
        .fill
        .as_ref()
        .map(|(source, other)| (source.as_str(), other.as_ref()))
    {
        let other = crate::names::ident(other);
        let rows = schema
            .fill_map
            .iter()
            .map(|(is, then)| quote!(#is => #then,));
        match (schema.fill_map.is_empty(), schema.types.null) {
            (true, _) => quote!(w.key(#key); w.text(::gateway::wire::write::filled(&v.#other));),
            (false, true) => quote!(
                w.key(#key);
                match match v.#other.name() { #(#rows)* _ => "" } { "" => w.json("null"), text => w.text(text) }
            ),
            (false, false) => {
                quote!(w.key(#key); w.text(match v.#other.name() { #(#rows)* _ => "" });)
            }
        }
    } else if let Some(made) = made(schema, key) {
        made
    } else if schema.types.null
        || schema
            .variants
            .iter()
            .any(|v| cx.schema(v.content).types.any_null())
    {
        fixed("null")
    } else if matches!(schema.spot, Spot::List(_) | Spot::Parts | Spot::Turns)
        && (schema.types.list
            || schema
                .variants
                .iter()
                .any(|v| cx.schema(v.content).types.list))
    {
        fixed("[]")
    } else if let Spot::Struct(structure) = &schema.spot
        && property.edge.bind.is_some()
        && structure != "Part"
        && cx
            .canonical
            .get(structure)
            .is_some_and(|s| s.kind.is_none())
    {
        let (write, ty) = (
            content(cx, property.edge.content, &quote!(&nothing)),
            elided(&cx.target_type(&schema.spot)),
        );
        quote!({ let nothing: #ty = ::core::default::Default::default(); w.frame(#key); let written: ::core::result::Result<bool, ::gateway::error::Fault> = #write; written?; })
    } else {
        quote!(return ::core::result::Result::Err(::gateway::error::Fault::new("needs a value, and there is none").at(#name));)
    };
    let empty = match &schema.codec {
        Some(Codec::Json) => Some("{}"),
        _ if schema.types.text && property.edge.bind.is_some() => Some("\"\""),
        _ => None,
    };
    match empty {
        Some(json) => quote!(if cx.open { w.fixed(#key, #json); } else { #otherwise }),
        None => otherwise,
    }
}

/// What `x-fill` makes of nothing but where the writing stands.
fn made(schema: &Schema, key: &TokenStream) -> Option<TokenStream> {
    let (source, argument) = schema.fill.as_ref()?;
    let argument = argument.as_deref().unwrap_or_default();
    Some(match source.as_str() {
        "constant" => quote!(w.fixed(#key, #argument);),
        "sequence" => quote!(w.fixed(#key, &cx.sequence.to_string());),
        "place-id" => quote!(w.fixed(#key, &cx.place_id(#argument, v.index));),
        _ => return None,
    })
}

/// `x-expr`
pub fn computed(
    cx: &Context<'_>,
    property: &Property,
    expr: &crate::model::schema::Expr,
    key: &TokenStream,
    absent: &TokenStream,
) -> TokenStream {
    let schema = cx.schema(property.edge.content);
    let first = crate::names::ident(&expr.first);
    let others = expr.others.iter().map(|(plus, name)| {
        let name = crate::names::ident(name);
        if *plus {
            quote!(+ v.#name.unwrap_or(0))
        } else {
            quote!(- v.#name.unwrap_or(0))
        }
    });
    let least = schema.limits.minimum.map(|least| {
        let least = least as i64;
        quote!(let n = n.max(#least);)
    });
    quote! {
        match v.#first {
            ::core::option::Option::Some(n) => { let n = n #(#others)*; #least w.key(#key); w.integer(n); }
            ::core::option::Option::None => { #absent }
        }
    }
}
