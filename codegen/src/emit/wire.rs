//! Wire types: what a message looks like before anybody knows what it means.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::shape::{Object, Shape, ShapeId};
use crate::names::ident;

/// The wire types of one dialect.
pub struct Wire<'m> {
    shapes: &'m [Shape],
    borrows: Vec<bool>,
    opened: Option<ShapeId>,
}

impl<'m> Wire<'m> {
    /// Over these shapes.
    pub fn new(shapes: &'m [Shape]) -> Self {
        let mut wire = Self {
            shapes,
            borrows: vec![false; shapes.len()],
            opened: None,
        };
        wire.find_borrows();
        wire
    }

    /// The shape of this number.
    pub fn shape(&self, id: ShapeId) -> &'m Shape {
        &self.shapes[id]
    }

    /// Structs of these shapes; those of `noting` have a field of this name for properties that they don't know.
    pub fn structs(
        &self,
        used: &BTreeSet<ShapeId>,
        noting: &BTreeMap<ShapeId, String>,
    ) -> TokenStream {
        let structs = used.iter().filter_map(|id| {
            let object = self.shapes[*id].object.as_ref()?;
            Some(self.structure(*id, object, noting.get(id)))
        });
        quote!(#(#structs)*)
    }

    /// The same wire types, where a value of this shape is looked at inside of its `Whole`.
    pub fn opened(&self, id: ShapeId) -> Self {
        Self {
            shapes: self.shapes,
            borrows: self.borrows.clone(),
            opened: Some(id),
        }
    }

    /// Whether a value of this shape is a `Whole`.
    pub fn is_whole(&self, id: ShapeId) -> bool {
        self.shapes[id].whole && self.opened != Some(id)
    }

    /// The Rust type of a value of this shape.
    pub fn ty(&self, id: ShapeId) -> TokenStream {
        let shape = &self.shapes[id];
        if shape.whole && self.opened == Some(id) {
            return self.inner_ty(
                id,
                &Shape {
                    raw: false,
                    ..shape.clone()
                },
            );
        }
        if shape.whole {
            let inner = self.inner_ty(
                id,
                &Shape {
                    raw: false,
                    ..shape.clone()
                },
            );
            return quote!(::gateway::wire::read::Whole<'a, #inner>);
        }
        self.inner_ty(id, shape)
    }

    /// Whether a value of this shape is a `Mixed`.
    pub fn is_mixed(&self, id: ShapeId) -> bool {
        let shape = &self.shapes[id];
        let raw = shape.raw && !shape.whole;
        let types = shape.types;
        let kinds = [
            types.text,
            types.number,
            types.boolean,
            self.is_list(shape),
            shape.object.is_some() || raw,
        ];
        kinds.iter().filter(|kind| **kind).count() > 1
    }

    /// Whether a value of this shape is raw JSON only.
    pub fn is_json(&self, id: ShapeId) -> bool {
        let shape = &self.shapes[id];
        shape.raw && !shape.whole && !self.is_mixed(id)
    }

    /// Every shape that a shape reaches, itself included.
    pub fn reach(&self, id: ShapeId, found: &mut BTreeSet<ShapeId>) {
        if !found.insert(id) {
            return;
        }
        let shape = &self.shapes[id];
        for inner in shape.list.iter().copied().chain(
            shape
                .object
                .iter()
                .flat_map(|o| o.fields.iter().map(|(_, _, s)| *s)),
        ) {
            self.reach(inner, found);
        }
    }

    fn is_list(&self, shape: &Shape) -> bool {
        shape.list.is_some() || Self::is_blank_list(shape)
    }

    /// A list that nobody looks into, where other types may stand: its elements are skipped.
    fn is_blank_list(shape: &Shape) -> bool {
        let types = shape.types;
        let others = types.text || types.number || types.boolean || shape.object.is_some();
        types.list && others && shape.list.is_none() && !shape.raw
    }

    fn inner_ty(&self, id: ShapeId, shape: &Shape) -> TokenStream {
        let list = shape.list.map(|inner| {
            let raw = self.needs_raw(inner);
            let inner = self.ty(inner);
            quote!(::gateway::wire::read::List<#inner, #raw>)
        });
        let blank = Self::is_blank_list(shape)
            .then(|| quote!(::gateway::wire::read::List<::serde::de::IgnoredAny, false>));
        let list = list.or(blank);
        let object = match (&shape.object, shape.raw) {
            (Some(object), _) => {
                let name = ident(&object.name);
                Some(if self.borrows[id] {
                    quote!(#name<'a>)
                } else {
                    quote!(#name)
                })
            }
            (None, true) => Some(quote!(::gateway::wire::read::Json<'a>)),
            (None, false) => None,
        };
        let scalars = u8::from(shape.types.text)
            + 2 * u8::from(shape.types.number)
            + 4 * u8::from(shape.types.boolean);
        match (scalars, list, object) {
            (0, None, None) => quote!(::serde::de::IgnoredAny),
            (0, None, Some(object)) => object,
            (0, Some(list), None) => list,
            (1, None, None) => quote!(::gateway::wire::read::Text<'a>),
            (2, None, None) => quote!(::gateway::wire::read::Number),
            (4, None, None) => quote!(bool),
            (scalars, list, object) => {
                let raw = shape.raw;
                let never = quote!(::gateway::wire::read::Never);
                let (list, object) = (
                    list.unwrap_or_else(|| never.clone()),
                    object.unwrap_or(never),
                );
                quote!(::gateway::wire::read::Mixed<'a, #list, #object, #raw, #scalars>)
            }
        }
    }

    /// A list whose elements are kept as they came has to find their text first.
    fn needs_raw(&self, id: ShapeId) -> bool {
        let shape = &self.shapes[id];
        shape.whole || shape.raw
    }

    fn structure(&self, id: ShapeId, object: &Object, unknown: Option<&String>) -> TokenStream {
        let name = ident(&object.name);
        let lifetime = self.borrows[id].then(|| quote!(<'a>));
        let fields = object.fields.iter().map(|(wire, _, shape)| {
            let field = ident(&object.idents[wire]);
            let ty = self.ty(*shape);
            quote!(pub #field: ::core::option::Option<#ty>,)
        });
        let arms = object.fields.iter().map(|(wire, alias, _)| {
            let field = ident(&object.idents[wire]);
            let names = std::iter::once(wire).chain(alias.iter());
            quote!(#(#names)|* => reader.property(&mut wire.#field),)
        });
        let unknown = unknown.map(|field| ident(field));
        let noted = unknown
            .iter()
            .map(|field| quote!(pub #field: ::std::vec::Vec<::std::string::String>,));
        let other = match &unknown {
            None => quote!(reader.skip()),
            Some(field) => {
                quote!(::gateway::wire::read::note(reader, &key, &mut wire.#field))
            }
        };
        let (bounds, input) = match self.borrows[id] {
            true => (quote!(<'a>), quote!('a)),
            false => (quote!(<'de>), quote!('de)),
        };
        quote! {
            #[derive(Debug, Default)]
            pub struct #name #lifetime { #(#fields)* #(#noted)* }

            impl #bounds ::gateway::wire::read::Wire<#input> for #name #lifetime {
                fn read_into(slot: &mut ::core::option::Option<Self>, reader: &mut ::gateway::wire::read::Reader<#input>) -> ::core::result::Result<(), ::gateway::wire::read::Error> {
                    reader.open_object()?;
                    let wire = slot.insert(::core::default::Default::default());
                    let mut begun = false;
                    while let ::core::option::Option::Some(key) = reader.next_key(&mut begun)? {
                        let read = match &*key {
                            #(#arms)*
                            _ => #other,
                        };
                        read.map_err(|error| error.at(&key))?;
                    }
                    ::core::result::Result::Ok(())
                }
            }
        }
    }

    /// Whether the Rust type of this shape has the input's lifetime.
    pub fn type_borrows(&self, id: ShapeId) -> bool {
        let shape = &self.shapes[id];
        shape.types.text
            || shape.raw
            || shape.whole
            || self.is_mixed(id)
            || self.borrows[id]
            || shape
                .list
                .is_some_and(|inner| inner != id && self.type_borrows_bounded(inner))
    }

    fn type_borrows_bounded(&self, id: ShapeId) -> bool {
        let shape = &self.shapes[id];
        shape.types.text
            || shape.raw
            || shape.whole
            || self.is_mixed(id)
            || self.borrows[id]
            || shape
                .list
                .is_some_and(|inner| self.shapes[inner].types.text || self.borrows[inner])
    }

    /// A struct borrows if something that it reaches does; found by repeating until nothing changes.
    fn find_borrows(&mut self) {
        loop {
            let mut changed = false;
            for id in 0..self.shapes.len() {
                let Some(object) = &self.shapes[id].object else {
                    continue;
                };
                let borrows = object
                    .fields
                    .iter()
                    .any(|(_, _, inner)| self.type_borrows(*inner));
                changed |= borrows && !self.borrows[id];
                self.borrows[id] |= borrows;
            }
            if !changed {
                return;
            }
        }
    }
}
