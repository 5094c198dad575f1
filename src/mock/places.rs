//! A method and a path to a provider's endpoint: behind the provider's id, or bare as the provider itself has it.
//!
//! Two providers may have one path. What their requests always carry, and where their credential goes, tells them apart.

use std::cmp::Reverse;

use hyper::header::AUTHORIZATION;
use hyper::http::request::Parts;

use crate::provider::escape;
use crate::table::{Dialect, Endpoint, Provider, Scheme};

/// Every endpoint of every provider.
#[derive(Debug)]
pub(super) struct Places {
    providers: &'static [Provider],
    places: Vec<Place>,
}

/// One of them.
#[derive(Debug, Clone, Copy)]
struct Place {
    provider: &'static Provider,
    endpoint: &'static Endpoint,
    operation: Operation,
}

/// What is asked of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operation {
    /// Its models.
    List,
    /// A conversation.
    Chat {
        /// What the path says about streaming, if there is another for that.
        stream: Option<bool>,
    },
    /// Vectors.
    Embed,
    /// A count of tokens.
    CountTokens,
}

/// An endpoint and the values of its path's parameters.
pub(super) struct Found {
    pub(super) provider: &'static Provider,
    pub(super) endpoint: &'static Endpoint,
    pub(super) operation: Operation,
    pub(super) values: Vec<(&'static str, String)>,
}

/// Why nobody answers.
#[derive(Debug)]
pub(super) enum Lost {
    /// The provider that the path names has no such endpoint.
    Of(&'static Dialect, String),
    /// Nothing fits.
    Nowhere,
    /// Several providers fit equally well.
    Between(Vec<&'static str>),
}

impl Operation {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::List => "list_models",
            Self::Chat { .. } => "chat",
            Self::Embed => "embed",
            Self::CountTokens => "count_tokens",
        }
    }
}

impl Places {
    pub(super) fn new(providers: &'static [Provider]) -> Self {
        Self {
            providers,
            places: providers.iter().flat_map(of_provider).collect(),
        }
    }

    /// The endpoint of a request.
    pub(super) fn find(&self, head: &Parts, query: &[(String, String)]) -> Result<Found, Lost> {
        let path = head.uri.path();
        let named = self.named(path);
        if let Some((provider, rest)) = named {
            let own = |place: &&Place| place.provider.id == provider.id;
            let mut places = self.places.iter().filter(own);
            if let Some(found) = places.find_map(|place| place.found(head, rest)) {
                return Ok(found);
            }
        }
        match self.bare(head, path, query) {
            Err(Lost::Nowhere) => Err(named.map_or(Lost::Nowhere, lost)),
            other => other,
        }
    }

    /// The provider whose id is the path's first segment, and what follows.
    fn named<'p>(&self, path: &'p str) -> Option<(&'static Provider, &'p str)> {
        let (id, _) = path.strip_prefix('/')?.split_once('/')?;
        let provider = self.providers.iter().find(|provider| provider.id == id)?;
        Some((provider, &path[id.len() + 1..]))
    }

    fn bare(&self, head: &Parts, path: &str, query: &[(String, String)]) -> Result<Found, Lost> {
        let fits = |place: &Place| {
            let found = place.found(head, path)?;
            Some((place.likeness(head, query), found))
        };
        let mut fitting: Vec<_> = self.places.iter().filter_map(fits).collect();
        fitting.sort_by_key(|(likeness, _)| Reverse(*likeness));
        let Some((best, first)) = fitting.first() else {
            return Err(Lost::Nowhere);
        };
        let rivals = fitting.iter().take_while(|(likeness, _)| likeness == best);
        // Two that speak the same at the same place can't be told apart, and need not be.
        let spoken = |found: &Found| (found.endpoint.dialect.name, found.operation);
        if rivals
            .clone()
            .any(|(_, found)| spoken(found) != spoken(first))
        {
            let ids = rivals.map(|(_, found)| found.provider.id);
            return Err(Lost::Between(ids.collect()));
        }
        Ok(fitting.swap_remove(0).1)
    }
}

impl Place {
    fn found(&self, head: &Parts, path: &str) -> Option<Found> {
        if head.method != self.endpoint.method {
            return None;
        }
        let base = base_path(self.provider.url);
        let values = matched(&[self.endpoint.path], path)
            .or_else(|| matched(&[base, self.endpoint.path], path))?;
        Some(Found {
            provider: self.provider,
            endpoint: self.endpoint,
            operation: self.operation,
            values,
        })
    }

    /// How much a request looks like this provider's. What it has says more than what it lacks, for people leave out
    /// what a mock doesn't need; and a fixed value says more than where a credential goes.
    fn likeness(&self, head: &Parts, query: &[(String, String)]) -> i32 {
        const FIXED: i32 = 3;
        const SIGNED: i32 = 2;
        const LACKING: i32 = -1;
        let headers = self.provider.extra_headers.iter();
        let headers = headers.chain(self.endpoint.headers);
        let headers = headers.map(|(name, value)| {
            let sent = head.headers.get(*name);
            sent.is_some_and(|sent| sent.as_bytes() == value.as_bytes())
        });
        let parameters = self.endpoint.query.iter().map(|(name, value)| {
            let is_sent = |(key, sent): &(String, String)| key == name && sent == value;
            query.iter().any(is_sent)
        });
        let signed = match self.provider.auth {
            Some(Scheme::Bearer) => head.headers.contains_key(AUTHORIZATION),
            Some(Scheme::Header(name)) => head.headers.contains_key(name),
            Some(Scheme::Query(name)) => query.iter().any(|(key, _)| key == name),
            None => false,
        };
        let weight = |is_sent| if is_sent { FIXED } else { LACKING };
        let fixed: i32 = headers.chain(parameters).map(weight).sum();
        fixed + if signed { SIGNED } else { 0 }
    }
}

fn of_provider(provider: &'static Provider) -> impl Iterator<Item = Place> {
    let streams_elsewhere = provider.generate_stream.is_some();
    let chat = |stream: bool| Operation::Chat {
        stream: streams_elsewhere.then_some(stream),
    };
    let endpoints = [
        (provider.list.as_ref(), Operation::List),
        (provider.generate.as_ref(), chat(false)),
        (provider.generate_stream.as_ref(), chat(true)),
        (provider.embed.as_ref(), Operation::Embed),
        (provider.count_tokens.as_ref(), Operation::CountTokens),
    ];
    endpoints
        .into_iter()
        .chain(
            provider
                .generate_also
                .iter()
                .map(|also| (Some(also), Operation::Chat { stream: None })),
        )
        .filter_map(move |(endpoint, operation)| {
            Some(Place {
                provider,
                endpoint: endpoint?,
                operation,
            })
        })
}

fn lost((provider, rest): (&'static Provider, &str)) -> Lost {
    let endpoints = [&provider.generate, &provider.list];
    match endpoints.into_iter().flatten().next() {
        Some(endpoint) => Lost::Of(endpoint.dialect, rest.to_owned()),
        None => Lost::Nowhere,
    }
}

/// The path of a base URL; empty if it has none.
fn base_path(url: &str) -> &str {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let path = authority.find('/').map_or("", |at| &authority[at..]);
    path.trim_end_matches('/')
}

/// The values of the templates' parameters, one template after the other, if the path is made by them.
fn matched(templates: &[&'static str], path: &str) -> Option<Vec<(&'static str, String)>> {
    let mut values = Vec::new();
    let mut segments = path.strip_prefix('/')?.split('/');
    for template in templates {
        for wanted in template.split('/').filter(|wanted| !wanted.is_empty()) {
            let segment = segments.next()?;
            let Some((before, rest)) = wanted.split_once('{') else {
                if segment != wanted {
                    return None;
                }
                continue;
            };
            let (name, after) = rest.split_once('}')?;
            let value = segment.strip_prefix(before)?.strip_suffix(after)?;
            if value.is_empty() {
                return None;
            }
            values.push((name, escape::decode(value)?));
        }
    }
    segments.next().is_none().then_some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_made_by_templates() {
        for (templates, path, expected) in [
            (&["/v1/models"][..], "/v1/models", Some(vec![])),
            (&["/v1/models"], "/v1/models/x", None),
            (&["/v1/models"], "/v1", None),
            (&["/m/{model}:say"], "/m/a%2Fb:c:say", Some(vec!["a/b:c"])),
            (&["/m/{model}:say"], "/m/:say", None),
            (&["/m/{model}:say"], "/m/a:sing", None),
            (&["/of/{ACCOUNT}", "/say"], "/of/1/say", Some(vec!["1"])),
            (&["", "/say"], "/say", Some(vec![])),
        ] {
            let values = matched(templates, path).map(|values| {
                let values = values.into_iter().map(|(_, value)| value);
                values.collect::<Vec<_>>()
            });
            let expected = expected
                .map(|values: Vec<&str>| values.into_iter().map(str::to_owned).collect::<Vec<_>>());
            assert_eq!(values, expected, "{templates:?} {path}");
        }
    }

    #[test]
    fn bases_have_paths() {
        for (url, path) in [
            ("https://a.example", ""),
            ("https://a.example/", ""),
            ("https://a.example/x/{Y}/", "/x/{Y}"),
        ] {
            assert_eq!(base_path(url), path);
        }
    }
}
