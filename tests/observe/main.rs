//! Logs, metrics and traces as they leave the gateway: captured lines, a scraped port, a collector's port.

mod collector;
mod lines;
mod page;
mod prometheus;
mod propagation;
mod shape;
mod spans;

use std::io;
use std::sync::{Arc, Mutex};

use gateway::observe::{Exchange, Observer};
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, StatusCode};

/// The route of most exchanges here.
pub const ROUTE: &str = "/llms/{provider}/generate";

/// A request with these headers.
pub fn begin(observer: &Observer, headers: &[(&'static str, &str)]) -> Exchange {
    let headers: HeaderMap = headers
        .iter()
        .map(|(name, value)| {
            let value = HeaderValue::from_str(value).expect("a header value");
            (HeaderName::from_static(name), value)
        })
        .collect();
    observer.begin(&Method::POST, ROUTE, &headers)
}

/// A whole streamed answer of this model.
pub fn answer(mut exchange: Exchange, provider: &'static str, model: &str) {
    exchange.provider(provider);
    exchange.model(model);
    exchange.upstream();
    exchange.status(StatusCode::OK.as_u16());
    exchange.streamed();
    exchange.first_token();
    exchange.response_model("the-model-2");
    exchange.usage(Some(12), None);
    exchange.usage(None, Some(34));
    exchange.losses(2);
    exchange.finished();
}

#[test]
fn an_exchange_can_travel_with_a_body() {
    fn travels<T: Send + Sync + Unpin + 'static>() {}
    travels::<Exchange>();
    travels::<Observer>();
}

/// Where a test's log goes.
#[derive(Clone, Default)]
pub struct Capture(Arc<Mutex<Vec<u8>>>);

impl Capture {
    /// What was logged so far.
    pub fn text(&self) -> String {
        let bytes = self.0.lock().expect("nobody panicked").clone();
        String::from_utf8(bytes).expect("the log is text")
    }
}

impl io::Write for Capture {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .expect("nobody panicked")
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
