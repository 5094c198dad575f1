//! A request on its way out.
//!
//! Its headers are written one after the other and seldom looked for, so they are a list: what is passed on has few, and
//! a map of them costs several times as much.

use std::sync::Arc;

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, Uri};

use crate::server::Body;

/// A request to a provider.
#[derive(Debug)]
pub struct Outbound<B> {
    /// What is to be done.
    pub method: Method,
    /// Where; absolute. Mostly one that many have.
    pub uri: Arc<Uri>,
    /// In their order.
    pub headers: Headers,
    /// What is sent.
    pub body: B,
}

/// Names and values, in the order in which they are sent.
#[derive(Debug, Clone, Default)]
pub struct Headers(Vec<(HeaderName, HeaderValue)>);

impl<B> Outbound<B> {
    /// The same with another body.
    pub fn map<T>(self, change: impl FnOnce(B) -> T) -> Outbound<T> {
        Outbound {
            method: self.method,
            uri: self.uri,
            headers: self.headers,
            body: change(self.body),
        }
    }
}

impl Outbound<Body> {
    /// The same request, if it makes no difference to the provider whether it is sent once or twice (RFC 9110, 9.2.1).
    pub(super) fn again(&self) -> Option<Self> {
        let is_safe = self.method.is_safe() && matches!(self.body, Body::Empty);
        is_safe.then(|| Self {
            method: self.method.clone(),
            uri: self.uri.clone(),
            headers: self.headers.clone(),
            body: Body::Empty,
        })
    }
}

impl Headers {
    /// None, with room for so many.
    pub fn with_capacity(capacity: usize) -> Self {
        Self(Vec::with_capacity(capacity))
    }

    /// Adds one, also where there is one of that name.
    pub fn push(&mut self, name: HeaderName, value: HeaderValue) {
        self.0.push((name, value));
    }

    /// Puts one in the place of all of that name.
    pub fn set(&mut self, name: HeaderName, value: HeaderValue) {
        let Some(place) = self.0.iter().position(|(known, _)| *known == name) else {
            return self.push(name, value);
        };
        self.0[place].1 = value;
        let mut at = 0;
        self.0.retain(|(known, _)| {
            at += 1;
            at <= place + 1 || *known != name
        });
    }

    /// Takes away all of that name.
    pub fn remove(&mut self, name: &HeaderName) {
        self.0.retain(|(known, _)| known != name);
    }

    /// The first one of that name.
    pub fn get(&self, name: &HeaderName) -> Option<&HeaderValue> {
        self.iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| value)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&HeaderName, &HeaderValue)> {
        self.0.iter().map(|(name, value)| (name, value))
    }
}

impl From<HeaderMap> for Headers {
    fn from(map: HeaderMap) -> Self {
        let mut headers = Self::with_capacity(map.len());
        let mut last = None;
        // A name is given with its first value only.
        for (name, value) in map {
            last = name.or(last);
            if let Some(name) = &last {
                headers.push(name.clone(), value);
            }
        }
        headers
    }
}

impl From<Headers> for HeaderMap {
    fn from(headers: Headers) -> Self {
        let mut map = Self::with_capacity(headers.0.len());
        for (name, value) in headers.0 {
            map.append(name, value);
        }
        map
    }
}

impl<B> From<Request<B>> for Outbound<B> {
    fn from(request: Request<B>) -> Self {
        let (head, body) = request.into_parts();
        Self {
            method: head.method,
            uri: Arc::new(head.uri),
            headers: head.headers.into(),
            body,
        }
    }
}

impl<B> From<Outbound<B>> for Request<B> {
    fn from(outbound: Outbound<B>) -> Self {
        let mut request = Self::new(outbound.body);
        *request.method_mut() = outbound.method;
        *request.uri_mut() = Arc::unwrap_or_clone(outbound.uri);
        *request.headers_mut() = outbound.headers.into();
        request
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_maps_hold_the_same() {
        let mut request = Request::new(());
        *request.uri_mut() = Uri::from_static("http://x/y");
        *request.method_mut() = Method::PUT;
        for (name, value) in [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("a", "5")] {
            request
                .headers_mut()
                .append(name, HeaderValue::from_static(value));
        }
        let outbound = Outbound::from(request.clone());
        assert_eq!(outbound.headers.iter().count(), 5);
        let back = Request::from(outbound);
        assert_eq!(back.headers(), request.headers());
        assert_eq!(
            (back.uri(), back.method()),
            (request.uri(), request.method())
        );
    }

    #[test]
    fn one_takes_the_place_of_all_of_its_name() {
        let name = HeaderName::from_static;
        let shown = |headers: &Headers| -> String {
            let shown = headers
                .iter()
                .map(|(name, value)| format!("{name}{value:?}"));
            shown.collect::<Vec<_>>().concat().replace('"', "")
        };
        let mut headers = Headers::default();
        for (at, letter) in ["a", "b", "a", "c", "a"].into_iter().enumerate() {
            headers.push(name(letter), HeaderValue::from(at));
        }
        assert_eq!(headers.get(&name("a")), Some(&HeaderValue::from(0)));
        headers.set(name("d"), HeaderValue::from(7));
        headers.set(name("a"), HeaderValue::from(8));
        assert_eq!(shown(&headers), "a8b1c3d7");
        headers.set(name("c"), HeaderValue::from(9));
        headers.remove(&name("b"));
        assert_eq!(shown(&headers), "a8c9d7");
        assert_eq!(headers.get(&name("b")), None);
    }
}
