//! Headers that a relay doesn't pass on: those of one connection, and those that are between two parties only.

use hyper::HeaderMap;
use hyper::header::{
    AUTHORIZATION, CONNECTION, COOKIE, EXPECT, HOST, HeaderName, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, SET_COOKIE, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

use crate::config::ProviderConfig;
use crate::table::{Route, Scheme};

/// Knows which headers stay here, credentials of anywhere in the gateway among them.
#[derive(Debug)]
pub(super) struct Hygiene {
    of_requests: Names,
    of_replies: Names,
}

/// Names of headers. Most others have another length than any of them.
#[derive(Debug)]
struct Names {
    lengths: u64,
    names: Vec<HeaderName>,
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
        let between_two = [AUTHORIZATION, COOKIE, HOST, EXPECT];
        let of_requests = OF_ONE_CONNECTION.into_iter().chain(between_two);
        Self {
            of_requests: Names::new(of_requests.chain(credentials)),
            of_replies: Names::new(OF_ONE_CONNECTION.into_iter().chain([SET_COOKIE])),
        }
    }

    /// What a provider may see of a caller's request, but for names that are to stay here besides.
    pub(super) fn clean_request(
        &self,
        headers: &HeaderMap,
        stays: impl Fn(&HeaderName) -> bool,
    ) -> HeaderMap {
        let listed = listed(headers);
        let mut clean = HeaderMap::with_capacity(headers.len() + ROOM);
        for (name, value) in headers {
            if !self.of_requests.has(name) && !listed.contains(name) && !stays(name) {
                clean.append(name.clone(), value.clone());
            }
        }
        clean
    }

    /// Leaves what a caller may see of a provider's reply. Its cookies belong to the gateway's session with it, which
    /// all callers share.
    pub(super) fn clean_response(&self, headers: &mut HeaderMap) {
        let listed = listed(headers);
        let private = headers.keys().filter(|name| self.of_replies.has(name));
        let private: Vec<_> = private.cloned().collect();
        for name in private.iter().chain(&listed) {
            headers.remove(name);
        }
    }
}

impl Names {
    fn new(names: impl IntoIterator<Item = HeaderName>) -> Self {
        let names: Vec<_> = names.into_iter().collect();
        let bits = names.iter().map(bit);
        Self {
            lengths: bits.fold(0, |all, bit| all | bit),
            names,
        }
    }

    fn has(&self, name: &HeaderName) -> bool {
        self.lengths & bit(name) != 0 && self.names.contains(name)
    }
}

/// One bit for its length; very long names share one.
fn bit(name: &HeaderName) -> u64 {
    1 << name.as_str().len().min(63)
}

/// Names that a party calls those of its connection.
fn listed(headers: &HeaderMap) -> Vec<HeaderName> {
    let listed = headers.get_all(CONNECTION).iter();
    listed
        // What most say, which names none.
        .filter(|value| !value.as_bytes().eq_ignore_ascii_case(b"keep-alive"))
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .filter_map(|name| HeaderName::from_bytes(name.trim().as_bytes()).ok())
        .collect()
}

/// For what the gateway adds.
const ROOM: usize = 6;
