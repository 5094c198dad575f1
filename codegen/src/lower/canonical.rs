//! The hub's YAML to its types.

use std::collections::BTreeMap;

use super::hub::{doc, kinds, mapping, reference, texts};
use crate::fault::Faults;
use crate::model::canonical::{Canonical, Enum, Field, Kind, Struct, Ty};
use crate::names::upper_camel;
use crate::source::Node;

/// Types that only group others' fields: the members of unions and their shared bases.
type Bases<'s> = BTreeMap<&'s str, Node<'s>>;

/// Reads the hub. `document` is the whole file.
pub fn lower(document: &Node<'_>, faults: &Faults) -> Canonical {
    let schemas = document.get("components").and_then(|c| c.get("schemas"));
    let schemas: Vec<(&str, Node<'_>)> = schemas.map(|s| s.entries()).unwrap_or_default();
    let mut lowering = Lowering {
        all: schemas.iter().cloned().collect(),
        canonical: Canonical::default(),
        faults,
    };
    lowering.enums(&schemas);
    lowering.members(&schemas);
    for (name, node) in &schemas {
        if !lowering.is_base(name, &schemas) && node.get("enum").is_none() {
            lowering.structure(name, node);
        }
    }
    lowering.statuses();
    lowering.finish()
}

struct Lowering<'s, 'f> {
    all: Bases<'s>,
    canonical: Canonical,
    faults: &'f Faults,
}

impl<'s> Lowering<'s, '_> {
    fn enums(&mut self, schemas: &[(&str, Node<'s>)]) {
        for (name, node) in schemas {
            if let Some(values) = node.get("enum") {
                self.add_enum(name, doc(node), texts(&values));
            }
            if let Some((field, values)) = kinds(node) {
                let name = if field == "kind" {
                    format!("{name}Kind")
                } else {
                    format!("{name}{}", upper_camel(&field))
                };
                // An `Event.event` is an `EventKind`: what a union's kind is called is the union's business.
                let name = name.replace("EventEvent", "EventKind");
                self.add_enum(&name, "Which of the fields are in use.".to_owned(), values);
            }
        }
    }

    /// Adds an enum, or finds the one that has the same values.
    fn add_enum(&mut self, name: &str, doc: String, values: Vec<String>) -> String {
        if let Some(equal) = self.canonical.enums.iter().find(|e| e.values == values) {
            return equal.name.clone();
        }
        self.canonical.enums.push(Enum {
            name: name.to_owned(),
            doc,
            values,
        });
        name.to_owned()
    }

    fn members(&mut self, schemas: &[(&str, Node<'s>)]) {
        for (name, node) in schemas {
            for (kind, member) in mapping(node) {
                self.canonical
                    .members
                    .insert(member, ((*name).to_owned(), kind));
            }
        }
    }

    /// A base is a member of a union, or what members share (`allOf`).
    fn is_base(&self, name: &str, schemas: &[(&str, Node<'s>)]) -> bool {
        let shared = |node: &Node<'_>| {
            node.get("allOf").is_some_and(|all| {
                all.items()
                    .iter()
                    .any(|base| reference(base).as_deref() == Some(name))
            })
        };
        self.canonical.members.contains_key(name) || schemas.iter().any(|(_, node)| shared(node))
    }

    fn structure(&mut self, name: &str, node: &Node<'s>) {
        let mut fields = Vec::new();
        let members = mapping(node);
        self.add_fields(name, name, None, node, &mut fields);
        for (kind, member) in &members {
            if let Some(member_node) = self.all.get(member.as_str()).cloned() {
                self.add_fields(name, member, Some(kind), &member_node, &mut fields);
            }
        }
        let kind = kinds(node).map(|(field, values)| {
            fields.retain(|f: &Field| f.name != field);
            let default = node
                .get("properties")
                .and_then(|p| p.get(&field))
                .and_then(|p| p.text("default").map(str::to_owned));
            let enumeration = self.add_enum("", String::new(), values.clone());
            Kind {
                field,
                enumeration,
                default: default.unwrap_or_else(|| values[0].clone()),
                members,
            }
        });
        self.canonical.structs.push(Struct {
            name: name.to_owned(),
            doc: doc(node),
            fields,
            kind,
            borrows: false,
        });
    }

    /// Adds the fields that `node` declares to the struct `owner`; one that a sibling declared gains a kind.
    fn add_fields(
        &mut self,
        owner: &str,
        declarer: &str,
        kind: Option<&String>,
        node: &Node<'s>,
        fields: &mut Vec<Field>,
    ) {
        for base in node.get("allOf").map(|all| all.items()).unwrap_or_default() {
            let Some(base_name) = reference(&base) else {
                continue;
            };
            self.add_fields(owner, &base_name, kind, &base.follow(), fields);
        }
        let required: Vec<String> = node.get("required").map(|r| texts(&r)).unwrap_or_default();
        for (name, property) in node
            .get("properties")
            .map(|p| p.entries())
            .unwrap_or_default()
        {
            if let Some(known) = fields.iter_mut().find(|field| field.name == name) {
                known.kinds.extend(kind.cloned());
                if !known.owners.iter().any(|o| o == declarer) {
                    known.owners.push(declarer.to_owned());
                }
                continue;
            }
            let Some(ty) = self.ty(owner, name, &property) else {
                continue;
            };
            fields.push(Field {
                name: name.to_owned(),
                doc: doc(&property),
                ty,
                required: required.iter().any(|r| r == name),
                default: property.get("default").map(|d| d.value.clone()),
                read_only: property.flag("readOnly"),
                owners: vec![declarer.to_owned()],
                kinds: kind.cloned().into_iter().collect(),
                boxed: false,
            });
        }
    }

    /// `x-map` on `Error.status`: kinds and their HTTP statuses.
    fn statuses(&mut self) {
        let status = self
            .all
            .get("Error")
            .and_then(|e| e.get("properties"))
            .and_then(|p| p.get("status"));
        let Some(map) = status.and_then(|status| status.get("x-map")) else {
            return;
        };
        for (kind, codes) in map.entries() {
            let list = if codes.value.is_array() {
                codes.items()
            } else {
                vec![codes.clone()]
            };
            let codes: Vec<u16> = list
                .iter()
                .filter_map(|c| u16::try_from(c.value.as_u64()?).ok())
                .collect();
            if codes.is_empty() {
                self.faults
                    .add(&map.place, format!("'{kind}' needs an HTTP status"));
            } else {
                self.canonical.statuses.push((kind.to_owned(), codes));
            }
        }
    }

    fn ty(&mut self, owner: &str, name: &str, property: &Node<'s>) -> Option<Ty> {
        if let Some(target) = reference(property) {
            let is_enum = self
                .all
                .get(target.as_str())
                .is_some_and(|node| node.get("enum").is_some());
            return Some(if is_enum {
                Ty::Enum(target)
            } else {
                Ty::Struct(target)
            });
        }
        if let Some(values) = property.get("enum") {
            let enumeration = format!("{owner}{}", upper_camel(name));
            return Some(Ty::Enum(self.add_enum(
                &enumeration,
                doc(property),
                texts(&values),
            )));
        }
        if property.text("format") == Some("sealed") {
            return Some(Ty::Sealed);
        }
        match property.text("type") {
            Some("string") => Some(Ty::Text),
            Some("integer") => Some(Ty::Integer),
            Some("number") => Some(Ty::Number),
            Some("boolean") => Some(Ty::Bool),
            None => Some(Ty::Raw),
            Some("array") => {
                let items = property.get("items")?;
                Some(Ty::List(Box::new(self.ty(owner, name, &items)?)))
            }
            Some(other) => {
                self.faults.add(&property.place, format!("a canonical field can't be of type '{other}'; give a `$ref` to a named schema"));
                None
            }
        }
    }

    /// A struct borrows if one of its fields does; found by repeating until nothing changes.
    fn finish(mut self) -> Canonical {
        loop {
            let borrowing: Vec<String> = self
                .canonical
                .structs
                .iter()
                .filter(|s| s.borrows)
                .map(|s| s.name.clone())
                .collect();
            let mut changed = false;
            for s in &mut self.canonical.structs {
                let borrows = s.fields.iter().any(|f| borrows(&f.ty, &borrowing));
                changed |= borrows != s.borrows;
                s.borrows |= borrows;
            }
            if !changed {
                break;
            }
        }
        self.box_large_members();
        self.canonical
    }

    /// In a struct that stands for a union most fields are absent: large ones are kept behind a pointer.
    fn box_large_members(&mut self) {
        let large: Vec<String> = self
            .canonical
            .structs
            .iter()
            .filter(|s| s.borrows && s.fields.len() > 5)
            .map(|s| s.name.clone())
            .collect();
        for s in self
            .canonical
            .structs
            .iter_mut()
            .filter(|s| s.kind.is_some())
        {
            for field in &mut s.fields {
                field.boxed = matches!(&field.ty, Ty::Struct(name) if large.contains(name));
            }
        }
    }
}

fn borrows(ty: &Ty, borrowing: &[String]) -> bool {
    match ty {
        Ty::Text | Ty::Raw | Ty::Sealed => true,
        Ty::Struct(name) => borrowing.contains(name),
        Ty::List(inner) => borrows(inner, borrowing),
        Ty::Integer | Ty::Number | Ty::Bool | Ty::Enum(_) => false,
    }
}
