//! The hub's types. A union of the spec is one struct with a kind and every field that some kind has.

use std::collections::BTreeMap;

use serde_json::Value;

/// Every canonical type by name.
#[derive(Debug, Default)]
pub struct Canonical {
    /// Structs, in the order of the spec.
    pub structs: Vec<Struct>,
    /// Enums, in the order of the spec.
    pub enums: Vec<Enum>,
    /// Name of a union's member to the union and the kind: `ToolCall` is (`Part`, `tool_call`).
    pub members: BTreeMap<String, (String, String)>,
    /// Kinds of errors and their HTTP statuses; the first is written, all are read.
    pub statuses: Vec<(String, Vec<u16>)>,
}

/// A struct.
#[derive(Debug)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Its fields, the kind's apart.
    pub fields: Vec<Field>,
    /// What its kind is, if it has kinds.
    pub kind: Option<Kind>,
    /// It borrows from the input.
    pub borrows: bool,
}

/// The kind of a struct that stands for a union.
#[derive(Debug)]
pub struct Kind {
    /// The field.
    pub field: String,
    /// The enum's name.
    pub enumeration: String,
    /// The kind of a default value.
    pub default: String,
    /// Members of the union: kind and the member's name in the spec. Empty where kinds are only values.
    pub members: Vec<(String, String)>,
}

/// A field.
#[derive(Debug, Clone)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Its type.
    pub ty: Ty,
    /// It must be there.
    pub required: bool,
    /// What it is when it isn't said.
    pub default: Option<Value>,
    /// It is computed, never stored.
    pub read_only: bool,
    /// The member types that declare it (`ToolCall`), or the shared base (`PartCommon`), or the struct itself.
    pub owners: Vec<String>,
    /// Kinds that have it; all if empty.
    pub kinds: Vec<String>,
    /// Kept behind a pointer: a struct within itself.
    pub boxed: bool,
}

/// The type of a canonical value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ty {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Number,
    /// Yes or no.
    Bool,
    /// JSON that is never parsed.
    Raw,
    /// Only its origin can read it.
    Sealed,
    /// One of an enum's values.
    Enum(String),
    /// A struct.
    Struct(String),
    /// A list.
    List(Box<Ty>),
}

/// An enum.
#[derive(Debug)]
pub struct Enum {
    /// Its name.
    pub name: String,
    /// What it is.
    pub doc: String,
    /// Its values.
    pub values: Vec<String>,
}

impl Canonical {
    /// The struct of this name.
    pub fn get(&self, name: &str) -> Option<&Struct> {
        self.structs.iter().find(|s| s.name == name)
    }

    /// Values of the enum of this name.
    pub fn values(&self, name: &str) -> &[String] {
        self.enums
            .iter()
            .find(|e| e.name == name)
            .map_or(&[], |e| &e.values)
    }
}

impl Struct {
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}
