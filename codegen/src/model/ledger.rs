//! The names that loss ledgers speak of: every canonical field, every kind, every kind in a place.

use std::collections::BTreeMap;

use super::canonical::{Canonical, Ty};

/// Every name, numbered in the order of the canonical spec.
#[derive(Debug, Default)]
pub struct Names {
    entries: Vec<Entry>,
    numbers: BTreeMap<String, usize>,
}

/// One name of the ledger.
#[derive(Debug, Clone)]
pub struct Entry {
    /// As YAML writes it: `Reasoning.effort`, `Thinking`, `Tool.custom`, `assistant.image`.
    pub name: String,
    /// As reports write it: `reasoning.effort`, `thinking`, `top_k`.
    pub shown: String,
    /// What it is.
    pub what: What,
}

/// What a name of the ledger stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A field: the declaring type (`PartCommon`) and its name.
    Field(String, String),
    /// A kind of a union: union, kind.
    Kind(String, String),
    /// A kind of part in the turns of a role, or in a tool's `result`.
    Place(String, String),
}

/// Places that hold parts.
pub const PLACES: [&str; 4] = ["system", "user", "assistant", "result"];

/// Structs whose fields are structure, not content: they need no verdict.
const STRUCTURE: [&str; 2] = ["Item", "Event"];

/// Fields that are structure too: they may have a verdict and need none.
pub const PLACE_FIELDS: [(&str, &str); 2] = [("Candidate", "index"), ("Candidate", "role")];

impl Names {
    /// Numbers every name.
    pub fn new(canonical: &Canonical) -> Self {
        let mut names = Self::default();
        for s in canonical
            .structs
            .iter()
            .filter(|s| !STRUCTURE.contains(&s.name.as_str()))
        {
            let is_view = s.name == "Turn";
            for field in s
                .fields
                .iter()
                .filter(|field| !(field.read_only || is_view && field.required))
            {
                for owner in &field.owners {
                    names.add(
                        format!("{owner}.{}", field.name),
                        shown(&s.name, owner, &field.name),
                        What::Field(owner.clone(), field.name.clone()),
                    );
                }
            }
            let Some(kind) = &s.kind else { continue };
            for value in canonical.values(&kind.enumeration) {
                let member = kind
                    .members
                    .iter()
                    .find(|(k, _)| k == value)
                    .map(|(_, member)| member.clone());
                let name = member.unwrap_or_else(|| format!("{}.{value}", s.name));
                // A kind and a field of one name (`Source.url`) are one entry: the field is what the kind has.
                if !names.numbers.contains_key(&name) {
                    names.add(
                        name.clone(),
                        value.clone(),
                        What::Kind(s.name.clone(), value.clone()),
                    );
                }
            }
        }
        let event = canonical.get("Event");
        let of_event = |field: &&&str| event.is_some_and(|s| s.field(field).is_some());
        for field in ["logprobs", "signature"].iter().filter(of_event) {
            names.add(
                format!("Delta.{field}"),
                (*field).to_owned(),
                What::Field("Delta".to_owned(), (*field).to_owned()),
            );
        }
        if let Some(kind) = canonical.get("Part").and_then(|s| s.kind.as_ref()) {
            for place in PLACES {
                for value in canonical.values(&kind.enumeration) {
                    names.add(
                        format!("{place}.{value}"),
                        format!("{place}.{value}"),
                        What::Place(place.to_owned(), value.clone()),
                    );
                }
            }
        }
        names
    }

    /// The number of a name.
    pub fn number(&self, name: &str) -> Option<usize> {
        self.numbers.get(name).copied()
    }

    /// Every name in order.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    fn add(&mut self, name: String, shown: String, what: What) {
        self.numbers.insert(name.clone(), self.entries.len());
        self.entries.push(Entry { name, shown, what });
    }
}

fn shown(structure: &str, owner: &str, field: &str) -> String {
    match structure {
        "ChatRequest" | "ChatResponse" | "Candidate" | "EmbedRequest" | "EmbedInput"
        | "EmbedResponse" => field.to_owned(),
        "Part" if owner != "PartCommon" => format!("{}.{field}", crate::names::snake(owner)),
        _ => format!("{}.{field}", crate::names::snake(structure)),
    }
}

/// Names that are never bound directly because what they lead to is: structs and lists of structs.
pub fn leads_on(ty: &Ty) -> Option<&str> {
    match ty {
        Ty::Struct(name) => Some(name),
        Ty::List(inner) => leads_on(inner),
        _ => None,
    }
}
