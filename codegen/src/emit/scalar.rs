//! Single values: from what they mean to the wire.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::charset;
use super::context::Context;
use super::wire_enum::enumeration;
use crate::model::canonical::Ty;
use crate::model::schema::{Codec, Fit, Path, Schema, SchemaId};

/// What a writer of this type is given, from a value as `access::get` gives it.
pub fn view(ty: &Ty, value: &TokenStream) -> TokenStream {
    match ty {
        Ty::Text | Ty::Raw | Ty::Sealed => value.clone(),
        _ => quote!(&#value),
    }
}

/// Statements that write `value`; where nothing can be written, `null`.
pub fn write(
    cx: &Context<'_>,
    schema: &Schema,
    id: SchemaId,
    ty: &Ty,
    value: &TokenStream,
) -> TokenStream {
    if !schema.is_plain() {
        let function = cx.writer(id, false);
        let view = view(ty, value);
        return quote!(#function(#view, w, cx)?;);
    }
    if let Ty::Enum(name) = ty {
        let (json, _) = enumeration(cx, schema, name, None, value);
        return quote!(w.json(#json.unwrap_or("null")););
    }
    plain(cx, schema, ty, value)
}

/// Statements that write key and value, or nothing where the value has no wire form.
pub fn property(
    cx: &Context<'_>,
    schema: &Schema,
    ty: &Ty,
    path: &Path,
    key: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    if let Ty::Enum(name) = ty {
        let (json, may_fail) = enumeration(cx, schema, name, Some(path), value);
        if !may_fail {
            return quote!(w.key(#key); w.json(#json.unwrap_or("null")););
        }
        let nullable = schema.types.null
            && schema
                .map
                .iter()
                .any(|e| e.wire.first().is_some_and(Value::is_null));
        let otherwise = nullable.then(|| quote!(else { w.fixed(#key, "null"); }));
        return quote!(if let ::core::option::Option::Some(json) = #json { w.key(#key); w.json(json); } #otherwise);
    }
    if *ty == Ty::Bool && !schema.map.is_empty() {
        let rows = schema.map.iter().map(|entry| {
            let flag = entry.canonical == "true";
            let json = entry
                .wire
                .first()
                .filter(|v| !v.is_null())
                .map(Value::to_string);
            match json {
                Some(json) => quote!(#flag => { w.key(#key); w.json(#json); }),
                None => quote!(#flag => {}),
            }
        });
        let all = schema.map.len() < 2;
        let rest = all.then(|| quote!(_ => {}));
        return quote!(match #value { #(#rows)* #rest });
    }
    let place = match key.to_string().starts_with('"') {
        true => quote!(#key),
        false => quote!(#key.to_owned()),
    };
    let check = check(schema, ty, value, &place);
    let write = plain(cx, schema, ty, value);
    let shown = cx.shown(path);
    let report = report(schema, ty, value, &shown);
    quote!(#check #report w.key(#key); #write)
}

/// Limits that nothing was said to fit into are refused.
fn check(
    schema: &Schema,
    ty: &Ty,
    value: &TokenStream,
    place: &TokenStream,
) -> Option<TokenStream> {
    if schema.fit.is_some() {
        return None;
    }
    let limits = &schema.limits;
    if matches!(ty, Ty::Integer | Ty::Number) {
        let low = limits.minimum.map(|least| quote!((#value as f64) < #least));
        let high = limits.maximum.map(|most| quote!((#value as f64) > #most));
        let either: Vec<TokenStream> = low.into_iter().chain(high).collect();
        if either.is_empty() {
            return None;
        }
        let what = match (limits.minimum, limits.maximum) {
            (Some(least), Some(most)) => format!("must be from {least} to {most}"),
            (Some(least), None) => format!("must be at least {least}"),
            (_, most) => format!("must be at most {}", most.unwrap_or_default()),
        };
        return Some(
            quote!(if #(#either)||* { return ::core::result::Result::Err(::gateway::error::Fault::new(#what).at(#place)); }),
        );
    }
    let most = limits.max_length.filter(|_| *ty == Ty::Text)?;
    let (most, what) = (
        usize::try_from(most).unwrap_or(usize::MAX),
        format!("must be at most {most} characters long"),
    );
    Some(
        quote!(if #value.len() > #most { return ::core::result::Result::Err(::gateway::error::Fault::new(#what).at(#place)); }),
    )
}

/// A value that was made to fit is reported.
pub fn report(schema: &Schema, ty: &Ty, value: &TokenStream, shown: &str) -> Option<TokenStream> {
    if schema.fit != Some(Fit::Clamp) || !matches!(ty, Ty::Integer | Ty::Number) {
        return None;
    }
    let low = schema
        .limits
        .minimum
        .map(|least| quote!((#value as f64) < #least));
    let high = schema
        .limits
        .maximum
        .map(|most| quote!((#value as f64) > #most));
    let either: Vec<TokenStream> = low.into_iter().chain(high).collect();
    (!either.is_empty()).then(|| quote!(if #(#either)||* { cx.nearest(#shown); }))
}

fn plain(cx: &Context<'_>, schema: &Schema, ty: &Ty, value: &TokenStream) -> TokenStream {
    match ty {
        Ty::Bool => quote!(w.flag(#value);),
        Ty::Integer => match (&schema.codec, schema.fit) {
            (Some(Codec::Rfc3339), _) => {
                quote!(w.text(&::gateway::codec::time::rfc3339_encode(#value));)
            }
            (_, Some(Fit::Clamp)) => {
                let value = clamped(schema, &quote!(#value), |n| {
                    let n = n as i64;
                    quote!(#n)
                });
                quote!(w.integer(#value);)
            }
            (_, Some(Fit::Hash)) => {
                let (low, high) = (
                    schema.limits.minimum.unwrap_or(0.0) as i64,
                    schema.limits.maximum.unwrap_or(i64::MAX as f64) as i64,
                );
                quote!(w.integer(::gateway::codec::hash::int(#value, #low, #high));)
            }
            _ => quote!(w.integer(#value);),
        },
        Ty::Number => match (&schema.codec, schema.fit) {
            (Some(Codec::Seconds), _) => {
                quote!(w.text(&::gateway::codec::number::seconds_encode(#value));)
            }
            (Some(Codec::Milliseconds), _) => {
                quote!(w.text(&::gateway::codec::number::milliseconds_encode(#value));)
            }
            (Some(Codec::RetryAfter), _) => {
                quote!(w.text(&::gateway::codec::number::retry_after_encode(#value));)
            }
            (_, Some(Fit::Clamp)) => {
                let value = clamped(schema, &quote!(#value), |n| quote!(#n));
                quote!(w.number(#value);)
            }
            _ => quote!(w.number(#value);),
        },
        Ty::Text => text(schema, value),
        Ty::Raw => quote!(w.json(&(#value).0);),
        Ty::Sealed if schema.raw => quote!(w.json(&(#value).value);),
        Ty::Sealed => quote!(w.text(&(#value).value);),
        Ty::Enum(name) => {
            let (json, _) = enumeration(cx, schema, name, None, value);
            quote!(w.json(#json.unwrap_or("null"));)
        }
        Ty::Struct(_) | Ty::List(_) => quote!(w.json("null");),
    }
}

fn clamped(
    schema: &Schema,
    value: &TokenStream,
    bound: impl Fn(f64) -> TokenStream,
) -> TokenStream {
    let low = schema.limits.minimum.map(|n| {
        let n = bound(n);
        quote!(.max(#n))
    });
    let high = schema.limits.maximum.map(|n| {
        let n = bound(n);
        quote!(.min(#n))
    });
    quote!((#value)#low #high)
}

fn text(schema: &Schema, value: &TokenStream) -> TokenStream {
    match (&schema.codec, schema.fit) {
        (Some(Codec::Json), _) => quote!(w.json(&::gateway::codec::json_text::to_object(#value));),
        (Some(Codec::Prefix(prefix)), _) => {
            quote!(w.text(&::gateway::codec::prefix::encode(#value, #prefix));)
        }
        (_, Some(Fit::Hash)) => hashed(schema, value),
        (_, Some(Fit::Replace)) => {
            match schema.limits.pattern.as_deref().and_then(charset::parse) {
                Some(set) => {
                    let charset = set.emit();
                    quote!({ const ADMITTED: ::gateway::codec::charset::Charset = #charset; w.text(&ADMITTED.replace(#value)); })
                }
                None => quote!(w.text(#value);),
            }
        }
        _ => quote!(w.text(#value);),
    }
}

/// A text that is too long or has other characters becomes a hash of itself.
fn hashed(schema: &Schema, value: &TokenStream) -> TokenStream {
    let charset = schema.limits.pattern.as_deref().and_then(charset::parse);
    let longest = schema
        .limits
        .max_length
        .and_then(|most| usize::try_from(most).ok());
    let length = longest.unwrap_or(24).min(24);
    let short = longest.map(|most| quote!(&& x.len() <= #most));
    let admitted = charset.map(|set| set.emit()).map(|set| {
        quote!(&& { const ADMITTED: ::gateway::codec::charset::Charset = #set; ADMITTED.fits(x) })
    });
    quote!({ let x: &str = #value; if true #short #admitted { w.text(x); } else { w.text(&::gateway::codec::hash::exact(x, #length)); } })
}
