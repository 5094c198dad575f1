//! A provider's answer in the caller's dialect, whole or piece by piece.

use std::borrow::Cow;
use std::time::Duration;

use bytes::Bytes;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};
use tracing::warn;

use crate::canonical::fill::{self, Known};
use crate::canonical::{ChatRequest, ChatResponse, Error, ErrorKind, FinishReason, events_of};
use crate::dialect::{Restore, Seals, prepare_response};
use crate::error::Fault;
use crate::generated::ledger::Field;
use crate::observe::Exchange;
use crate::provider::Target;
use crate::stream::{Decoder, Head, Transcoder, Writer};
use crate::table::{Encoding, Loss, StreamSpec, Verdict};
use crate::upstream::Reply;

use super::chat::Side;
use super::hygiene::find;
use super::refusal::Refusal;
use super::{Answer, control, json, stream};

/// A reply longer than this isn't a conversation's.
const REPLY_LIMIT: usize = 64 * 1024 * 1024;

/// What an answer is translated with.
pub(super) struct Translation<'g, 'r> {
    pub(super) caller: Side,
    pub(super) provider: Side,
    pub(super) target: Target<'g>,
    pub(super) request: ChatRequest<'r>,
    pub(super) tells_usage: bool,
    pub(super) losses: Vec<Loss>,
    pub(super) restore: Restore,
    pub(super) keep_alive: Duration,
}

impl Translation<'_, '_> {
    /// The answer in one piece.
    pub(super) async fn whole(
        mut self,
        response: Response<Reply>,
        exchange: &mut Exchange,
    ) -> Result<Answer, Refusal> {
        let text = response.into_body().whole(REPLY_LIMIT).await?;
        let reply = self.settled(&text, exchange)?;
        let mut encoding = Encoding::new(&[]);
        let written = (self.caller.chat.encode_response)(&reply, &mut encoding);
        let written = written.map_err(|fault| self.misunderstood(&fault))?;
        self.losses.append(&mut encoding.losses);
        let mut response = json(written);
        exchange.losses(self.losses.len());
        control::tell(&self.losses, response.headers_mut());
        Ok(Answer::Whole(response))
    }

    /// The answer piece by piece.
    pub(super) async fn pieces(
        self,
        response: Response<Reply>,
        exchange: &mut Exchange,
    ) -> Result<Answer, Refusal> {
        let (head, body) = response.into_parts();
        let said = media_type(&head.headers);
        let mut specs = self.provider.chat.streams.iter();
        let Some(from) = specs.find(|spec| spec.media_type.eq_ignore_ascii_case(said)) else {
            let provider = self.target.config.provider.id;
            warn!(
                provider,
                content_type = said,
                "a stream was asked for, and something else came"
            );
            return self.played(&body.whole(REPLY_LIMIT).await?, exchange);
        };
        let to = self.wanted()?;
        exchange.streamed();
        let head = self.head();
        let decoder = Decoder::new(from).with_id(&head.id);
        let writer = self.writer(to, head);
        let losses = self.losses;
        let token = self.target.config.token.clone();
        let judge = move |said: Error<'_>| Refusal::by_provider(said, token.as_ref()).into_error();
        let transcoder = Transcoder::new(decoder, writer)
            .with_restore(self.restore)
            .with_seals(Seals::of(self.caller.dialect))
            .with_judge(judge);
        let mut chat = stream::Chat::new(body, transcoder, self.keep_alive);
        chat.begin().await.map_err(Refusal::told)?;
        let mut answer = Response::new(chat);
        streamed(to, answer.headers_mut());
        exchange.losses(losses.len());
        control::tell(&losses, answer.headers_mut());
        Ok(Answer::Chat(answer))
    }

    /// A whole reply, read and made fit for the caller.
    fn settled<'t>(
        &mut self,
        text: &'t [u8],
        exchange: &mut Exchange,
    ) -> Result<ChatResponse<'t>, Refusal> {
        let decoded = (self.provider.chat.decode_response)(text);
        if !decoded.as_ref().is_ok_and(ChatResponse::says_something) {
            self.check(text)?;
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
        Ok(reply)
    }

    /// A whole reply where a stream was asked for: it is played as one.
    fn played(mut self, text: &[u8], exchange: &mut Exchange) -> Result<Answer, Refusal> {
        let to = self.wanted()?;
        let reply = self.settled(text, exchange)?;
        let mut writer = self.writer(to, self.head());
        let mut out = Vec::new();
        for event in events_of(&reply) {
            let written = writer.write(&event, &mut out);
            written.map_err(|fault| self.misunderstood(&fault))?;
        }
        let mut answer = Response::new(Bytes::from(out));
        streamed(to, answer.headers_mut());
        self.losses.extend_from_slice(writer.losses());
        exchange.losses(self.losses.len());
        control::tell(&self.losses, answer.headers_mut());
        Ok(Answer::Whole(answer))
    }

    fn writer(&self, to: &'static StreamSpec, head: Head) -> Writer {
        let several = self.caller.chat.ledger[Field::CHAT_REQUEST_N];
        Writer::new(to, head, self.tells_usage).with_candidates(several == Verdict::Bound)
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

fn streamed(to: &StreamSpec, headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(to.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
}

/// An answer that ends in an error is none, whatever it says before.
fn failed(reply: &ChatResponse<'_>) -> bool {
    let mut candidates = reply.candidates.iter();
    candidates.any(|candidate| candidate.finish == Some(FinishReason::Error))
}

pub(super) fn media_type(headers: &HeaderMap) -> &str {
    let said = find(headers, &CONTENT_TYPE).map(HeaderValue::as_bytes);
    let said = said.unwrap_or_default();
    let end = said.iter().position(|byte| *byte == b';');
    let said = said[..end.unwrap_or(said.len())].trim_ascii();
    str::from_utf8(said).unwrap_or_default()
}
