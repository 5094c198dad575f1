//! Counts and times for Prometheus, under the names of the OpenTelemetry conventions in Prometheus form.
//!
//! Every label has few values: routes are templates, providers and error kinds are fixed words, model names are
//! bounded. Knows nothing of how they are fetched.

mod labels;

use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use hyper::Method;
use prometheus_client::encoding::{EncodeLabelSet, text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::exchange::Facts;
use super::models::Models;
use crate::codec::quick::Quick;
use labels::{Active, Failure, KNOWN, Kind, METHODS, Operation, Request, Target, Tokens, place};

pub use labels::known;

/// All metrics of the gateway.
pub struct Metrics {
    registry: Registry,
    models: Models,
    /// Of requests alike in every label, by what the labels are made of.
    alike: RwLock<HashMap<Kind, Arc<Series>, Quick>>,
    active: [OnceLock<Gauge>; METHODS],
    actives: Family<Active, Gauge>,
    requests: Measured<Request>,
    operations: Measured<Operation>,
    first_tokens: Measured<Target>,
    tokens: Measured<Tokens>,
    errors: Family<Failure, Counter>,
}

impl Metrics {
    /// With everything at zero.
    pub fn new() -> Self {
        let registry = &mut Registry::default();
        let actives = Family::default();
        let errors = Family::default();
        registry.register(
            "http_server_active_requests",
            "Requests in flight",
            actives.clone(),
        );
        registry.register(
            "inference_gateway_errors",
            "Requests that failed, by kind",
            errors.clone(),
        );
        let requests = seconds(registry, REQUESTS, || Histogram::new(REQUEST_BUCKETS));
        let operations = seconds(registry, OPERATIONS, || Histogram::new(OPERATION_BUCKETS));
        let first_tokens = seconds(registry, FIRST_TOKENS, || {
            Histogram::new(FIRST_TOKEN_BUCKETS)
        });
        let tokens = Family::new_with_constructor((|| Histogram::new(TOKEN_BUCKETS)) as fn() -> _);
        registry.register(
            "gen_ai_client_token_usage",
            "Tokens used by a request",
            tokens.clone(),
        );
        Self {
            registry: std::mem::take(registry),
            models: Models::new(MOST_MODELS),
            alike: RwLock::default(),
            active: Default::default(),
            actives,
            requests,
            operations,
            first_tokens,
            tokens,
            errors,
        }
    }

    /// A request has come.
    pub fn begun(&self, method: &Method) {
        self.active(method).inc();
    }

    /// It has ended.
    pub fn ended(&self, facts: &Facts) {
        self.active(&facts.method).dec();
        let target = self.target(facts);
        let series = self.alike(facts, &target);
        self.request(facts, &series);
        self.failure(facts, &target, &series);
        self.operation(facts, &target, &series);
    }

    /// All of them in the text format of OpenMetrics.
    pub fn encode(&self) -> Result<String, std::fmt::Error> {
        let mut page = String::new();
        text::encode(&mut page, &self.registry)?;
        Ok(page)
    }

    fn active(&self, method: &Method) -> &Gauge {
        let at = place(method);
        self.active[at].get_or_init(|| {
            self.actives.get_or_create_owned(&Active {
                http_request_method: KNOWN[at],
            })
        })
    }

    fn alike(&self, facts: &Facts, target: &Target) -> Arc<Series> {
        let kind = Kind::of(facts, target);
        let alike = self.alike.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(series) = alike.get(&kind) {
            return series.clone();
        }
        drop(alike);
        let mut alike = self.alike.write().unwrap_or_else(PoisonError::into_inner);
        alike.entry(kind).or_default().clone()
    }

    fn request(&self, facts: &Facts, series: &Series) {
        let series = series.requests.get_or_init(|| {
            let labels = Request {
                http_request_method: known(&facts.method),
                http_route: facts.route,
                http_response_status_code: facts.status.unwrap_or_default(),
                error_type: facts.error_type().unwrap_or_default(),
            };
            self.requests.get_or_create_owned(&labels)
        });
        series.observe(facts.duration.as_secs_f64());
    }

    fn failure(&self, facts: &Facts, target: &Target, series: &Series) {
        if !facts.has_failed() {
            return;
        }
        let series = series.errors.get_or_init(|| {
            let labels = Failure {
                error_type: facts.error_type().unwrap_or_default(),
                gen_ai_provider_name: target.gen_ai_provider_name,
                gen_ai_request_model: target.gen_ai_request_model.clone(),
                http_route: facts.route,
            };
            self.errors.get_or_create_owned(&labels)
        });
        series.inc();
    }

    /// What the conventions call a GenAI operation: a provider was asked, and for a model.
    fn operation(&self, facts: &Facts, target: &Target, series: &Series) {
        let (Some(asked), Some(_), Some(_)) = (facts.asked, facts.provider, &facts.model) else {
            return;
        };
        let operations = series.operations.get_or_init(|| {
            let labels = Operation {
                target: target.clone(),
                error_type: facts.error_type().unwrap_or_default(),
            };
            self.operations.get_or_create_owned(&labels)
        });
        operations.observe(facts.duration.saturating_sub(asked).as_secs_f64());
        if let Some(time) = facts.first_token {
            let first_tokens = || self.first_tokens.get_or_create_owned(target);
            let series = series.first_tokens.get_or_init(first_tokens);
            series.observe(time.as_secs_f64());
        }
        let [input, output] = &series.tokens;
        self.tokens("input", facts.input, target, input);
        self.tokens("output", facts.output, target, output);
    }

    fn tokens(
        &self,
        gen_ai_token_type: &'static str,
        count: Option<i64>,
        target: &Target,
        series: &OnceLock<Histogram>,
    ) {
        let Some(count) = count else {
            return;
        };
        let series = series.get_or_init(|| {
            let labels = Tokens {
                target: target.clone(),
                gen_ai_token_type,
            };
            self.tokens.get_or_create_owned(&labels)
        });
        series.observe(count as f64);
    }

    fn target(&self, facts: &Facts) -> Target {
        let answered = facts.asked.is_some() && facts.status.is_some_and(|status| status < 400);
        Target {
            gen_ai_operation_name: facts.operation().unwrap_or_default(),
            gen_ai_provider_name: facts.provider.unwrap_or_default(),
            gen_ai_request_model: self.models.label(facts.model.as_deref(), answered),
            http_route: facts.route,
        }
    }
}

/// What requests alike in every label are counted in. Empty until there is something to count: a page shows no series
/// of which nothing is known.
#[derive(Debug, Default)]
struct Series {
    requests: OnceLock<Histogram>,
    errors: OnceLock<Counter>,
    operations: OnceLock<Histogram>,
    first_tokens: OnceLock<Histogram>,
    tokens: [OnceLock<Histogram>; 2],
}

type Measured<Labels> = Family<Labels, Histogram, fn() -> Histogram>;

fn seconds<Labels>(
    registry: &mut Registry,
    (name, help): (&str, &str),
    new: fn() -> Histogram,
) -> Measured<Labels>
where
    Labels: EncodeLabelSet + Clone + Eq + std::hash::Hash + std::fmt::Debug + Send + Sync + 'static,
{
    let family = Family::new_with_constructor(new);
    registry.register_with_unit(name, help, Unit::Seconds, family.clone());
    family
}

const MOST_MODELS: usize = 500;

const REQUESTS: (&str, &str) = (
    "http_server_request_duration",
    "Time to answer a request, its stream included",
);
const OPERATIONS: (&str, &str) = (
    "gen_ai_client_operation_duration",
    "Time from asking a provider to the end of its answer",
);
const FIRST_TOKENS: (&str, &str) = (
    "gen_ai_server_time_to_first_token",
    "Time from a request to the first token of its answer",
);

// The bounds that the conventions recommend.
const REQUEST_BUCKETS: [f64; 14] = [
    0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const OPERATION_BUCKETS: [f64; 14] = [
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
];
const FIRST_TOKEN_BUCKETS: [f64; 16] = [
    0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0,
];
const TOKEN_BUCKETS: [f64; 14] = [
    1.0, 4.0, 16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0, 65536.0, 262144.0, 1048576.0, 4194304.0,
    16777216.0, 67108864.0,
];
