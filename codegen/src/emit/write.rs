//! Encoders: functions that write a canonical value as JSON in one pass.
//!
//! A function is `fn(v: &Value, w: &mut Writer, cx: &mut Encoding) -> Result<bool, Fault>`; `false`: no variant can say
//! it, and nothing was written.

use proc_macro2::{Ident, TokenStream};
use quote::quote;
use serde_json::Value;

use super::access;
use super::context::Context;
use super::fits;
use super::scalar;
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Edge, Only, Path, Property, Schema, SchemaId, Spot};

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

fn elided(ty: &TokenStream) -> TokenStream {
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
            quote!(#i => { #fields })
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
fn value_of(cx: &Context<'_>, edge: &Edge, outer: &TokenStream) -> TokenStream {
    let schema = cx.schema(edge.content);
    let Some(path) = &edge.bind else {
        return content(cx, edge.content, outer);
    };
    match &schema.spot {
        Spot::Value(ty) => {
            let found = access::get(cx, path, outer, true);
            let write = scalar::write(cx, schema, edge.content, ty, &path.text, &quote!(x));
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

/// Expression of type `Result<bool, Fault>`: writes a content of which `view` is the value.
fn content(cx: &Context<'_>, id: SchemaId, view: &TokenStream) -> TokenStream {
    let schema = cx.schema(id);
    match &schema.spot {
        Spot::Value(ty) if schema.is_plain() => {
            let write = scalar::write(cx, schema, id, ty, "", view);
            quote!({ #write ::core::result::Result::Ok(true) })
        }
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

/// Statements that make a list ready and the slice to write. `rest`: kinds that siblings take.
fn listed(
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

fn list(cx: &Context<'_>, schema: &Schema) -> TokenStream {
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
            quote!(return ::core::result::Result::Err(::gateway::error::Fault::new("a message of this role can't be said here").at_index(i));)
        }
        _ => TokenStream::new(),
    };
    // A list of nothing is not a list of at least one.
    let least = schema.limits.min_items.map(|_| {
        quote!(if !w.wrote_since(begun) {
            return ::core::result::Result::Ok(false);
        })
    });
    let (open, close) = (b'[', b']');
    quote! {
        #limit
        w.open(#open);
        let begun = w.mark();
        for (i, v) in v.iter().enumerate() {
            let mark = w.mark();
            w.element();
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
        if schema.properties.is_empty() && schema.variants.is_empty() {
            let view = match ty {
                Ty::Text => quote!(&**v),
                Ty::Raw | Ty::Sealed => quote!(v),
                _ => quote!(*v),
            };
            let write = scalar::write(cx, schema, items.content, ty, "", &view);
            return quote!({ #write ::core::result::Result::Ok(true) });
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
fn scenery_list(cx: &Context<'_>, schema: &Schema) -> TokenStream {
    let Some(items) = &schema.items else {
        return quote!(::core::result::Result::Ok(false));
    };
    let write = value_of(cx, items, &quote!(v));
    let (open, close) = (b'[', b']');
    quote! {
        w.open(#open);
        let written = #write?;
        w.close(#close);
        ::core::result::Result::Ok(written)
    }
}

fn fields(cx: &Context<'_>, schema: &Schema) -> TokenStream {
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
        .filter(|p| !p.edge.deprecated)
        .map(|p| hooked(cx, p, &taken(p)));
    quote!(#(#fields)*)
}

/// A property that providers may edit.
fn hooked(cx: &Context<'_>, property: &Property, rest: &[String]) -> TokenStream {
    let name = &property.name;
    if property.hooks.is_empty() {
        return written(cx, property, &quote!(#name), rest);
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
    let normal = written(cx, property, &quote!(edits.name(#name)), rest);
    quote! {
        let edits = cx.edits(&[#(#hooks,)*]);
        if let ::core::option::Option::Some(json) = edits.force {
            let mark = w.mark();
            #normal
            if w.wrote_since(mark) && w.last_value() != json { cx.nearest(#field); }
            w.rollback(mark);
            w.key(edits.name(#name));
            w.json(json);
        } else if !edits.omit {
            let mark = w.mark();
            #normal
            if w.said_since(mark) {
                edits.amend(w);
            } else if let ::core::option::Option::Some(json) = edits.default {
                w.rollback(mark);
                w.key(edits.name(#name));
                w.json(json);
            }
        }
    }
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
    // Without what it must have, the object around can't be said either.
    let fails = required.then(|| {
        quote!(if !written {
            return ::core::result::Result::Ok(false);
        })
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

/// A constant: always if it must be there, else with whatever begins a part, or if the bound value agrees.
fn constant(cx: &Context<'_>, property: &Property, key: &TokenStream) -> Option<TokenStream> {
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
fn absent(cx: &Context<'_>, property: &Property, key: &TokenStream) -> TokenStream {
    if !property.required {
        return TokenStream::new();
    }
    let schema = cx.schema(property.edge.content);
    let name = &property.name;
    let fixed = |json: &str| quote!(w.fixed(#key, #json););
    let value = match schema.spot {
        Spot::Nothing => crate::model::schema::fixed(&cx.dialect.schemas, property.edge.content),
        _ => schema.default.clone(),
    };
    let otherwise = if let Some(value) = value {
        fixed(&value.to_string())
    } else if let Some(("field", Some(other))) = schema
        .fill
        .as_ref()
        .map(|(source, other)| (source.as_str(), other.as_ref()))
    {
        let other = crate::names::ident(other);
        quote!(w.key(#key); w.text(::gateway::wire::write::filled(&v.#other));)
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
        _ if schema.types.text => Some("\"\""),
        _ => None,
    };
    match empty {
        Some(json) => quote!(if cx.open { w.fixed(#key, #json); } else { #otherwise }),
        None => otherwise,
    }
}

/// `x-expr`
fn computed(
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
