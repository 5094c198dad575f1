//! What an operator sees: one log line, metrics and spans for each request.
//!
//! Handlers get an [`Exchange`] from the [`Observer`] and tell it what they learn; it reports itself when it is
//! dropped, so a client that goes away is reported like any other. Knows no dialect and no prompt: nothing that
//! is handed in here may be text of a conversation.

mod access;
mod exchange;
mod gather;
mod line;
mod log;
mod metrics;
mod models;
mod otlp;
mod request_id;
mod scrape;
mod traces;

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::{HeaderMap, Method};

use crate::config::Telemetry;
use metrics::Metrics;
use scrape::Scrape;
use traces::Traces;

pub use exchange::Exchange;
pub use log::{Log, start_logging, subscriber};

/// Where exchanges are reported. The default writes log lines only.
#[derive(Clone, Default)]
pub struct Observer(Option<Arc<Reporting>>);

/// Telemetry that is switched on.
struct Reporting {
    metrics: Arc<Metrics>,
    traces: Option<Traces>,
    scrape: Scrape,
}

impl Observer {
    /// Begins to listen for scrapes and to export traces, as far as they are configured. Must be called inside
    /// a tokio runtime; `service` is the name that traces are sent under.
    pub async fn start(service: &str, telemetry: Option<&Telemetry>) -> Result<Self, String> {
        let Some(telemetry) = telemetry else {
            return Ok(Self::default());
        };
        let metrics = Arc::new(Metrics::new());
        let scrape = Scrape::start(telemetry.metrics, metrics.clone()).await?;
        let traces = match &telemetry.otlp_endpoint {
            Some(endpoint) => Some(Traces::start(service, endpoint)?),
            None => None,
        };
        Ok(Self(Some(Arc::new(Reporting {
            metrics,
            traces,
            scrape,
        }))))
    }

    /// A request has come. `route` is the path template, or a fixed word for unknown paths.
    pub fn begin(&self, method: &Method, route: &'static str, headers: &HeaderMap) -> Exchange {
        Exchange::begin(self.0.clone(), method, route, headers)
    }

    /// Where Prometheus scrapes, if metrics are on.
    pub fn metrics_address(&self) -> Option<SocketAddr> {
        self.0.as_ref().map(|on| on.scrape.address)
    }

    /// Sends the spans that wait, for a few seconds at most. Exchanges still open are lost to the traces.
    pub async fn shutdown(&self) {
        if let Some(traces) = self.0.as_ref().and_then(|on| on.traces.as_ref()) {
            traces.shutdown().await;
        }
    }
}

impl fmt::Debug for Observer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() {
            "Observer(telemetry)"
        } else {
            "Observer(log)"
        })
    }
}
