//! An operation with one whole reply, between two that speak one dialect: passed on as it is.
//!
//! Only the model's name is changed. Who has more to change, or several requests to send, translates.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::Response;

use crate::error::Fault;
use crate::observe::Exchange;
use crate::provider::Target;
use crate::server::Body;
use crate::table::Endpoint;

use super::refusal::Refusal;
use super::{Answer, Asked, Shared, control, named, relay};

/// What is passed on, and to whom.
pub(super) struct Same<'p> {
    pub(super) target: Target<'p>,
    pub(super) endpoint: &'static Endpoint,
    /// The body's member that names the model.
    pub(super) property: &'static str,
    /// What the provider calls the model.
    pub(super) model: &'p str,
    pub(super) body: &'p [u8],
    /// A reply longer than this isn't one.
    pub(super) limit: usize,
}

/// The model that a request names. What can't be read here may be well known to a provider of the same dialect.
pub(super) fn model<'m>(
    decoded: Result<&Cow<'m, str>, &Fault>,
    property: Option<&str>,
    body: &[u8],
) -> Result<Cow<'m, str>, Fault> {
    let named = || property.and_then(|name| named::text_of(body, name));
    match decoded {
        Ok(model) => Ok(model.clone()),
        Err(fault) => named().map(Cow::Owned).ok_or_else(|| fault.clone()),
    }
}

/// Passes it on; `learn` is shown the reply of a success.
pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    same: Same<'_>,
    exchange: &mut Exchange,
    learn: impl FnOnce(&[u8], &mut Exchange),
) -> Result<Answer, Refusal> {
    let Same {
        target, endpoint, ..
    } = same;
    let address = relay::address(asked, target, endpoint, None)?;
    let (request, explains) =
        relay::outbound(gateway, asked, target, &address, body(&same), exchange)?;
    if explains {
        return Ok(control::explanation(&request.into(), &address, target, &[]));
    }
    let request = request.map(Body::from);
    let mut response = gateway.reach(target, request, &address).await?;
    gateway.hygiene.clean_response(response.headers_mut());
    if !response.status().is_success() {
        return relay::failed(response, target, endpoint.dialect).await;
    }
    let (head, reply) = response.into_parts();
    let text = reply.whole(same.limit).await?;
    learn(&text, exchange);
    Ok(Answer::Whole(Response::from_parts(head, text)))
}

fn body(same: &Same<'_>) -> Bytes {
    let named = named::with_model(same.body, same.property, same.model);
    named.map_or_else(|| Bytes::copy_from_slice(same.body), Bytes::from)
}
