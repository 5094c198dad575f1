//! The page that Prometheus scrapes.

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use gateway::config::Telemetry;
use gateway::observe::Observer;
use http_body_util::{BodyExt, Empty};
use hyper::{HeaderMap, Method, Request, StatusCode};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::prometheus::{Family, Sample, parse};
use crate::{ROUTE, answer, begin};

/// A sample's name, all its labels, and its value.
type Expected = (&'static str, Vec<(&'static str, &'static str)>, f64);

#[tokio::test]
async fn the_page_says_what_happened() {
    let observer = observer().await;
    answer(begin(&observer, &[]), "acme", "the-model");
    answer(begin(&observer, &[]), "acme", "the-model");
    let mut failed = begin(&observer, &[]);
    failed.provider("acme");
    failed.model("the-model");
    failed.upstream();
    failed.error("upstream_timeout");
    failed.status(504);
    drop(failed);
    observer
        .begin(
            &Method::from_bytes(b"BREW").expect("a method"),
            "unknown",
            &HeaderMap::new(),
        )
        .status(404);
    let _open = begin(&observer, &[]);

    let Some(families) = scrape(&observer).await else {
        return;
    };
    let target = [
        ("gen_ai_operation_name", "chat"),
        ("gen_ai_provider_name", "acme"),
        ("gen_ai_request_model", "the-model"),
        ("http_route", ROUTE),
    ];
    let with = |more: &[(&'static str, &'static str)]| [&target[..], more].concat();
    let post = [("http_request_method", "POST"), ("http_route", ROUTE)];
    let cases: Vec<Expected> = vec![
        (
            "gen_ai_client_operation_duration_seconds_count",
            with(&[("error_type", "")]),
            2.0,
        ),
        (
            "gen_ai_client_operation_duration_seconds_count",
            with(&[("error_type", "upstream_timeout")]),
            1.0,
        ),
        (
            "gen_ai_server_time_to_first_token_seconds_count",
            with(&[]),
            2.0,
        ),
        (
            "gen_ai_client_token_usage_sum",
            with(&[("gen_ai_token_type", "input")]),
            24.0,
        ),
        (
            "gen_ai_client_token_usage_sum",
            with(&[("gen_ai_token_type", "output")]),
            68.0,
        ),
        (
            "gen_ai_client_token_usage_bucket",
            with(&[("gen_ai_token_type", "output"), ("le", "16.0")]),
            0.0,
        ),
        (
            "gen_ai_client_token_usage_bucket",
            with(&[("gen_ai_token_type", "output"), ("le", "64.0")]),
            2.0,
        ),
        (
            "http_server_request_duration_seconds_count",
            [
                &post[..],
                &[("http_response_status_code", "200"), ("error_type", "")],
            ]
            .concat(),
            2.0,
        ),
        (
            "http_server_request_duration_seconds_count",
            vec![
                ("http_request_method", "_OTHER"),
                ("http_route", "unknown"),
                ("http_response_status_code", "404"),
                ("error_type", "404"),
            ],
            1.0,
        ),
        (
            "http_server_active_requests",
            vec![("http_request_method", "POST")],
            1.0,
        ),
        (
            "http_server_active_requests",
            vec![("http_request_method", "_OTHER")],
            0.0,
        ),
        (
            "inference_gateway_errors_total",
            [&target[1..], &[("error_type", "upstream_timeout")]].concat(),
            1.0,
        ),
    ];
    for (name, labels, value) in cases {
        let found = sample(&families, name, &labels);
        assert_eq!(
            found.map(|sample| sample.value),
            Some(value),
            "{name} {labels:?}"
        );
    }
    kinds_are_right(&families);
}

#[tokio::test]
async fn models_and_odd_names_are_bounded_and_quoted() {
    let observer = observer().await;
    for number in 0..600 {
        answer(
            begin(&observer, &[]),
            "acme",
            &format!("model \"{number}\\\n{{}}"),
        );
        answer(
            begin(&observer, &[]),
            "acme",
            &format!("model \"{number}\\{{}}"),
        );
    }
    for number in 0..100 {
        let mut refused = begin(&observer, &[]);
        refused.provider("acme");
        refused.model(&format!("invented-{number}"));
        refused.upstream();
        refused.status(404);
    }
    let Some(families) = scrape(&observer).await else {
        return;
    };
    let samples = families.iter().flat_map(|family| &family.samples);
    let models: BTreeSet<&str> = samples
        .filter_map(|sample| sample.labels.get("gen_ai_request_model"))
        .map(String::as_str)
        .collect();
    assert_eq!(models.len(), 501);
    assert!(
        models.contains("other") && models.contains("model \"7\\{}"),
        "{models:?}"
    );
    assert!(
        !models.iter().any(|name| name.starts_with("invented")),
        "{models:?}"
    );
}

#[tokio::test]
async fn only_its_own_path_and_methods_answer() {
    let observer = observer().await;
    let cases = [
        (Method::GET, "/metrics", 200, true),
        (Method::HEAD, "/metrics", 200, false),
        (Method::POST, "/metrics", 405, false),
        (Method::GET, "/", 404, false),
        (Method::GET, "/llms", 404, false),
    ];
    for (method, path, status, filled) in cases {
        let (code, headers, body) = get(&observer, &method, path).await;
        assert_eq!(code, status, "{method} {path}");
        assert_eq!(!body.is_empty(), filled, "{method} {path}: {body}");
        assert_eq!(
            headers.get("allow").is_some(),
            status == 405,
            "{method} {path}"
        );
        if status == 200 {
            assert!(
                headers["content-type"]
                    .to_str()
                    .is_ok_and(|kind| kind.starts_with("application/openmetrics-text"))
            );
        }
    }
}

#[tokio::test]
async fn a_port_in_use_is_one_clear_line_and_off_has_none() {
    let observer = observer().await;
    let address = observer.metrics_address().expect("an address");
    let telemetry = Telemetry {
        metrics: address,
        otlp_endpoint: None,
    };
    let fault = Observer::start("gateway", Some(&telemetry))
        .await
        .err()
        .unwrap_or_default();
    assert!(
        fault.contains(&address.to_string()) && fault.contains("in use"),
        "{fault}"
    );
    let off = Observer::start("gateway", None)
        .await
        .expect("nothing to start");
    assert_eq!(off.metrics_address(), None);
}

async fn observer() -> Observer {
    let telemetry = Telemetry {
        metrics: ([127, 0, 0, 1], 0).into(),
        otlp_endpoint: None,
    };
    Observer::start("gateway", Some(&telemetry))
        .await
        .expect("it listens")
}

#[tokio::test]
async fn requests_that_differ_in_one_label_are_counted_apart() {
    let usual = Alike {
        method: &Method::POST,
        route: "/one",
        status: 200,
        error: None,
        provider: "acme",
        model: "m",
    };
    let others = [
        Alike {
            method: &Method::PUT,
            ..usual
        },
        Alike {
            route: "/two",
            ..usual
        },
        Alike {
            status: 201,
            ..usual
        },
        Alike {
            error: Some("upstream_bad"),
            ..usual
        },
        Alike {
            provider: "other",
            ..usual
        },
        Alike {
            model: "n",
            ..usual
        },
    ];
    let observer = observer().await;
    // What is alike is found again by the second time.
    for _ in 0..2 {
        for alike in others.iter().chain([&usual]) {
            let mut exchange = observer.begin(alike.method, alike.route, &HeaderMap::new());
            exchange.provider(alike.provider);
            exchange.model(alike.model);
            exchange.upstream();
            exchange.status(alike.status);
            if let Some(error) = alike.error {
                exchange.error(error);
            }
            exchange.usage(Some(1), Some(2));
            exchange.finished();
        }
    }
    let (_, _, page) = get(&observer, &Method::GET, "/metrics").await;
    let count = |name: &str, labels: &[&str]| {
        let lines = page.lines().filter(|line| line.starts_with(name));
        let found: Vec<_> = lines
            .filter(|line| labels.iter().all(|label| line.contains(label)))
            .collect();
        let [line] = found[..] else {
            panic!("{name} {labels:?}: {found:?}");
        };
        line.rsplit(' ').next().map(str::to_owned)
    };
    const REQUESTS: &str = "http_server_request_duration_seconds_count";
    let plain = [
        "method=\"POST\"",
        "route=\"/one\"",
        "code=\"200\"",
        "error_type=\"\"",
    ];
    // Providers and models are no labels of theirs.
    assert_eq!(count(REQUESTS, &plain).as_deref(), Some("6"));
    for (place, other) in [
        "method=\"PUT\"",
        "route=\"/two\"",
        "code=\"201\"",
        "error_type=\"upstream_bad\"",
    ]
    .into_iter()
    .enumerate()
    {
        let mut labels = plain;
        labels[place] = other;
        assert_eq!(count(REQUESTS, &labels).as_deref(), Some("2"), "{other}");
    }
    const OPERATIONS: &str = "gen_ai_client_operation_duration_seconds_count";
    let plain = [
        "provider_name=\"acme\"",
        "model=\"m\"",
        "route=\"/one\"",
        "error_type=\"\"",
    ];
    assert_eq!(count(OPERATIONS, &plain).as_deref(), Some("6"));
    for (place, other) in [
        "provider_name=\"other\"",
        "model=\"n\"",
        "route=\"/two\"",
        "error_type=\"upstream_bad\"",
    ]
    .into_iter()
    .enumerate()
    {
        let mut labels = plain;
        labels[place] = other;
        assert_eq!(count(OPERATIONS, &labels).as_deref(), Some("2"), "{other}");
    }
}

/// A request by all that its labels are made of.
#[derive(Clone, Copy)]
struct Alike {
    method: &'static Method,
    route: &'static str,
    status: u16,
    error: Option<&'static str>,
    provider: &'static str,
    model: &'static str,
}

async fn scrape(observer: &Observer) -> Option<Vec<Family>> {
    let (code, _, page) = get(observer, &Method::GET, "/metrics").await;
    assert_eq!(code, StatusCode::OK);
    parse(&page)
}

async fn get(observer: &Observer, method: &Method, path: &str) -> (u16, HeaderMap, String) {
    let address = observer.metrics_address().expect("an address");
    let request = Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"));
    let request = request.body(Empty::<Bytes>::new()).expect("a request");
    let client = Client::builder(TokioExecutor::new()).build_http();
    let (head, body) = client
        .request(request)
        .await
        .expect("an answer")
        .into_parts();
    let body = body.collect().await.expect("a body").to_bytes();
    (
        head.status.as_u16(),
        head.headers,
        String::from_utf8(body.into()).expect("text"),
    )
}

fn sample<'a>(families: &'a [Family], name: &str, labels: &[(&str, &str)]) -> Option<&'a Sample> {
    let labels: BTreeMap<String, String> = labels
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
        .collect();
    let mut samples = families.iter().flat_map(|family| &family.samples);
    samples.find(|sample| sample.name == name && sample.labels == labels)
}

fn kinds_are_right(families: &[Family]) {
    let found: BTreeSet<(&str, &str, &str)> = families
        .iter()
        .map(|family| {
            (
                &*family.name,
                &*family.kind,
                family.unit.as_deref().unwrap_or_default(),
            )
        })
        .collect();
    let expected = BTreeSet::from([
        ("http_server_active_requests", "gauge", ""),
        ("inference_gateway_errors", "counter", ""),
        (
            "http_server_request_duration_seconds",
            "histogram",
            "seconds",
        ),
        (
            "gen_ai_client_operation_duration_seconds",
            "histogram",
            "seconds",
        ),
        (
            "gen_ai_server_time_to_first_token_seconds",
            "histogram",
            "seconds",
        ),
        ("gen_ai_client_token_usage", "histogram", ""),
    ]);
    assert_eq!(found, expected);
}
