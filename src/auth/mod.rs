//! Who may call: the bearer of a token that the configured OIDC issuer signed for this gateway.
//!
//! Knows no route and no status code; handlers turn a [`Denied`] into a reply.

mod fetch;
mod issuer;
mod keeper;
mod keys;
mod quota;
mod token;

use std::fmt;
use std::sync::Arc;

use hyper::HeaderMap;
use hyper::header::AUTHORIZATION;

use crate::config::Oidc;
use fetch::Fetch;
use issuer::Issuer;
use keeper::Keeper;
use token::Expected;

pub use keeper::Pace;

/// Decides who may call. The default lets everybody in.
#[derive(Clone, Default)]
pub struct Gate(Option<Arc<Guard>>);

/// Why a caller may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// 401: there is no token, or it isn't valid; the text is for the caller.
    Unauthorized(String),
    /// 503: nobody can say now.
    Unavailable(String),
}

struct Guard {
    keeper: Keeper,
    expected: Expected,
}

impl Gate {
    /// A gate for this issuer's tokens. It learns the issuer's keys in the background, so it must start
    /// inside a tokio runtime, and it starts whether or not the issuer can be reached.
    pub fn start(oidc: &Oidc) -> Result<Self, String> {
        Self::start_at(oidc, Pace::default())
    }

    /// As [`Gate::start`], with other times than the usual ones.
    pub fn start_at(oidc: &Oidc, pace: Pace) -> Result<Self, String> {
        let audience = oidc.client_id.expose();
        if audience.is_empty() {
            return Err("OIDC_CLIENT_ID: is empty; tokens are checked to be meant for it".into());
        }
        // Named here so that a second backend somewhere in the dependency tree can't make the choice ambiguous.
        let _ = jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER.install_default();
        let issuer = Issuer::new(&oidc.issuer_url, Fetch::new())?;
        let expected = Expected::new(&oidc.issuer_url, audience);
        let keeper = Keeper::start(issuer, pace);
        Ok(Self(Some(Arc::new(Guard { keeper, expected }))))
    }

    /// Whether anyone may call.
    pub fn is_open(&self) -> bool {
        self.0.is_none()
    }

    /// May the bearer of this token call?
    pub async fn check(&self, token: Option<&str>) -> Result<(), Denied> {
        let Some(guard) = &self.0 else {
            return Ok(());
        };
        let (trust, seen) = guard.keeper.trust().await?;
        let token = token.ok_or_else(|| Denied::unauthorized("a bearer token is required"))?;
        let head = token::head(token, &trust.algorithms)?;
        let trust = match trust.keys.knows(&head) {
            true => trust,
            // The issuer may have changed its keys since.
            false => guard.keeper.newer(seen).await?,
        };
        guard
            .expected
            .verify(token, &head, &trust.keys.fitting(&head)?)
    }
}

/// The token of `Authorization: Bearer`; nothing if the header is missing, given twice or of another scheme.
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let (first, second) = (values.next()?, values.next());
    if second.is_some() {
        return None;
    }
    let (scheme, token) = first.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

impl Denied {
    fn unauthorized(text: impl Into<String>) -> Self {
        Self::Unauthorized(text.into())
    }
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unauthorized(text) | Self::Unavailable(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for Denied {}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Gate(on)"
        } else {
            "Gate(off)"
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_found_only_in_one_bearer_header() {
        let cases: &[(&[&str], Option<&str>)] = &[
            (&[], None),
            (&["Bearer abc"], Some("abc")),
            (&["bearer  abc "], Some("abc")),
            (&["Bearer "], None),
            (&["Bearer"], None),
            (&["Basic abc"], None),
            (&["Bearer abc", "Bearer abc"], None),
        ];
        for (given, token) in cases {
            let mut headers = HeaderMap::new();
            for value in *given {
                headers.append(AUTHORIZATION, value.parse().expect("a header value"));
            }
            assert_eq!(bearer(&headers), *token, "{given:?}");
        }
    }

    #[tokio::test]
    async fn a_gate_that_is_off_lets_everybody_in() {
        assert_eq!(Gate::default().check(None).await, Ok(()));
    }
}
