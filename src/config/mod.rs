//! What the environment says, checked once at start and in the shape that the rest wants.
//!
//! Variables, types and defaults are the spec's; here stands what takes more than one setting to decide. Nobody above
//! looks at the environment again.

mod check;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

pub use crate::env::{Secret, SettingFault};
pub use crate::generated::settings::LogLevel;

/// Everything that the environment says, checked once at start.
#[derive(Debug, Clone)]
pub struct Config {
    /// `APPLICATION_NAME`
    pub application_name: String,
    /// `ENVIRONMENT`, a free word.
    pub environment: String,
    /// `ENVIRONMENT` is `development`.
    pub development: bool,
    /// `LOG_LEVEL`
    pub log_level: LogLevel,
    /// `SERVER_*`
    pub server: Server,
    /// `CLIENT_*`
    pub client: Client,
    /// `OIDC_*`, if `ENABLE_AUTH`.
    pub oidc: Option<Oidc>,
    /// `TELEMETRY_*`, if `ENABLE_TELEMETRY`.
    pub telemetry: Option<Telemetry>,
    /// In the order of the spec.
    pub providers: Vec<ProviderConfig>,
}

/// How the gateway listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// Host and port as given; resolved when bound.
    pub host: String,
    /// Port; 0 lets the system choose.
    pub port: u16,
    /// Bound on receiving a request's head and body.
    pub read_timeout: Duration,
    /// Bound on a write that makes no progress.
    pub write_timeout: Duration,
    /// Bound on an idle keep-alive connection.
    pub idle_timeout: Duration,
    /// What running requests get after a signal.
    pub shutdown_grace: Duration,
    /// How long a streamed answer may be silent.
    pub stream_keep_alive: Duration,
    /// Largest request body in bytes.
    pub max_body_size: usize,
    /// Certificate and key files.
    pub tls: Option<(PathBuf, PathBuf)>,
}

/// How the gateway calls providers.
#[derive(Debug, Clone)]
pub struct Client {
    /// Bound on connecting, TLS included.
    pub connect_timeout: Duration,
    /// Bound on the time from the request to the reply's head.
    pub first_byte_timeout: Duration,
    /// Bound on silence within a reply's body.
    pub idle_timeout: Duration,
    /// Idle connections kept for each host.
    pub pool_size: usize,
    /// How long an idle connection is kept.
    pub pool_idle_timeout: Duration,
    /// Bound on listing the models of one provider, all pages together.
    pub list_timeout: Duration,
}

/// Who issues tokens.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// Issuer, letter by letter as given.
    pub issuer_url: String,
    /// Audience that a token must have.
    pub client_id: Secret,
    /// Not needed to verify tokens.
    pub client_secret: Option<Secret>,
}

/// Where metrics and traces go.
#[derive(Debug, Clone)]
pub struct Telemetry {
    /// Where Prometheus scrapes.
    pub metrics: SocketAddr,
    /// OTLP/HTTP base endpoint without a final slash; no traces without it.
    pub otlp_endpoint: Option<String>,
}

/// One provider's address and key.
#[derive(Debug, Clone)]
pub struct ProviderConfig {
    /// The row of the table.
    pub provider: &'static crate::table::Provider,
    /// Base URL with its variables filled in, without a final slash; an error text if a variable is missing.
    pub url: Result<String, String>,
    /// The credential.
    pub token: Option<Secret>,
}

impl ProviderConfig {
    /// Whether it is among the others: an optional one is only if a setting speaks of it.
    pub fn is_offered(&self) -> bool {
        !self.provider.optional || self.is_set()
    }

    /// Whether a setting speaks of it.
    pub fn is_set(&self) -> bool {
        let moved = |url: &String| url != self.provider.url;
        self.token.is_some() || self.url.as_ref().is_ok_and(moved)
    }
}
