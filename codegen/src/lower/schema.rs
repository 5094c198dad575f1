//! Wire schemas and their bindings to the arena.
//!
//! An edge says how a schema hangs on what is around it (`x-case`, then `x-bind`); the content behind it is lowered
//! once for each canonical context, which is what lets schemas refer to each other in circles.

use std::collections::BTreeMap;

use super::keywords::{self, EDGE_KEYS};
use crate::fault::Faults;
use crate::model::canonical::{Canonical, Ty};
use crate::model::schema::{Edge, Limits, Only, Property, Schema, SchemaId, Spot, Types};
use crate::source::{Place, View};

/// Lowers the schemas of one dialect.
pub struct Lowering<'c, 'f> {
    /// The hub.
    pub canonical: &'c Canonical,
    /// Where mistakes go.
    pub faults: &'f Faults,
    /// The arena.
    pub schemas: Vec<Schema>,
    /// Other spellings of property names are read.
    pub spellings: bool,
    known: BTreeMap<(Vec<Place>, Spot), SchemaId>,
}

impl<'c, 'f> Lowering<'c, 'f> {
    /// An empty arena.
    pub fn new(canonical: &'c Canonical, faults: &'f Faults, spellings: bool) -> Self {
        Self {
            canonical,
            faults,
            schemas: Vec::new(),
            spellings,
            known: BTreeMap::new(),
        }
    }

    /// A schema that stands for a value of this canonical type, such as a body.
    pub fn root(&mut self, view: &View<'_>, ty: &str) -> Edge {
        self.edge(view, &Spot::Struct(ty.to_owned()), false)
    }

    /// A union of edges in one context, as if `oneOf` listed them.
    pub fn union(&mut self, place: &Place, spot: Spot, variants: Vec<Edge>) -> SchemaId {
        let mut schema = empty(place.clone(), spot);
        schema.variants = variants;
        self.schemas.push(schema);
        self.schemas.len() - 1
    }

    /// One schema and how it hangs on `outer`.
    pub fn edge(&mut self, view: &View<'_>, outer: &Spot, is_property: bool) -> Edge {
        let place = view.place().clone();
        if let Some(edge) = self.implicit_move(view, outer) {
            return edge;
        }
        let expr = view
            .get("x-expr")
            .and_then(|node| keywords::expr(&node, self.faults));
        // What is computed is bound to the field that it solves for.
        let bind = self.bind(view, outer).or_else(|| {
            let first = &expr.as_ref()?.first;
            self.field_path(&place, outer, first)
        });
        self.check_refused(view, bind.is_some());
        // What a referred schema says of its surroundings, it says of where `x-bind` leads.
        let beneath = view.beneath("x-bind", "x-case").filter(|_| bind.is_some());
        let cases = if beneath.is_some() {
            Vec::new()
        } else {
            self.cases(view, outer)
        };
        let only = keywords::only(view, self.canonical, self.faults);
        let inner = match &bind {
            Some(path) => spot_of(&path.ty, only.as_ref()),
            None if is_property && !keywords::holds_bindings(view) && !keywords::is_dress(view) => {
                Spot::Nothing
            }
            None => outer.clone(),
        };
        self.check_canonical(view, &inner);
        let content = match beneath {
            Some(beneath) => {
                let only = self.edge(&beneath, &inner, false);
                self.union(&place, inner, vec![only])
            }
            None => self.content(view, inner),
        };
        Edge {
            place,
            outer: outer.clone(),
            cases,
            bind,
            only,
            deprecated: view.flag("deprecated"),
            read_only: view.flag("readOnly"),
            expr,
            content,
        }
    }

    /// What is bound is known here, and what an operation's own object doesn't hold is not looked for.
    fn check_refused(&self, view: &View<'_>, bound: bool) {
        if let Some(node) = view.get("x-refuse").filter(|_| bound) {
            let what = "x-refuse is for what nothing binds; take it or x-bind away";
            self.faults.add(&node.place, what);
        }
    }

    /// The content of a schema in a context, lowered once.
    pub fn content(&mut self, view: &View<'_>, spot: Spot) -> SchemaId {
        let speaking = view.identity(EDGE_KEYS);
        // Named by what says something, not by the reference that led there.
        let place = speaking.first().unwrap_or(view.place()).clone();
        let key = (speaking, spot.clone());
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let id = self.schemas.len();
        self.schemas.push(empty(place.clone(), spot.clone()));
        self.known.insert(key, id);
        let schema = self.fill(view, spot);
        self.schemas[id] = Schema { place, ..schema };
        id
    }

    fn fill(&mut self, view: &View<'_>, spot: Spot) -> Schema {
        let mut schema = empty(view.place().clone(), spot.clone());
        keywords::scalars(&mut schema, view, self.canonical, self.faults);
        schema.required = view.all_texts("required");
        if let Some(not) = view.get("not") {
            schema.not_required = View::new(not).all_texts("required");
        }
        let is_list = schema.types.list && !schema.types.object && !schema.types.text;
        let element = element(&spot);
        let is_element =
            matches!(&element, Some(Spot::Struct(name)) if view.text("x-canonical") == Some(name));
        let is_plain = schema.part.is_none()
            && view.list(&["oneOf", "anyOf"]).is_empty()
            && !schema.types.any_null();
        if element.is_some() && !is_list && (is_plain || is_element) {
            return self.single(view, schema, element);
        }
        self.properties(view, &mut schema);
        for variant in view.list(&["oneOf", "anyOf"]) {
            let edge = self.edge(&variant, &spot, false);
            schema.variants.push(edge);
        }
        if schema.types.list
            && let Some(items) = view.get("items")
        {
            let outer = element.unwrap_or(spot.clone());
            if outer != Spot::Nothing && keywords::is_looked_into(&schema) {
                let edge = self.edge(&View::new(items), &outer, false);
                schema.items = Some(Box::new(edge));
            }
        }
        schema.raw = keywords::is_raw(&schema);
        schema
    }

    /// A value that isn't a list, bound to a list: it is the one element.
    fn single(&mut self, view: &View<'_>, mut schema: Schema, element: Option<Spot>) -> Schema {
        let outer = element.unwrap_or(Spot::Nothing);
        let content = self.content(view, outer.clone());
        schema.single = true;
        schema.items = Some(Box::new(Edge {
            place: view.place().clone(),
            outer,
            cases: Vec::new(),
            bind: None,
            only: None,
            deprecated: false,
            read_only: false,
            expr: None,
            content,
        }));
        schema
    }

    fn properties(&mut self, view: &View<'_>, schema: &mut Schema) {
        for (name, property) in view.properties() {
            let required = schema.required.contains(&name);
            let edge = self.edge(&property, &schema.spot, true);
            let alias = self
                .spellings
                .then(|| crate::names::snake(&name))
                .filter(|alias| *alias != name);
            schema.properties.push(Property {
                name,
                alias,
                required,
                edge,
                hooks: Vec::new(),
                opened: false,
            });
        }
        if !schema.properties.is_empty()
            || !schema.required.is_empty()
            || !schema.not_required.is_empty()
        {
            schema.types.object |= !schema.types.list;
        }
    }
}

/// What the elements of a list are.
fn element(spot: &Spot) -> Option<Spot> {
    match spot {
        Spot::List(Ty::Struct(name)) => Some(Spot::Struct(name.clone())),
        Spot::List(ty) => Some(Spot::Value(ty.clone())),
        Spot::Parts => Some(Spot::Struct("Part".to_owned())),
        Spot::Turns => Some(Spot::Struct("Turn".to_owned())),
        _ => None,
    }
}

/// Where a path leads.
fn spot_of(ty: &Ty, only: Option<&Only>) -> Spot {
    let is_list_of =
        |name: &str| matches!(ty, Ty::List(inner) if **inner == Ty::Struct(name.to_owned()));
    match ty {
        Ty::Struct(name) => Spot::Struct(name.clone()),
        _ if is_list_of("Part") => Spot::Parts,
        _ if is_list_of("Item") && matches!(only, Some(Only::Role(_))) => Spot::Parts,
        _ if is_list_of("Item") => Spot::Turns,
        Ty::List(inner) => Spot::List((**inner).clone()),
        other => Spot::Value(other.clone()),
    }
}

/// A schema that says nothing yet.
pub fn empty(place: Place, spot: Spot) -> Schema {
    Schema {
        place,
        spot,
        types: Types::default(),
        constant: None,
        values: Vec::new(),
        not_values: Vec::new(),
        properties: Vec::new(),
        not_required: Vec::new(),
        required: Vec::new(),
        min_properties: false,
        variants: Vec::new(),
        items: None,
        single: false,
        raw: false,
        group: None,
        part: None,
        map: Vec::new(),
        codec: None,
        fit: None,
        fill: None,
        fill_map: Vec::new(),
        join: None,
        most: None,
        default: None,
        absent: Vec::new(),
        refuse: None,
        limits: Limits::default(),
        shape: None,
    }
}

impl Types {
    /// Only `null` is admitted.
    pub fn any_null(self) -> bool {
        self.null
            && self
                == Types {
                    null: true,
                    ..Types::default()
                }
    }
}
