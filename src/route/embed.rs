//! Vectors: from the caller's dialect to a provider's, in as many requests as it takes, and back as one reply.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use hyper::Request;
use tracing::warn;

use crate::canonical::embed::join;
use crate::canonical::fill::{self, Known};
use crate::canonical::{EmbedRequest, EmbedResponse, ErrorKind};
use crate::dialect::{PreparedEmbed, passes, prepare_embed, prepare_vectors};
use crate::error::Fault;
use crate::observe::Exchange;
use crate::provider::{self, Address, Target};
use crate::server::Received;
use crate::table::{Embed, Encoding, Endpoint, Outgoing};

use super::refusal::Refusal;
use super::same::{self, Same};
use super::{Answer, Asked, Shared, chat, control, json};

const EMBED: &str = "embed";
/// Vectors of a request that is full, with room to spare.
const REPLY_LIMIT: usize = 256 * 1024 * 1024;
/// Requests that are on their way at one time for one caller.
const AT_ONCE: usize = 4;

pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    exchange.operation(EMBED);
    let none = || Refusal::new(ErrorKind::Unsupported, "This dialect has no embeddings.");
    let caller = asked.route.embed.ok_or_else(none)?;
    let body = body.whole().await?;
    let query = asked.query();
    let decoded = (caller.decode_request)(&asked.call(&query, &body));
    let named = decoded.as_ref().map(|request| &request.model);
    let mut model = same::model(named, caller.model, &body)?;
    let target = gateway.target_of(asked, &mut model, exchange)?;
    exchange.model(&model);
    let (endpoint, spoken) = way(gateway, target)?;
    let request = decoded.map(|request| EmbedRequest {
        model: model.clone(),
        ..request
    });
    let provider = target.config.provider;
    if let Some(property) = caller.model.filter(|_| std::ptr::eq(caller, spoken))
        && request
            .as_ref()
            .map_or(true, |request| passes(request.clone(), provider, spoken))
    {
        let same = Same {
            target,
            endpoint,
            property,
            model: &model,
            body: &body,
            limit: REPLY_LIMIT,
        };
        let learn = |text: &[u8], exchange: &mut Exchange| learn(spoken, text, exchange);
        return same::answer(gateway, asked, same, exchange, learn).await;
    }
    let prepared = prepare_embed(request?, provider, spoken)?;
    let translation = Translation {
        caller,
        spoken,
        target,
        endpoint,
        model: &model,
        prepared,
    };
    translation.answer(gateway, asked, exchange).await
}

/// What vectors are asked for and answered with, between two dialects.
struct Translation<'g, 'r> {
    caller: &'static Embed,
    spoken: &'static Embed,
    target: Target<'g>,
    endpoint: &'static Endpoint,
    model: &'r str,
    prepared: PreparedEmbed<'r>,
}

impl Translation<'_, '_> {
    async fn answer(
        mut self,
        gateway: &Shared,
        asked: &Asked,
        exchange: &mut Exchange,
    ) -> Result<Answer, Refusal> {
        let (target, endpoint) = (self.target, self.endpoint);
        let outgoing = write(&mut self.prepared, self.spoken)?;
        control::admit(asked, &self.prepared.losses, target)?;
        let explains = control::explains(asked);
        let trace = control::trace(explains, exchange);
        let call = |out| provider::operation(target, endpoint, out, chat::JSON, trace.clone());
        let calls = outgoing.into_iter().map(call);
        let calls = calls.collect::<Result<Vec<_>, _>>()?;
        // Of several requests the first shows how all are asked.
        if explains && let Some((call, address)) = calls.first() {
            let losses = &self.prepared.losses;
            return Ok(control::explanation(call, address, target, losses));
        }
        let bodies = send(gateway, target, endpoint, calls).await?;
        let written = self.reply(&bodies, exchange);
        let mut response = json(written.map_err(|fault| misunderstood(target, &fault))?);
        let losses = &self.prepared.losses;
        exchange.losses(losses.len());
        control::tell(losses, response.headers_mut());
        Ok(Answer::Whole(response))
    }

    /// One reply in the caller's dialect.
    fn reply(&mut self, bodies: &[Bytes], exchange: &mut Exchange) -> Result<Vec<u8>, Fault> {
        let mut reply = read(self.spoken, bodies, &self.prepared)?;
        tell(&reply, exchange);
        let known = Known {
            new_id: self.caller.new_id,
            model: self.model,
            provider: self.target.config.provider.id,
        };
        fill::embed(&mut reply, &known);
        let lost = prepare_vectors(&mut reply, self.caller)?;
        let mut encoding = Encoding::new(&[]);
        let written = (self.caller.encode_response)(&reply, &mut encoding)?;
        self.prepared.losses.extend(lost);
        self.prepared.losses.append(&mut encoding.losses);
        Ok(written)
    }
}

/// Where the provider embeds, and how it is asked there.
fn way(
    gateway: &Shared,
    target: Target<'_>,
) -> Result<(&'static Endpoint, &'static Embed), Refusal> {
    let endpoint = target.config.provider.embed.as_ref();
    let found = endpoint.and_then(|endpoint| Some((endpoint, endpoint.embed?)));
    found.ok_or_else(|| gateway.unsupported(target, "embeddings", |p| p.embed.as_ref()))
}

fn write(prepared: &mut PreparedEmbed<'_>, spoken: &Embed) -> Result<Vec<Outgoing>, Fault> {
    let mut encoding = Encoding::new(&prepared.edits);
    let requests = prepared.requests.iter();
    let written = requests.map(|request| (spoken.encode_request)(request, &mut encoding));
    let written = written.collect::<Result<Vec<_>, _>>()?;
    prepared.losses.append(&mut encoding.losses);
    Ok(written)
}

/// The replies, in the order of the requests. The first that fails ends them all.
async fn send(
    gateway: &Shared,
    target: Target<'_>,
    endpoint: &'static Endpoint,
    calls: Vec<(Request<Bytes>, Address)>,
) -> Result<Vec<Bytes>, Refusal> {
    let replies = calls.into_iter().map(|(call, address)| async move {
        let reply = gateway.send(target, endpoint, call, &address).await?;
        Ok(reply.into_body().whole(REPLY_LIMIT).await?)
    });
    stream::iter(replies).buffered(AT_ONCE).try_collect().await
}

fn read<'b>(
    spoken: &Embed,
    bodies: &'b [Bytes],
    prepared: &PreparedEmbed<'_>,
) -> Result<EmbedResponse<'b>, Fault> {
    let replies = bodies.iter().zip(&prepared.requests);
    let replies = replies.map(|(body, request)| {
        let reply = (spoken.decode_response)(body)?;
        Ok((reply, request.inputs.len()))
    });
    join(replies.collect::<Result<_, Fault>>()?, prepared.encoding)
}

/// What a reply that is passed on says of itself. One that can't be read says nothing here.
fn learn(spoken: &Embed, text: &[u8], exchange: &mut Exchange) {
    if let Ok(reply) = (spoken.decode_response)(text) {
        tell(&reply, exchange);
    }
}

fn tell(reply: &EmbedResponse<'_>, exchange: &mut Exchange) {
    if let Some(usage) = &reply.usage {
        exchange.usage(usage.input, usage.output);
    }
    exchange.response_model(&reply.model);
}

/// What the provider said isn't its dialect. A fault may quote what it found, so the log has its place only.
fn misunderstood(target: Target<'_>, fault: &Fault) -> Refusal {
    let (provider, place) = (target.config.provider.id, fault.place());
    warn!(
        provider,
        place, "the provider's vectors can't be understood"
    );
    Refusal::undecodable()
}
