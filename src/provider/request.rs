//! A request to a provider: URL, headers, credential.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{ACCEPT, CONTENT_TYPE, HeaderValue, USER_AGENT};
use hyper::{Method, Request, Uri};

use crate::error::Fault;
use crate::table::{Endpoint, Outgoing, Scheme};

use super::ready::{header, sign};
use super::{Target, escape};

/// Where a request goes. Shown without its credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: Arc<Uri>,
    /// What callers put in a query may be a secret of theirs: then it isn't for logs.
    shows_query: bool,
    /// The query with its credential masked, where there is one in it.
    masked: Option<String>,
}

const AGENT: &str = concat!(env!("CARGO_PKG_NAME"), "/", env!("CARGO_PKG_VERSION"));

/// The request of an operation, complete with credential, and its address for logs.
pub fn operation(
    target: Target<'_>,
    endpoint: &Endpoint,
    outgoing: Outgoing,
    accept: &'static str,
    trace: Vec<(&'static str, String)>,
) -> Result<(Request<Bytes>, Address), Fault> {
    let address = Address::of_operation(target, endpoint, &outgoing)?;
    let mut request = Request::new(Bytes::from(outgoing.body));
    *request.method_mut() = Method::from_bytes(endpoint.method.as_bytes())
        .map_err(|_| Fault::new("not an HTTP method").at(endpoint.method))?;
    *request.uri_mut() = (*address.uri).clone();
    let has_body = !request.body().is_empty();
    let headers = request.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    for &(name, value) in endpoint.headers {
        let (name, value) = header(name, value)?;
        headers.insert(name, value);
    }
    for (name, value) in outgoing.headers.iter().chain(&trace) {
        let (name, value) = header(name, value)?;
        headers.insert(name, value);
    }
    sign(target, |name, value| {
        headers.insert(name, value);
    })?;
    Ok((request, address))
}

impl Address {
    /// What the client connects to and sends. Holds the credential where that goes in the query.
    pub fn uri(&self) -> &Arc<Uri> {
        &self.uri
    }

    /// All of it, the caller's query included, with its credential masked: for the caller, not for logs.
    pub fn masked(&self) -> String {
        match &self.masked {
            Some(query) => format!("{}?{query}", Bare(&self.uri)),
            None => self.uri.to_string(),
        }
    }

    /// The address of an operation: base URL, filled template, query.
    fn of_operation(
        target: Target<'_>,
        endpoint: &Endpoint,
        outgoing: &Outgoing,
    ) -> Result<Self, Fault> {
        let mut url = target.base.to_owned();
        for segment in endpoint.path.trim_start_matches('/').split('/') {
            url.push('/');
            fill(&mut url, segment, &outgoing.path)?;
        }
        let mut query = String::new();
        for &(name, value) in endpoint.query {
            pair(&mut query, name, value);
        }
        for (name, value) in &outgoing.query {
            pair(&mut query, name, value);
        }
        Self::complete(url, query, true, target)
    }

    /// The address of an endpoint, with the caller's own query, if it has one.
    pub fn of_endpoint(
        target: Target<'_>,
        endpoint: &Endpoint,
        model: Option<&str>,
        query: Option<&str>,
    ) -> Result<Self, Fault> {
        let ready = target.ready.and_then(|ready| ready.address(endpoint));
        if let Some(uri) = ready.filter(|_| query.is_none_or(str::is_empty)) {
            let masked = match target.config.provider.auth {
                Some(Scheme::Query(name)) if target.token.is_some() => Some(format!("{name}=***")),
                _ => None,
            };
            return Ok(Self {
                uri: uri.clone(),
                shows_query: false,
                masked,
            });
        }
        let path = endpoint.path.trim_start_matches('/');
        let Some(model) = model else {
            return Self::of_relay(target, path, query);
        };
        let mut name = String::new();
        escape::push(&mut name, model);
        Self::of_relay(target, &path.replace("{model}", &name), query)
    }

    /// The address of a relayed request: base URL, the path and the query as they came.
    ///
    /// A path that climbs is refused, not resolved: no provider's path needs it.
    pub fn of_relay(target: Target<'_>, path: &str, query: Option<&str>) -> Result<Self, Fault> {
        if path.split('/').any(escape::climbs) {
            return Err(Fault::new("a path with `.` or `..` in it isn't relayed").at("path"));
        }
        let url = format!("{}/{path}", target.base);
        let mut query = query.unwrap_or_default().to_owned();
        if let Some(Scheme::Query(name)) = target.config.provider.auth {
            query = without(&query, name);
        }
        Self::complete(url, query, false, target)
    }

    fn complete(
        mut url: String,
        mut query: String,
        shows_query: bool,
        target: Target<'_>,
    ) -> Result<Self, Fault> {
        let mut masked = None;
        if let (Some(Scheme::Query(name)), Some(token)) =
            (target.config.provider.auth, target.token)
        {
            let and = if query.is_empty() { "" } else { "&" };
            masked = Some(format!("{query}{and}{name}=***"));
            pair(&mut query, name, token.expose());
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        // The text isn't repeated: it may hold the credential.
        let uri = Uri::try_from(url).map_err(|_| Fault::new("the provider's URL isn't one"))?;
        Ok(Self {
            uri: Arc::new(uri),
            shows_query,
            masked,
        })
    }
}

/// An address without its query.
struct Bare<'u>(&'u Uri);

impl fmt::Display for Bare<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (Some(scheme), Some(authority)) = (self.0.scheme(), self.0.authority()) {
            write!(f, "{scheme}://{authority}")?;
        }
        f.write_str(self.0.path())
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Bare(&self.uri))?;
        let query = self.uri.query().filter(|_| self.shows_query);
        match (&self.masked, query) {
            (None, Some(query)) => write!(f, "?{query}"),
            // The credential is its last pair.
            (Some(masked), Some(_)) => match masked.rsplit_once('&') {
                Some((query, _)) => write!(f, "?{query}"),
                None => Ok(()),
            },
            (_, None) => Ok(()),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// Fills one segment of a template. Whatever the values are, it stays one segment.
fn fill(url: &mut String, template: &str, values: &[(&'static str, String)]) -> Result<(), Fault> {
    let start = url.len();
    let mut rest = template;
    let mut last = None;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        let value = values.iter().find(|(key, _)| *key == name);
        let Some((key, value)) = value.filter(|(_, value)| !value.is_empty()) else {
            return Err(Fault::new("must not be empty: it is part of the path").at(name.to_owned()));
        };
        url.push_str(before);
        escape::push(url, value);
        last = Some(*key);
        rest = after;
    }
    url.push_str(rest);
    match last {
        // Dots need no encoding, and encoded ones are read as dots all the same.
        Some(name) if matches!(&url[start..], "." | "..") => {
            Err(Fault::new("`.` and `..` can't be part of the path").at(name))
        }
        _ => Ok(()),
    }
}

fn pair(query: &mut String, name: &str, value: &str) {
    if !query.is_empty() {
        query.push('&');
    }
    escape::push(query, name);
    query.push('=');
    escape::push(query, value);
}

/// The query without parameters of this name; the others stay as they came.
fn without(query: &str, name: &str) -> String {
    let kept = query.split('&').filter(|pair| {
        let key = pair.split_once('=').map_or(*pair, |(key, _)| key);
        !escape::decode(key).is_some_and(|key| key.eq_ignore_ascii_case(name))
    });
    kept.collect::<Vec<_>>().join("&")
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
