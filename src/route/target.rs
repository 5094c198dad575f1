//! Which provider a request is for: its path says, or `?provider=`, or the first part of its model's name.

use std::borrow::Cow;

use crate::canonical::ErrorKind;
use crate::observe::Exchange;
use crate::provider::{self, Target};
use crate::table::{Dialect, Endpoint, Provider};

use super::refusal::Refusal;
use super::{Asked, Shared};

/// The path's or the query's name of a provider.
const PROVIDER: &str = "provider";

impl Shared {
    /// The provider that the path names.
    pub(super) fn target(
        &self,
        asked: &Asked,
        exchange: &mut Exchange,
    ) -> Result<Target<'_>, Refusal> {
        let id = asked.value(PROVIDER).unwrap_or_default();
        let place = provider::find(&self.means.providers, id);
        let place = place.ok_or_else(Refusal::unknown_provider)?;
        exchange.provider(self.means.providers[place].provider.id);
        self.callable(place)
    }

    /// The provider in this place.
    fn callable(&self, place: usize) -> Result<Target<'_>, Refusal> {
        let target = Target::of(&self.means.providers[place])?;
        Ok(target.with(&self.ready[place]))
    }

    /// The provider of a model. Where neither path nor query name one, the model's name does, and is left with what
    /// the provider calls it: of `acme/small` that is `small`.
    pub(super) fn target_of(
        &self,
        asked: &Asked,
        model: &mut Cow<'_, str>,
        exchange: &mut Exchange,
    ) -> Result<Target<'_>, Refusal> {
        if asked.value(PROVIDER).is_some() {
            return self.target(asked, exchange);
        }
        let named = asked.named_provider();
        let id = match &named {
            Some(id) => id.as_str(),
            None => first_part(model),
        };
        let place = provider::find(&self.means.providers, id);
        let place = place.ok_or_else(|| self.no_provider(id, model, named.is_some()))?;
        exchange.provider(self.means.providers[place].provider.id);
        if named.is_none() {
            cut(model, id.len() + 1);
        }
        if model.is_empty() {
            return Err(Refusal::new(ErrorKind::InvalidRequest, NO_MODEL).of("model"));
        }
        self.callable(place)
    }

    /// Whether the provider of a model may speak the caller's dialect; not so only if the model's name alone tells that
    /// it doesn't.
    pub(super) fn may_pass(&self, asked: &Asked, dialect: &Dialect, model: &str) -> bool {
        if asked.value(PROVIDER).is_some() || asked.head.uri.query().is_some() {
            return true;
        }
        let Some(place) = provider::find(&self.means.providers, first_part(model)) else {
            return true;
        };
        let provider = self.means.providers[place].provider;
        let main = [&provider.generate, &provider.generate_stream];
        let mut endpoints = main.into_iter().flatten().chain(provider.generate_also);
        endpoints.any(|endpoint| std::ptr::eq(endpoint.dialect, dialect))
    }

    /// The providers that can be called, in the order of the spec.
    pub(super) fn targets(&self) -> impl Iterator<Item = Target<'_>> {
        let configs = self.means.providers.iter();
        let offered = configs.filter(|config| config.is_offered());
        offered.filter_map(|config| Target::of(config).ok())
    }

    /// The provider doesn't do this; `at` says where those that do it do.
    pub(super) fn unsupported(
        &self,
        target: Target<'_>,
        what: &str,
        at: impl Fn(&'static Provider) -> Option<&'static Endpoint>,
    ) -> Refusal {
        let able = self.targets().map(|target| target.config.provider);
        let able = able.filter(|provider| at(provider).is_some());
        let able: Vec<_> = able.map(|provider| provider.id).collect();
        let able = match able.is_empty() {
            true => "none".to_owned(),
            false => able.join(", "),
        };
        let id = target.config.provider.id;
        let text = format!(
            "The provider `{id}` has no {what}. Configured providers that have it: {able}."
        );
        Refusal::new(ErrorKind::Unsupported, text).of("model")
    }

    fn no_provider(&self, id: &str, model: &str, by_query: bool) -> Refusal {
        let known: Vec<_> = self.targets().map(|t| t.config.provider.id).collect();
        let known = match known.is_empty() {
            true => "none: set a provider's API key or URL".to_owned(),
            false => known.join(", "),
        };
        let what = match (by_query, id) {
            (true, id) => format!("There is no provider `{id}`."),
            (false, "") => format!("The model `{model}` names no provider."),
            (false, id) => format!("There is no provider `{id}`, which the model `{model}` names."),
        };
        let text =
            format!("{what} Write the model as provider/model. Configured providers: {known}.");
        let place = if by_query { PROVIDER } else { "model" };
        Refusal::new(ErrorKind::NotFound, text).of(place)
    }
}

impl Asked {
    /// `?provider=`.
    pub(super) fn named_provider(&self) -> Option<String> {
        self.head.uri.query()?;
        let named = self.query().into_iter().find(|(key, _)| key == PROVIDER);
        named.map(|(_, id)| id)
    }
}

const NO_MODEL: &str =
    "The model's name ends after its provider. Write the model as provider/model.";

/// What stands before the first slash, if there is one: the provider's id.
fn first_part(model: &str) -> &str {
    // It is short: a search for far ends would cost more.
    let end = model.bytes().position(|byte| byte == b'/');
    &model[..end.unwrap_or_default()]
}

/// Cuts the beginning off.
fn cut(text: &mut Cow<'_, str>, length: usize) {
    match text {
        Cow::Borrowed(text) => *text = text.get(length..).unwrap_or_default(),
        Cow::Owned(text) => drop(text.drain(..length.min(text.len()))),
    }
}
