//! Whatever goes wrong, as an error that can be told to a caller in any dialect.
//!
//! The one place that decides what an error is to the outside; `encode_error` of the caller's dialect writes it.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER, WWW_AUTHENTICATE};
use hyper::{HeaderMap, Response, StatusCode};

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
}

const NOT_FOUND: &str = "Provider not found. Please check the list of supported providers.";
const NO_KEY: &str = "Provider requires an API key. Please configure the provider's API key.";
const KEY_REFUSED: &str = "The provider refused the gateway's credential.";
const UNREACHABLE: &str = "The provider can't be reached.";
const BROKE_OFF: &str = "The provider's reply broke off.";
const TOO_SLOW: &str = "The provider did not answer in time.";
const NOT_ITS_DIALECT: &str = "The provider's reply can't be understood.";
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
        }
    }

    /// The field at fault.
    pub(super) fn of(mut self, place: impl Into<Cow<'static, str>>) -> Self {
        self.error.param = Some(place.into());
        self
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

    /// The provider's reply is an error.
    pub(super) fn by_provider(
        status: StatusCode,
        headers: &HeaderMap,
        said: Error<'_>,
        token: Option<&Secret>,
    ) -> Self {
        use ErrorKind::{RateLimit, UpstreamBad};
        if Self::is_of_key(status, &said) {
            return Self::new(UpstreamBad, KEY_REFUSED);
        }
        if !status.is_client_error() {
            return Self::new(UpstreamBad, about(FAILED, said.message.as_deref(), token));
        }
        let text = about("", said.message.as_deref(), token);
        let mut refusal = Self::new(said.kind, text);
        refusal.error.status = Some(i64::from(status.as_u16()));
        refusal.error.code = said.code.map(|code| Cow::Owned(code.into_owned()));
        refusal.error.param = said.param.map(|param| Cow::Owned(param.into_owned()));
        if status == StatusCode::TOO_MANY_REQUESTS {
            if said.kind != ErrorKind::Quota {
                refusal.error.kind = RateLimit;
            }
            refusal.wait(headers.get(RETRY_AFTER).cloned(), said.retry_after);
        }
        refusal
    }

    /// Whether a provider's error is about the gateway's own credential.
    pub(super) fn is_of_key(status: StatusCode, said: &Error<'_>) -> bool {
        use ErrorKind::{Authentication, Permission};
        matches!(said.kind, Authentication | Permission)
            || matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN)
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
        let status = match self.error.status {
            Some(status) => u16::try_from(status).unwrap_or(written.status),
            None => written.status,
        };
        let mut response = Response::new(Bytes::from(written.body));
        *response.status_mut() =
            StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
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

    fn wait(&mut self, as_said: Option<HeaderValue>, seconds: Option<f64>) {
        self.error.retry_after = seconds;
        let computed = || {
            let seconds = seconds.filter(|seconds| (0.0..1e9).contains(seconds))?;
            HeaderValue::try_from(format!("{:.0}", seconds.ceil())).ok()
        };
        if let Some(value) = as_said.or_else(computed) {
            self.headers.push((RETRY_AFTER, value));
        }
    }

    fn with_status(mut self, status: StatusCode) -> Self {
        self.error.status = Some(i64::from(status.as_u16()));
        self
    }
}

/// A provider's text with what is said of it before. A provider that repeats the key in its text is not repeated.
fn about(before: &'static str, text: Option<&str>, token: Option<&Secret>) -> Cow<'static, str> {
    let text = text.map(str::trim).unwrap_or_default();
    let text = match token.map(Secret::expose) {
        Some(key) if !key.is_empty() => text.replace(key, "***"),
        _ => text.to_owned(),
    };
    match (before, text.as_str()) {
        (before, "") if !before.is_empty() => before.into(),
        ("", "") => "The provider refused the request.".into(),
        ("", _) => text.into(),
        (before, text) => format!("{before} It says: {text}").into(),
    }
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
            Denied::Unavailable(why) => Self::new(ErrorKind::Overloaded, why),
        }
    }
}
