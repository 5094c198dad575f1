//! Walks over canonical values by which the ledger is applied: what has to go is cleared or refused.

use proc_macro2::TokenStream;
use quote::quote;

use super::canonical::struct_type;
use super::ledger::{ROOTS, constant, is_there};
use crate::model::canonical::{Canonical, Field, Struct, Ty};
use crate::model::ledger::{Names, leads_on};
use crate::names::{ident, snake};

pub fn walks(canonical: &Canonical, names: &Names) -> TokenStream {
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
            table: ::gateway::table::Rules<'_>,
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
    let there = is_there(field, &quote!(value));
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
        // The names of its fields say where it is.
        _ => quote! {
            if let ::core::option::Option::Some(inner) = &mut value.#name {
                #function(inner, table, losses)?;
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
