//! What is lost where, and what is particular to one provider.

use crate::canonical::{ChatRequest, ReasoningEffort};
use crate::generated::ledger::Field;

/// One wire edit of a provider, active for a request.
#[derive(Debug)]
pub struct Edit {
    /// The node of the dialect's request that it edits.
    pub node: u16,
    /// What it does.
    pub op: Op,
}

/// What an edit does to a wire property.
#[derive(Debug)]
pub enum Op {
    /// It isn't written.
    Omit,
    /// It is written, though the dialect only reads it.
    Write,
    /// It has this name.
    Rename(&'static str),
    /// Where it is absent, this JSON is written.
    Default(&'static str),
    /// Whatever it is, this JSON is written.
    Force(&'static str),
    /// A number is held within these bounds.
    Clamp {
        /// Least value.
        minimum: Option<f64>,
        /// Greatest value.
        maximum: Option<f64>,
    },
    /// The greatest value, where the request tells one.
    Below(fn(&ChatRequest<'_>) -> Option<f64>),
    /// A string that isn't exactly this many letters and digits becomes a hash that is.
    Hash(usize),
    /// Wire values (JSON) that are written as others (JSON).
    Map(&'static [(&'static str, &'static str)]),
}

/// `x-adjust`: what is particular to a provider or to some of its models.
#[derive(Debug)]
pub struct Adjust {
    /// Regular expression on the model's name.
    pub models: Option<&'static str>,
    /// What must hold of the request, all of it.
    pub when: &'static [Condition],
    /// Such a request is refused, for this reason.
    pub refuse: Option<&'static str>,
    /// Changes of the ledger.
    pub lost: &'static [(Field, Verdict)],
    /// Changes of the wire.
    pub edits: &'static [Edit],
    /// What a body in the provider's dialect must have for this to change anything: of each list at least one row, of
    /// which all words occur, by their numbers in the dialect's lexicon. Nothing: it may change any body.
    pub needs: &'static [&'static [&'static [u8]]],
}

/// Something that may hold of a request.
#[derive(Debug, Clone, Copy)]
pub enum Condition {
    /// This canonical field is there.
    Present(Field),
    /// It isn't (`!reasoning`).
    Absent(Field),
    /// A field has a certain value (`tool_choice.mode=required`).
    Holds(fn(&ChatRequest<'_>) -> bool),
    /// The assistant's last turn calls tools, and its thinking isn't signed by this dialect (`unsigned-calls`).
    UnsignedCalls,
    /// The assistant has the last word, and it is to be continued (`trailing-assistant`).
    TrailingAssistant,
}

/// What happens to a value of a canonical field.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It has a place.
    Bound,
    /// The dialect always does so: nothing is lost.
    Implied,
    /// It is left out and reported.
    Drop,
    /// This pass writes it as the nearest thing.
    Nearest(Pass),
    /// The request is refused, for this reason.
    Refuse(&'static str),
}

/// A pass that turns what a dialect can't say into the nearest thing that it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pass {
    /// A refusal becomes text.
    AsText,
    /// A custom tool becomes a function with one string `input`, its calls likewise.
    InputObject,
    /// Tools that aren't named are taken out.
    FilterTools,
    /// A text file becomes base64 data.
    TextAsData,
    /// A text file becomes a text part: a line with its name, then the text.
    FileAsText,
    /// A failed result's text begins with `Error: `.
    ErrorText,
    /// Images of a result follow in a user turn, and the text says so.
    AfterResults,
    /// Effort becomes a budget, by this table.
    BudgetFromEffort(&'static [(ReasoningEffort, i64)]),
    /// A budget becomes effort, by this table: the first whose number isn't less.
    EffortFromBudget(&'static [(ReasoningEffort, i64)]),
    /// Effort becomes another effort.
    Effort(&'static [(ReasoningEffort, Option<ReasoningEffort>)]),
    /// An answer that shall follow a schema shall be any JSON.
    SchemaAsJson,
    /// Tools are left out altogether: always on `ChatRequest.tools`, on any other field if no tool may be called.
    OmitTools,
}
