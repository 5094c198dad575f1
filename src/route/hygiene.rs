//! Headers that a relay doesn't pass on: those of one connection, and those that are between two parties only.

use hyper::HeaderMap;
use hyper::header::{
    AUTHORIZATION, CONNECTION, COOKIE, EXPECT, HOST, HeaderName, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use crate::config::ProviderConfig;
use crate::table::{Route, Scheme};

/// Knows which headers are credentials anywhere in the gateway.
#[derive(Debug)]
pub(super) struct Hygiene {
    credentials: Vec<HeaderName>,
}

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
        Self { credentials }
    }

    /// Leaves what a provider may see of a caller's request.
    pub(super) fn clean_request(&self, headers: &mut HeaderMap) {
        of_one_connection(headers);
        for name in [AUTHORIZATION, COOKIE, HOST, EXPECT] {
            headers.remove(name);
        }
        for name in &self.credentials {
            headers.remove(name);
        }
    }

    /// Leaves what a caller may see of a provider's reply. Its cookies belong to the gateway's session with it, which
    /// all callers share.
    pub(super) fn clean_response(headers: &mut HeaderMap) {
        of_one_connection(headers);
        headers.remove(SET_COOKIE);
    }
}

fn of_one_connection(headers: &mut HeaderMap) {
    let listed = headers.get_all(CONNECTION).iter();
    let listed: Vec<_> = listed
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
        .collect();
    for name in listed.iter().chain(&OF_ONE_CONNECTION) {
        headers.remove(name);
    }
}
