//! Where a reply tells what was used and which model answered, and by which words a frame can be told to say so, or to
//! be an error: derived from the bindings, so that what only passes through needn't be read.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::bound::bound;
use super::context::Context;
use crate::model::dialect::Stream;
use crate::model::schema::{Edge, Path, Property, SchemaId, Spot, Types};
use crate::model::tests::{self, Test, What};

/// The place of the model's name.
const MODEL: usize = 0;
/// Deeper than this no dialect hides it.
const DEEPEST: usize = 6;

/// A member that is wanted of a reply.
#[derive(Clone)]
struct Wanted {
    name: String,
    inside: Vec<Wanted>,
    /// Of `Chat::told`, which of the values it is as it stands.
    place: Option<usize>,
}

impl Wanted {
    fn is_plain(&self) -> bool {
        match self.inside.as_slice() {
            [] => self.place.is_some(),
            inside => inside.iter().all(Self::is_plain),
        }
    }

    fn emit(&self, plain: bool) -> TokenStream {
        let name = &self.name;
        let inside = self.inside.iter().map(|wanted| wanted.emit(plain));
        let place = match self.place.filter(|_| plain) {
            Some(place) => quote!(::core::option::Option::Some(#place)),
            None => quote!(::core::option::Option::None),
        };
        quote! {
            ::gateway::codec::pick::Wanted { name: #name, inside: &[#(#inside,)*], place: #place }
        }
    }
}

/// The members of a reply that lead to its usage and its model; none, if it has to be read whole. Then those that lead
/// to its usage, if all of them are what they say; else none.
pub fn members(cx: &Context<'_>, response: Option<&Edge>) -> (TokenStream, TokenStream) {
    let found = response.map(|edge| inside(cx, edge.content, 0));
    let found = found.unwrap_or_default();
    let plain = found.iter().all(Wanted::is_plain);
    let used = found.iter().filter(|one| plain && one.place != Some(MODEL));
    let used = used.map(|wanted| wanted.emit(true));
    let all = found.iter().map(|wanted| wanted.emit(plain));
    (quote!(&[#(#all,)*]), quote!(&[#(#used,)*]))
}

fn inside(cx: &Context<'_>, id: SchemaId, depth: usize) -> Vec<Wanted> {
    let schema = cx.schema(id);
    let mut found: Vec<Wanted> = schema
        .properties
        .iter()
        .flat_map(|property| member(cx, property, depth))
        .collect();
    // What tells variants apart is needed as well.
    let tests = tests::of(&cx.dialect.schemas, &schema.variants);
    let asked = tests.iter().flat_map(|(_, tests)| tests);
    let asked: BTreeSet<&String> = asked.filter_map(|test| test.path.first()).collect();
    if depth < DEEPEST && !schema.variants.is_empty() {
        found.extend(asked.into_iter().map(|name| wanted(name, &[], None)));
        for variant in &schema.variants {
            found.extend(inside(cx, variant.content, depth + 1));
        }
    }
    found
}

fn member(cx: &Context<'_>, property: &Property, depth: usize) -> Vec<Wanted> {
    let edge = &property.edge;
    let within = match tells(edge) {
        true => counts(cx, edge, depth).unwrap_or_default(),
        false if edge.bind.is_some() || depth >= DEEPEST => return Vec::new(),
        false => match inside(cx, edge.content, depth + 1) {
            found if found.is_empty() => return Vec::new(),
            // Elements of a list aren't looked into: it is wanted as a whole.
            _ if cx.schema(edge.content).items.is_some() => Vec::new(),
            found => found,
        },
    };
    let names = property.names();
    let place = place(cx, edge);
    names.map(|name| wanted(name, &within, place)).collect()
}

/// The members of what is all usage that count input and output, if these are plain members; `None`, if it has to be
/// read whole.
fn counts(cx: &Context<'_>, edge: &Edge, depth: usize) -> Option<Vec<Wanted>> {
    let schema = cx.schema(edge.content);
    let plain = schema.variants.is_empty() && schema.items.is_none() && depth < DEEPEST;
    if !plain || edge.expr.is_some() {
        return None;
    }
    let mut found = Vec::new();
    for property in &schema.properties {
        let edge = &property.edge;
        let names = property.names();
        let within = match &edge.bind {
            _ if edge.expr.is_some() => return None,
            Some(bind) => match bind.steps.last() {
                Some(step) if matches!(step.field.as_str(), "input" | "output") => Vec::new(),
                _ => continue,
            },
            None => match counts(cx, edge, depth + 1)? {
                within if within.is_empty() => continue,
                within => within,
            },
        };
        let place = place(cx, edge);
        found.extend(names.map(|name| wanted(name, &within, place)));
    }
    Some(found)
}

fn wanted(name: &str, inside: &[Wanted], place: Option<usize>) -> Wanted {
    Wanted {
        name: name.to_owned(),
        inside: inside.to_vec(),
        place,
    }
}

/// Which of the values a property is, if the value needs no reading: the model's name, what came in, what went out.
fn place(cx: &Context<'_>, edge: &Edge) -> Option<usize> {
    let schema = cx.schema(edge.content);
    let last = edge.bind.as_ref()?.steps.last()?;
    let place = match (last.owner.as_str(), last.field.as_str()) {
        ("ChatResponse", "model") => MODEL,
        ("Usage", "input") => 1,
        ("Usage", "output") => 2,
        _ => return None,
    };
    let expected = Types {
        text: place == MODEL,
        number: place != MODEL,
        ..Types::default()
    };
    let same_types = Types {
        null: false,
        ..schema.types
    } == expected;
    let is_bound_alone = edge.cases.is_empty() && edge.only.is_none() && edge.expr.is_none();
    let as_it_is = schema.map.is_empty()
        && schema.codec.is_none()
        && schema.absent.is_empty()
        && schema.part.is_none()
        && schema.join.is_none();
    let is_open = schema.constant.is_none() && schema.values.is_empty();
    let plain = same_types && is_bound_alone && as_it_is && is_open && schema.is_plain();
    (plain && !schema.raw && !edge.read_only).then_some(place)
}

/// Whether a property says something of the usage, or names the model.
fn tells(edge: &Edge) -> bool {
    let of_usage = Spot::Struct("Usage".to_owned());
    let model = |bind: &Path| {
        let of_reply = |step: &crate::model::schema::Step| step.owner == "ChatResponse";
        bind.text == "model" && bind.steps.iter().all(of_reply)
    };
    tells_usage(edge)
        || edge.expr.is_some() && edge.outer == of_usage
        || edge.bind.as_ref().is_some_and(model)
}

fn tells_usage(edge: &Edge) -> bool {
    let steps = edge.bind.iter().flat_map(|bind| &bind.steps);
    let mut steps = steps.filter(|step| step.owner == "Usage" || step.field == "usage");
    steps.next().is_some()
}

/// `Marks`: the words of a stream's frames.
pub fn marks(cx: &Context<'_>, stream: &Stream) -> TokenStream {
    let errors = errors(cx, stream);
    let mut usage = BTreeSet::new();
    usage_words(cx, stream.union, &mut BTreeSet::new(), &mut usage);
    quote!(::gateway::table::Marks { errors: &[#(#errors,)*], usage: &[#(#usage,)*] })
}

/// For each frame that can tell an error a text without which it can't be one.
fn errors(cx: &Context<'_>, stream: &Stream) -> BTreeSet<String> {
    let variants = &cx.schema(stream.union).variants;
    let tests = tests::of(&cx.dialect.schemas, variants);
    let mut found = BTreeSet::new();
    for (at, tests) in tests {
        let variant = &variants[at];
        let same = |frame: &&crate::model::dialect::Frame| {
            frame.edge.place == variant.place && frame.edge.content == variant.content
        };
        let Some(frame) = stream.frames.iter().find(same) else {
            continue;
        };
        let binds = |path: &String| path == "error" || path.starts_with("error.");
        if frame.holds != ["error"] && !bound(cx, variant).keys().any(binds) {
            continue;
        }
        match &frame.event {
            Some(name) if frame.named => drop(found.insert(name.clone())),
            _ => found.extend(words(&tests)),
        }
    }
    found
}

/// A constant is more particular than a property that has to be there, and the innermost comes last; with nothing to
/// ask for any frame can be it.
fn words(tests: &[Test]) -> Vec<String> {
    let text = |value: &Value| value.is_string().then(|| value.to_string());
    let constants = |test: &Test| match &test.what {
        What::OneOf(values, false) => values.iter().map(text).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    let present = |test: &Test| match &test.what {
        What::Present => Some(vec![quoted(test.path.last()?)]),
        _ => None,
    };
    let mut tests = tests.iter().rev();
    let words = tests.clone().find_map(constants);
    let words = words.or_else(|| tests.find_map(present));
    words.unwrap_or_else(|| vec![String::new()])
}

/// Names of the properties that say something of the usage.
fn usage_words(
    cx: &Context<'_>,
    id: SchemaId,
    seen: &mut BTreeSet<SchemaId>,
    found: &mut BTreeSet<String>,
) {
    if !seen.insert(id) {
        return;
    }
    let schema = cx.schema(id);
    for property in &schema.properties {
        match tells_usage(&property.edge) {
            true => {
                found.extend(property.names().map(|name| quoted(name)));
            }
            false => usage_words(cx, property.edge.content, seen, found),
        }
    }
    for edge in schema.variants.iter().chain(schema.items.as_deref()) {
        usage_words(cx, edge.content, seen, found);
    }
}

fn quoted(name: &str) -> String {
    Value::from(name).to_string()
}
