//! Wire schemas with their bindings: the arena that decoders, encoders and checks are made from.

use serde_json::Value;

use super::canonical::Ty;
use super::shape::ShapeId;
use crate::source::Place;

/// A schema in the arena.
pub type SchemaId = usize;

/// What a wire value is, canonically.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Spot {
    /// Fields of this struct. `Turn` is the view of a run of items.
    Struct(String),
    /// One value.
    Value(Ty),
    /// A list of values or structs.
    List(Ty),
    /// A list of parts.
    Parts,
    /// The conversation's items, as turns.
    Turns,
    /// Nothing: it has no binding.
    Nothing,
}

/// How one schema hangs on what is around it: conditions, then a move, then the content.
#[derive(Debug, Clone)]
pub struct Edge {
    /// Where it stands.
    pub place: Place,
    /// What is around it.
    pub outer: Spot,
    /// `x-case`: path in the outer struct and the value that it has.
    pub cases: Vec<Case>,
    /// `x-bind`: where the content lives in the outer struct.
    pub bind: Option<Path>,
    /// `x-only`: roles or kinds that it takes.
    pub only: Option<Only>,
    /// It is read and never written.
    pub deprecated: bool,
    /// It is written and never read.
    pub read_only: bool,
    /// `x-expr`: the bound field is computed.
    pub expr: Option<Expr>,
    /// The schema itself.
    pub content: SchemaId,
}

/// `x-case`: a field that has a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// The field.
    pub path: Path,
    /// Its value.
    pub value: Value,
}

impl Case {
    /// The value, or the values, as texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        let list = self
            .value
            .as_array()
            .map_or(std::slice::from_ref(&self.value), Vec::as_slice);
        list.iter().filter_map(Value::as_str)
    }
}

/// A canonical path from a struct to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Path {
    /// As written.
    pub text: String,
    /// Field by field; `.` has none.
    pub steps: Vec<Step>,
    /// What it leads to.
    pub ty: Ty,
}

/// One field of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The struct.
    pub owner: String,
    /// Its field.
    pub field: String,
    /// `[0]` follows.
    pub first: bool,
}

/// `x-only`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Only {
    /// The leading run of items of this role.
    Role(String),
    /// Parts of these kinds.
    Kinds(Vec<String>),
}

/// `x-expr`: `first - a - b`, or with `+`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expr {
    /// The field that decoding solves for.
    pub first: String,
    /// The others, with `true` for `+`.
    pub others: Vec<(bool, String)>,
}

/// A wire schema in one canonical context.
#[derive(Debug, Clone)]
pub struct Schema {
    /// Where it stands.
    pub place: Place,
    /// What its value is, canonically.
    pub spot: Spot,
    /// JSON types that it admits.
    pub types: Types,
    /// The only value.
    pub constant: Option<Value>,
    /// The only values.
    pub values: Vec<Value>,
    /// Not these values.
    pub not_values: Vec<Value>,
    /// Properties, in the order of the spec.
    pub properties: Vec<Property>,
    /// Properties that it may not have.
    pub not_required: Vec<String>,
    /// Names of required properties, also of ones that it doesn't describe.
    pub required: Vec<String>,
    /// Least number of properties: at least one means some.
    pub min_properties: bool,
    /// `oneOf` or `anyOf`.
    pub variants: Vec<Edge>,
    /// Elements of a list.
    pub items: Option<Box<Edge>>,
    /// The value is one element of the list that it is bound to.
    pub single: bool,
    /// It is kept as raw JSON.
    pub raw: bool,
    /// `x-group`, on a list bound to items.
    pub group: Option<super::dialect::Group>,
    /// `x-as`.
    pub part: Option<AsPart>,
    /// `x-map`: canonical value and its wire values.
    pub map: Vec<MapEntry>,
    /// `x-codec`.
    pub codec: Option<Codec>,
    /// `x-fit`.
    pub fit: Option<Fit>,
    /// `x-fill`, with its argument.
    pub fill: Option<(String, Option<String>)>,
    /// `map` of `x-fill: {field: .., map: ..}`: the value by what the neighbour is.
    pub fill_map: Vec<(String, String)>,
    /// `x-join`: what stands between the texts of a list's elements.
    pub join: Option<String>,
    /// `x-most`: how many of its values a request may have.
    pub most: Option<u64>,
    /// `default`.
    pub default: Option<Value>,
    /// `x-absent`: values that are read as none.
    pub absent: Vec<Value>,
    /// `x-refuse`: why a request that says this can't be said in any other dialect.
    pub refuse: Option<String>,
    /// Bounds.
    pub limits: Limits,
    /// The merged wire shape, given once all schemas are known.
    pub shape: Option<ShapeId>,
}

impl Schema {
    /// A single value: one that is kept raw, or that has nothing inside.
    pub fn is_plain(&self) -> bool {
        self.raw || self.variants.is_empty() && self.properties.is_empty()
    }
}

/// A property.
#[derive(Debug, Clone)]
pub struct Property {
    /// Its name on the wire.
    pub name: String,
    /// Another spelling that is read.
    pub alias: Option<String>,
    /// It must be written.
    pub required: bool,
    /// What it is.
    pub edge: Edge,
    /// Number for providers' edits, if any edits it, and the case under which.
    pub hooks: Vec<Hook>,
    /// It is only read, but some provider has it written.
    pub opened: bool,
}

impl Property {
    /// All spellings that are read.
    pub fn names(&self) -> impl Iterator<Item = &String> {
        std::iter::once(&self.name).chain(&self.alias)
    }

    /// Some writer may write it.
    pub fn is_written(&self) -> bool {
        self.opened || !self.edge.deprecated
    }
}

/// A provider's edits may change this property.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hook {
    /// The number that edits name.
    pub number: u16,
    /// Only if the surrounding value has this.
    pub case: Option<Case>,
}

/// JSON types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Types {
    /// `string`
    pub text: bool,
    /// `integer` or `number`
    pub number: bool,
    /// `boolean`
    pub boolean: bool,
    /// `array`
    pub list: bool,
    /// `object`
    pub object: bool,
    /// `null`
    pub null: bool,
}

impl Types {
    /// Whether no type was named, so that any will do.
    pub fn any(self) -> bool {
        self == Types {
            null: self.null,
            ..Types::default()
        }
    }
}

/// `x-as`: a text is one part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AsPart {
    /// Its kind.
    pub kind: String,
    /// Several parts are written as one text, with this between.
    pub join: Option<String>,
}

/// One row of an `x-map`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapEntry {
    /// The canonical value, as the key is written.
    pub canonical: String,
    /// Wire values; the first is written, all are read; none: not written.
    pub wire: Vec<Value>,
    /// Any other wire value is read as this.
    pub other: bool,
}

/// `x-codec`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Codec {
    /// `data:` URL and source.
    DataUrl,
    /// JSON value and JSON text.
    Json,
    /// Date and seconds.
    Rfc3339,
    /// `34.4s` and seconds.
    Seconds,
    /// `Retry-After` and seconds.
    RetryAfter,
    /// Milliseconds as text.
    Milliseconds,
    /// With and without this prefix.
    Prefix(String),
    /// The schema subset with upper-case types; read only.
    OpenapiSubset,
    /// Only its origin can read it.
    Sealed,
    /// One member of a sealed object.
    Member(String),
}

/// `x-fit`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// The nearest bound.
    Clamp,
    /// A short hash.
    Hash,
    /// Bad characters become `_`.
    Replace,
    /// The element is left out.
    Drop,
}

/// Bounds of a value.
#[derive(Debug, Clone, Default)]
pub struct Limits {
    /// Least number.
    pub minimum: Option<f64>,
    /// Greatest number.
    pub maximum: Option<f64>,
    /// Least length of a text.
    pub min_length: Option<u64>,
    /// Greatest length of a text.
    pub max_length: Option<u64>,
    /// Form of a text.
    pub pattern: Option<String>,
    /// Least number of elements.
    pub min_items: Option<u64>,
    /// Greatest number of elements.
    pub max_items: Option<u64>,
}
