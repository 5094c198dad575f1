//! Trace headers that come in and go on.

use gateway::config::Telemetry;
use gateway::observe::Observer;

use crate::begin;
use crate::collector::Collector;
use crate::spans::{PARENT, TRACE, observer};

#[tokio::test]
async fn a_caller_that_does_not_sample_is_followed_and_a_broken_parent_is_not() {
    let unsampled = PARENT.replace("-01", "-00");
    let uppercase = PARENT.to_uppercase();
    let cases = [
        (&*unsampled, true, 0),
        (PARENT, true, 2),
        (&*uppercase, false, 2),
        (
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            false,
            2,
        ),
        ("nonsense", false, 2),
    ];
    for (parent, followed, exported) in cases {
        let collector = Collector::start().await;
        let observer = observer(&collector.endpoint).await;
        let mut exchange = begin(&observer, &[("traceparent", parent)]);
        let sent = exchange.upstream();
        drop(exchange);
        observer.shutdown().await;
        assert_eq!(sent[0].0, "traceparent");
        assert_ne!(sent[0].1, parent);
        assert_eq!(
            sent[0].1.contains(TRACE),
            followed,
            "{parent} led to {sent:?}"
        );
        assert_eq!(
            sent[0].1.ends_with("-01"),
            exported > 0,
            "{parent} led to {sent:?}"
        );
        assert_eq!(collector.spans().len(), exported, "{parent}");
    }
}

#[tokio::test]
async fn without_traces_the_headers_pass_unchanged() {
    type Headers<'a> = Vec<(&'static str, &'a str)>;
    let cases: Vec<(Headers<'_>, Headers<'_>)> = vec![
        (vec![], vec![]),
        (vec![("traceparent", PARENT)], vec![("traceparent", PARENT)]),
        (
            vec![
                ("tracestate", "a=1"),
                ("traceparent", "as it is"),
                ("tracestate", "b=2"),
                ("cookie", "c"),
            ],
            vec![("traceparent", "as it is"), ("tracestate", "a=1,b=2")],
        ),
        (
            vec![("traceparent", PARENT), ("traceparent", PARENT)],
            vec![],
        ),
        (vec![("tracestate", "a=1")], vec![]),
    ];
    let telemetry = Telemetry {
        metrics: ([127, 0, 0, 1], 0).into(),
        otlp_endpoint: None,
    };
    let metrics_only = Observer::start("gateway", Some(&telemetry))
        .await
        .expect("it listens");
    for observer in [Observer::default(), metrics_only] {
        for (given, sent) in &cases {
            let mut exchange = begin(&observer, given);
            let expected: Vec<(&str, String)> = sent
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect();
            assert_eq!(exchange.upstream(), expected, "{observer:?} {given:?}");
        }
    }
}
