//! A request to a provider: URL, headers, credential.

use std::fmt;

use bytes::Bytes;
use hyper::header::{
    ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT,
};
use hyper::{Method, Request, Uri};

use crate::error::Fault;
use crate::table::{Endpoint, Outgoing, Scheme};

use super::{Target, escape};

/// Where a request goes. Shown without its credential.
#[derive(Clone, PartialEq, Eq)]
pub struct Address {
    uri: Uri,
    shown: String,
    whole: String,
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
    *request.uri_mut() = address.uri.clone();
    let has_body = !request.body().is_empty();
    let headers = request.headers_mut();
    if has_body {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    headers.insert(ACCEPT, HeaderValue::from_static(accept));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    for &(name, value) in endpoint.headers {
        set(headers, name, value)?;
    }
    for (name, value) in outgoing.headers.iter().chain(&trace) {
        set(headers, name, value)?;
    }
    sign(headers, target)?;
    Ok((request, address))
}

/// Sets what every request to this provider carries: its extra headers and its credential.
pub fn sign(headers: &mut HeaderMap, target: Target<'_>) -> Result<(), Fault> {
    let provider = target.config.provider;
    for &(name, value) in provider.extra_headers {
        set(headers, name, value)?;
    }
    let Some(token) = target.token else {
        return Ok(());
    };
    let (name, value) = match provider.auth {
        // Servers of one's own may be told to want a key.
        Some(Scheme::Bearer) | None => (AUTHORIZATION, format!("Bearer {}", token.expose())),
        Some(Scheme::Header(name)) => (header_name(name)?, token.expose().to_owned()),
        Some(Scheme::Query(_)) => return Ok(()),
    };
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Fault::new("the key holds characters that no header can hold"))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

impl Address {
    /// What the client connects to and sends. Holds the credential where that goes in the query.
    pub fn uri(&self) -> &Uri {
        &self.uri
    }

    /// All of it, the caller's query included, with its credential masked: for the caller, not for logs.
    pub fn masked(&self) -> &str {
        &self.whole
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
        let shown = match query.is_empty() {
            true => url.clone(),
            false => format!("{url}?{query}"),
        };
        Self::complete(url, query, shown, target)
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
        // What callers put in a query may be a secret of theirs.
        let shown = url.clone();
        Self::complete(url, query, shown, target)
    }

    fn complete(
        mut url: String,
        mut query: String,
        shown: String,
        target: Target<'_>,
    ) -> Result<Self, Fault> {
        let mut whole = match query.is_empty() {
            true => url.clone(),
            false => format!("{url}?{query}"),
        };
        if let (Some(Scheme::Query(name)), Some(token)) =
            (target.config.provider.auth, target.token)
        {
            whole.push(if query.is_empty() { '?' } else { '&' });
            whole.push_str(name);
            whole.push_str("=***");
            pair(&mut query, name, token.expose());
        }
        if !query.is_empty() {
            url.push('?');
            url.push_str(&query);
        }
        // The text isn't repeated: it may hold the credential.
        let uri = Uri::try_from(url).map_err(|_| Fault::new("the provider's URL isn't one"))?;
        Ok(Self { uri, shown, whole })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
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

fn set(headers: &mut HeaderMap, name: &str, value: &str) -> Result<(), Fault> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| Fault::new("holds characters that no header can hold").at(name.to_owned()))?;
    headers.insert(header_name(name)?, value);
    Ok(())
}

fn header_name(name: &str) -> Result<HeaderName, Fault> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Fault::new("not a header's name").at(name.to_owned()))
}

#[cfg(test)]
#[path = "request_tests.rs"]
mod tests;
