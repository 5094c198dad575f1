//! The tokens of a conversation, counted by the provider that would answer it.

use tracing::warn;

use crate::canonical::ErrorKind;
use crate::dialect::{by_provider, may_hold, prepare};
use crate::observe::Exchange;
use crate::provider::{self, Target};
use crate::server::Received;
use crate::table::{CountTokens, Encoding, Endpoint};

use super::refusal::Refusal;
use super::same::{self, Same};
use super::{Answer, Asked, Shared, chat, control, json};

const COUNT: &str = "count_tokens";
const REPLY_LIMIT: usize = 1024 * 1024;

pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    exchange.operation(COUNT);
    let none = || Refusal::new(ErrorKind::Unsupported, "This dialect counts no tokens.");
    let caller = asked.route.dialect.count.ok_or_else(none)?;
    let body = body.whole().await?;
    let query = asked.query();
    let decoded = (caller.decode_request)(&asked.call(&query, &body));
    let named = decoded.as_ref().map(|request| &request.model);
    let mut model = same::model(named, caller.model, &body)?;
    let target = gateway.target_of(asked, &mut model, exchange)?;
    exchange.model(&model);
    let (endpoint, spoken) = way(gateway, target)?;
    // What another dialect has sealed is for no provider of this one.
    let is_same = std::ptr::eq(caller, spoken) && !may_hold(&body);
    if let Some(property) = caller.model.filter(|_| is_same) {
        let same = Same {
            target,
            endpoint,
            property,
            model: &model,
            body: &body,
            limit: REPLY_LIMIT,
        };
        return same::answer(gateway, asked, same, exchange, |_, _| {}).await;
    }
    let mut request = decoded?;
    request.model = model;
    let provider_id = target.config.provider.id;
    let refused = |fault| by_provider(fault, provider_id);
    let prepared = prepare(&mut request, target.config.provider, endpoint.dialect);
    let prepared = prepared.map_err(refused)?;
    let mut encoding = Encoding::new(&prepared.edits);
    let outgoing = (spoken.encode_request)(&request, &mut encoding).map_err(refused)?;
    let mut losses = prepared.losses;
    losses.append(&mut encoding.losses);
    control::admit(asked, &losses, target)?;
    let explains = control::explains(asked);
    let trace = control::trace(explains, exchange);
    let (call, address) = provider::operation(target, endpoint, outgoing, chat::JSON, trace)?;
    if explains {
        return Ok(control::explanation(&call, &address, target, &losses));
    }
    let reply = gateway.send(target, endpoint, call, &address).await?;
    let text = reply.into_body().whole(REPLY_LIMIT).await?;
    let count = (spoken.decode_response)(&text).map_err(|fault| {
        let (provider, place) = (target.config.provider.id, fault.place());
        warn!(provider, place, "the provider's count can't be understood");
        Refusal::undecodable()
    })?;
    let written = (caller.encode_response)(&count, &mut Encoding::new(&[]))?;
    exchange.losses(losses.len());
    let mut response = json(written);
    control::tell(&losses, response.headers_mut());
    Ok(Answer::Whole(response))
}

/// Where the provider counts, and how it is asked there.
fn way(
    gateway: &Shared,
    target: Target<'_>,
) -> Result<(&'static Endpoint, &'static CountTokens), Refusal> {
    let endpoint = target.config.provider.count_tokens.as_ref();
    let found = endpoint.and_then(|endpoint| Some((endpoint, endpoint.dialect.count?)));
    found.ok_or_else(|| {
        gateway.unsupported(target, "counting of tokens", |p| p.count_tokens.as_ref())
    })
}
