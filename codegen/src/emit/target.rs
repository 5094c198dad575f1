//! Where a value goes that was read: canonical paths as places that can be assigned to.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use crate::model::canonical::Ty;
use crate::model::schema::Path;
use crate::names::ident;

/// The value where a path leads, as something that can be assigned to or borrowed mutably.
pub fn lvalue(cx: &Context<'_>, path: &Path, base: &TokenStream) -> TokenStream {
    let mut expression = base.clone();
    for step in &path.steps {
        let name = ident(&step.field);
        let structure = cx.canonical.get(&step.owner);
        let field = structure.and_then(|s| s.field(&step.field));
        let optional = field
            .is_some_and(|f| !f.required && f.default.is_none() && !matches!(f.ty, Ty::List(_)));
        let leads = field.is_some_and(|f| matches!(f.ty, Ty::Struct(_)));
        expression = quote!(#expression.#name);
        if step.first {
            expression = quote!((*::gateway::canonical::first(&mut #expression)));
        } else if optional && leads {
            expression = quote!((*#expression.get_or_insert_default()));
        }
    }
    expression
}

/// Whether the last field of a path is an `Option`.
fn is_optional(cx: &Context<'_>, path: &Path) -> bool {
    let Some(step) = path.steps.last() else {
        return false;
    };
    if step.first {
        return false;
    }
    let field = cx
        .canonical
        .get(&step.owner)
        .and_then(|s| s.field(&step.field));
    // A turn's role is known once its message is read.
    (step.owner == "Turn" && step.field == "role")
        || field.is_some_and(|f| !f.required && f.default.is_none() && !matches!(f.ty, Ty::List(_)))
}

pub fn set_value(cx: &Context<'_>, path: &Path) -> TokenStream {
    if Context::is_self(path) {
        return quote!(if out.is_none() {
            *out = ::core::option::Option::Some(value);
        });
    }
    let target = lvalue(cx, path, &quote!(out));
    if is_optional(cx, path) {
        return quote!({ let target = &mut #target; if target.is_none() { *target = ::core::option::Option::Some(value); } });
    }
    quote!(#target = value;)
}

pub fn assign(
    cx: &Context<'_>,
    path: &Path,
    target: &TokenStream,
    value: &TokenStream,
) -> TokenStream {
    if is_optional(cx, path) {
        quote!(#target = ::core::option::Option::Some(#value);)
    } else {
        quote!(#target = #value;)
    }
}
