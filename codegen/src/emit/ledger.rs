//! The ledger's names as numbers, and the walk that carries verdicts out.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::canonical::struct_type;
use crate::model::canonical::{Canonical, Field, Struct, Ty};
use crate::model::ledger::{Names, What, leads_on};
use crate::names::{ident, screaming, snake, upper_camel};

/// Structs that the walk enters; parts are entered by hand-written code, which knows what to do with whole kinds.
const ROOTS: [(&str, &str); 5] = [
    ("ChatRequest", "settle_request"),
    ("ChatResponse", "settle_response"),
    ("Part", "settle_part"),
    ("ModelsResponse", "settle_models"),
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
        let there = is_there(field, &quote!(v), canonical);
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
pub fn is_there(field: &Field, value: &TokenStream, canonical: &Canonical) -> TokenStream {
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
        _ => {
            let _ = canonical;
            quote!(#value.#name.is_some())
        }
    }
}

fn walks(canonical: &Canonical, names: &Names) -> TokenStream {
    let mut queue: Vec<String> = ROOTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut done = Vec::new();
    let mut functions = Vec::new();
    while let Some(name) = queue.pop() {
        if done.contains(&name) {
            continue;
        }
        done.push(name.clone());
        let Some(s) = canonical.get(&name) else {
            continue;
        };
        functions.push((name, walk(canonical, names, s, &mut queue)));
    }
    functions.sort_by(|a, b| a.0.cmp(&b.0));
    let functions = functions.into_iter().map(|(_, function)| function);
    quote!(#(#functions)*)
}

/// The function that carries verdicts out on one struct and what hangs on it.
fn walk(canonical: &Canonical, names: &Names, s: &Struct, queue: &mut Vec<String>) -> TokenStream {
    let function = walk_name(&s.name);
    let ty = struct_type(&s.name, canonical);
    let lifetime = canonical
        .get(&s.name)
        .is_some_and(|s| s.borrows)
        .then(|| quote!(<'a>));
    let steps: Vec<TokenStream> = s
        .fields
        .iter()
        .filter_map(|field| step(canonical, names, s, field, queue))
        .collect();
    let doc = format!(
        "Carries verdicts out on a `{}`: drops and reports, or refuses.",
        s.name
    );
    let is_public = ROOTS.iter().any(|(name, _)| *name == s.name);
    let visibility = is_public.then(|| quote!(pub));
    let unused = steps
        .is_empty()
        .then(|| quote!(let _ = (&value, table, &losses);));
    quote! {
        #[doc = #doc]
        #visibility fn #function #lifetime(
            value: &mut #ty,
            table: &Table,
            losses: &mut ::std::vec::Vec<::gateway::table::Loss>,
        ) -> ::core::result::Result<(), ::gateway::error::Fault> {
            #unused
            #(#steps)*
            ::core::result::Result::Ok(())
        }
    }
}

fn step(
    canonical: &Canonical,
    names: &Names,
    s: &Struct,
    field: &Field,
    queue: &mut Vec<String>,
) -> Option<TokenStream> {
    let name = ident(&field.name);
    let there = is_there(field, &quote!(value), canonical);
    // An item keeps what its turn says: its fields go by the turn's names.
    let owners: Vec<String> = field
        .owners
        .iter()
        .map(|owner| owner.replace("Item", "Turn"))
        .collect();
    let numbered: Vec<&String> = owners
        .iter()
        .filter(|owner| names.number(&format!("{owner}.{}", field.name)).is_some())
        .collect();
    let enter = enter(canonical, field, queue);
    if numbered.is_empty() {
        return enter;
    }
    let number = if numbered.len() == 1 {
        let constant = constant(&format!("{}.{}", numbered[0], field.name));
        quote!(Field::#constant)
    } else {
        by_kind(s, field, &numbered)?
    };
    let default = clear(field);
    let enter = enter.map(|enter| quote!(else { #enter }));
    Some(quote! {
        if #there && ::gateway::table::falls(table, #number, losses)? {
            value.#name = #default;
        } #enter
    })
}

/// A field that several members declare has a number for each kind.
fn by_kind(s: &Struct, field: &Field, owners: &[&String]) -> Option<TokenStream> {
    let kind = s.kind.as_ref()?;
    let kind_field = ident(&kind.field);
    let arms = owners.iter().filter_map(|owner| {
        let (value, _) = kind.members.iter().find(|(_, member)| member == *owner)?;
        let (value, constant) = (
            super::canonical::enum_value(&kind.enumeration, value),
            constant(&format!("{owner}.{}", field.name)),
        );
        Some(quote!(#value => Field::#constant,))
    });
    let first = constant(&format!("{}.{}", owners[0], field.name));
    Some(quote!(match value.#kind_field { #(#arms)* _ => Field::#first }))
}

fn clear(field: &Field) -> TokenStream {
    match (&field.default, &field.ty) {
        (Some(default), ty) => super::canonical::literal(default, ty),
        (None, Ty::List(_)) => quote!(::std::vec::Vec::new()),
        (None, _) if field.required => quote!(::core::default::Default::default()),
        (None, _) => quote!(::core::option::Option::None),
    }
}

/// Goes on to what hangs on this field.
fn enter(canonical: &Canonical, field: &Field, queue: &mut Vec<String>) -> Option<TokenStream> {
    let target = leads_on(&field.ty)?;
    canonical.get(target)?;
    queue.push(target.to_owned());
    let (name, function, place) = (ident(&field.name), walk_name(target), field.name.as_str());
    Some(match &field.ty {
        Ty::List(_) => quote! {
            for (i, inner) in value.#name.iter_mut().enumerate() {
                #function(inner, table, losses).map_err(|fault| fault.at_index(i).at(#place))?;
            }
        },
        _ if field.required => quote!(#function(&mut value.#name, table, losses)?;),
        _ => quote! {
            if let ::core::option::Option::Some(inner) = &mut value.#name {
                #function(inner, table, losses).map_err(|fault| fault.at(#place))?;
            }
        },
    })
}

fn walk_name(structure: &str) -> proc_macro2::Ident {
    match ROOTS.iter().find(|(name, _)| *name == structure) {
        Some((_, function)) => ident(function),
        None => ident(&format!("settle_{}", snake(structure))),
    }
}
