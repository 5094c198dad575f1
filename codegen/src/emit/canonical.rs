//! The hub's types.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use crate::model::canonical::{Canonical, Enum, Field, Kind, Struct, Ty};
use crate::names::{ident, upper_camel};

/// The module `canonical`.
pub fn emit(canonical: &Canonical) -> TokenStream {
    let enums = canonical.enums.iter().map(enumeration);
    // A turn is a view that hand-written code defines; it is in the spec so that dialects can bind it.
    let structs = canonical
        .structs
        .iter()
        .filter(|s| s.name != "Turn")
        .map(|s| structure(s, canonical));
    let status = error_status(canonical);
    quote!(#(#enums)* #(#structs)* #status)
}

/// The Rust type of a value, without the `Option` of an optional field.
pub fn rust_type(ty: &Ty, canonical: &Canonical) -> TokenStream {
    match ty {
        Ty::Text => quote!(::std::borrow::Cow<'a, str>),
        Ty::Integer => quote!(i64),
        Ty::Number => quote!(f64),
        Ty::Bool => quote!(bool),
        Ty::Raw => quote!(::gateway::wire::Raw<'a>),
        Ty::Sealed => quote!(::gateway::wire::Sealed<'a>),
        Ty::Enum(name) => {
            let name = ident(name);
            quote!(::gateway::canonical::#name)
        }
        Ty::Struct(name) => struct_type(name, canonical),
        Ty::List(inner) => {
            let inner = rust_type(inner, canonical);
            quote!(::std::vec::Vec<#inner>)
        }
    }
}

/// The Rust type of a struct, with its lifetime if it borrows.
pub fn struct_type(name: &str, canonical: &Canonical) -> TokenStream {
    let borrows = name == "Turn" || canonical.get(name).is_some_and(|s| s.borrows);
    let name = ident(name);
    if borrows {
        quote!(::gateway::canonical::#name<'a>)
    } else {
        quote!(::gateway::canonical::#name)
    }
}

/// A value of an enum.
pub fn enum_value(enumeration: &str, value: &str) -> TokenStream {
    let (enumeration, value) = (ident(enumeration), ident(&upper_camel(value)));
    quote!(::gateway::canonical::#enumeration::#value)
}

fn enumeration(e: &Enum) -> TokenStream {
    let name = ident(&e.name);
    let doc = &e.doc;
    let variants: Vec<_> = e.values.iter().map(|v| ident(&upper_camel(v))).collect();
    let docs = e.values.iter().map(|v| format!("`{v}`"));
    let values = &e.values;
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum #name { #(#[doc = #docs] #variants,)* }

        impl #name {
            /// Every value, in the order of the spec.
            pub const ALL: &'static [Self] = &[#(Self::#variants,)*];

            /// The name in the spec.
            pub const fn name(self) -> &'static str {
                match self { #(Self::#variants => #values,)* }
            }
        }
    }
}

fn structure(s: &Struct, canonical: &Canonical) -> TokenStream {
    let name = ident(&s.name);
    let doc = &s.doc;
    let lifetime = s.borrows.then(|| quote!(<'a>));
    let kind = s.kind.iter().map(|kind| {
        let (field, enumeration) = (ident(&kind.field), ident(&kind.enumeration));
        quote!(#[doc = "Which of the fields are in use."] pub #field: ::gateway::canonical::#enumeration,)
    });
    let fields = s.fields.iter().map(|field| {
        let (field_name, doc, ty) = (ident(&field.name), &field.doc, field_type(field, canonical));
        quote!(#[doc = #doc] pub #field_name: #ty,)
    });
    let kind_default = s.kind.iter().map(kind_default);
    let defaults = s.fields.iter().map(|field| {
        let (field_name, value) = (ident(&field.name), default_value(field, canonical));
        quote!(#field_name: #value,)
    });
    quote! {
        #[doc = #doc]
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name #lifetime { #(#kind)* #(#fields)* }

        impl #lifetime ::core::default::Default for #name #lifetime {
            fn default() -> Self {
                Self { #(#kind_default)* #(#defaults)* }
            }
        }
    }
}

fn kind_default(kind: &Kind) -> TokenStream {
    let field = ident(&kind.field);
    let value = enum_value(&kind.enumeration, &kind.default);
    quote!(#field: #value,)
}

fn field_type(field: &Field, canonical: &Canonical) -> TokenStream {
    let ty = rust_type(&field.ty, canonical);
    match &field.ty {
        Ty::List(_) => ty,
        _ if field.required || field.default.is_some() => ty,
        _ if field.boxed => quote!(::core::option::Option<::std::boxed::Box<#ty>>),
        _ => quote!(::core::option::Option<#ty>),
    }
}

fn default_value(field: &Field, canonical: &Canonical) -> TokenStream {
    if let Some(default) = &field.default {
        return literal(default, &field.ty);
    }
    match &field.ty {
        Ty::List(_) => quote!(::std::vec::Vec::new()),
        _ if !field.required => quote!(::core::option::Option::None),
        Ty::Text => quote!(::std::borrow::Cow::Borrowed("")),
        Ty::Enum(name) => {
            let first = canonical.values(name).first().map_or("", String::as_str);
            enum_value(name, first)
        }
        _ => quote!(::core::default::Default::default()),
    }
}

/// A default of the spec as an expression of the field's type.
pub fn literal(value: &Value, ty: &Ty) -> TokenStream {
    match (ty, value) {
        (Ty::Text, Value::String(text)) => quote!(::std::borrow::Cow::Borrowed(#text)),
        (Ty::Enum(name), Value::String(text)) => enum_value(name, text),
        (Ty::Integer, Value::Number(number)) => {
            let number = number.as_i64().unwrap_or_default();
            quote!(#number)
        }
        (Ty::Number, Value::Number(number)) => {
            let number = number.as_f64().unwrap_or_default();
            quote!(#number)
        }
        (Ty::Bool, Value::Bool(flag)) => quote!(#flag),
        _ => quote!(::core::default::Default::default()),
    }
}

/// Which HTTP status an error's kind has, and back: the `x-map` on `Error.status`.
fn error_status(canonical: &Canonical) -> Option<TokenStream> {
    let statuses = &canonical.statuses;
    if statuses.is_empty() {
        return None;
    }
    let kinds: Vec<_> = statuses
        .iter()
        .map(|(kind, _)| ident(&upper_camel(kind)))
        .collect();
    let first = statuses.iter().map(|(_, codes)| codes[0]);
    let mut seen = std::collections::BTreeSet::new();
    let back = statuses
        .iter()
        .flat_map(|(kind, codes)| codes.iter().map(move |code| (kind, *code)));
    let back = back
        .filter(|(_, code)| seen.insert(*code))
        .map(|(kind, code)| {
            let kind = ident(&upper_camel(kind));
            quote!(#code => ::core::option::Option::Some(Self::#kind),)
        });
    Some(quote! {
        impl ErrorKind {
            /// The HTTP status of this kind, where a dialect says nothing else.
            pub const fn status(self) -> u16 {
                match self { #(Self::#kinds => #first,)* }
            }

            /// The first kind that has this HTTP status.
            pub const fn from_status(status: u16) -> ::core::option::Option<Self> {
                match status { #(#back)* _ => ::core::option::Option::None }
            }
        }
    })
}
