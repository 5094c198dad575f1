//! A conversation between two that speak one dialect: passed on as it is, in both directions.
//!
//! Only the model's name is changed, and what the provider takes otherwise than its dialect says. Replies pass byte
//! for byte.

use bytes::Bytes;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Response};
use tracing::warn;

use crate::config::Secret;
use crate::dialect::{leaves, police};
use crate::error::Fault;
use crate::observe::Exchange;
use crate::provider::{self, Address, Target};
use crate::server::Body;
use crate::table::{Chat, Dialect, Endpoint, Loss, Scheme};
use crate::upstream::{Headers, Outbound, Reply};

use super::named::{Seen, with_model};
use super::refusal::Refusal;
use super::relayed::Relayed;
use super::tap::Tap;
use super::{Answer, Asked, ERROR_LIMIT, Shared, control};

/// What is passed on, and to whom.
pub(super) struct Passed<'p> {
    pub(super) target: Target<'p>,
    pub(super) way: Way,
    /// What the provider calls the model.
    pub(super) model: &'p str,
    /// The reply comes piece by piece.
    pub(super) stream: bool,
    pub(super) body: Bytes,
    /// What has been seen of the body, if it is plain.
    pub(super) seen: Option<Seen>,
}

/// An endpoint at which the caller's dialect is spoken.
pub(super) struct Way {
    pub(super) endpoint: &'static Endpoint,
    pub(super) chat: &'static Chat,
    /// The provider's quirks are about this endpoint.
    pub(super) has_quirks: bool,
}

pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    passed: &mut Passed<'_>,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let target = passed.target;
    let (body, losses) = policed(asked, passed)?;
    let endpoint = passed.way.endpoint;
    let model = passed.way.chat.model.is_none().then_some(passed.model);
    let address = address(asked, target, endpoint, model)?;
    let (request, explains) = outbound(gateway, asked, target, &address, body, exchange)?;
    control::admit(asked, &losses, target)?;
    if explains {
        let request = request.map(Body::joined).into();
        return Ok(control::explanation(&request, &address, target, &losses));
    }
    let mut response = gateway.reach(target, request, &address).await?;
    gateway.hygiene.clean_response(response.headers_mut());
    exchange.losses(losses.len());
    control::tell(&losses, response.headers_mut());
    match response.status().is_success() {
        true => Ok(succeeded(response, passed, exchange)),
        false => Box::pin(failed(response, target, passed.way.endpoint.dialect)).await,
    }
}

/// The body with the name that the provider knows, and with what the provider needs.
fn policed(asked: &Asked, passed: &mut Passed<'_>) -> Result<(Body, Vec<Loss>), Refusal> {
    let provider = passed.target.config.provider;
    let body = std::mem::take(&mut passed.body);
    let seen = passed.seen.as_ref();
    let is_left = |seen: &Seen| leaves(provider, passed.model, &seen.words);
    if !passed.way.has_quirks || seen.is_some_and(is_left) {
        return Ok((named(body, passed), Vec::new()));
    }
    let query = asked.query();
    let call = asked.call(&query, &body);
    let policed = police(&call, passed.model, provider, passed.way.endpoint.dialect)?;
    let body = match policed.body {
        Some(changed) => {
            passed.seen = None;
            changed.into()
        }
        None => body,
    };
    Ok((named(body, passed), policed.losses))
}

/// The body with the name that the provider knows.
fn named(body: Bytes, passed: &Passed<'_>) -> Body {
    let Some(property) = passed.way.chat.model else {
        return body.into();
    };
    match &passed.seen {
        Some(seen) => seen.renamed(body, passed.model),
        None => with_model(&body, property, passed.model)
            .map_or(body, Bytes::from)
            .into(),
    }
}

/// The address of the endpoint with the caller's own query, without what was meant for the gateway.
pub(super) fn address(
    asked: &Asked,
    target: Target<'_>,
    endpoint: &Endpoint,
    model: Option<&str>,
) -> Result<Address, Fault> {
    let query = asked.head.uri.query().map(|query| own_query(asked, query));
    Address::of_endpoint(target, endpoint, model, query.as_deref())
}

fn own_query(asked: &Asked, query: &str) -> String {
    let for_gateway = |name: &str| {
        let schemes = asked.route.dialect.auth.iter();
        let mut keys = schemes.filter_map(|scheme| match scheme {
            Scheme::Query(key) => Some(*key),
            _ => None,
        });
        name == "provider" || keys.any(|key| key == name)
    };
    let kept = query.split('&').filter(|pair| {
        let name = pair.split_once('=').map_or(*pair, |(name, _)| name);
        !pair.is_empty() && !for_gateway(name)
    });
    kept.collect::<Vec<_>>().join("&")
}

/// The request with the caller's own headers, without what is between it and the gateway only, and whether the caller
/// wants it explained rather than sent.
pub(super) fn outbound<B>(
    gateway: &Shared,
    asked: &Asked,
    target: Target<'_>,
    address: &Address,
    body: B,
    exchange: &mut Exchange,
) -> Result<(Outbound<B>, bool), Fault> {
    let own = &asked.head.headers;
    let (mut headers, asks) = gateway.hygiene.clean_conversation(own);
    let explains = asks && control::explains(asked);
    if !is_json(headers.get(&CONTENT_TYPE)) {
        // It is, whatever a careless client says.
        headers.set(CONTENT_TYPE, JSON);
    }
    for (name, value) in control::trace(explains, exchange) {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.set(HeaderName::from_static(name), value);
        }
    }
    provider::sign(target, |name, value| headers.set(name, value))?;
    keep_version(&mut headers, own, target);
    let request = Outbound {
        method: Method::POST,
        uri: address.uri().clone(),
        headers,
        body,
    };
    Ok((request, explains))
}

fn is_json(said: Option<&HeaderValue>) -> bool {
    let said = said.map(HeaderValue::as_bytes);
    said.is_some_and(|said| {
        let mut parts = said.windows(4);
        said == JSON.as_bytes() || parts.any(|part| part.eq_ignore_ascii_case(b"json"))
    })
}

/// What the caller says of itself in a header that the provider's description has too, such as a version, is better
/// known to the caller.
fn keep_version(headers: &mut Headers, own: &HeaderMap, target: Target<'_>) {
    for (name, _) in target.config.provider.extra_headers {
        if let Some(value) = own.get(*name) {
            headers.set(HeaderName::from_static(name), value.clone());
        }
    }
}

fn succeeded(response: Response<Reply>, passed: &Passed<'_>, exchange: &mut Exchange) -> Answer {
    // A whole reply and a streamed one may be of one media type; then the endpoint tells them apart.
    let spec = passed.stream.then(|| {
        let said = super::translation::media_type(response.headers());
        let mut specs = passed.way.chat.streams.iter();
        specs.find(|spec| spec.media_type.eq_ignore_ascii_case(said))
    });
    let tap = match spec.flatten() {
        Some(spec) => {
            exchange.streamed();
            Tap::of_stream(spec, passed.model)
        }
        None => Tap::of_reply(passed.way.chat),
    };
    Answer::Relay(response.map(|reply| Relayed::tapped(reply, tap)))
}

/// A provider's error passes as it is, unless it is about the gateway's own credential or shows it.
pub(super) async fn failed(
    response: Response<Reply>,
    target: Target<'_>,
    dialect: &Dialect,
) -> Result<Answer, Refusal> {
    let (mut head, body) = response.into_parts();
    let status = head.status;
    let provider = target.config.provider.id;
    warn!(
        provider,
        status = status.as_u16(),
        "the provider answered with an error"
    );
    let text = body.whole(ERROR_LIMIT).await.unwrap_or_default();
    let said = (dialect.decode_error)(status.as_u16(), &head.headers, &text);
    let token = target.config.token.as_ref();
    if Refusal::is_of_key(&said) || shows(&text, token) {
        return Err(Refusal::by_provider(said, token));
    }
    head.headers.remove(CONTENT_LENGTH);
    Ok(Answer::Whole(Response::from_parts(head, text)))
}

fn shows(text: &[u8], token: Option<&Secret>) -> bool {
    let key = token
        .map(|token| token.expose().as_bytes())
        .unwrap_or_default();
    !key.is_empty() && text.windows(key.len()).any(|part| part == key)
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");
