//! Encoders of properties: bound ones, edited ones, and objects that only dress what is in them.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::fallback::{absent, computed, constant};
use super::write::content;
use super::write_list::listed;
use super::{access, scalar};
use crate::model::schema::{Codec, Only, Property, Schema, Spot};

pub fn fields(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let taken = |property: &Property| -> Vec<String> {
        let same = |other: &&Property| {
            other.name != property.name
                && !other.edge.deprecated
                && other.edge.bind.as_ref().map(|b| &b.text)
                    == property.edge.bind.as_ref().map(|b| &b.text)
        };
        schema
            .properties
            .iter()
            .filter(same)
            .filter_map(|p| match &p.edge.only {
                Some(Only::Kinds(kinds)) => Some(kinds.clone()),
                _ => None,
            })
            .flatten()
            .collect()
    };
    let fields = schema
        .properties
        .iter()
        .filter(|p| p.is_written())
        .map(|p| open(cx, p, hooked(cx, p, &taken(p))));
    quote!(#(#fields)*)
}

/// A bound property is written only if its cases hold.
fn open(cx: &Context<'_>, property: &Property, write: TokenStream) -> TokenStream {
    let edge = &property.edge;
    if edge.bind.is_none() || edge.cases.is_empty() {
        return write;
    }
    let cases = edge.cases.iter();
    let cases = cases.map(|case| access::holds(cx, case, &quote!(v)));
    quote!(if true #(&& #cases)* { #write })
}

/// A property that providers may edit.
fn hooked(cx: &Context<'_>, property: &Property, rest: &[String]) -> TokenStream {
    let name = &property.name;
    if property.hooks.is_empty() {
        let key = as_written(name);
        return written(cx, property, &quote!(#key), rest);
    }
    let hooks = property.hooks.iter().map(|hook| {
        let number = hook.number;
        let holds = hook
            .case
            .as_ref()
            .map_or(quote!(true), |case| access::holds(cx, case, &quote!(v)));
        quote!((#number, #holds))
    });
    let field = property
        .edge
        .bind
        .as_ref()
        .map_or_else(|| name.clone(), |path| cx.shown(path));
    let key = as_written(name);
    let normal = written(cx, property, &quote!(edits.name(#key)), rest);
    let edited = quote! {
        if let ::core::option::Option::Some(json) = edits.force {
            let mark = w.mark();
            #normal
            if w.wrote_since(mark) && w.last_value() != json { cx.nearest(#field); }
            w.rollback(mark);
            w.key(edits.name(#key));
            w.json(json);
        } else if !edits.omit {
            let mark = w.mark();
            #normal
            if w.said_since(mark) {
                edits.amend(w);
            } else if let ::core::option::Option::Some(json) = edits.default {
                w.rollback(mark);
                w.key(edits.name(#key));
                w.json(json);
            }
        }
    };
    let edited = match property.edge.deprecated {
        true => quote!(if edits.write { #edited }),
        false => edited,
    };
    quote!(let edits = cx.edits(&[#(#hooks,)*]); #edited)
}

/// A name as JSON writes it between quotes: the writer looks at names no more.
pub fn as_written(name: &str) -> String {
    let quoted = serde_json::Value::from(name).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// One property, with `key` as its name.
fn written(
    cx: &Context<'_>,
    property: &Property,
    key: &TokenStream,
    rest: &[String],
) -> TokenStream {
    let edge = &property.edge;
    let schema = cx.schema(edge.content);
    let name = &property.name;
    let place = quote!(.map_err(|fault| fault.at(#name)));
    if let Some(constant) = constant(cx, property, key) {
        return constant;
    }
    let absent = absent(cx, property, key);
    if let Some(expr) = &edge.expr {
        return computed(cx, property, expr, key, &absent);
    }
    let Some(path) = &edge.bind else {
        return scenery(cx, property, key);
    };
    match &schema.spot {
        Spot::Nothing => TokenStream::new(),
        Spot::Value(ty) => {
            let found = access::get(cx, path, &quote!(v), property.required);
            if let Some(Codec::Member(member)) = &schema.codec {
                return quote!(match #found.and_then(|x| x.member(#member)) { ::core::option::Option::Some(x) => { w.key(#key); w.text(&x); } ::core::option::Option::None => { #absent } });
            }
            if schema.is_plain() {
                let write = scalar::property(cx, schema, ty, path, key, &quote!(x));
                return quote!(match #found { ::core::option::Option::Some(x) => { #write } ::core::option::Option::None => { #absent } });
            }
            let write = content(cx, edge.content, &scalar::view(ty, &quote!(x)));
            let write = kept(&write, key, &place, property.required, &absent);
            quote!(match #found { ::core::option::Option::Some(x) => { #write } ::core::option::Option::None => { #absent } })
        }
        Spot::Struct(_) => {
            let found = access::get(cx, path, &quote!(v), property.required);
            let write = content(cx, edge.content, &quote!(x));
            let write = kept(&write, key, &place, property.required, &absent);
            quote!(match #found { ::core::option::Option::Some(x) => { #write } ::core::option::Option::None => { #absent } })
        }
        _ => {
            let (setup, view) = listed(cx, edge, path, &quote!(v), rest);
            let write = content(cx, edge.content, &view);
            let write = kept(&write, key, &place, property.required, &absent);
            quote!({ #setup if (#view).is_empty() { #absent } else { #write } })
        }
    }
}

/// Writes key and value; takes both back if there was nothing to say.
fn kept(
    write: &TokenStream,
    key: &TokenStream,
    place: &TokenStream,
    required: bool,
    absent: &TokenStream,
) -> TokenStream {
    let empty = if required {
        quote!(false)
    } else {
        quote!(w.is_empty_object())
    };
    quote! {
        let mark = w.mark();
        w.key(#key);
        let written: ::core::result::Result<bool, ::gateway::error::Fault> = #write;
        if !written #place? || #empty {
            w.rollback(mark);
            #absent
        }
    }
}

/// An object that dresses what is in it: written if something in it says something, or if it must be there.
fn scenery(cx: &Context<'_>, property: &Property, key: &TokenStream) -> TokenStream {
    let schema = cx.schema(property.edge.content);
    let name = &property.name;
    if schema.spot == Spot::Nothing || schema.raw {
        return if property.required {
            absent(cx, property, key)
        } else {
            TokenStream::new()
        };
    }
    let cases = property
        .edge
        .cases
        .iter()
        .map(|case| access::holds(cx, case, &quote!(v)));
    let write = content(cx, property.edge.content, &quote!(v));
    let required = property.required;
    let null = schema.types.null
        || schema
            .variants
            .iter()
            .any(|v| cx.schema(v.content).types.any_null());
    // Without what it must have, the object around can't be said either.
    let fails = required.then(|| match null {
        true => quote!(if !written {
            w.fixed(#key, "null");
        }),
        false => quote!(if !written {
            return ::core::result::Result::Ok(false);
        }),
    });
    quote! {
        if true #(&& #cases)* {
            let mark = w.mark();
            w.frame(#key);
            let inner = w.mark();
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = #write;
            let written = written.map_err(|fault| fault.at(#name))?;
            if !written || !(#required || w.said_since(inner)) {
                w.rollback(mark);
            }
            #fails
        }
    }
}
