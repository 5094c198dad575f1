//! Names of what a caller sent that no property of the spec reads: the hub's `ignored` takes them, where it has one.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use crate::model::canonical::Ty;
use crate::model::schema::{Edge, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::names::ident;

/// The hub's field for such names.
const FIELD: &str = "ignored";

/// Statements that move the names from `parsed`, the request's body, to `request`.
pub fn collect(cx: &Context<'_>, body: &Edge, ty: &str) -> TokenStream {
    let field = cx.canonical.get(ty).and_then(|s| s.field(FIELD));
    if field.is_none_or(|field| field.ty != Ty::List(Box::new(Ty::Text))) {
        return TokenStream::new();
    }
    let shape = cx.shape_of(body.content);
    object(cx, body.content, shape, ty, "", &quote!(parsed))
}

/// Those of one object, and of the scenery in it, whose names are dotted.
fn object(
    cx: &Context<'_>,
    id: SchemaId,
    shape: ShapeId,
    ty: &str,
    prefix: &str,
    wire: &TokenStream,
) -> TokenStream {
    let Some(unknown) = cx.note(shape) else {
        return TokenStream::new();
    };
    let (field, unknown) = (ident(FIELD), ident(&unknown));
    let inner = scenery(cx, id, ty).into_iter().filter_map(|(name, id)| {
        let object_shape = cx.wire.shape(shape).object.as_ref()?;
        let at = object_shape.idents.get(&name).map(|name| ident(name))?;
        let prefix = format!("{prefix}{name}.");
        let inner = object(
            cx,
            id,
            object_shape.field(&name)?,
            ty,
            &prefix,
            &quote!(wire),
        );
        (!inner.is_empty())
            .then(|| quote!(if let ::core::option::Option::Some(wire) = &mut #wire.#at { #inner }))
    });
    let named = if prefix.is_empty() {
        quote!(name.into())
    } else {
        quote!(::std::format!("{}{name}", #prefix).into())
    };
    quote! {
        request.#field.extend(#wire.#unknown.drain(..).map(|name| #named));
        #(#inner)*
    }
}

/// Objects that belong to the request itself: what isn't bound and isn't a list.
fn scenery(cx: &Context<'_>, id: SchemaId, ty: &str) -> Vec<(String, SchemaId)> {
    let schema = cx.schema(id);
    let plain = |edge: &Edge| {
        let inner = cx.schema(edge.content);
        let here = inner.spot == Spot::Struct(ty.to_owned());
        edge.bind.is_none() && here && inner.types.object && !inner.types.list
    };
    let own = schema.properties.iter().filter(|p| plain(&p.edge));
    own.map(|p| (p.name.clone(), p.edge.content)).collect()
}
