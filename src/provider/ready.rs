//! What is the same in every request to a provider, made once: addresses and headers.

use std::fmt;
use std::sync::Arc;

use hyper::Uri;
use hyper::header::{AUTHORIZATION, HeaderName, HeaderValue};

use crate::config::{ProviderConfig, Secret};
use crate::error::Fault;
use crate::table::{Endpoint, Provider, Scheme};

use super::{Address, Target};

/// The constant part of requests to one provider. Isn't shown: credentials are in it.
pub struct Ready {
    headers: Option<Headers>,
    addresses: Vec<(&'static Endpoint, Arc<Uri>)>,
}

type Headers = Vec<(HeaderName, HeaderValue)>;

impl Ready {
    /// Of a configured provider. What is wrong with it is told when it is called.
    pub fn new(config: &ProviderConfig) -> Self {
        let Ok(target) = Target::of(config) else {
            return Self {
                headers: None,
                addresses: Vec::new(),
            };
        };
        let address = |endpoint: &'static Endpoint| {
            let path = endpoint.path.trim_start_matches('/');
            let address = Address::of_relay(target, path, None).ok()?;
            Some((endpoint, address.uri().clone()))
        };
        let provider = config.provider;
        let constant = |endpoint: &&Endpoint| !endpoint.path.contains('{');
        Self {
            headers: headers(provider, config.token.as_ref()).ok(),
            addresses: endpoints(provider)
                .filter(constant)
                .filter_map(address)
                .collect(),
        }
    }

    /// The address of an endpoint whose path has no variables.
    pub(super) fn address(&self, endpoint: &Endpoint) -> Option<&Arc<Uri>> {
        let mut addresses = self.addresses.iter();
        let found = addresses.find(|(known, _)| std::ptr::eq(*known, endpoint));
        found.map(|(_, uri)| uri)
    }
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready").finish_non_exhaustive()
    }
}

fn endpoints(provider: &'static Provider) -> impl Iterator<Item = &'static Endpoint> {
    let single = [
        &provider.generate,
        &provider.generate_stream,
        &provider.embed,
        &provider.count_tokens,
        &provider.list,
    ];
    let also = provider.generate_also.iter();
    single.into_iter().flatten().chain(also)
}

/// Has set what every request to this provider carries: its extra headers and its credential.
pub fn sign(target: Target<'_>, mut set: impl FnMut(HeaderName, HeaderValue)) -> Result<(), Fault> {
    let made;
    let own = match target.ready.and_then(|ready| ready.headers.as_ref()) {
        Some(own) => own,
        None => {
            made = self::headers(target.config.provider, target.token)?;
            &made
        }
    };
    for (name, value) in own {
        set(name.clone(), value.clone());
    }
    Ok(())
}

fn headers(provider: &Provider, token: Option<&Secret>) -> Result<Headers, Fault> {
    let mut headers = Headers::new();
    for &(name, value) in provider.extra_headers {
        headers.push(header(name, value)?);
    }
    let Some(token) = token else {
        return Ok(headers);
    };
    let (name, value) = match provider.auth {
        // Servers of one's own may be told to want a key.
        Some(Scheme::Bearer) | None => (AUTHORIZATION, format!("Bearer {}", token.expose())),
        Some(Scheme::Header(name)) => (header_name(name)?, token.expose().to_owned()),
        Some(Scheme::Query(_)) => return Ok(headers),
    };
    let mut value = HeaderValue::try_from(value)
        .map_err(|_| Fault::new("the key holds characters that no header can hold"))?;
    value.set_sensitive(true);
    headers.push((name, value));
    Ok(headers)
}

/// A header of the spec.
pub(super) fn header(name: &str, value: &str) -> Result<(HeaderName, HeaderValue), Fault> {
    let value = HeaderValue::from_str(value)
        .map_err(|_| Fault::new("holds characters that no header can hold").at(name.to_owned()))?;
    Ok((header_name(name)?, value))
}

fn header_name(name: &str) -> Result<HeaderName, Fault> {
    HeaderName::from_bytes(name.as_bytes())
        .map_err(|_| Fault::new("not a header's name").at(name.to_owned()))
}
