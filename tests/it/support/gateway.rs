//! A gateway in this process, on a port that the system chose.

use std::net::SocketAddr;
use std::time::Duration;

use gateway::app::{self, Running};
use gateway::config::{Client, Config, LogLevel, ProviderConfig, Secret, Server};

use gateway::table::Provider;

use super::tables::{PROVIDERS, ROUTES};

pub struct Gateway {
    pub address: SocketAddr,
    pub running: Running,
}

/// What providers are called with.
pub const KEY: &str = "k3y-of-the-gateway";

/// Every bound long, every provider at this address.
pub fn config(upstream: SocketAddr) -> Config {
    let long = Duration::from_secs(30);
    let provider = |provider: &'static Provider| ProviderConfig {
        provider,
        url: Ok(format!("http://{upstream}/base")),
        token: (provider.id != "open").then(|| Secret::new(KEY)),
    };
    Config {
        application_name: "test".to_owned(),
        environment: "test".to_owned(),
        development: true,
        log_level: LogLevel::Info,
        server: Server {
            host: "127.0.0.1".to_owned(),
            port: 0,
            read_timeout: long,
            write_timeout: long,
            idle_timeout: long,
            shutdown_grace: long,
            stream_keep_alive: long,
            max_body_size: 1 << 20,
            tls: None,
        },
        client: Client {
            connect_timeout: long,
            first_byte_timeout: long,
            idle_timeout: long,
            pool_size: 8,
            pool_idle_timeout: long,
            list_timeout: long,
        },
        oidc: None,
        telemetry: None,
        providers: PROVIDERS.iter().map(provider).collect(),
    }
}

impl Gateway {
    /// With every bound long.
    pub async fn before(upstream: SocketAddr) -> Self {
        Self::start(config(upstream)).await
    }

    /// With what the test changes.
    pub async fn with(upstream: SocketAddr, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = config(upstream);
        change(&mut config);
        Self::start(config).await
    }

    async fn start(config: Config) -> Self {
        let running = app::start(config, &ROUTES).await.unwrap();
        Self {
            address: running.address,
            running,
        }
    }
}
