//! Relays anything to a provider, with the gateway's credential in place of the caller's.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use hyper::Request;
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use hyper::header::{HeaderName, HeaderValue};
use tracing::warn;

use crate::observe::Exchange;
use crate::provider::{self, Address, Target};
use crate::server::{Body, BoxError, Received};
use crate::upstream::{Failure, Reply};

use super::hygiene::Hygiene;
use super::refusal::Refusal;
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
    let sent = gateway.means.upstream.send(request).await;
    let mut response = sent.inspect_err(|failure| {
        let provider = target.config.provider.id;
        warn!(provider, %address, error = %failure, "no reply from the provider");
    })?;
    Hygiene::clean_response(response.headers_mut());
    if response.body().size_hint().exact().is_none() {
        exchange.streamed();
    }
    Ok(Answer::Relay(response.map(Relay::new)))
}

fn outbound(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    target: Target<'_>,
    address: &Address,
    trace: Vec<(&'static str, String)>,
) -> Result<Request<Body>, Refusal> {
    let body = match body.is_end_stream() {
        true => Body::Empty,
        false => Body::stream(body),
    };
    let mut request = Request::new(body);
    *request.method_mut() = asked.head.method.clone();
    *request.uri_mut() = address.uri().clone();
    let headers = request.headers_mut();
    headers.clone_from(&asked.head.headers);
    gateway.hygiene.clean_request(headers);
    for (name, value) in trace {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    provider::sign(headers, target)?;
    Ok(request)
}

/// A provider's reply on its way through, byte for byte.
#[derive(Debug)]
pub(super) struct Relay {
    reply: Reply,
    exchange: Option<Exchange>,
}

impl Relay {
    fn new(reply: Reply) -> Box<Self> {
        Box::new(Self {
            reply,
            exchange: None,
        })
    }

    /// The exchange ends with the reply.
    pub(super) fn observed(mut self: Box<Self>, exchange: Exchange) -> Box<Self> {
        self.exchange = Some(exchange);
        self
    }

    fn tell(&mut self, frame: Option<&Result<Frame<Bytes>, Failure>>) {
        let Some(exchange) = &mut self.exchange else {
            return;
        };
        match frame {
            Some(Err(failure)) => exchange.error(Refusal::from(failure.clone()).word()),
            // Of a body whose length is known, nobody asks whether there is more.
            Some(Ok(_)) if !self.reply.is_end_stream() => {}
            _ => exchange.finished(),
        }
    }
}

impl HttpBody for Relay {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.reply.poll_frame(cx));
        self.tell(frame.as_ref());
        Poll::Ready(frame.map(|frame| frame.map_err(Into::into)))
    }

    fn is_end_stream(&self) -> bool {
        self.reply.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.reply.size_hint()
    }
}
