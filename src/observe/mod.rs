//! STAND-IN for logs, metrics and traces; the shape that handlers use.

use std::sync::Arc;

/// Where exchanges are reported.
#[derive(Debug, Clone, Default)]
pub struct Observer(Arc<()>);

/// One request and its answer, from the first byte to the last. Reports itself when dropped.
#[derive(Debug)]
pub struct Exchange;

impl Observer {
    /// A request has come. `route` is the path template, or a fixed word for unknown paths.
    pub fn begin(
        &self,
        _method: &hyper::Method,
        _route: &'static str,
        _headers: &hyper::HeaderMap,
    ) -> Exchange {
        Exchange
    }
}

impl Exchange {
    /// The request's id, taken from `x-request-id` or given.
    pub fn request_id(&self) -> &str {
        ""
    }
    /// Whom it goes to.
    pub fn provider(&mut self, _id: &'static str) {}
    /// The model asked for.
    pub fn model(&mut self, _name: &str) {}
    /// The answer is streamed.
    pub fn streamed(&mut self) {}
    /// Headers of the upstream request (`traceparent`); a client span begins.
    pub fn upstream(&mut self) -> Vec<(&'static str, String)> {
        Vec::new()
    }
    /// The first token has left.
    pub fn first_token(&mut self) {}
    /// Tokens used, as far as known; later reports replace earlier ones.
    pub fn usage(&mut self, _input: Option<i64>, _output: Option<i64>) {}
    /// Something failed; a short fixed word.
    pub fn error(&mut self, _kind: &'static str) {}
    /// The status that was sent.
    pub fn status(&mut self, _status: u16) {}
}
