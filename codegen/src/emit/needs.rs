//! What a body must have for a provider's adjustments to change anything of it, as words to look for.
//!
//! Told in doubt: whatever can't be derived counts as there.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use crate::model::canonical::{Canonical, Ty};
use crate::model::dialect::Dialect;
use crate::model::ledger::{Names, What};
use crate::model::presence::{self, Chain, Chains, Presence, Spot, Thing, Word};
use crate::model::provider::{Adjust, Op, Provider, When};
use crate::model::schema::Edge;

/// What names the model, and what asks for a stream with what it means when it is absent.
pub type Plain = (Option<String>, Option<(String, bool)>);

/// A list of which everything must be met: by one of its chains each.
pub type Needs = Vec<Chains>;

/// Fields that are filled in where they are missing, so that no word tells of them.
const FILLED: [&str; 6] = [
    "id",
    "name",
    "arguments",
    "media_type",
    "signed_thinking",
    "text",
];
/// Kinds that passes make of others.
const MADE: [&str; 2] = ["text", "function"];
/// As many words as a lexicon can hold.
const WORDS: usize = 256;

/// The needs of all entries of all providers, and the words of each dialect.
pub struct Known<'k> {
    canonical: &'k Canonical,
    names: &'k Names,
    presences: BTreeMap<String, Presence>,
    words: BTreeMap<String, Vec<Word>>,
}

impl<'k> Known<'k> {
    /// Of these dialects, and of what is particular to these providers.
    pub fn new<'d>(
        canonical: &'k Canonical,
        names: &'k Names,
        dialects: impl Iterator<Item = &'d Dialect>,
        providers: &[Provider],
    ) -> Self {
        let presences = dialects
            .filter(|dialect| !dialect.chat.is_empty())
            .map(|dialect| (dialect.name.clone(), presence::of(dialect, canonical)));
        let mut known = Self {
            canonical,
            names,
            presences: presences.collect(),
            words: BTreeMap::new(),
        };
        let mut words: BTreeMap<String, BTreeSet<Word>> = BTreeMap::new();
        for provider in providers {
            for entry in &provider.adjust {
                if let Some((dialect, needs)) = known.needs(provider, entry) {
                    let chains = needs.into_iter().flatten().flatten();
                    words.entry(dialect.to_owned()).or_default().extend(chains);
                }
            }
        }
        let numbered = |words: BTreeSet<Word>| words.into_iter().take(WORDS).collect();
        known.words = words
            .into_iter()
            .map(|(name, words)| (name, numbered(words)))
            .collect();
        known
    }

    /// The words of a dialect, in the order of their numbers.
    pub fn words(&self, dialect: &str) -> TokenStream {
        let words = self
            .words
            .get(dialect)
            .into_iter()
            .flatten()
            .map(|(spot, word)| {
                let spot = match spot {
                    Spot::Top => quote!(Top),
                    Spot::Below => quote!(Below),
                    Spot::Value => quote!(Value),
                };
                quote!((::gateway::codec::lexicon::Spot::#spot, #word))
            });
        quote!(&[#(#words,)*])
    }

    /// What one entry needs, in numbers of words.
    pub fn emit(&self, provider: &Provider, entry: &Adjust) -> TokenStream {
        let Some((dialect, needs)) = self.needs(provider, entry) else {
            return quote!(&[]);
        };
        let words = self.words.get(dialect).map_or(&[][..], Vec::as_slice);
        let needs = needs.iter().map(|chains| {
            let chains = chains.iter().map(|chain| {
                let numbers = chain
                    .iter()
                    .filter_map(|word| words.binary_search(word).ok());
                let numbers = numbers.filter_map(|number| u8::try_from(number).ok());
                quote!(&[#(#numbers,)*])
            });
            quote!(&[#(#chains,)*])
        });
        quote!(&[#(#needs,)*])
    }

    /// Where a request's members `model` and `stream` stand alone and as they are: their names, and what the absence of
    /// the second says.
    pub fn plain(&self, dialect: &Dialect) -> Option<Plain> {
        let presence = self.presences.get(&dialect.name)?;
        let member = |field: &str| {
            let thing = Thing::Field("ChatRequest".to_owned(), field.to_owned());
            presence.things.get(&thing).cloned().unwrap_or_default()
        };
        let request = dialect.chat.iter().find_map(|o| o.request.as_ref())?;
        let properties = &dialect.schemas[request.content].properties;
        let plain = |name: &str, field: &str| {
            let property = properties.iter().find(|p| p.name == name)?;
            let inner = &dialect.schemas[property.edge.content];
            let own = property.edge.bind.as_ref()?.text == field && property.edge.cases.is_empty();
            let as_is = inner.is_plain()
                && inner.map.is_empty()
                && inner.codec.is_none()
                && inner.absent.is_empty();
            let right = if field == "stream" {
                inner.types.boolean
            } else {
                inner.types.text
            };
            (own && as_is && right && property.alias.is_none()).then_some(inner.default.as_ref())
        };
        let only = |chains: &Chains| {
            let words: Vec<&Word> = chains.iter().flatten().collect();
            match words[..] {
                [(Spot::Top, name)] => Some(name.clone()),
                _ => None,
            }
        };
        let model = member("model");
        let model = match only(&model) {
            Some(name) if model.len() == 1 => Some(plain(&name, "model").map(|_| name)?),
            None if model.len() == 1 => None,
            _ => return None,
        };
        let by_path = dialect.chat.iter().all(|o| o.stream.is_some());
        let stream = member("stream");
        // Where its absence says something it may be there in any body, and its name is the property's.
        let said = || {
            let bound = |edge: &Edge| edge.bind.as_ref().is_some_and(|bind| bind.text == "stream");
            let mut parameters = dialect.chat.iter().flat_map(|o| &o.parameters);
            let beside = parameters.any(|p| bound(&p.edge));
            let mut named = properties.iter().filter(|p| bound(&p.edge) && !beside);
            let name = named.next()?.name.clone();
            named.next().is_none().then_some(name)
        };
        let name = only(&stream).or_else(said);
        let stream = match name {
            Some(name) if !by_path => {
                let unsaid = plain(&name, "stream")?.and_then(serde_json::Value::as_bool);
                Some((name, unsaid.unwrap_or(false)))
            }
            None if by_path => None,
            _ => return None,
        };
        Some((model, stream))
    }

    /// The dialect that an entry's provider chats in, and what the entry needs there.
    fn needs<'p>(&self, provider: &'p Provider, entry: &Adjust) -> Option<(&'p str, Needs)> {
        let chats = |name: &str| provider.endpoints.iter().find(|(n, _)| n == name);
        let (_, endpoint) = chats("generate")?;
        let same =
            chats("generate_stream").is_none_or(|(_, other)| other.dialect == endpoint.dialect);
        let presence = self.presences.get(&endpoint.dialect).filter(|_| same)?;
        let scope = Scope {
            canonical: self.canonical,
            names: self.names,
            presence,
        };
        Some((endpoint.dialect.as_str(), scope.needs(entry)))
    }
}

/// What there is to say of an entry in the provider's dialect. `None` of a thing: it may always be there.
struct Scope<'s> {
    canonical: &'s Canonical,
    names: &'s Names,
    presence: &'s Presence,
}

impl Scope<'_> {
    fn needs(&self, entry: &Adjust) -> Needs {
        let conditions = entry.when.iter().filter_map(|when| self.condition(when));
        let effect = if entry.refuse.is_some() {
            None
        } else {
            self.effect(entry)
        };
        let mut needs: Needs = conditions.chain(effect).collect();
        needs.iter_mut().for_each(presence::shortest);
        needs.retain(|chains| !chains.contains(&Chain::new()));
        needs
    }

    fn condition(&self, when: &When) -> Option<Chains> {
        match when {
            When::Present(number, true) => self.named(*number),
            When::Present(_, false) => None,
            When::Is(case) if case.path.steps.len() > 1 => {
                let first = case.path.steps.first()?;
                self.thing(&Thing::Field(first.owner.clone(), first.field.clone()))
            }
            When::Is(_) => None,
            When::Test(name) if name == "unsigned-calls" => {
                self.thing(&Thing::Kind("Part".to_owned(), "tool_call".to_owned()))
            }
            When::Test(name) if name == "trailing-assistant" => {
                Some(self.presence.assistant.clone())
            }
            When::Test(_) => None,
        }
    }

    /// What one of its changes needs.
    fn effect(&self, entry: &Adjust) -> Option<Chains> {
        let mut chains = Chains::new();
        for (number, _) in &entry.lost {
            chains.extend(self.named(*number)?);
        }
        for (node, op) in &entry.edits {
            chains.extend(self.edit(*node, op)?);
        }
        Some(chains)
    }

    fn edit(&self, node: u16, op: &Op) -> Option<Chains> {
        // The property of another operation.
        let Some(edited) = self.presence.edited.get(&node) else {
            return Some(Chains::new());
        };
        let around = match &edited.case {
            Some(case) => self.thing(case)?,
            None => edited.around.clone(),
        };
        let silent = edited.things.is_empty();
        match op {
            Op::Default(_) | Op::Force(_) => return Some(around),
            Op::Write if silent => return Some(around),
            Op::Write => {}
            _ if edited.always => return Some(around),
            _ => {}
        }
        let mut chains = edited.own.clone();
        for thing in &edited.things {
            chains.extend(self.thing(thing)?);
        }
        if let Op::Rename(name) = op
            && edited.around == Chains::from([Chain::new()])
        {
            // A caller who uses the provider's own name has renamed it already.
            chains.remove(&Chain::from([(Spot::Top, name.clone())]));
        }
        Some(chains)
    }

    fn named(&self, number: usize) -> Option<Chains> {
        match &self.names.entries().get(number)?.what {
            What::Kind(union, kind) => self.thing(&Thing::Kind(union.clone(), kind.clone())),
            What::Place(_, kind) => self.thing(&Thing::Kind("Part".to_owned(), kind.clone())),
            What::Field(owner, field) => {
                let declares = |s: &&crate::model::canonical::Struct| {
                    s.field(field).is_some_and(|f| f.owners.contains(owner))
                };
                match self.canonical.structs.iter().find(declares) {
                    Some(s) => self.thing(&Thing::Field(s.name.clone(), field.clone())),
                    // Of a reply.
                    None => Some(Chains::new()),
                }
            }
        }
    }

    fn thing(&self, thing: &Thing) -> Option<Chains> {
        let (Thing::Field(owner, name) | Thing::Kind(owner, name)) = thing;
        let made = match thing {
            Thing::Field(..) => {
                owner != "ChatRequest" && FILLED.contains(&name.as_str()) && owner != "Turn"
                    || name == "signed_thinking"
            }
            Thing::Kind(..) => MADE.contains(&name.as_str()),
        };
        if made || owner == "Source" {
            return None;
        }
        let request = self.canonical.get("ChatRequest")?;
        let is_part = |ty: &Ty| *ty == Ty::Struct(owner.clone());
        // Passes make one field of another within what the request has one of.
        if request.fields.iter().any(|field| is_part(&field.ty)) {
            return Some(self.presence.family(self.canonical, owner));
        }
        let mut chains = self.presence.things.get(thing).cloned().unwrap_or_default();
        if let Some(Ty::Struct(inner)) = request
            .field(name)
            .filter(|_| owner == "ChatRequest")
            .map(|f| &f.ty)
        {
            chains.extend(self.presence.family(self.canonical, inner));
        }
        Some(chains)
    }
}
