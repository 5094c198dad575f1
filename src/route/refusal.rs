//! Whatever goes wrong, as an error that can be told to a caller in any dialect.
//!
//! The one place that decides what an error is to the outside; `encode_error` of the caller's dialect writes it.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};

use crate::auth::Denied;
use crate::canonical::{Error, ErrorKind};
use crate::config::Secret;
use crate::error::Fault;
use crate::provider::Missing;
use crate::server::BodyError;
use crate::table::Dialect;
use crate::upstream::Failure;

/// Why a request isn't answered as it was asked.
#[derive(Debug)]
pub struct Refusal {
    error: Box<Error<'static>>,
    headers: Vec<(HeaderName, HeaderValue)>,
    /// The status, whatever the caller's dialect has for this kind.
    status: Option<StatusCode>,
}

const NOT_FOUND: &str = "Provider not found. Please check the list of supported providers.";
const NO_KEY: &str = "Provider requires an API key. Please configure the provider's API key.";
const KEY_REFUSED: &str = "The provider refused the gateway's credential.";
const UNREACHABLE: &str = "The provider can't be reached.";
const BROKE_OFF: &str = "The provider's reply broke off.";
const TOO_SLOW: &str = "The provider did not answer in time.";
const NOT_ITS_DIALECT: &str = "The provider's reply can't be understood.";
const REFUSED: &str = "The provider refused the request.";
const FAILED: &str = "The provider failed.";

impl Refusal {
    /// Of this kind, with this text for the caller.
    pub(super) fn new(kind: ErrorKind, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            error: Box::new(Error {
                kind,
                message: Some(message.into()),
                ..Error::default()
            }),
            headers: Vec::new(),
            status: None,
        }
    }

    /// The field at fault.
    pub(super) fn of(mut self, place: impl Into<Cow<'static, str>>) -> Self {
        self.error.param = Some(place.into());
        self
    }

    /// An error that has been judged already.
    pub(super) fn told(error: Error<'static>) -> Self {
        Self {
            error: Box::new(error),
            headers: Vec::new(),
            status: None,
        }
    }

    /// There is no such provider.
    pub(super) fn unknown_provider() -> Self {
        Self::new(ErrorKind::InvalidRequest, NOT_FOUND)
    }

    /// The provider's reply isn't its dialect, for a reason that is for the log.
    pub(super) fn undecodable() -> Self {
        Self::new(ErrorKind::UpstreamBad, NOT_ITS_DIALECT)
    }

    /// The provider's answer says itself that it failed.
    pub(super) fn failed() -> Self {
        Self::new(ErrorKind::UpstreamBad, FAILED)
    }

    /// The provider's reply is an error, or its stream turned into one. The caller's dialect decides what status that
    /// has; what is about the gateway's credential is none of the caller's fault, nor of its business.
    pub(super) fn by_provider(said: Error<'_>, token: Option<&Secret>) -> Self {
        use ErrorKind::{Internal, Overloaded, Quota, RateLimit, UpstreamBad};
        if Self::is_of_key(&said) {
            return Self::new(UpstreamBad, KEY_REFUSED);
        }
        let failed = said.status.is_some_and(|status| status >= 500);
        let kind = match said.kind {
            Internal => UpstreamBad,
            kind if failed && kind.status() < 500 => UpstreamBad,
            kind => kind,
        };
        let otherwise = if kind.status() < 500 { REFUSED } else { FAILED };
        let text = told(said.message.as_deref(), token).unwrap_or(otherwise.into());
        let mut refusal = Self::new(kind, text);
        refusal.error.status = said.status;
        refusal.error.code = said.code.map(|code| Cow::Owned(code.into_owned()));
        refusal.error.param = said.param.map(|param| Cow::Owned(param.into_owned()));
        if matches!(kind, RateLimit | Quota | Overloaded) {
            refusal.error.retry_after = said.retry_after;
        }
        refusal
    }

    /// Whether a provider's error is about the gateway's own credential.
    pub(super) fn is_of_key(said: &Error<'_>) -> bool {
        use ErrorKind::{Authentication, Permission};
        matches!(said.kind, Authentication | Permission) || matches!(said.status, Some(401 | 403))
    }

    /// A short fixed word for counters.
    pub(super) fn word(&self) -> &'static str {
        self.error.kind.name()
    }

    /// What the caller is told.
    pub(super) fn text(&self) -> &str {
        self.error.message.as_deref().unwrap_or_default()
    }

    /// The answer in the caller's dialect.
    pub(super) fn reply(mut self, dialect: &Dialect, request_id: &str) -> Response<Bytes> {
        self.error.request_id = Some(Cow::Owned(request_id.to_owned()));
        let written = (dialect.encode_error)(&self.error);
        let own = StatusCode::from_u16(written.status);
        let status = self.status.or(own.ok());
        let mut response = Response::new(Bytes::from(written.body));
        *response.status_mut() = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        for (name, value) in written.headers {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
        headers.extend(self.headers);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        response
    }

    /// The error as such, for a stream that has already begun.
    pub(super) fn into_error(self) -> Error<'static> {
        *self.error
    }

    fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }
}

/// A provider's text, if it gave one. A provider that repeats the key in it is not repeated.
fn told(text: Option<&str>, token: Option<&Secret>) -> Option<Cow<'static, str>> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    Some(match token.map(Secret::expose) {
        Some(key) if !key.is_empty() => text.replace(key, "***").into(),
        _ => text.to_owned().into(),
    })
}

/// The request can't be read, or can't be said to this provider.
impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        let mut refusal = Self::new(ErrorKind::InvalidRequest, fault.to_string());
        let place = fault.place();
        refusal.error.param = (!place.is_empty()).then_some(Cow::Owned(place));
        refusal
    }
}

impl From<Missing<'_>> for Refusal {
    fn from(missing: Missing<'_>) -> Self {
        match missing {
            Missing::Key => Self::new(ErrorKind::InvalidRequest, NO_KEY),
            Missing::Address(why) => {
                let text = format!("Provider isn't configured: {why}.");
                Self::new(ErrorKind::InvalidRequest, text)
            }
        }
    }
}

impl From<BodyError> for Refusal {
    fn from(error: BodyError) -> Self {
        let kind = match error {
            BodyError::TooLarge(_) => ErrorKind::TooLarge,
            BodyError::Broken => ErrorKind::InvalidRequest,
            BodyError::TooSlow => {
                return Self::new(ErrorKind::Timeout, error.to_string())
                    .with_status(StatusCode::REQUEST_TIMEOUT);
            }
        };
        Self::new(kind, error.to_string())
    }
}

impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unreachable(_) => Self::new(ErrorKind::UpstreamBad, UNREACHABLE),
            Failure::Closed(_) => Self::new(ErrorKind::UpstreamBad, BROKE_OFF),
            Failure::TooLarge(_) => Self::undecodable(),
            Failure::Timeout(_) => Self::new(ErrorKind::Timeout, TOO_SLOW),
            Failure::Caller(error) => error.into(),
        }
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        match denied {
            Denied::Unauthorized(why) => {
                let mut refusal =
                    Self::new(ErrorKind::Authentication, format!("Unauthorized: {why}"));
                let challenge = HeaderValue::from_static("Bearer");
                refusal.headers.push((WWW_AUTHENTICATE, challenge));
                refusal
            }
            Denied::Unavailable(why) => {
                Self::new(ErrorKind::Overloaded, why).with_status(StatusCode::SERVICE_UNAVAILABLE)
            }
        }
    }
}
