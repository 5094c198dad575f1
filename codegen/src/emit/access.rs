//! Canonical paths as expressions that read.

use proc_macro2::TokenStream;
use quote::quote;

use super::canonical::literal;
use super::context::Context;
use crate::model::canonical::Canonical;
use crate::model::canonical::{Field, Ty};
use crate::model::schema::{Case, Path, Step};
use crate::names::ident;

/// An `Option` of the value where a path leads from `base`, a reference to a struct: text as `&str`, numbers and enums
/// by value, the rest by reference. With `always` a value that equals its default is there too.
pub fn get(cx: &Context<'_>, path: &Path, base: &TokenStream, always: bool) -> TokenStream {
    get_in(cx.canonical, &cx.dialect.name, path, base, always)
}

fn get_in(
    canonical: &Canonical,
    origin: &str,
    path: &Path,
    base: &TokenStream,
    always: bool,
) -> TokenStream {
    let Some((last, steps)) = path.steps.split_last() else {
        return quote!(::core::option::Option::Some(#base));
    };
    match walk(canonical, steps, base) {
        Walked::Plain(base) => last_step(canonical, origin, last, &path.ty, &base, always),
        Walked::Maybe(option) => {
            let inner = last_step(canonical, origin, last, &path.ty, &quote!(x), always);
            quote!(#option.and_then(|x| #inner))
        }
    }
}

/// `get`, where no dialect is around: nothing there is sealed.
pub fn get_of(canonical: &Canonical, path: &Path, base: &TokenStream) -> TokenStream {
    get_in(canonical, "", path, base, false)
}

/// `holds`, where no dialect is around.
pub fn holds_of(canonical: &Canonical, case: &Case, base: &TokenStream) -> TokenStream {
    let found = get_in(canonical, "", &case.path, base, true);
    let value = literal(&case.value, &case.path.ty);
    quote!(#found == ::core::option::Option::Some(#value))
}

/// A slice: the list where a path leads.
pub fn slice(cx: &Context<'_>, path: &Path, base: &TokenStream) -> TokenStream {
    let Some((last, steps)) = path.steps.split_last() else {
        return quote!(&#base[..]);
    };
    let name = ident(&last.field);
    match walk(cx.canonical, steps, base) {
        Walked::Plain(base) => quote!(&#base.#name[..]),
        Walked::Maybe(option) => quote!(#option.map_or(&[][..], |x| &x.#name[..])),
    }
}

/// Whether a case holds of `base`.
pub fn holds(cx: &Context<'_>, case: &Case, base: &TokenStream) -> TokenStream {
    let found = get(cx, &case.path, base, true);
    if let serde_json::Value::Array(values) = &case.value {
        let values = values.iter().map(|value| literal(value, &case.path.ty));
        return quote!(matches!(#found, #(::core::option::Option::Some(#values))|*));
    }
    let value = literal(&case.value, &case.path.ty);
    if matches!(case.path.ty, Ty::Text) {
        let text = case.value.as_str().unwrap_or_default();
        return quote!(#found == ::core::option::Option::Some(#text));
    }
    quote!(#found == ::core::option::Option::Some(#value))
}

/// Whether the value where a path leads is there.
pub fn present(cx: &Context<'_>, path: &Path, base: &TokenStream, always: bool) -> TokenStream {
    if matches!(path.ty, Ty::List(_)) {
        let slice = slice(cx, path, base);
        return quote!(!(#slice).is_empty());
    }
    let found = get(cx, path, base, always);
    quote!(#found.is_some())
}

enum Walked {
    Plain(TokenStream),
    Maybe(TokenStream),
}

fn walk(canonical: &Canonical, steps: &[Step], base: &TokenStream) -> Walked {
    let mut walked = Walked::Plain(base.clone());
    for step in steps {
        let name = ident(&step.field);
        let field = field(canonical, step);
        let one = |base: &TokenStream| {
            if step.first {
                return Walked::Maybe(quote!(#base.#name.first()));
            }
            match field {
                Some(f) if f.required => Walked::Plain(quote!((&#base.#name))),
                Some(f) if f.boxed => Walked::Maybe(quote!(#base.#name.as_deref())),
                _ => Walked::Maybe(quote!(#base.#name.as_ref())),
            }
        };
        walked = match walked {
            Walked::Plain(base) => one(&base),
            Walked::Maybe(option) => match one(&quote!(x)) {
                Walked::Plain(inner) => Walked::Maybe(quote!(#option.map(|x| #inner))),
                Walked::Maybe(inner) => Walked::Maybe(quote!(#option.and_then(|x| #inner))),
            },
        };
    }
    walked
}

fn field<'m>(canonical: &'m Canonical, step: &Step) -> Option<&'m Field> {
    canonical
        .get(&step.owner)
        .and_then(|s| s.field(&step.field))
}

fn last_step(
    canonical: &Canonical,
    origin: &str,
    step: &Step,
    ty: &Ty,
    base: &TokenStream,
    always: bool,
) -> TokenStream {
    let name = ident(&step.field);
    if step.first {
        return quote!(#base.#name.first());
    }
    // The kind of a struct is a field that the model keeps apart; it is always there.
    let Some(field) = field(canonical, step) else {
        return quote!(::core::option::Option::Some(#base.#name));
    };
    let plain = field.required || field.default.is_some();
    match ty {
        Ty::Text if plain && always => quote!(::core::option::Option::Some(&*#base.#name)),
        Ty::Text if plain => {
            let default = field
                .default
                .as_ref()
                .and_then(serde_json::Value::as_str)
                .unwrap_or_default();
            quote!(::core::option::Option::Some(&*#base.#name).filter(|text| *text != #default))
        }
        Ty::Text => quote!(#base.#name.as_deref()),
        Ty::Sealed => {
            quote!(#base.#name.as_ref().filter(|sealed| sealed.origin == #origin))
        }
        Ty::Raw => quote!(#base.#name.as_ref()),
        Ty::Struct(_) if field.required => quote!(::core::option::Option::Some(&#base.#name)),
        Ty::Struct(_) if field.boxed => quote!(#base.#name.as_deref()),
        Ty::Struct(_) => quote!(#base.#name.as_ref()),
        Ty::List(_) => quote!(::core::option::Option::Some(&#base.#name[..])),
        _ if plain && (always || field.default.is_none()) => {
            quote!(::core::option::Option::Some(#base.#name))
        }
        _ if plain => {
            let default = literal(
                field.default.as_ref().unwrap_or(&serde_json::Value::Null),
                ty,
            );
            quote!(::core::option::Option::Some(#base.#name).filter(|value| *value != #default))
        }
        // The hub computes it from others.
        Ty::Integer if step.owner == "Usage" && step.field == "total" => {
            quote!(#base.total.or_else(|| #base.input.zip(#base.output).map(|(input, output)| input + output)))
        }
        _ => quote!(#base.#name),
    }
}
