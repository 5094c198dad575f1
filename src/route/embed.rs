//! Vectors: from the caller's dialect to a provider's, in as many requests as it takes, and back as one reply.

use bytes::Bytes;
use futures_util::stream::{self, StreamExt as _, TryStreamExt as _};
use hyper::Request;
use tracing::warn;

use crate::canonical::embed::join;
use crate::canonical::fill::{self, Known};
use crate::canonical::{EmbedResponse, ErrorKind, VectorEncoding};
use crate::dialect::{PreparedEmbed, prepare_embed, prepare_vectors};
use crate::error::Fault;
use crate::observe::Exchange;
use crate::provider::{self, Address, Target};
use crate::server::Received;
use crate::table::{Embed, Encoding, Endpoint, Outgoing};

use super::refusal::Refusal;
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
    let mut request = (caller.decode_request)(&asked.call(&query, &body))?;
    let target = gateway.target_of(asked, &mut request.model, exchange)?;
    exchange.model(&request.model);
    let (endpoint, spoken) = way(gateway, target)?;
    let model = request.model.clone();
    let mut prepared = prepare_embed(request, target.config.provider, spoken)?;
    let counts: Vec<usize> = prepared.requests.iter().map(|r| r.inputs.len()).collect();
    let outgoing = write(&mut prepared, spoken)?;
    control::admit(asked, &prepared.losses, target)?;
    let explains = control::explains(asked);
    let trace = match explains {
        true => Vec::new(),
        false => exchange.upstream(),
    };
    let call =
        |outgoing| provider::operation(target, endpoint, outgoing, chat::JSON, trace.clone());
    let calls = outgoing.into_iter().map(call);
    let calls = calls.collect::<Result<Vec<_>, _>>()?;
    // Of several requests the first shows how all are asked.
    if explains && let Some((call, address)) = calls.first() {
        return Ok(control::explanation(
            call,
            address,
            target,
            &prepared.losses,
        ));
    }
    let bodies = send(gateway, target, endpoint, calls).await?;
    let misunderstood = |fault: Fault| misunderstood(target, &fault);
    let mut reply = read(spoken, &bodies, &counts, prepared.encoding).map_err(misunderstood)?;
    if let Some(usage) = &reply.usage {
        exchange.usage(usage.input, usage.output);
    }
    exchange.response_model(&reply.model);
    let known = Known {
        new_id: caller.new_id,
        model: &model,
        provider: target.config.provider.id,
    };
    fill::embed(&mut reply, &known);
    let mut losses = prepared.losses;
    losses.extend(prepare_vectors(&mut reply, caller).map_err(misunderstood)?);
    let mut encoding = Encoding::new(&[]);
    let written = (caller.encode_response)(&reply, &mut encoding).map_err(misunderstood)?;
    losses.append(&mut encoding.losses);
    exchange.losses(losses.len());
    let mut response = json(written);
    control::tell(&losses, response.headers_mut());
    Ok(Answer::Whole(response))
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
    counts: &[usize],
    encoding: VectorEncoding,
) -> Result<EmbedResponse<'b>, Fault> {
    let replies = bodies.iter().zip(counts);
    let replies = replies.map(|(body, count)| Ok(((spoken.decode_response)(body)?, *count)));
    join(replies.collect::<Result<_, Fault>>()?, encoding)
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
