//! What emitters of one dialect share: the arena, the shapes, the hub, and names for functions.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::wire::Wire;
use crate::model::canonical::Canonical;
use crate::model::dialect::Dialect;
use crate::model::ledger::Names;
use crate::model::schema::{Path, Schema, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::names::{Scope, ident, snake};

/// Shared by the emitters of one dialect.
pub struct Context<'m> {
    /// The hub.
    pub canonical: &'m Canonical,
    /// The ledger's names.
    pub names: &'m Names,
    /// The dialect.
    pub dialect: &'m Dialect,
    /// Its wire types.
    pub wire: Wire<'m>,
    state: RefCell<State>,
}

#[derive(Default)]
struct State {
    scope: Scope,
    readers: BTreeMap<(SchemaId, ShapeId, bool), Ident>,
    writers: BTreeMap<(SchemaId, bool), Ident>,
    waiting: Vec<Wanted>,
    shapes: BTreeSet<ShapeId>,
    noting: BTreeMap<ShapeId, String>,
}

/// A function that something refers to and that has yet to be emitted.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// Reads a schema from a shape; `true`: from the inside of a `Whole`.
    Reader(SchemaId, ShapeId, bool, Ident),
    /// Writes a schema; `true`: only its fields, without braces.
    Writer(SchemaId, bool, Ident),
}

impl<'m> Context<'m> {
    /// For one dialect.
    pub fn new(canonical: &'m Canonical, names: &'m Names, dialect: &'m Dialect) -> Self {
        Self {
            canonical,
            names,
            dialect,
            wire: Wire::new(&dialect.shapes),
            state: RefCell::default(),
        }
    }

    /// A schema of the arena.
    pub fn schema(&self, id: SchemaId) -> &'m Schema {
        &self.dialect.schemas[id]
    }

    /// The shape of a schema that stands by itself.
    pub fn shape_of(&self, id: SchemaId) -> ShapeId {
        self.schema(id).shape.unwrap_or_default()
    }

    /// The function that reads this schema from this shape; `opened`: from the inside of a `Whole`, with its JSON.
    pub fn reader(&self, schema: SchemaId, shape: ShapeId, opened: bool) -> Ident {
        let mut state = self.state.borrow_mut();
        if let Some(known) = state.readers.get(&(schema, shape, opened)) {
            return known.clone();
        }
        let name = ident(&state.scope.unique(&format!("read_{}", self.label(schema))));
        state.readers.insert((schema, shape, opened), name.clone());
        state
            .waiting
            .push(Wanted::Reader(schema, shape, opened, name.clone()));
        name
    }

    /// The function that writes this schema.
    pub fn writer(&self, schema: SchemaId, only_fields: bool) -> Ident {
        let mut state = self.state.borrow_mut();
        if let Some(known) = state.writers.get(&(schema, only_fields)) {
            return known.clone();
        }
        let label = format!(
            "write_{}{}",
            self.label(schema),
            if only_fields { "_fields" } else { "" }
        );
        let name = ident(&state.scope.unique(&label));
        state.writers.insert((schema, only_fields), name.clone());
        state
            .waiting
            .push(Wanted::Writer(schema, only_fields, name.clone()));
        name
    }

    /// The Rust type of a wire value that something parses; its structs will be emitted.
    pub fn parsed_type(&self, shape: ShapeId) -> TokenStream {
        self.wire.reach(shape, &mut self.state.borrow_mut().shapes);
        self.wire.ty(shape)
    }

    /// The Rust type inside of a `Whole`.
    pub fn opened_type(&self, shape: ShapeId) -> TokenStream {
        self.wire.reach(shape, &mut self.state.borrow_mut().shapes);
        self.wire.opened(shape).ty(shape)
    }

    /// The next function to emit.
    pub fn next_wanted(&self) -> Option<Wanted> {
        self.state.borrow_mut().waiting.pop()
    }

    /// The struct of this shape shall note the names of properties that it doesn't know; the field that has them. `None`
    /// if the shape is more than an object.
    pub fn note(&self, shape: ShapeId) -> Option<String> {
        let object = self.wire.shape(shape).object.as_ref()?;
        if self.wire.is_mixed(shape) || self.wire.is_whole(shape) || self.wire.is_json(shape) {
            return None;
        }
        let mut name = "unknown_properties".to_owned();
        while object.idents.values().any(|taken| *taken == name) {
            name.push('_');
        }
        let mut state = self.state.borrow_mut();
        state.noting.insert(shape, name.clone());
        Some(name)
    }

    /// Structs of everything that is parsed.
    pub fn wire_structs(&self) -> TokenStream {
        let state = self.state.borrow();
        self.wire.structs(&state.shapes, &state.noting)
    }

    /// The type of what a reader of this spot fills.
    pub fn target_type(&self, spot: &Spot) -> TokenStream {
        match spot {
            Spot::Struct(name) => super::canonical::struct_type(name, self.canonical),
            Spot::Value(ty) => {
                let ty = super::canonical::rust_type(ty, self.canonical);
                quote!(::core::option::Option<#ty>)
            }
            Spot::List(ty) => {
                let ty = super::canonical::rust_type(ty, self.canonical);
                quote!(::std::vec::Vec<#ty>)
            }
            Spot::Parts => quote!(::std::vec::Vec<::gateway::canonical::Part<'a>>),
            Spot::Turns => quote!(::std::vec::Vec<::gateway::canonical::Item<'a>>),
            Spot::Nothing => quote!(()),
        }
    }

    /// How reports call the field that a path leads to.
    pub fn shown(&self, path: &Path) -> String {
        let number = path.steps.last().and_then(|step| {
            let s = self.canonical.get(&step.owner)?;
            let owners = s
                .field(&step.field)
                .map(|f| f.owners.clone())
                .unwrap_or_default();
            owners
                .iter()
                .find_map(|owner| self.names.number(&format!("{owner}.{}", step.field)))
        });
        number.map_or_else(
            || path.text.clone(),
            |number| self.names.entries()[number].shown.clone(),
        )
    }

    /// Whether some variant says this value of a field by standing for it.
    pub fn is_case(&self, path: &Path, value: &str) -> bool {
        let same = |case: &crate::model::schema::Case| {
            case.value.as_str() == Some(value) && case.path.steps.last() == path.steps.last()
        };
        self.dialect
            .schemas
            .iter()
            .flat_map(|s| &s.variants)
            .any(|variant| variant.cases.iter().any(same))
    }

    /// Whether ids are made of the places of parts.
    pub fn makes_ids(&self) -> bool {
        let made = |s: &crate::model::schema::Schema| matches!(&s.fill, Some((source, _)) if source == "place-id");
        self.dialect.schemas.iter().any(made)
    }

    /// A kind of part as a value.
    pub fn kind(&self, kind: &str) -> TokenStream {
        super::canonical::enum_value("PartKind", kind)
    }

    /// A set of kinds as a constant.
    pub fn kinds<'k>(&self, kinds: impl IntoIterator<Item = &'k str>) -> TokenStream {
        let values = self.canonical.values("PartKind");
        let bits = kinds
            .into_iter()
            .filter_map(|kind| values.iter().position(|v| v == kind))
            .fold(0u16, |bits, i| bits | 1 << i);
        quote!(::gateway::table::Kinds(#bits))
    }

    /// The field of a path that is only `.`: the value itself.
    pub fn is_self(path: &Path) -> bool {
        path.steps.is_empty()
    }

    fn label(&self, schema: SchemaId) -> String {
        const WORDS: [&str; 8] = [
            "components",
            "schemas",
            "properties",
            "items",
            "oneOf",
            "anyOf",
            "paths",
            "content",
        ];
        let pointer = &self.schema(schema).place.pointer;
        let words: Vec<String> = pointer
            .split('/')
            .filter(|w| !w.is_empty() && !WORDS.contains(w))
            .map(snake)
            .collect();
        let words = if words.len() > 4 {
            words[words.len() - 4..].to_vec()
        } else {
            words
        };
        words.join("_")
    }
}
