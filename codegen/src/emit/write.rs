//! Encoders: functions that write a canonical value as JSON in one pass.
//!
//! A function is `fn(v: &Value, w: &mut Writer, cx: &mut Encoding) -> Result<bool, Fault>`; `false`: no variant can say
//! it, and nothing was written.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::context::Context;
use super::property::fields;
use super::wire_enum::enumeration;
use super::write_list::{list, listed, scenery_list};
use super::{access, fits, scalar};
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Edge, Schema, SchemaId, Spot};

/// One writer; `only_fields`: without braces.
pub fn function(cx: &Context<'_>, id: SchemaId, only_fields: bool, name: &Ident) -> TokenStream {
    let schema = cx.schema(id);
    let target = view_type(cx, &schema.spot);
    let doc = format!("Writes `{}`.", schema.place);
    let body = body(cx, schema, only_fields);
    quote! {
        #[doc = #doc]
        fn #name(v: &#target, w: &mut ::gateway::wire::write::Writer, cx: &mut ::gateway::table::Encoding<'_>) -> ::core::result::Result<bool, ::gateway::error::Fault> {
            let _ = (&v, &cx);
            #body
        }
    }
}

/// What a writer is given.
fn view_type(cx: &Context<'_>, spot: &Spot) -> TokenStream {
    match spot {
        Spot::Struct(name) if name == "Turn" => quote!(::gateway::canonical::TurnView<'_, '_>),
        Spot::Value(Ty::Text) => quote!(str),
        Spot::Value(ty) => elided(&super::canonical::rust_type(ty, cx.canonical)),
        Spot::List(ty) => {
            let ty = elided(&super::canonical::rust_type(ty, cx.canonical));
            quote!([#ty])
        }
        Spot::Parts => quote!([&::gateway::canonical::Part<'_>]),
        Spot::Turns => quote!([::gateway::canonical::TurnView<'_, '_>]),
        Spot::Struct(_) | Spot::Nothing => elided(&cx.target_type(spot)),
    }
}

/// A type with its lifetime left to the compiler.
pub fn elided(ty: &TokenStream) -> TokenStream {
    ty.to_string()
        .replace("'a", "'_")
        .parse()
        .unwrap_or_default()
}

fn body(cx: &Context<'_>, schema: &Schema, only_fields: bool) -> TokenStream {
    let is_union = !schema.variants.is_empty();
    let is_object = !schema.properties.is_empty();
    match &schema.spot {
        Spot::List(_) | Spot::Parts | Spot::Turns => return list(cx, schema),
        Spot::Struct(_) if schema.types.list && !schema.types.object && !is_union => {
            return scenery_list(cx, schema);
        }
        _ => {}
    }
    if is_union && !is_object {
        let pick = fits::pick(cx, schema);
        let arms = schema
            .variants
            .iter()
            .enumerate()
            .filter(|(_, v)| !v.deprecated)
            .map(|(i, v)| {
                let write = if only_fields {
                    fields_of(cx, v)
                } else {
                    value_of(cx, v, &quote!(v))
                };
                quote!(#i => { #write })
            });
        return quote! {
            let pick: usize = #pick;
            match pick { #(#arms)* _ => ::core::result::Result::Ok(false) }
        };
    }
    if let Some(data_url) = data_url(schema) {
        return data_url;
    }
    if let Some(constant) = schema.constant.as_ref().filter(|_| !is_object && !is_union) {
        let json = constant.to_string();
        return quote!(w.json(#json); ::core::result::Result::Ok(true));
    }
    let fields = fields(cx, schema);
    let choose = is_union.then(|| pick_fields(cx, schema, only_fields));
    if only_fields {
        return quote!(#choose #fields ::core::result::Result::Ok(true));
    }
    let rest = is_union.then(|| variant_fields(cx, schema));
    let (open, close) = (b'{', b'}');
    quote! {
        #choose
        w.open(#open);
        #fields
        #rest
        w.close(#close);
        ::core::result::Result::Ok(true)
    }
}

fn data_url(schema: &Schema) -> Option<TokenStream> {
    (schema.codec == Some(Codec::DataUrl)).then(|| {
        quote! {
            let ::core::option::Option::Some(text) = ::gateway::codec::data_url::encode(v) else { return ::core::result::Result::Ok(false) };
            w.text(&text);
            ::core::result::Result::Ok(true)
        }
    })
}

/// An object that has properties of its own and variants: which variant, and the way out for one that is raw JSON.
fn pick_fields(cx: &Context<'_>, schema: &Schema, only_fields: bool) -> TokenStream {
    let pick = fits::pick(cx, schema);
    let raw = schema
        .variants
        .iter()
        .enumerate()
        .filter(|(_, v)| v.bind.is_some() && !v.deprecated)
        .map(|(i, v)| {
            let write = value_of(cx, v, &quote!(v));
            quote!(if pick == #i { return { #write }; })
        });
    let fields = only_fields.then(|| variant_fields(cx, schema));
    quote! {
        let pick: usize = #pick;
        if pick == usize::MAX { return ::core::result::Result::Ok(false); }
        #(#raw)*
        #fields
    }
}

fn variant_fields(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let arms = schema
        .variants
        .iter()
        .enumerate()
        .filter(|(_, v)| !v.deprecated && v.bind.is_none())
        .map(|(i, v)| {
            let fields = inline_fields(cx, v);
            // What stands for a value says it, be it by constants alone.
            let means = (!v.cases.is_empty() && !fields.is_empty()).then(|| {
                quote!(if w.wrote_since(begun) {
                    w.mean();
                })
            });
            let begun = means.as_ref().map(|_| quote!(let begun = w.mark();));
            quote!(#i => { #begun #fields #means })
        });
    quote!(match pick { #(#arms)* _ => {} })
}

/// The properties of a variant, written into the object that is open.
fn inline_fields(cx: &Context<'_>, variant: &Edge) -> TokenStream {
    let schema = cx.schema(variant.content);
    if schema.properties.is_empty() && schema.variants.is_empty() {
        return TokenStream::new();
    }
    let function = cx.writer(variant.content, true);
    quote!(#function(v, w, cx)?;)
}

fn fields_of(cx: &Context<'_>, variant: &Edge) -> TokenStream {
    let fields = inline_fields(cx, variant);
    quote!(#fields ::core::result::Result::Ok(true))
}

/// Expression of type `Result<bool, Fault>`: writes what an edge stands for, seen from `outer` around it.
pub fn value_of(cx: &Context<'_>, edge: &Edge, outer: &TokenStream) -> TokenStream {
    let schema = cx.schema(edge.content);
    let Some(path) = &edge.bind else {
        return content(cx, edge.content, outer);
    };
    match &schema.spot {
        Spot::Value(ty) => {
            let found = access::get(cx, path, outer, true);
            let write = scalar::write(cx, schema, edge.content, ty, &quote!(x));
            quote!(match #found { ::core::option::Option::Some(x) => { #write ::core::result::Result::Ok(true) } ::core::option::Option::None => ::core::result::Result::Ok(false) })
        }
        Spot::Struct(_) => {
            let found = access::get(cx, path, outer, true);
            let write = content(cx, edge.content, &quote!(x));
            quote!(match #found { ::core::option::Option::Some(x) => #write, ::core::option::Option::None => ::core::result::Result::Ok(false) })
        }
        _ => {
            let (setup, view) = listed(cx, edge, path, outer, &[]);
            let write = content(cx, edge.content, &view);
            quote!({ #setup #write })
        }
    }
}

/// Expression of type `Result<bool, Fault>`: writes a value that has nothing inside; a word without a wire form isn't.
pub fn plain(cx: &Context<'_>, id: SchemaId, ty: &Ty, view: &TokenStream) -> TokenStream {
    let schema = cx.schema(id);
    if let Ty::Enum(name) = ty
        && !schema.types.null
    {
        let (json, _) = enumeration(cx, schema, name, None, view);
        return quote!(match #json {
            ::core::option::Option::Some(json) => { w.json(json); ::core::result::Result::Ok(true) }
            ::core::option::Option::None => ::core::result::Result::Ok(false),
        });
    }
    let write = scalar::write(cx, schema, id, ty, view);
    quote!({ #write ::core::result::Result::Ok(true) })
}

/// Expression of type `Result<bool, Fault>`: writes a content of which `view` is the value.
pub fn content(cx: &Context<'_>, id: SchemaId, view: &TokenStream) -> TokenStream {
    let schema = cx.schema(id);
    match &schema.spot {
        Spot::Value(ty) if schema.is_plain() => plain(cx, id, ty, view),
        Spot::Nothing => {
            let json = schema
                .constant
                .as_ref()
                .or(schema.default.as_ref())
                .unwrap_or(&Value::Null)
                .to_string();
            quote!({ w.json(#json); ::core::result::Result::Ok(true) })
        }
        Spot::Struct(_) if schema.raw => quote!(::core::result::Result::Ok(false)),
        _ => {
            let function = cx.writer(id, false);
            quote!(#function(#view, w, cx))
        }
    }
}
