//! Headers that a relay doesn't pass on: those of one connection, and those that are between two parties only.

use std::cell::Cell;

use hyper::HeaderMap;
use hyper::header::{
    ACCEPT_ENCODING, AUTHORIZATION, CONNECTION, CONTENT_LENGTH, COOKIE, EXPECT, HOST, HeaderName,
    HeaderValue, PROXY_AUTHENTICATE, PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER,
    TRANSFER_ENCODING, UPGRADE,
};

use crate::config::ProviderConfig;
use crate::table::{Route, Scheme};
use crate::upstream::Headers;

use super::control;

/// Knows which headers stay here, credentials of anywhere in the gateway among them.
#[derive(Debug)]
pub(super) struct Hygiene {
    of_requests: Names,
    /// Of a request whose body may be changed, and whose reply is looked at.
    of_conversations: Names,
    of_replies: Names,
}

/// Names of headers, by their lengths: a name is compared with few of them.
#[derive(Debug)]
struct Names([Vec<HeaderName>; LENGTHS]);

/// Longer names are together.
const LENGTHS: usize = 32;

/// RFC 9110, 7.6.1, and what is common beside it.
const OF_ONE_CONNECTION: [HeaderName; 9] = [
    CONNECTION,
    HeaderName::from_static("keep-alive"),
    HeaderName::from_static("proxy-connection"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

impl Hygiene {
    /// A caller may have the gateway's token in any header that some dialect or provider uses for credentials.
    pub(super) fn new(routes: &'static [Route], providers: &[ProviderConfig]) -> Self {
        let mut credentials = Vec::new();
        let mut learn = |scheme: Scheme| {
            let Scheme::Header(name) = scheme else {
                return;
            };
            match HeaderName::from_bytes(name.as_bytes()) {
                Ok(name) if !credentials.contains(&name) => credentials.push(name),
                _ => {}
            }
        };
        for route in routes {
            route.dialect.auth.iter().copied().for_each(&mut learn);
        }
        for provider in providers.iter().map(|config| config.provider) {
            provider.auth.into_iter().for_each(&mut learn);
            let endpoints = [
                &provider.list,
                &provider.generate,
                &provider.generate_stream,
            ];
            let also = provider.generate_also.iter();
            for endpoint in endpoints.into_iter().flatten().chain(also) {
                endpoint.dialect.auth.iter().copied().for_each(&mut learn);
            }
        }
        let between_two = [AUTHORIZATION, COOKIE, HOST, EXPECT];
        let of_requests = OF_ONE_CONNECTION.into_iter().chain(between_two);
        let of_requests = of_requests.chain(credentials);
        // A compressed reply could not be looked at.
        let of_body = [CONTENT_LENGTH, ACCEPT_ENCODING];
        Self {
            of_conversations: Names::new(of_requests.clone().chain(of_body)),
            of_requests: Names::new(of_requests),
            of_replies: Names::new(OF_ONE_CONNECTION.into_iter().chain([SET_COOKIE])),
        }
    }

    /// What a provider may see of a caller's request.
    pub(super) fn clean_request(&self, headers: &HeaderMap) -> Headers {
        clean(headers, |name| self.of_requests.has(name))
    }

    /// What a provider may see of a request that is for it and for the gateway, and whether there is anything that only
    /// the gateway is asked.
    pub(super) fn clean_conversation(&self, headers: &HeaderMap) -> (Headers, bool) {
        let asks = Cell::new(false);
        let clean = clean(headers, |name| {
            let for_gateway = name.as_str().starts_with(control::PREFIX);
            asks.set(asks.get() || for_gateway);
            for_gateway || self.of_conversations.has(name)
        });
        (clean, asks.get())
    }

    /// Leaves what a caller may see of a provider's reply. Its cookies belong to the gateway's session with it, which
    /// all callers share.
    pub(super) fn clean_response(&self, headers: &mut HeaderMap) {
        let is_private = |name: &&HeaderName| self.of_replies.has(name);
        if !headers.keys().any(|name| is_private(&name)) {
            return;
        }
        let mut private: Vec<_> = headers.keys().filter(is_private).cloned().collect();
        if private.contains(&CONNECTION) {
            private.extend(headers.get_all(CONNECTION).iter().flat_map(listed));
        }
        for name in private {
            headers.remove(name);
        }
    }
}

/// A header's first value. There are few headers, and to look for a name in the map takes longer.
pub(super) fn find<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut headers = headers.iter();
    headers
        .find(|(known, _)| *known == name)
        .map(|(_, value)| value)
}

fn clean(headers: &HeaderMap, stays: impl Fn(&HeaderName) -> bool) -> Headers {
    let mut clean = Headers::with_capacity(headers.len() + ROOM);
    let mut of_connection = Vec::new();
    for (name, value) in headers {
        if !stays(name) {
            clean.push(name.clone(), value.clone());
        } else if *name == CONNECTION {
            of_connection.extend(listed(value));
        }
    }
    for name in of_connection {
        clean.remove(&name);
    }
    clean
}

impl Names {
    fn new(names: impl IntoIterator<Item = HeaderName>) -> Self {
        let mut by_length = [const { Vec::new() }; LENGTHS];
        for name in names {
            by_length[length(&name)].push(name);
        }
        Self(by_length)
    }

    fn has(&self, name: &HeaderName) -> bool {
        self.0[length(name)].contains(name)
    }
}

fn length(name: &HeaderName) -> usize {
    name.as_str().len().min(LENGTHS - 1)
}

/// Names that a party calls those of its connection.
fn listed(value: &HeaderValue) -> impl Iterator<Item = HeaderName> {
    // What most say, which names none.
    let most = value.as_bytes().eq_ignore_ascii_case(b"keep-alive");
    let said = Some(value).filter(|_| !most);
    said.and_then(|value| value.to_str().ok())
        .into_iter()
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
}

/// For what the gateway adds.
const ROOM: usize = 6;
