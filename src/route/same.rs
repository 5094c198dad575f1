//! An operation with one whole reply, between two that speak one dialect: passed on as it is.
//!
//! Only the model's name is changed. Who has more to change, or several requests to send, translates.

use bytes::Bytes;
use hyper::Response;
use serde_json::Value;
use tracing::warn;

use crate::codec::splice;
use crate::observe::Exchange;
use crate::provider::Target;
use crate::server::Body;
use crate::table::Endpoint;

use super::hygiene::Hygiene;
use super::refusal::Refusal;
use super::{Answer, Asked, Shared, control, relay};

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
    let address = relay::address_at(asked, target, endpoint.path.trim_start_matches('/'))?;
    let explains = control::explains(asked);
    let trace = match explains {
        true => Vec::new(),
        false => exchange.upstream(),
    };
    let request = relay::outbound(gateway, asked, target, &address, body(&same), trace)?;
    if explains {
        return Ok(control::explanation(&request, &address, target, &[]));
    }
    let sent = gateway.means.upstream.send(request.map(Body::from)).await;
    let mut response = sent.inspect_err(|failure| {
        let provider = target.config.provider.id;
        warn!(provider, %address, error = %failure, "no reply from the provider");
    })?;
    Hygiene::clean_response(response.headers_mut());
    if !response.status().is_success() {
        return relay::failed(response, target, endpoint.dialect).await;
    }
    let (head, reply) = response.into_parts();
    let text = reply.whole(same.limit).await?;
    learn(&text, exchange);
    Ok(Answer::Whole(Response::from_parts(head, text)))
}

fn body(same: &Same<'_>) -> Bytes {
    let name = Value::from(same.model).to_string();
    let text = std::str::from_utf8(same.body).unwrap_or_default();
    let named = splice::with_member(text, same.property, &name);
    named.map_or_else(|| Bytes::copy_from_slice(same.body), Bytes::from)
}
