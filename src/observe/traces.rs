//! A server span and a client span for each request, exported in batches.
//!
//! Attributes are those of the OpenTelemetry conventions for HTTP and GenAI. They tell names, numbers and kinds;
//! the conventions' attributes for prompts and replies are never set.

use std::time::Duration;

use hyper::header::HeaderName;
use hyper::{HeaderMap, Method};
use opentelemetry::propagation::TextMapPropagator;
use opentelemetry::trace::{SpanKind, Status, TraceContextExt, Tracer, TracerProvider};
use opentelemetry::{Context, KeyValue};
use opentelemetry_http::HeaderExtractor;
use opentelemetry_otlp::{Protocol, SpanExporter, WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::{SdkTracer, SdkTracerProvider};

use super::exchange::Facts;
use super::metrics::known;
use super::otlp::Sender;

/// Where spans go.
pub struct Traces {
    provider: SdkTracerProvider,
    tracer: SdkTracer,
}

/// The spans of one request.
pub struct Spans {
    server: Context,
    client: Option<Context>,
}

impl Traces {
    /// Spans go to this collector. It may come and go; spans that it doesn't take are lost.
    pub fn start(service: &str, endpoint: &str) -> Result<Self, String> {
        let fault = |fault: &dyn std::fmt::Display| format!("traces: {fault}");
        let exporter = SpanExporter::builder()
            .with_http()
            .with_http_client(Sender::new())
            .with_protocol(Protocol::HttpBinary)
            .with_endpoint(format!("{}/v1/traces", endpoint.trim_end_matches('/')))
            .with_timeout(EXPORT_TIMEOUT)
            .build()
            .map_err(|error| fault(&error))?;
        let resource = Resource::builder()
            .with_service_name(service.to_owned())
            .with_attribute(KeyValue::new("service.version", env!("CARGO_PKG_VERSION")))
            .build();
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_resource(resource)
            .build();
        let tracer = provider.tracer(env!("CARGO_PKG_NAME"));
        Ok(Self { provider, tracer })
    }

    /// The server span begins, within the caller's trace if it names one.
    pub fn begin(&self, method: &Method, route: &'static str, headers: &HeaderMap) -> Spans {
        let parent = TraceContextPropagator::new()
            .extract_with_context(&Context::new(), &HeaderExtractor(headers));
        let method = known(method);
        let span = self
            .tracer
            .span_builder(format!("{method} {route}"))
            .with_kind(SpanKind::Server)
            .with_attributes([
                KeyValue::new("http.request.method", method),
                KeyValue::new("http.route", route),
            ]);
        let server = parent.with_span(self.tracer.build_with_context(span, &parent));
        Spans {
            server,
            client: None,
        }
    }

    /// The client span begins, if it hasn't yet; its context as headers.
    pub fn ask(&self, spans: &mut Spans, facts: &Facts) -> Vec<(&'static str, String)> {
        let server = &spans.server;
        let client = spans.client.get_or_insert_with(|| {
            let name = match (facts.operation(), &facts.model) {
                (Some(operation), Some(model)) => format!("{operation} {model}"),
                (Some(operation), None) => operation.to_owned(),
                (None, _) => facts.route.to_owned(),
            };
            let span = self.tracer.span_builder(name).with_kind(SpanKind::Client);
            server.with_span(self.tracer.build_with_context(span, server))
        });
        headers(client)
    }

    /// Exports what waits. On a thread of its own: it blocks, and the export needs this runtime to go on.
    pub async fn shutdown(&self) {
        let provider = self.provider.clone();
        let done =
            tokio::task::spawn_blocking(move || provider.shutdown_with_timeout(SHUTDOWN_TIMEOUT));
        if let Ok(Err(fault)) = done.await {
            tracing::warn!(%fault, "the last traces could not be sent");
        }
    }
}

impl Spans {
    /// The id that all spans of the request have.
    pub fn trace_id(&self) -> String {
        self.server.span().span_context().trace_id().to_string()
    }

    /// Both spans end.
    pub fn end(self, facts: &Facts) {
        if let Some(client) = &self.client {
            client.span().set_attributes(client_attributes(facts));
            mark(client, facts, facts.error_type().is_some());
            client.span().end();
        }
        let span = self.server.span();
        if let Some(status) = facts.status {
            span.set_attribute(KeyValue::new(
                "http.response.status_code",
                i64::from(status),
            ));
        }
        // A server has not failed for a request that was wrong.
        let failed = facts.status.is_some_and(|status| status >= 500) || facts.error.is_some();
        mark(&self.server, facts, failed);
        span.end();
    }
}

/// The trace headers of a request, to be passed on as they are.
pub fn passed_on(headers: &HeaderMap) -> Vec<(&'static str, String)> {
    let text = |name| {
        let values = headers.get_all(name).iter();
        let values: Option<Vec<&str>> = values.map(|value| value.to_str().ok()).collect();
        values.filter(|values| !values.is_empty())
    };
    // Two parents are none, and a state without a parent means nothing.
    match text(PARENT_HEADER) {
        Some(parent) if parent.len() == 1 => {
            let state = text(STATE_HEADER).map(|values| (STATE, values.join(",")));
            [(PARENT, parent.concat())]
                .into_iter()
                .chain(state)
                .collect()
        }
        _ => Vec::new(),
    }
}

fn headers(context: &Context) -> Vec<(&'static str, String)> {
    let mut carrier = std::collections::HashMap::new();
    TraceContextPropagator::new().inject_context(context, &mut carrier);
    [PARENT, STATE]
        .into_iter()
        .filter_map(|name| Some((name, carrier.remove(name)?)))
        .filter(|(_, value)| !value.is_empty())
        .collect()
}

fn client_attributes(facts: &Facts) -> Vec<KeyValue> {
    let text = |key: &'static str, value: Option<&str>| {
        value.map(|value| KeyValue::new(key, value.to_owned()))
    };
    let number =
        |key: &'static str, value: Option<i64>| value.map(|value| KeyValue::new(key, value));
    let attributes = [
        text("gen_ai.operation.name", facts.operation()),
        text("gen_ai.provider.name", facts.provider),
        text("gen_ai.request.model", facts.model.as_deref()),
        text("gen_ai.response.model", facts.response_model.as_deref()),
        number("gen_ai.usage.input_tokens", facts.input),
        number("gen_ai.usage.output_tokens", facts.output),
    ];
    attributes.into_iter().flatten().collect()
}

fn mark(context: &Context, facts: &Facts, failed: bool) {
    if let (true, Some(kind)) = (failed, facts.error_type()) {
        context
            .span()
            .set_attribute(KeyValue::new("error.type", kind.clone()));
        context.span().set_status(Status::error(kind));
    }
}

const PARENT: &str = "traceparent";
const STATE: &str = "tracestate";
/// Says which trace a request belongs to.
pub const PARENT_HEADER: HeaderName = HeaderName::from_static(PARENT);
const STATE_HEADER: HeaderName = HeaderName::from_static(STATE);
const EXPORT_TIMEOUT: Duration = Duration::from_secs(10);
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);
