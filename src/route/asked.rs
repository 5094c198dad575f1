//! What is asked: a request that has a route.

use hyper::http::request::Parts;

use crate::auth;
use crate::provider::escape;
use crate::table::{Call, Route, Scheme};

/// A request that has a route.
#[derive(Debug)]
pub(super) struct Asked {
    pub(super) route: &'static Route,
    pub(super) values: Vec<(&'static str, String)>,
    pub(super) head: Parts,
}

impl Asked {
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The request as its dialect reads it.
    pub(super) fn call<'c>(&'c self, query: &'c [(String, String)], body: &'c [u8]) -> Call<'c> {
        Call {
            path: &self.values,
            query,
            headers: &self.head.headers,
            body,
            stream: self.route.stream,
        }
    }

    pub(super) fn query(&self) -> Vec<(String, String)> {
        let query = self.head.uri.query();
        query
            .map(|query| escape::query(query).collect())
            .unwrap_or_default()
    }

    /// The caller's token, wherever the caller's dialect puts it.
    pub(super) fn token(&self) -> Option<String> {
        let headers = &self.head.headers;
        let elsewhere = || {
            let schemes = self.route.dialect.auth.iter();
            schemes.copied().find_map(|scheme| match scheme {
                Scheme::Bearer => None,
                Scheme::Header(name) => Some(headers.get(name)?.to_str().ok()?.to_owned()),
                Scheme::Query(name) => {
                    let mut pairs = self.query().into_iter();
                    pairs.find_map(|(key, value)| (key == name).then_some(value))
                }
            })
        };
        auth::bearer(headers).map(str::to_owned).or_else(elsewhere)
    }
}
