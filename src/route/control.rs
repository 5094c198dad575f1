//! What a caller asks of the gateway itself, in headers that begin with `x-gateway-`: no losses, or an explanation
//! instead of an answer.

use std::collections::BTreeMap;

use bytes::Bytes;
use hyper::Request;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Serialize;
use serde_json::value::RawValue;
use tracing::debug;

use crate::canonical::ErrorKind;
use crate::dialect::losses;
use crate::observe::Exchange;
use crate::provider::{Address, Target};
use crate::table::{Loss, LossKind};

use super::hygiene::find;
use super::refusal::Refusal;
use super::{Answer, Asked, json};

/// What all of these headers begin with. None of them is passed on.
pub(super) const PREFIX: &str = "x-gateway-";
const STRICT: HeaderName = HeaderName::from_static("x-gateway-strict");
const EXPLAIN: HeaderName = HeaderName::from_static("x-gateway-explain");
const DROPPED: HeaderName = HeaderName::from_static("x-gateway-dropped");
const HIDDEN: &str = "***";

/// Whether the caller wants to see what would be sent, and nothing sent.
pub(super) fn explains(asked: &Asked) -> bool {
    is_set(asked, &EXPLAIN)
}

/// Headers that trace the request to the provider; none where nothing is sent.
pub(super) fn trace(explains: bool, exchange: &mut Exchange) -> Vec<(&'static str, String)> {
    match explains {
        true => Vec::new(),
        false => exchange.upstream(),
    }
}

/// A strict caller is refused what it would lose.
pub(super) fn admit(asked: &Asked, losses: &[Loss], target: Target<'_>) -> Result<(), Refusal> {
    let Some(fields) = losses::header(losses, LossKind::Dropped) else {
        return Ok(());
    };
    let provider = target.config.provider.id;
    debug!(
        provider,
        dropped = fields,
        "the provider can't be told everything"
    );
    if !is_set(asked, &STRICT) {
        return Ok(());
    }
    let text = format!(
        "The provider `{provider}` can't be told {fields}, and {STRICT} is set. Leave it out, ask another provider, or \
         unset {STRICT}.",
        fields = fields.replace(',', ", ")
    );
    let first = fields.split(',').next().unwrap_or_default().to_owned();
    Err(Refusal::new(ErrorKind::InvalidRequest, text).of(first))
}

/// Tells the caller what had no place.
pub(super) fn tell(losses: &[Loss], headers: &mut HeaderMap) {
    let names = losses::header(losses, LossKind::Dropped);
    if let Some(Ok(value)) = names.map(HeaderValue::try_from) {
        headers.insert(DROPPED, value);
    }
}

/// What would have been sent, in place of an answer.
pub(super) fn explanation(
    request: &Request<Bytes>,
    address: &Address,
    target: Target<'_>,
    losses: &[Loss],
) -> Answer {
    let headers = request.headers().iter().map(|(name, value)| {
        let shown = match value.is_sensitive() {
            true => HIDDEN.into(),
            false => String::from_utf8_lossy(value.as_bytes()),
        };
        (name.as_str(), shown)
    });
    let explanation = Explanation {
        provider: target.config.provider.id,
        method: request.method().as_str(),
        url: address.masked(),
        headers: headers.collect(),
        body: serde_json::from_slice(request.body()).ok(),
        losses: losses.iter().map(Told::of).collect(),
    };
    // Text and raw JSON can always be written.
    Answer::Whole(json(serde_json::to_vec(&explanation).unwrap_or_default()))
}

#[derive(Serialize)]
struct Explanation<'e> {
    provider: &'static str,
    method: &'e str,
    url: String,
    headers: BTreeMap<&'e str, std::borrow::Cow<'e, str>>,
    body: Option<&'e RawValue>,
    losses: Vec<Told<'e>>,
}

#[derive(Serialize)]
struct Told<'e> {
    field: &'e str,
    what: &'static str,
}

impl<'e> Told<'e> {
    fn of(loss: &'e Loss) -> Self {
        Self {
            field: &loss.field,
            what: match loss.what {
                LossKind::Dropped => "dropped",
                LossKind::Nearest => "nearest",
            },
        }
    }
}

fn is_set(asked: &Asked, name: &HeaderName) -> bool {
    let value = find(&asked.head.headers, name);
    value.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true") || value == "1")
}
