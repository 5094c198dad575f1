//! A conversation: from the caller's dialect to a provider's, and its answer back.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use tracing::warn;

use crate::canonical::fill::{self, Known};
use crate::canonical::{ChatRequest, ChatResponse, Error, ErrorKind, FinishReason, rejoin};
use crate::dialect::{Restore, Seals, by_provider, may_hold, prepare, prepare_response};
use crate::error::Fault;
use crate::generated::ledger::Field;
use crate::observe::Exchange;
use crate::provider::{self, Target};
use crate::server::Received;
use crate::stream::{Decoder, Head, Transcoder, Writer};
use crate::table::{Chat, Dialect, Encoding, Endpoint, Loss, StreamSpec, Verdict};
use crate::upstream::Reply;

use super::refusal::Refusal;
use super::relay::{self, Passed, Way};
use super::{Answer, Asked, Shared, control, json, stream};

/// A reply longer than this isn't a conversation's.
const REPLY_LIMIT: usize = 64 * 1024 * 1024;
pub(super) const JSON: &str = "application/json";

pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let caller = Side::of(asked.route.dialect)?;
    // First, for a connection with an unread body on it can't be used again.
    let body = body.whole().await?;
    let query = asked.query();
    let decoded = (caller.chat.decode_request)(&asked.call(&query, &body));
    let mut request = match decoded {
        Ok(request) => request,
        // What can't be read here may be well known to a provider of the same dialect.
        Err(fault) => return unread(gateway, asked, caller, body, fault, exchange).await,
    };
    let target = gateway.target_of(asked, &mut request.model, exchange)?;
    exchange.model(&request.model);
    let straight = straight(target, caller, request.stream);
    // What another dialect has sealed is for no provider of this one.
    if let Some(way) = straight.filter(|_| !may_hold(&body)) {
        let passed = Passed {
            target,
            way,
            model: &request.model,
            stream: request.stream,
            body: body.clone(),
        };
        return relay::answer(gateway, asked, passed, exchange).await;
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
    let trace = match explains {
        true => Vec::new(),
        false => exchange.upstream(),
    };
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
    let Some(model) = relay::model_of(asked, caller.chat, &body) else {
        return Err(fault.into());
    };
    let mut model = Cow::Owned(model);
    let target = gateway.target_of(asked, &mut model, exchange)?;
    let stream = asked.route.stream.unwrap_or(false);
    let Some(way) = straight(target, caller, stream) else {
        return Err(fault.into());
    };
    exchange.model(&model);
    let passed = Passed {
        target,
        way,
        model: &model,
        // Both are looked for: the reply's media type tells.
        stream: true,
        body,
    };
    relay::answer(gateway, asked, passed, exchange).await
}

/// A dialect that can chat.
#[derive(Debug, Clone, Copy)]
struct Side {
    dialect: &'static Dialect,
    chat: &'static Chat,
}

/// What an answer is translated with.
struct Translation<'g, 'r> {
    caller: Side,
    provider: Side,
    target: Target<'g>,
    request: ChatRequest<'r>,
    tells_usage: bool,
    losses: Vec<Loss>,
    restore: Restore,
    keep_alive: Duration,
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

impl Translation<'_, '_> {
    async fn whole(
        mut self,
        response: Response<Reply>,
        exchange: &mut Exchange,
    ) -> Result<Answer, Refusal> {
        let text = response.into_body().whole(REPLY_LIMIT).await?;
        let decoded = (self.provider.chat.decode_response)(&text);
        if !decoded.as_ref().is_ok_and(ChatResponse::says_something) {
            self.check(&text)?;
        }
        let mut reply = decoded.map_err(|fault| self.misunderstood(&fault))?;
        if let Some(usage) = &reply.usage {
            exchange.usage(usage.input, usage.output);
        }
        exchange.response_model(&reply.model);
        if failed(&reply) {
            return Err(Refusal::failed());
        }
        let provider = self.target.config.provider;
        let lost = prepare_response(
            &mut reply,
            provider,
            &self.request.model,
            self.caller.dialect,
            &self.restore,
        );
        let lost = lost.map_err(|fault| self.misunderstood(&fault))?;
        self.losses.extend(lost);
        let mut encoding = Encoding::new(&[]);
        let written = (self.caller.chat.encode_response)(&reply, &mut encoding);
        let written = written.map_err(|fault| self.misunderstood(&fault))?;
        self.losses.append(&mut encoding.losses);
        let mut response = json(written);
        exchange.losses(self.losses.len());
        control::tell(&self.losses, response.headers_mut());
        Ok(Answer::Whole(response))
    }

    async fn pieces(
        self,
        response: Response<Reply>,
        exchange: &mut Exchange,
    ) -> Result<Answer, Refusal> {
        let (head, body) = response.into_parts();
        let said = media_type(&head.headers);
        let mut specs = self.provider.chat.streams.iter();
        let Some(from) = specs.find(|spec| spec.media_type.eq_ignore_ascii_case(said)) else {
            self.check(&body.whole(REPLY_LIMIT).await?)?;
            let provider = self.target.config.provider.id;
            warn!(
                provider,
                content_type = said,
                "a stream was asked for, and something else came"
            );
            return Err(Refusal::undecodable());
        };
        let to = self.wanted()?;
        exchange.streamed();
        let head = self.head();
        let decoder = Decoder::new(from).with_id(&head.id);
        let several = self.caller.chat.ledger[usize::from(Field::CHAT_REQUEST_N.0)];
        let writer =
            Writer::new(to, head, self.tells_usage).with_candidates(several == Verdict::Bound);
        let token = self.target.config.token.clone();
        let judge = move |said: Error<'_>| Refusal::by_provider(said, token.as_ref()).into_error();
        let transcoder = Transcoder::new(decoder, writer)
            .with_restore(self.restore)
            .with_seals(Seals::of(self.caller.dialect))
            .with_judge(judge);
        let mut chat = stream::Chat::new(body, transcoder, self.keep_alive);
        chat.begin().await.map_err(Refusal::told)?;
        let mut answer = Response::new(chat);
        let headers = answer.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(to.media_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        exchange.losses(self.losses.len());
        control::tell(&self.losses, headers);
        Ok(Answer::Chat(answer))
    }

    /// There are providers whose errors have a good status.
    fn check(&self, body: &[u8]) -> Result<(), Refusal> {
        let read = self.provider.dialect.decode_error;
        let said = read(StatusCode::OK.as_u16(), &HeaderMap::new(), body);
        match said.message {
            Some(_) => Err(Refusal::by_provider(
                said,
                self.target.config.token.as_ref(),
            )),
            None => Ok(()),
        }
    }

    /// What every piece may repeat, should the provider not say it.
    fn head(&self) -> Head {
        let mut reply = ChatResponse::default();
        let known = Known {
            new_id: self.caller.chat.new_id,
            model: &self.request.model,
            provider: self.target.config.provider.id,
        };
        fill::head(&mut reply, &known);
        Head {
            id: reply.id.into_owned(),
            provider: reply.provider.map(Cow::into_owned),
            model: reply.model.into_owned(),
            created: reply.created,
        }
    }

    /// The form of stream that the caller asked for.
    fn wanted(&self) -> Result<&'static StreamSpec, Refusal> {
        let events = self.request.server_sent_events;
        let mut specs = self.caller.chat.streams.iter();
        let wanted = specs.find(|spec| spec.when.is_none_or(|when| when == events));
        let none = || Refusal::new(ErrorKind::Unsupported, "This dialect has no such stream.");
        wanted.ok_or_else(none)
    }

    /// What the provider said isn't its dialect. The log has the place only: a fault may quote what it found there.
    fn misunderstood(&self, fault: &Fault) -> Refusal {
        let provider = self.target.config.provider.id;
        let dialect = self.provider.dialect.name;
        let place = fault.place();
        warn!(
            provider,
            dialect, place, "the provider's reply can't be understood"
        );
        Refusal::undecodable()
    }
}

/// An answer that ends in an error is none, whatever it says before.
fn failed(reply: &ChatResponse<'_>) -> bool {
    let mut candidates = reply.candidates.iter();
    candidates.any(|candidate| candidate.finish == Some(FinishReason::Error))
}

pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let said = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let said = said.unwrap_or_default();
    said.split(';').next().unwrap_or_default().trim()
}
