//! The ledger's names as numbers, and the walk that carries verdicts out.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::walks::walks;
use crate::model::canonical::{Canonical, Field, Struct, Ty};
use crate::model::ledger::{Names, What};
use crate::names::{ident, screaming, upper_camel};

/// Structs that the walk enters; parts are entered by hand-written code, which knows what to do with whole kinds.
pub const ROOTS: [(&str, &str); 7] = [
    ("ChatRequest", "settle_request"),
    ("ChatResponse", "settle_response"),
    ("Part", "settle_part"),
    ("ModelsResponse", "settle_models"),
    ("EmbedRequest", "settle_embed_request"),
    ("EmbedResponse", "settle_embed_response"),
    ("Error", "settle_error"),
];

/// The module `ledger`.
pub fn emit(canonical: &Canonical, names: &Names) -> TokenStream {
    let count = names.entries().len();
    let constants = names.entries().iter().enumerate().map(|(i, entry)| {
        let (constant, doc, number) =
            (constant(&entry.name), format!("`{}`", entry.name), i as u16);
        quote!(#[doc = #doc] pub const #constant: Self = Self(#number);)
    });
    let shown = names.entries().iter().map(|entry| &entry.shown);
    let full = names.entries().iter().map(|entry| &entry.name);
    let (kind, place) = (kind_function(names), place_function(names));
    let present = present(canonical, names);
    let walks = walks(canonical, names);
    quote! {
        /// A canonical field, a kind, or a kind in a place.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub struct Field(pub u16);

        impl Field {
            #(#constants)*

            /// The name that reports use.
            pub fn name(self) -> &'static str {
                FIELD_NAMES.get(usize::from(self.0)).copied().unwrap_or_default()
            }
        }

        /// How many fields there are.
        pub const FIELDS: usize = #count;

        /// Verdicts of one dialect, by field.
        pub type Table = [::gateway::table::Verdict; FIELDS];

        /// The names that reports use, by field.
        pub static FIELD_NAMES: [&str; FIELDS] = [#(#shown,)*];

        /// The names that the spec uses, by field.
        pub static SPEC_NAMES: [&str; FIELDS] = [#(#full,)*];

        #kind #place #present #walks
    }
}

/// The constant of a name: `Reasoning.effort` is `REASONING_EFFORT`; a whole kind `Thinking` is `PART_THINKING`.
pub fn constant(name: &str) -> proc_macro2::Ident {
    match name.split_once('.') {
        Some((owner, field)) => format_ident!("{}_{}", screaming(owner), screaming(field)),
        None => format_ident!("PART_{}", screaming(name)),
    }
}

fn kind_function(names: &Names) -> TokenStream {
    let arms = names
        .entries()
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Kind(union, kind) if union == "Part" => {
                let (kind, constant) = (ident(&upper_camel(kind)), constant(&entry.name));
                Some(quote!(::gateway::canonical::PartKind::#kind => Field::#constant,))
            }
            _ => None,
        });
    quote! {
        /// A kind of part, wherever it stands.
        pub const fn kind(kind: ::gateway::canonical::PartKind) -> Field {
            match kind { #(#arms)* }
        }
    }
}

fn place_function(names: &Names) -> TokenStream {
    let arms = names
        .entries()
        .iter()
        .filter_map(|entry| match &entry.what {
            What::Place(place, kind) => {
                let (kind, constant) = (ident(&upper_camel(kind)), constant(&entry.name));
                let role = match place.as_str() {
                    "result" => quote!(
                        ::core::option::Option::None
                            | ::core::option::Option::Some(::gateway::canonical::Role::Tool)
                    ),
                    role => {
                        let role = ident(&upper_camel(role));
                        quote!(::core::option::Option::Some(::gateway::canonical::Role::#role))
                    }
                };
                Some(quote!((#role, ::gateway::canonical::PartKind::#kind) => Field::#constant,))
            }
            _ => None,
        });
    quote! {
        /// A kind of part in the turns of a role; `None` and `Tool` are a tool's result.
        pub const fn place(role: ::core::option::Option<::gateway::canonical::Role>, kind: ::gateway::canonical::PartKind) -> Field {
            match (role, kind) { #(#arms)* }
        }
    }
}

/// Whether a field of the request is there; fields behind lists count as absent.
fn present(canonical: &Canonical, names: &Names) -> TokenStream {
    let mut arms = Vec::new();
    if let Some(request) = canonical.get("ChatRequest") {
        present_arms(canonical, names, request, &quote!(Some(request)), &mut arms);
    }
    quote! {
        /// Whether a field of the request itself is there, with a value that isn't its default.
        pub fn present(request: &::gateway::canonical::ChatRequest<'_>, field: Field) -> bool {
            match field { #(#arms)* _ => false }
        }
    }
}

fn present_arms(
    canonical: &Canonical,
    names: &Names,
    s: &Struct,
    value: &TokenStream,
    arms: &mut Vec<TokenStream>,
) {
    for field in s
        .fields
        .iter()
        .filter(|f| names.number(&format!("{}.{}", s.name, f.name)).is_some())
    {
        let constant = constant(&format!("{}.{}", s.name, field.name));
        let there = is_there(field, &quote!(v));
        arms.push(quote!(Field::#constant => (#value).is_some_and(|v: &_| #there),));
        if let Ty::Struct(inner) = &field.ty
            && let Some(inner) = canonical.get(inner)
        {
            let name = ident(&field.name);
            present_arms(
                canonical,
                names,
                inner,
                &quote!((#value).and_then(|v: &_| v.#name.as_ref())),
                arms,
            );
        }
    }
}

/// Whether a field of `value` has a value that isn't its default.
pub fn is_there(field: &Field, value: &TokenStream) -> TokenStream {
    let name = ident(&field.name);
    match &field.ty {
        Ty::List(_) => quote!(!#value.#name.is_empty()),
        _ if field.default.is_some() => {
            let default = super::canonical::literal(
                field.default.as_ref().unwrap_or(&serde_json::Value::Null),
                &field.ty,
            );
            quote!(#value.#name != #default)
        }
        Ty::Text if field.required => quote!(!#value.#name.is_empty()),
        Ty::Enum(_) | Ty::Integer if field.required => quote!(true),
        _ => quote!(#value.#name.is_some()),
    }
}
