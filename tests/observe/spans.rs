//! What a collector gets.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gateway::config::Telemetry;
use gateway::observe::{Observer, subscriber};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::span::SpanKind;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

use crate::collector::{Collector, text};
use crate::{Capture, ROUTE, answer, begin};

/// The trace of [`PARENT`].
pub const TRACE: &str = "4bf92f3577b34da6a3ce929d0e0e4736";
/// A caller that samples.
pub const PARENT: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

#[tokio::test]
async fn a_request_is_a_server_span_and_a_client_span_in_the_callers_trace() {
    let collector = Collector::start().await;
    let observer = observer(&collector.endpoint).await;
    let given = [
        ("traceparent", PARENT),
        ("tracestate", "vendor=1"),
        ("authorization", "Bearer sk-secret"),
    ];
    let mut exchange = begin(&observer, &given);
    exchange.provider("acme");
    exchange.model("the-model");
    let sent = exchange.upstream();
    assert_eq!(
        sent,
        exchange.upstream(),
        "a retry belongs to the same span"
    );
    answer(exchange, "acme", "the-model");
    observer.shutdown().await;

    let spans = collector.spans();
    let names: Vec<(&str, &str)> = spans
        .iter()
        .map(|(service, span)| (&**service, &*span.name))
        .collect();
    let (server, client) = (
        kind(&spans, SpanKind::Server),
        kind(&spans, SpanKind::Client),
    );
    assert_eq!(spans.len(), 2, "{names:?}");
    assert!(
        spans.iter().all(|(service, _)| service == "my gateway"),
        "{names:?}"
    );

    assert_eq!(server.name, format!("POST {ROUTE}"));
    assert_eq!(hex(&server.trace_id), TRACE);
    assert_eq!(hex(&server.parent_span_id), "00f067aa0ba902b7");
    assert_eq!(client.name, "chat the-model");
    assert_eq!(hex(&client.trace_id), TRACE);
    assert_eq!(client.parent_span_id, server.span_id);
    let parent = format!("00-{TRACE}-{}-01", hex(&client.span_id));
    assert_eq!(
        sent,
        [
            ("traceparent", parent),
            ("tracestate", "vendor=1".to_owned())
        ]
    );

    assert_eq!(
        attributes(server),
        table(&[
            ("http.request.method", "POST"),
            ("http.route", ROUTE),
            ("http.response.status_code", "200")
        ])
    );
    assert_eq!(
        attributes(client),
        table(&[
            ("gen_ai.operation.name", "chat"),
            ("gen_ai.provider.name", "acme"),
            ("gen_ai.request.model", "the-model"),
            ("gen_ai.response.model", "the-model-2"),
            ("gen_ai.usage.input_tokens", "12"),
            ("gen_ai.usage.output_tokens", "34"),
        ])
    );
    let bytes = collector.bytes();
    assert!(!bytes.windows(9).any(|window| window == b"sk-secret"));
}

#[tokio::test]
async fn a_request_for_no_model_is_no_genai_operation() {
    let collector = Collector::start().await;
    let observer = observer(&collector.endpoint).await;
    let mut exchange = begin(&observer, &[]);
    exchange.provider("acme");
    exchange.upstream();
    exchange.status(200);
    drop(exchange);
    observer.shutdown().await;
    let spans = collector.spans();
    let client = kind(&spans, SpanKind::Client);
    assert_eq!(client.name, ROUTE);
    assert_eq!(
        attributes(client),
        table(&[("gen_ai.provider.name", "acme")])
    );
}

#[tokio::test]
async fn failures_are_marked_where_they_happened() {
    // Status, kind of error, whether a provider was asked; then whether each span failed, and its type.
    let cases = [
        (Some(200), None, true, None, Some(None)),
        (Some(404), None, true, None, Some(Some("404"))),
        (Some(400), None, false, None, None),
        (Some(503), None, false, Some("503"), None),
        (
            Some(502),
            Some("upstream_status"),
            true,
            Some("upstream_status"),
            Some(Some("upstream_status")),
        ),
        (
            None,
            None,
            true,
            Some("client_gone"),
            Some(Some("client_gone")),
        ),
    ];
    for (status, error, asked, server_type, client_type) in cases {
        let collector = Collector::start().await;
        let observer = observer(&collector.endpoint).await;
        let mut exchange = begin(&observer, &[]);
        if asked {
            exchange.upstream();
        }
        if let Some(kind) = error {
            exchange.error(kind);
        }
        if let Some(status) = status {
            exchange.status(status);
        }
        drop(exchange);
        observer.shutdown().await;
        let spans = collector.spans();
        let found = |wanted| {
            let mut of_kind = spans.iter().filter(move |(_, span)| span.kind() == wanted);
            of_kind.next().map(|(_, span)| failure(span))
        };
        let case = format!("{status:?} {error:?} asked {asked}");
        assert_eq!(
            found(SpanKind::Server),
            Some(server_type.map(String::from)),
            "server, {case}"
        );
        assert_eq!(
            found(SpanKind::Client),
            client_type.map(|kind| kind.map(String::from)),
            "client, {case}"
        );
    }
}

#[tokio::test]
async fn a_dead_collector_costs_a_line_and_little_time() {
    let capture = Capture::default();
    let writer = capture.clone();
    let log = subscriber(false, None, move || writer.clone()).expect("no directives");
    let _guard = tracing::subscriber::set_default(log);
    let observer = observer("http://127.0.0.1:9").await;
    answer(begin(&observer, &[]), "acme", "the-model");
    let begun = Instant::now();
    observer.shutdown().await;
    assert!(
        begun.elapsed() < Duration::from_secs(8),
        "{:?}",
        begun.elapsed()
    );
    let text = capture.text();
    assert_eq!(
        text.matches("the collector doesn't take traces").count(),
        1,
        "{text}"
    );
    let trace = text
        .lines()
        .find(|line| line.contains("gateway::access"))
        .expect("the access line");
    assert!(trace.contains("\"trace_id\":\""), "{trace}");
}

#[tokio::test]
async fn an_endpoint_that_is_none_is_refused_at_start() {
    let telemetry = Telemetry {
        metrics: ([127, 0, 0, 1], 0).into(),
        otlp_endpoint: Some("http://not an address".into()),
    };
    let fault = Observer::start("gateway", Some(&telemetry))
        .await
        .err()
        .unwrap_or_default();
    assert!(fault.starts_with("traces: "), "{fault}");
}

/// A gateway's observer that exports there.
pub async fn observer(endpoint: &str) -> Observer {
    // With a final slash: people write both.
    let telemetry = Telemetry {
        metrics: ([127, 0, 0, 1], 0).into(),
        otlp_endpoint: Some(format!("{endpoint}/")),
    };
    Observer::start("my gateway", Some(&telemetry))
        .await
        .expect("it starts")
}

fn kind(spans: &[(String, Span)], kind: SpanKind) -> &Span {
    let found = spans.iter().find(|(_, span)| span.kind() == kind);
    &found.unwrap_or_else(|| panic!("no {kind:?} span")).1
}

/// The type of error, if the span is marked as failed; both or neither.
fn failure(span: &Span) -> Option<String> {
    let marked = span
        .status
        .as_ref()
        .is_some_and(|status| status.code() == StatusCode::Error);
    let kind = text(&span.attributes, "error.type");
    assert_eq!(marked, kind.is_some(), "{span:?}");
    kind
}

fn attributes(span: &Span) -> BTreeMap<String, String> {
    let keys = span
        .attributes
        .iter()
        .map(|attribute| attribute.key.clone());
    keys.map(|key| (text(&span.attributes, &key).expect("a value"), key))
        .map(|(value, key)| (key, value))
        .collect()
}

fn table(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
