//! A mock on a port of its own.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinHandle;

use crate::config::{ProviderConfig, Secret, Server};
use crate::server::{Listener, Trigger};

use super::Mock;

/// A mock that runs in this process, until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    trigger: Trigger,
    serving: JoinHandle<()>,
}

/// What stands where a provider wants its key. It opens nothing.
const KEY: &str = "the-mock-opens-nothing";
const PATIENCE: Duration = Duration::from_secs(60);
const LARGEST_BODY: usize = 64 * 1024 * 1024;

impl Mock {
    /// Serves at this host and port; port 0 lets the system choose. The error is one line for the operator.
    pub async fn start(self, host: &str, port: u16) -> Result<Running, String> {
        let listener = Listener::bind(&Server {
            host: host.to_owned(),
            port,
            read_timeout: PATIENCE,
            write_timeout: PATIENCE,
            idle_timeout: PATIENCE,
            stream_keep_alive: PATIENCE,
            shutdown_grace: PATIENCE,
            max_body_size: LARGEST_BODY,
            tls: None,
        })
        .await
        .map_err(|error| format!("the mock: {error}"))?;
        let (trigger, drain) = Trigger::new();
        Ok(Running {
            address: listener.address(),
            trigger,
            serving: tokio::spawn(listener.serve(self, drain)),
        })
    }
}

impl Running {
    /// Sends whoever is meant for these providers to the mock.
    pub fn stand_in(&self, providers: &mut [ProviderConfig]) {
        for config in providers {
            config.url = Ok(format!("http://{}/{}", self.address, config.provider.id));
            config.token = config.provider.auth.map(|_| Secret::new(KEY));
        }
    }

    /// Stops when running requests have been answered.
    pub async fn shutdown(mut self) {
        self.trigger.pull();
        // It can only have panicked, and then there is nothing left to wait for.
        let _ = (&mut self.serving).await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
