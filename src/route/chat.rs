//! A conversation: from the caller's dialect to a provider's, and its answer back.

use std::borrow::Cow;

use bytes::Bytes;

use crate::canonical::{ErrorKind, rejoin};
use crate::dialect::{by_provider, may_hold, prepare};
use crate::error::Fault;
use crate::observe::Exchange;
use crate::provider::{self, Target};
use crate::server::Received;
use crate::table::{Chat, Dialect, Encoding, Endpoint};

use super::refusal::Refusal;
use super::relay::{self, Passed, Way};
use super::translation::Translation;
use super::{Answer, Asked, Shared, control, named};

pub(super) const JSON: &str = "application/json";

pub(super) async fn answer(
    gateway: &Shared,
    asked: &mut Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let caller = Side::of(asked.route.dialect)?;
    // First, for a connection with an unread body on it can't be used again.
    let body = body.whole().await?;
    let may_pass = |model: &str| gateway.may_pass(asked, caller.dialect, model);
    if let Some(mut seen) = named::seen(asked, caller.chat, &body, may_pass) {
        let mut model = Cow::Owned(std::mem::take(&mut seen.model));
        let target = gateway.target_of(asked, &mut model, exchange)?;
        let way = straight(target, caller, seen.stream);
        if let Some(way) = way.filter(|_| !may_hold(&body)) {
            exchange.model(&model);
            let mut passed = Passed {
                target,
                way,
                model: &model,
                stream: seen.stream,
                body,
                seen: Some(seen),
            };
            return relay::answer(gateway, asked, &mut passed, exchange).await;
        }
    }
    // What is only passed on doesn't pay for the room that this takes.
    Box::pin(read(gateway, asked, caller, body, exchange)).await
}

/// A request that has to be read.
async fn read(
    gateway: &Shared,
    asked: &mut Asked,
    caller: Side,
    body: Bytes,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let query = asked.query();
    let decoded = (caller.chat.decode_request)(&asked.call(&query, &body));
    let mut request = match decoded {
        Ok(request) => request,
        // What can't be read here may be well known to a provider of the same dialect.
        Err(fault) => {
            return Box::pin(unread(
                gateway,
                asked,
                caller,
                body.clone(),
                fault,
                exchange,
            ))
            .await;
        }
    };
    let target = gateway.target_of(asked, &mut request.model, exchange)?;
    exchange.model(&request.model);
    let straight = straight(target, caller, request.stream);
    // What another dialect has sealed is for no provider of this one.
    if let Some(way) = straight.filter(|_| !may_hold(&body)) {
        let mut passed = Passed {
            target,
            way,
            model: &request.model,
            stream: request.stream,
            body: body.clone(),
            seen: None,
        };
        return Box::pin(relay::answer(gateway, asked, &mut passed, exchange)).await;
    }
    let (endpoint, provider) = way(target, request.stream)?;
    rejoin(&mut request.items, &caller.chat.group);
    // Tokens are counted whether or not the caller wants to know them.
    let tells_usage = std::mem::replace(&mut request.include_usage, request.stream);
    let provider_id = target.config.provider.id;
    let refused = |fault| by_provider(fault, provider_id);
    let prepared = prepare(&mut request, target.config.provider, endpoint.dialect);
    let prepared = prepared.map_err(refused)?;
    let mut encoding = Encoding::new(&prepared.edits);
    let outgoing = (provider.chat.encode_request)(&request, &mut encoding).map_err(refused)?;
    let mut losses = prepared.losses;
    losses.append(&mut encoding.losses);
    control::admit(asked, &losses, target)?;
    let accept = accept(provider.chat, request.stream);
    let explains = control::explains(asked);
    let trace = control::trace(explains, exchange);
    let (call, address) = provider::operation(target, endpoint, outgoing, accept, trace)?;
    if explains {
        return Ok(control::explanation(&call, &address, target, &losses));
    }
    let response = gateway.send(target, endpoint, call, &address).await?;
    let translation = Translation {
        caller,
        provider,
        target,
        request,
        tells_usage,
        losses,
        restore: prepared.restore,
        keep_alive: gateway.means.keep_alive,
    };
    match translation.request.stream {
        true => translation.pieces(response, exchange).await,
        false => translation.whole(response, exchange).await,
    }
}

/// Passes on a request that could not be read, if its provider speaks the caller's dialect.
async fn unread(
    gateway: &Shared,
    asked: &Asked,
    caller: Side,
    body: Bytes,
    fault: Fault,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let Some(model) = named::model_of(asked, caller.chat, &body) else {
        return Err(fault.into());
    };
    let mut model = Cow::Owned(model);
    let target = gateway.target_of(asked, &mut model, exchange)?;
    let stream = asked.route.stream.unwrap_or(false);
    let Some(way) = straight(target, caller, stream) else {
        return Err(fault.into());
    };
    exchange.model(&model);
    let mut passed = Passed {
        target,
        way,
        model: &model,
        // Both are looked for: the reply's media type tells.
        stream: true,
        body,
        seen: None,
    };
    relay::answer(gateway, asked, &mut passed, exchange).await
}

/// A dialect that can chat.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side {
    pub(super) dialect: &'static Dialect,
    pub(super) chat: &'static Chat,
}

impl Side {
    fn of(dialect: &'static Dialect) -> Result<Self, Refusal> {
        let none = || Refusal::new(ErrorKind::Unsupported, "This dialect has no chat.");
        let chat = dialect.chat.ok_or_else(none)?;
        Ok(Self { dialect, chat })
    }
}

/// Where the provider answers, and what is spoken there.
fn way(target: Target<'_>, stream: bool) -> Result<(&'static Endpoint, Side), Refusal> {
    let provider = target.config.provider;
    let pieces = provider.generate_stream.as_ref().filter(|_| stream);
    let none = || Refusal::new(ErrorKind::Unsupported, "The provider has no chat.");
    let endpoint = pieces.or(provider.generate.as_ref()).ok_or_else(none)?;
    Ok((endpoint, Side::of(endpoint.dialect)?))
}

/// Where the provider answers in the caller's own dialect, if it does.
fn straight(target: Target<'_>, caller: Side, stream: bool) -> Option<Way> {
    let speaks = |endpoint: &&Endpoint| std::ptr::eq(endpoint.dialect, caller.dialect);
    let main = way(target, stream).ok().map(|(endpoint, _)| endpoint);
    let main = main.filter(speaks).map(|endpoint| (endpoint, true));
    let mut also = target.config.provider.generate_also.iter();
    let also = || Some((also.find(speaks)?, false));
    let (endpoint, has_quirks) = main.or_else(also)?;
    Some(Way {
        endpoint,
        chat: caller.chat,
        has_quirks,
    })
}

fn accept(chat: &'static Chat, stream: bool) -> &'static str {
    match chat.streams.first() {
        Some(spec) if stream => spec.media_type,
        _ => JSON,
    }
}
