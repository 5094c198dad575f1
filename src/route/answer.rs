//! An answer on its way to whoever asked, and the exchange that ends with it.

use bytes::Bytes;
use hyper::header::{HeaderName, HeaderValue};
use hyper::{HeaderMap, Response, StatusCode};

use super::relayed::Relayed;
use super::stream;
use crate::observe::Exchange;
use crate::server::Body;

/// An answer before its exchange goes with it.
pub(super) enum Answer {
    Whole(Response<Bytes>),
    Chat(Response<Box<stream::Chat>>),
    Relay(Response<Box<Relayed>>),
}

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

impl Answer {
    fn status(&self) -> StatusCode {
        match self {
            Self::Whole(response) => response.status(),
            Self::Chat(response) => response.status(),
            Self::Relay(response) => response.status(),
        }
    }

    fn headers(&self) -> &HeaderMap {
        match self {
            Self::Whole(response) => response.headers(),
            Self::Chat(response) => response.headers(),
            Self::Relay(response) => response.headers(),
        }
    }

    /// The exchange goes with the answer, and ends when that does.
    pub(super) fn observed(self, mut exchange: Exchange) -> Response<Body> {
        let id = exchange.request_id();
        // A relayed answer keeps the provider's.
        let id = match self.headers().keys().any(|name| *name == REQUEST_ID) {
            true => None,
            false => HeaderValue::from_str(id).ok(),
        };
        exchange.status(self.status().as_u16());
        let mut response = match self {
            Self::Whole(response) => response.map(Body::from),
            Self::Chat(response) => {
                response.map(|chat| Body::Stream(Box::into_pin(chat.observed(exchange))))
            }
            Self::Relay(response) => {
                response.map(|relay| Body::Stream(Box::into_pin(relay.observed(exchange))))
            }
        };
        if let Some(id) = id {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response
    }
}
