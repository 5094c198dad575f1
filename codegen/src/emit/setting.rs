//! One setting: its type, its parser, what is written about it.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use crate::model::settings::{Kind, Setting};
use crate::names::{Scope, ident, upper_camel};

pub fn enumeration(name: &Ident, setting: &Setting, values: &[String]) -> TokenStream {
    let docs = docs(&[sentence(&setting.description)]);
    let mut scope = Scope::default();
    let variants: Vec<Ident> = values
        .iter()
        .map(|value| ident(&scope.unique(&upper_camel(value))))
        .collect();
    let spelled = values.iter().map(|value| format!(" `{value}`"));
    quote! {
        #docs
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum #name {
            #(#[doc = #spelled] #variants,)*
        }

        impl #name {
            /// Every value with its spelling.
            pub const ALL: &'static [(&'static str, Self)] = &[#((#values, Self::#variants)),*];

            /// How it is written.
            pub const fn name(self) -> &'static str {
                match self {
                    #(Self::#variants => #values,)*
                }
            }
        }
    }
}

/// The function that reads a text of this type.
pub fn parser(setting: &Setting, ty: &TokenStream) -> TokenStream {
    let function = match &setting.kind {
        Kind::Bool => quote!(::gateway::env::boolean),
        Kind::Integer => quote!(::gateway::env::integer),
        Kind::Duration => quote!(::gateway::env::duration),
        Kind::Size => quote!(::gateway::env::size),
        Kind::Url => quote!(::gateway::env::url),
        Kind::Ip => quote!(::gateway::env::ip),
        Kind::Path => quote!(::gateway::env::path),
        Kind::List => quote!(::gateway::env::list),
        Kind::Text | Kind::Secret => quote!(::gateway::env::string),
        Kind::Enum(_) => return quote!(|text: &str| ::gateway::env::choice(text, #ty::ALL)),
    };
    if setting.minimum.is_none() && setting.maximum.is_none() {
        return function;
    }
    let (minimum, maximum) = (option(&setting.minimum), option(&setting.maximum));
    quote!(|text: &str| ::gateway::env::bounded(text, #function, #minimum, #maximum))
}

pub fn rust_type(kind: &Kind) -> TokenStream {
    match kind {
        Kind::Bool => quote!(bool),
        Kind::Integer => quote!(i64),
        Kind::Duration => quote!(::core::time::Duration),
        Kind::Size => quote!(u64),
        Kind::Ip => quote!(::core::net::IpAddr),
        Kind::Path => quote!(::std::path::PathBuf),
        Kind::List => quote!(::std::vec::Vec<::std::string::String>),
        Kind::Secret => quote!(::gateway::env::Secret),
        Kind::Url | Kind::Text | Kind::Enum(_) => quote!(::std::string::String),
    }
}

fn option(text: &Option<String>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// Doc comments, with an empty line between paragraphs.
pub fn docs(paragraphs: &[String]) -> TokenStream {
    let lines = paragraphs.join("\n\n");
    let lines = lines.lines().map(|line| {
        if line.is_empty() {
            String::new()
        } else {
            format!(" {line}")
        }
    });
    quote!(#(#[doc = #lines])*)
}

/// Prose of the spec as the first line of a doc comment.
pub fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.ends_with(['.', '!', '?', ':']) {
        text.to_owned()
    } else {
        format!("{text}.")
    }
}
