//! `x-case`, `x-bind` and `x-canonical`: how a schema hangs on what is around it.

use serde_json::Value;

use super::paths;
use super::schema::{Lowering, empty};
use crate::fault::suggest;
use crate::model::canonical::Ty;
use crate::model::schema::{Case, Edge, Path, Spot};
use crate::source::{Place, View};

impl Lowering<'_, '_> {
    /// A part where a turn is expected is a turn of this one part; an error where an event is expected is its error.
    pub(super) fn implicit_move(&mut self, view: &View<'_>, outer: &Spot) -> Option<Edge> {
        let Spot::Struct(owner) = outer else {
            return None;
        };
        let field = match (owner.as_str(), view.text("x-canonical")) {
            ("Turn", Some("Part")) => "parts",
            ("Event", Some("Error")) => "error",
            _ => return None,
        };
        let place = view.place().clone();
        let path = self.field_path(&place, outer, field)?;
        let content = if field == "parts" {
            let item = self.edge(view, &Spot::Struct("Part".to_owned()), false);
            let mut schema = empty(place.clone(), Spot::Parts);
            schema.single = true;
            schema.items = Some(Box::new(item));
            self.schemas.push(schema);
            self.schemas.len() - 1
        } else {
            self.content(view, Spot::Struct("Error".to_owned()))
        };
        let (deprecated, read_only) = (view.flag("deprecated"), view.flag("readOnly"));
        Some(Edge {
            place,
            outer: outer.clone(),
            cases: Vec::new(),
            bind: Some(path),
            only: None,
            deprecated,
            read_only,
            expr: None,
            content,
        })
    }

    pub(super) fn cases(&self, view: &View<'_>, outer: &Spot) -> Vec<Case> {
        let Some(node) = view.get("x-case") else {
            return Vec::new();
        };
        let Spot::Struct(owner) = outer else {
            self.faults.add(
                &node.place,
                "x-case needs a surrounding canonical struct; there is none here",
            );
            return Vec::new();
        };
        let kind = self
            .canonical
            .get(owner)
            .and_then(|s| s.kind.as_ref())
            .map(|kind| kind.field.clone());
        let pairs: Vec<(String, Value)> = match node.value {
            Value::String(_) | Value::Array(_) => match kind {
                Some(field) => vec![(field, node.value.clone())],
                None => {
                    self.faults.add(
                        &node.place,
                        format!(
                            "{owner} has no kinds; write x-case: {{field: {}}}",
                            node.value
                        ),
                    );
                    Vec::new()
                }
            },
            Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v.clone())).collect(),
            _ => {
                self.faults.add(
                    &node.place,
                    "x-case is a kind, or an object of fields and values",
                );
                Vec::new()
            }
        };
        let lowered = pairs.into_iter().filter_map(|(field, value)| {
            let path = paths::resolve(self.canonical, owner, &field)
                .map_err(|what| self.faults.add(&node.place, format!("x-case: {what}")))
                .ok()?;
            paths::check_value(self.canonical, &path.ty, &value)
                .map_err(|what| {
                    self.faults
                        .add(&node.place, format!("x-case: {field} {what}"))
                })
                .ok()?;
            Some(Case { path, value })
        });
        lowered.collect()
    }

    pub(super) fn bind(&self, view: &View<'_>, outer: &Spot) -> Option<Path> {
        let node = view.get("x-bind")?;
        let Some(text) = node.str() else {
            self.faults.add(
                &node.place,
                "x-bind is a canonical path, such as usage.input",
            );
            return None;
        };
        match outer {
            Spot::Value(ty) if text == "." => Some(Path {
                text: text.to_owned(),
                steps: Vec::new(),
                ty: ty.clone(),
            }),
            Spot::Struct(owner) => match paths::resolve(self.canonical, owner, text) {
                Ok(path) => Some(path),
                Err(what) => {
                    self.faults.add(&node.place, format!("x-bind {what}"));
                    None
                }
            },
            _ => {
                self.faults.add(
                    &node.place,
                    format!("x-bind '{text}' stands where no canonical struct is around it"),
                );
                None
            }
        }
    }

    pub(super) fn field_path(&self, place: &Place, outer: &Spot, field: &str) -> Option<Path> {
        let Spot::Struct(owner) = outer else {
            return None;
        };
        paths::resolve(self.canonical, owner, field)
            .map_err(|what| self.faults.add(place, what))
            .ok()
    }

    pub(super) fn check_canonical(&self, view: &View<'_>, inner: &Spot) {
        let Some(node) = view.get("x-canonical") else {
            return;
        };
        let name = node.str().unwrap_or_default();
        if self.canonical.get(name).is_none() {
            let names = self.canonical.structs.iter().map(|s| s.name.as_str());
            self.faults.add(
                &node.place,
                format!(
                    "x-canonical '{name}' is no canonical type{}",
                    suggest(name, names)
                ),
            );
            return;
        }
        let arrived = match inner {
            Spot::Struct(ty) | Spot::List(Ty::Struct(ty)) => ty.as_str(),
            Spot::Parts => "Part",
            Spot::Turns => "Turn",
            _ => return,
        };
        if arrived != name && !(arrived == "Turn" && name == "Part") {
            self.faults.add(
                &node.place,
                format!("x-canonical says {name}, but x-bind leads to {arrived}"),
            );
        }
    }
}
