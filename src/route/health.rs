//! Says that the gateway lives, and that it is about to stop.

use bytes::Bytes;
use hyper::{Response, StatusCode};

use super::{Answer, json};

/// 200, or 503 as soon as no new work should come.
pub(super) fn answer(draining: bool) -> Answer {
    let mut response: Response<Bytes> = match draining {
        false => json(&br#"{"message":"OK"}"#[..]),
        true => json(&br#"{"error":"The gateway is shutting down."}"#[..]),
    };
    if draining {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    }
    Answer::Whole(response)
}
