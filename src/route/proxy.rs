//! Relays anything to a provider, with the gateway's credential in place of the caller's.

use hyper::body::Body as _;
use hyper::header::{HeaderName, HeaderValue};

use crate::observe::Exchange;
use crate::provider::{self, Address, Target};
use crate::server::{Body, Received};
use crate::upstream::Outbound;

use super::refusal::Refusal;
use super::relayed::Relayed;
use super::{Answer, Asked, Shared};

pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let target = gateway.target(asked, exchange)?;
    body.admit()?;
    let path = asked.value("path").unwrap_or_default();
    let address = Address::of_relay(target, path, asked.head.uri.query())?;
    let request = outbound(gateway, asked, body, target, &address, exchange.upstream())?;
    let mut response = gateway.reach(target, request, &address).await?;
    gateway.hygiene.clean_response(response.headers_mut());
    if response.body().size_hint().exact().is_none() {
        exchange.streamed();
    }
    Ok(Answer::Relay(response.map(Relayed::new)))
}

fn outbound(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    target: Target<'_>,
    address: &Address,
    trace: Vec<(&'static str, String)>,
) -> Result<Outbound<Body>, Refusal> {
    let body = match body.is_end_stream() {
        true => Body::Empty,
        false => Body::stream(body),
    };
    let mut headers = gateway.hygiene.clean_request(&asked.head.headers);
    for (name, value) in trace {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.set(HeaderName::from_static(name), value);
        }
    }
    provider::sign(target, |name, value| headers.set(name, value))?;
    Ok(Outbound {
        method: asked.head.method.clone(),
        uri: address.uri().clone(),
        headers,
        body,
    })
}
