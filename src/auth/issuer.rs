//! The issuer: its discovery document and its key set, read together and checked against each other.
//!
//! Knows how to read them once; when to read them again is the keeper's business.

use std::str::FromStr;
use std::time::Duration;

use hyper::header::CACHE_CONTROL;
use hyper::{HeaderMap, Uri};
use jsonwebtoken::{Algorithm, AlgorithmFamily};
use serde::Deserialize;

use super::fetch::Fetch;
use super::keys::Keys;

/// Where tokens come from.
pub struct Issuer {
    /// As configured, and as every token and the discovery document must say it.
    name: String,
    discovery: Uri,
    fetch: Fetch,
}

/// What the issuer says of itself.
#[derive(Debug)]
pub struct Trust {
    /// What it signs with; asymmetric ones only.
    pub algorithms: Vec<Algorithm>,
    /// Its public keys.
    pub keys: Keys,
    /// How long it wants the keys to be kept, if it says so.
    pub keep_for: Option<Duration>,
}

impl Issuer {
    /// The issuer of this name, which is a URL.
    pub fn new(name: &str, fetch: Fetch) -> Result<Self, String> {
        let text = format!("{}{DISCOVERY}", name.trim_end_matches('/'));
        let discovery = web_address(&text).map_err(|what| format!("OIDC_ISSUER_URL: {what}"))?;
        let user = discovery
            .authority()
            .is_some_and(|host| host.as_str().contains('@'));
        if user || name.contains(['?', '#']) {
            return Err("OIDC_ISSUER_URL: an issuer has no query, fragment or user name".into());
        }
        Ok(Self {
            name: name.to_owned(),
            discovery,
            fetch,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Reads both documents. Both, each time: an issuer may move its keys or change its algorithms.
    pub async fn read(&self) -> Result<Trust, String> {
        let (said, _) = self.fetch.json::<Discovery>(&self.discovery).await?;
        if said.issuer != self.name {
            return Err(format!(
                "the issuer calls itself {:?}, OIDC_ISSUER_URL says {:?}; they have to be equal to the letter",
                said.issuer, self.name
            ));
        }
        let algorithms = asymmetric(&said.id_token_signing_alg_values_supported);
        if algorithms.is_empty() {
            return Err(format!(
                "the issuer announces {:?} in id_token_signing_alg_values_supported; none is an asymmetric \
                 algorithm that can be verified here",
                said.id_token_signing_alg_values_supported
            ));
        }
        let address = self.keys_address(&said.jwks_uri)?;
        let (set, headers) = self.fetch.json(&address).await?;
        let keys = Keys::new(set, &algorithms);
        if keys.is_empty() {
            return Err(format!("{address} has no key for any of {algorithms:?}"));
        }
        Ok(Trust {
            algorithms,
            keys,
            keep_for: max_age(&headers),
        })
    }

    fn keys_address(&self, given: &str) -> Result<Uri, String> {
        let address = web_address(given).map_err(|what| format!("jwks_uri: {what}"))?;
        if self.discovery.scheme_str() == Some("https") && address.scheme_str() != Some("https") {
            return Err(format!(
                "jwks_uri is {given:?}; an https issuer has its keys at https too"
            ));
        }
        Ok(address)
    }
}

/// The fields of the discovery document that matter here.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
    jwks_uri: String,
    id_token_signing_alg_values_supported: Vec<String>,
}

/// Those announced algorithms that have a public key. `none` and algorithms unknown here don't parse.
fn asymmetric(announced: &[String]) -> Vec<Algorithm> {
    let mut algorithms: Vec<Algorithm> = Vec::new();
    for name in announced {
        if let Ok(algorithm) = Algorithm::from_str(name)
            && algorithm.family() != AlgorithmFamily::Hmac
            && !algorithms.contains(&algorithm)
        {
            algorithms.push(algorithm);
        }
    }
    algorithms
}

fn web_address(text: &str) -> Result<Uri, String> {
    let address = Uri::from_str(text).map_err(|fault| format!("{text:?} is no URL: {fault}"))?;
    match (address.scheme_str(), address.host()) {
        (Some("http" | "https"), Some(_)) => Ok(address),
        _ => Err(format!(
            "{text:?} is not a URL with http:// or https:// and a host"
        )),
    }
}

fn max_age(headers: &HeaderMap) -> Option<Duration> {
    let values = headers.get_all(CACHE_CONTROL).iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .find_map(|directive| {
            let (name, seconds) = directive.split_once('=')?;
            let seconds = seconds.trim().trim_matches('"').parse().ok()?;
            name.trim()
                .eq_ignore_ascii_case("max-age")
                .then(|| Duration::from_secs(seconds))
        })
}

const DISCOVERY: &str = "/.well-known/openid-configuration";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_announced_asymmetric_algorithms_are_kept() {
        let announced = [
            "none", "HS256", "RS256", "HS512", "ES256", "RS256", "ES512", "EdDSA", "",
        ];
        let kept = asymmetric(&announced.map(String::from));
        assert_eq!(kept, [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA]);
    }

    #[test]
    fn a_max_age_is_found_among_directives() {
        let cases = [
            ("max-age=600", Some(600)),
            ("public, Max-Age=\"60\", must-revalidate", Some(60)),
            ("no-store", None),
            ("max-age=soon", None),
            ("s-maxage=5", None),
        ];
        for (value, seconds) in cases {
            let headers =
                HeaderMap::from_iter([(CACHE_CONTROL, value.parse().expect("a header value"))]);
            assert_eq!(
                max_age(&headers),
                seconds.map(Duration::from_secs),
                "{value}"
            );
        }
    }

    #[test]
    fn an_issuer_that_is_no_plain_url_is_refused_by_name() {
        for wrong in [
            "",
            "issuer",
            "ftp://issuer",
            "http://",
            "https://a/?b",
            "https://me@a",
            "https://a/#b",
        ] {
            let fault = Issuer::new(wrong, Fetch::new()).err().unwrap_or_default();
            assert!(
                fault.starts_with("OIDC_ISSUER_URL: "),
                "{wrong:?}: {fault:?}"
            );
        }
        assert!(Issuer::new("https://issuer.example/realm/", Fetch::new()).is_ok());
    }
}
