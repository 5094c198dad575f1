//! Encoders of lists: which elements a list takes, and how they are written.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::write::{content, plain, value_of};
use super::{access, fits};
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Edge, Only, Path, Schema, Spot};

/// Statements that make a list ready and the slice to write. `rest`: kinds that siblings take.
pub fn listed(
    cx: &Context<'_>,
    edge: &Edge,
    path: &Path,
    outer: &TokenStream,
    rest: &[String],
) -> (TokenStream, TokenStream) {
    let schema = cx.schema(edge.content);
    if let Some(Only::Role(_)) = &edge.only {
        let slice = access::slice(cx, path, outer);
        return (
            quote!(let held = ::gateway::canonical::leading_parts(#slice);),
            quote!(&held[..]),
        );
    }
    match &schema.spot {
        Spot::Turns => {
            let slice = access::slice(cx, path, outer);
            (
                quote!(let held = ::gateway::canonical::group(#slice, &GROUP)?;),
                quote!(&held[..]),
            )
        }
        Spot::Parts => {
            let slice = access::slice(cx, path, outer);
            let is_view = path.steps.last().is_some_and(|step| step.owner == "Turn");
            let whole = if is_view {
                quote!(let held = #slice;)
            } else {
                quote!(let held = ::gateway::canonical::refs(#slice); let held = &held[..];)
            };
            let kinds = match &edge.only {
                Some(Only::Kinds(kinds)) => Some(cx.kinds(kinds.iter().map(String::as_str))),
                _ if !rest.is_empty() => {
                    let all = cx.canonical.values("PartKind").iter().map(String::as_str);
                    Some(cx.kinds(all.filter(|kind| !rest.iter().any(|r| r == kind))))
                }
                _ => None,
            };
            match kinds {
                Some(kinds) => (
                    quote!(#whole let held = ::gateway::canonical::of_kinds(held, #kinds);),
                    quote!(&held[..]),
                ),
                None => (whole, quote!(held)),
            }
        }
        _ => {
            let slice = access::slice(cx, path, outer);
            (quote!(let held = #slice;), quote!(held))
        }
    }
}

pub fn list(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    if !schema.variants.is_empty() {
        let pick = fits::pick(cx, schema);
        let arms = schema
            .variants
            .iter()
            .enumerate()
            .filter(|(_, v)| !v.deprecated && !cx.schema(v.content).types.any_null())
            .map(|(i, v)| {
                let write = content(cx, v.content, &quote!(v));
                quote!(#i => #write,)
            });
        return quote!(let pick: usize = #pick; match pick { #(#arms)* _ => ::core::result::Result::Ok(false) });
    }
    if let Some(part) = &schema.part {
        return joined(schema, part.join.as_deref().unwrap_or_default());
    }
    let Some(items) = &schema.items else {
        return quote!(::core::result::Result::Ok(false));
    };
    let element = element_of(cx, items);
    if schema.single {
        return quote!(match v { [v] => #element, _ => ::core::result::Result::Ok(false) });
    }
    let limit = schema.limits.max_items.filter(|_| schema.fit.is_none()).map(|most| {
        let most = usize::try_from(most).unwrap_or(usize::MAX);
        let what = format!("takes at most {most}");
        quote!(if v.len() > #most { return ::core::result::Result::Err(::gateway::error::Fault::new(#what)); })
    });
    let lost = match &items.outer {
        Spot::Struct(name) if name == "Part" => {
            quote!(cx.unsaid(v.kind).map_err(|fault| fault.at_index(i))?;)
        }
        Spot::Struct(name) if name == "Turn" => {
            let alone = super::kinds::alone(cx);
            let alone = alone.iter().filter(|kind| *kind != "tool_result");
            let kinds: Vec<TokenStream> = alone.map(|kind| cx.kind(kind)).collect();
            let unsaid = (!kinds.is_empty()).then(|| {
                quote!([part] if matches!(part.kind, #(#kinds)|*) => cx.unsaid(part.kind).map_err(|fault| fault.at_index(i))?,)
            });
            let refused = quote!(
                return ::core::result::Result::Err(
                    ::gateway::error::Fault::new("a message of this role can't be said here")
                        .at_index(i)
                )
            );
            match unsaid {
                Some(unsaid) => quote!(match &v.parts[..] { #unsaid _ => #refused }),
                None => quote!(#refused;),
            }
        }
        _ => TokenStream::new(),
    };
    // A list of nothing is not a list of at least one.
    let least = schema.limits.min_items.map(|_| {
        quote!(if !w.wrote_since(begun) {
            return ::core::result::Result::Ok(false);
        })
    });
    let is_part = matches!(&items.outer, Spot::Struct(name) if name == "Part");
    let place = (is_part && cx.makes_ids()).then(|| quote!(cx.place = i as i64;));
    let (open, close) = (b'[', b']');
    quote! {
        #limit
        w.open(#open);
        let begun = w.mark();
        for (i, v) in v.iter().enumerate() {
            let mark = w.mark();
            w.element();
            #place
            if !(|w: &mut ::gateway::wire::write::Writer, cx: &mut ::gateway::table::Encoding<'_>| -> ::core::result::Result<bool, ::gateway::error::Fault> { #element })(w, cx).map_err(|fault| fault.at_index(i))? {
                w.rollback(mark);
                #lost
            }
        }
        #least
        w.close(#close);
        ::core::result::Result::Ok(true)
    }
}

/// Writes one element `v` of a list.
fn element_of(cx: &Context<'_>, items: &Edge) -> TokenStream {
    if let (Spot::Value(ty), None) = (&items.outer, &items.bind) {
        let schema = cx.schema(items.content);
        if schema.is_plain() {
            let view = match ty {
                Ty::Text => quote!(&**v),
                Ty::Raw | Ty::Sealed => quote!(v),
                _ => quote!(*v),
            };
            return plain(cx, items.content, ty, &view);
        }
    }
    let fits: Vec<TokenStream> = items
        .cases
        .iter()
        .map(|case| access::holds(cx, case, &quote!(v)))
        .collect();
    let write = value_of(cx, items, &quote!(v));
    if fits.is_empty() {
        return write;
    }
    quote!(if #(#fits)&&* { #write } else { ::core::result::Result::Ok(false) })
}

fn joined(schema: &Schema, between: &str) -> TokenStream {
    if schema.codec == Some(Codec::Json) {
        return quote! {
            let ::core::option::Option::Some(text) = v.first().and_then(|part| part.text.as_deref()) else { return ::core::result::Result::Ok(false) };
            w.json(text);
            ::core::result::Result::Ok(true)
        };
    }
    quote! {
        match v {
            [] => w.text(""),
            [one] => w.text(one.text.as_deref().unwrap_or_default()),
            many => {
                let texts: ::std::vec::Vec<&str> = many.iter().filter_map(|part| part.text.as_deref()).collect();
                w.text(&texts.join(#between));
            }
        }
        ::core::result::Result::Ok(true)
    }
}

/// A list that only dresses: one element, which belongs to the struct around the list.
pub fn scenery_list(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let Some(items) = &schema.items else {
        return quote!(::core::result::Result::Ok(false));
    };
    let write = value_of(cx, items, &quote!(v));
    let (open, close) = (b'[', b']');
    if is_words(cx, items) {
        return words(cx, items);
    }
    // A list that may be empty is, if its element would say nothing.
    let write = match schema.default {
        Some(_) => {
            let fits = fits::variant_fits(cx, items);
            quote!((if #fits { #write } else { ::core::result::Result::Ok(true) }))
        }
        None => write,
    };
    quote! {
        w.open(#open);
        let written = #write?;
        w.close(#close);
        ::core::result::Result::Ok(written)
    }
}

/// Whether the elements are words that each stand for a field's value.
fn is_words(cx: &Context<'_>, items: &Edge) -> bool {
    let schema = cx.schema(items.content);
    let mut variants = schema.variants.iter().filter(|v| !v.deprecated);
    !schema.variants.is_empty() && variants.all(|v| cx.schema(v.content).constant.is_some())
}

/// A list of every word that is true.
fn words(cx: &Context<'_>, items: &Edge) -> TokenStream {
    let variants = cx.schema(items.content).variants.iter();
    let words = variants.filter(|v| !v.deprecated).map(|variant| {
        let fits = fits::variant_fits(cx, variant);
        let word = cx.schema(variant.content).constant.as_ref();
        let word = word.map(ToString::to_string).unwrap_or_default();
        quote!(if #fits { w.word(#word); })
    });
    let (open, close) = (b'[', b']');
    quote! {
        w.open(#open);
        #(#words)*
        w.close(#close);
        ::core::result::Result::Ok(true)
    }
}
