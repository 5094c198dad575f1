//! What a caller sent that nothing in the hub stands for: names that no property of the spec reads go to its `ignored`,
//! properties with `x-refuse` to its `foreign`, where the hub has these fields.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use crate::model::schema::{Edge, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::names::ident;

/// Statements that move what `parsed`, the request's body, has of these to `request`.
pub fn collect(cx: &Context<'_>, body: &Edge, ty: &str) -> TokenStream {
    let has = |name| {
        cx.canonical
            .get(ty)
            .is_some_and(|s| s.field(name).is_some())
    };
    if !has("ignored") || !has("foreign") {
        return TokenStream::new();
    }
    let shape = cx.shape_of(body.content);
    Object { ty, prefix: "" }.collect(cx, body.content, shape, &quote!(parsed))
}

/// The request's type, and where in its body an object stands.
struct Object<'o> {
    ty: &'o str,
    prefix: &'o str,
}

impl Object<'_> {
    /// What one object has, and the scenery in it, whose names are dotted.
    fn collect(
        &self,
        cx: &Context<'_>,
        id: SchemaId,
        shape: ShapeId,
        wire: &TokenStream,
    ) -> TokenStream {
        let Some(unknown) = cx.note(shape) else {
            return TokenStream::new();
        };
        let unknown = ident(&unknown);
        let foreign = self.foreign(cx, id, shape, wire);
        let inner = scenery(cx, id, self.ty).into_iter().filter_map(|(name, id)| {
            let object = cx.wire.shape(shape).object.as_ref()?;
            let (at, prefix) = (ident(object.idents.get(&name)?), format!("{}{name}.", self.prefix));
            let within = Object { ty: self.ty, prefix: &prefix };
            let inner = within.collect(cx, id, object.field(&name)?, &quote!(wire));
            (!inner.is_empty()).then(|| quote!(if let ::core::option::Option::Some(wire) = &mut #wire.#at { #inner }))
        });
        let prefix = self.prefix;
        let named = if prefix.is_empty() {
            quote!(name.into())
        } else {
            quote!(::std::format!("{}{name}", #prefix).into())
        };
        quote! {
            request.ignored.extend(#wire.#unknown.drain(..).map(|name| #named));
            #foreign
            #(#inner)*
        }
    }

    /// `x-refuse`.
    fn foreign(
        &self,
        cx: &Context<'_>,
        id: SchemaId,
        shape: ShapeId,
        wire: &TokenStream,
    ) -> TokenStream {
        let refused = cx.schema(id).properties.iter().filter_map(|property| {
            let schema = cx.schema(property.edge.content);
            let (reason, object) = (
                schema.refuse.as_ref()?,
                cx.wire.shape(shape).object.as_ref()?,
            );
            let field = ident(object.idents.get(&property.name)?);
            let name = format!("{}{}", self.prefix, property.name);
            let absent = schema.absent.iter().map(ToString::to_string);
            Some(quote! {
                if #wire.#field.as_ref().is_some_and(|json| json.says(&[#(#absent),*])) {
                    request.foreign.push(::gateway::canonical::Foreign {
                        name: ::core::option::Option::Some(#name.into()),
                        reason: ::core::option::Option::Some(#reason.into()),
                    });
                }
            })
        });
        quote!(#(#refused)*)
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
