//! One request and its answer, gathered while it happens and reported once, at its end.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::{HeaderMap, Method};

use super::traces::{self, Spans};
use super::{Reporting, access, request_id};

/// One request and its answer, from the first byte to the last. Reports itself when dropped.
///
/// Dropped before a status was set, it counts as given up by the client (499). A streamed answer has to be told
/// [`finished`](Exchange::finished), or it counts as cut off by the client.
pub struct Exchange(Box<Open>);

/// In a box: it goes with the request from one owner to the next.
struct Open {
    begun: Instant,
    facts: Facts,
    /// Trace headers of the request, passed on as they are while there are no spans.
    passed: Vec<(&'static str, String)>,
    on: Option<(Arc<Reporting>, Option<Spans>)>,
}

/// What is known of an exchange.
pub struct Facts {
    pub method: Method,
    pub route: &'static str,
    pub request_id: String,
    pub operation: Option<&'static str>,
    pub provider: Option<&'static str>,
    pub model: Option<String>,
    pub response_model: Option<String>,
    pub status: Option<u16>,
    pub streamed: bool,
    pub finished: bool,
    pub duration: Duration,
    /// How long after the start the upstream request was made.
    pub asked: Option<Duration>,
    pub first_token: Option<Duration>,
    pub input: Option<i64>,
    pub output: Option<i64>,
    pub losses: usize,
    pub error: Option<&'static str>,
    pub trace_id: Option<String>,
}

impl Exchange {
    pub(super) fn begin(
        reporting: Option<Arc<Reporting>>,
        method: &Method,
        route: &'static str,
        headers: &HeaderMap,
    ) -> Self {
        // There are few headers, and to look for each name in the map takes longer.
        let (mut id, mut is_traced) = (None, false);
        for (name, value) in headers {
            if *name == request_id::HEADER {
                id = id.or(Some(value));
            }
            is_traced |= *name == traces::PARENT_HEADER;
        }
        let on = reporting.map(|on| {
            on.metrics.begun(method);
            let spans = on
                .traces
                .as_ref()
                .map(|traces| traces.begin(method, route, headers));
            (on, spans)
        });
        let passed = match &on {
            Some((_, Some(_))) => Vec::new(),
            _ if !is_traced => Vec::new(),
            _ => traces::passed_on(headers),
        };
        let mut exchange = Self(Box::new(Open {
            begun: Instant::now(),
            facts: Facts::new(method, route, request_id::of(id)),
            passed,
            on,
        }));
        if let Some((_, Some(spans))) = &exchange.0.on {
            exchange.0.facts.trace_id = Some(spans.trace_id());
        }
        exchange
    }

    /// The request's id, taken from `x-request-id` or given.
    pub fn request_id(&self) -> &str {
        &self.0.facts.request_id
    }

    /// What is asked for, in the words of the GenAI conventions; `chat` unless said otherwise, if it is for a model.
    pub fn operation(&mut self, name: &'static str) {
        self.0.facts.operation = Some(name);
    }

    /// Whom it goes to.
    pub fn provider(&mut self, id: &'static str) {
        self.0.facts.provider = Some(id);
    }

    /// The model asked for.
    pub fn model(&mut self, name: &str) {
        self.0.facts.model = Some(shortened(name));
    }

    /// Whether anybody wants to know which model has answered: only spans tell it.
    pub fn tells_model(&self) -> bool {
        matches!(self.0.on, Some((_, Some(_))))
    }

    /// The model that the provider says has answered.
    pub fn response_model(&mut self, name: &str) {
        if self.tells_model() {
            self.0.facts.response_model = Some(shortened(name));
        }
    }

    /// The answer is streamed.
    pub fn streamed(&mut self) {
        self.0.facts.streamed = true;
    }

    /// The answer's last byte was handed over.
    pub fn finished(&mut self) {
        self.0.facts.finished = true;
    }

    /// Headers of the upstream request (`traceparent`, `tracestate`); a client span begins. Say provider and
    /// model first. Further calls (a retry, the next page) belong to the same span.
    pub fn upstream(&mut self) -> Vec<(&'static str, String)> {
        self.0.facts.asked.get_or_insert(self.0.begun.elapsed());
        match &mut self.0.on {
            Some((on, Some(spans))) => {
                let headers = on
                    .traces
                    .as_ref()
                    .map(|traces| traces.ask(spans, &self.0.facts));
                headers.unwrap_or_default()
            }
            _ => self.0.passed.clone(),
        }
    }

    /// The first token has left.
    pub fn first_token(&mut self) {
        let begun = self.0.begun;
        self.0
            .facts
            .first_token
            .get_or_insert_with(|| begun.elapsed());
    }

    /// Tokens used, as far as known; later reports replace earlier ones.
    pub fn usage(&mut self, input: Option<i64>, output: Option<i64>) {
        self.0.facts.input = input.or(self.0.facts.input);
        self.0.facts.output = output.or(self.0.facts.output);
    }

    /// So many things of the request or the answer could not be said to the other side.
    pub fn losses(&mut self, count: usize) {
        self.0.facts.losses += count;
    }

    /// Something failed; a short fixed word. The first one counts, it is nearest to the cause.
    pub fn error(&mut self, kind: &'static str) {
        self.0.facts.error.get_or_insert(kind);
    }

    /// The status that was sent.
    pub fn status(&mut self, status: u16) {
        self.0.facts.status = Some(status);
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.0.facts.duration = self.0.begun.elapsed();
        self.0.facts.settle(std::thread::panicking());
        access::write(&self.0.facts);
        if let Some((on, spans)) = self.0.on.take() {
            on.metrics.ended(&self.0.facts);
            if let Some(spans) = spans {
                spans.end(&self.0.facts);
            }
        }
    }
}

impl Facts {
    fn new(method: &Method, route: &'static str, request_id: String) -> Self {
        Self {
            method: method.clone(),
            route,
            request_id,
            operation: None,
            provider: None,
            model: None,
            response_model: None,
            status: None,
            streamed: false,
            finished: false,
            duration: Duration::ZERO,
            asked: None,
            first_token: None,
            input: None,
            output: None,
            losses: 0,
            error: None,
            trace_id: None,
        }
    }

    /// Says how it ended if nobody did.
    fn settle(&mut self, panicking: bool) {
        let cut = self.streamed && !self.finished;
        match self.status {
            None if panicking => (self.status, self.error) = (Some(500), Some(PANIC)),
            None => {
                self.status = Some(CLIENT_GONE_STATUS);
                self.error.get_or_insert(CLIENT_GONE);
            }
            Some(_) if cut => {
                self.error
                    .get_or_insert(if panicking { PANIC } else { CLIENT_GONE });
            }
            Some(_) => {}
        }
    }

    /// The GenAI operation that it was, if it was one.
    pub fn operation(&self) -> Option<&'static str> {
        self.operation.or(self.model.is_some().then_some("chat"))
    }

    /// Whether there is an [`error_type`](Self::error_type).
    pub fn has_failed(&self) -> bool {
        self.error.is_some() || self.status.is_some_and(|status| status >= 400)
    }

    /// What went wrong, for a label: the kind of error, or else the status that tells of one.
    pub fn error_type(&self) -> Option<Cow<'static, str>> {
        match (self.error, self.status) {
            (Some(kind), _) => Some(kind.into()),
            (None, Some(status @ 400..)) => Some(status.to_string().into()),
            _ => None,
        }
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request_id", &self.0.facts.request_id)
            .field("route", &self.0.facts.route)
            .finish_non_exhaustive()
    }
}

/// Callers choose the name; a line in a log needs no more than this of it.
fn shortened(name: &str) -> String {
    let end = match name.len() {
        0..=LONGEST_MODEL => None,
        _ => name.char_indices().nth(LONGEST_MODEL),
    };
    name[..end.map_or(name.len(), |(end, _)| end)].to_owned()
}

/// As nginx has it: the client closed the request.
const CLIENT_GONE_STATUS: u16 = 499;
const CLIENT_GONE: &str = "client_gone";
const PANIC: &str = "panic";
const LONGEST_MODEL: usize = 200;
