//! The only file that knows every layer: builds them, joins them, and takes them down.

use std::net::SocketAddr;
use std::process::ExitCode;

use tokio::task::JoinHandle;
use tracing::{info, warn};

use crate::auth::Gate;
use crate::config::Config;
use crate::mock::{Behaviour, Mock};
use crate::observe::Observer;
use crate::route::{Gateway, Means};
use crate::server::{Listener, Trigger, signalled};
use crate::table::{Provider, Route};
use crate::upstream::{Upstream, web_roots};

/// A gateway that runs in this process.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    trigger: Trigger,
    serving: JoinHandle<()>,
    observer: Observer,
}

/// Starts a gateway that answers these routes. The error is one line for the operator.
pub async fn start(config: Config, routes: &'static [Route]) -> Result<Running, String> {
    let listener = Listener::bind(&config.server).await?;
    let address = listener.address();
    let gate = match &config.oidc {
        Some(oidc) => Gate::start(oidc)?,
        None => Gate::default(),
    };
    if config.oidc.is_none() && !address.ip().is_loopback() {
        warn!(%address, "auth is off, and whoever can reach this address can use the providers' keys");
    }
    let observer = Observer::start(&config.application_name, config.telemetry.as_ref()).await?;
    let (trigger, drain) = Trigger::new();
    let gateway = Gateway::new(
        routes,
        Means {
            gate,
            observer: observer.clone(),
            upstream: Upstream::new(&config.client, web_roots()?),
            client: config.client,
            keep_alive: config.server.stream_keep_alive,
            providers: config.providers,
            drain: drain.clone(),
        },
    );
    Ok(Running {
        address,
        trigger,
        serving: tokio::spawn(listener.serve(gateway, drain)),
        observer,
    })
}

/// Runs a gateway until a signal ends it: the first lets running requests finish, the second doesn't.
pub async fn run(config: Config, routes: &'static [Route]) -> ExitCode {
    match until_signalled(config, routes).await {
        Ok(code) => code,
        Err(error) => complain(&error),
    }
}

fn complain(error: &str) -> ExitCode {
    // Also where logs go nowhere.
    eprintln!("{}: {error}", env!("CARGO_PKG_NAME"));
    ExitCode::FAILURE
}

/// Runs a gateway without any provider: a mock in this process stands in for all of them.
pub async fn run_offline(
    mut config: Config,
    routes: &'static [Route],
    providers: &'static [Provider],
) -> ExitCode {
    let mock = Mock::new(providers, Behaviour::default());
    match mock.start("127.0.0.1", 0).await {
        Ok(mock) => {
            mock.stand_in(&mut config.providers);
            info!(mock = %mock.address, "no provider's key or address is set: a mock answers for all providers, offline");
            run(config, routes).await
        }
        Err(error) => complain(&error),
    }
}

/// Runs a mock until a signal ends it.
pub async fn run_mock(mock: Mock, host: &str, port: u16) -> ExitCode {
    let stopped = async {
        let mut signal = signalled().map_err(|error| format!("can't receive signals: {error}"))?;
        let running = mock.start(host, port).await?;
        info!(address = %running.address, "the mock is listening");
        signal().await;
        tokio::select! {
            () = running.shutdown() => {}
            () = signal() => {}
        }
        Ok::<_, String>(ExitCode::SUCCESS)
    };
    stopped.await.unwrap_or_else(|error| complain(&error))
}

async fn until_signalled(config: Config, routes: &'static [Route]) -> Result<ExitCode, String> {
    // Set before anybody can connect, so that no signal ends the process the hard way.
    let mut signal = signalled().map_err(|error| format!("can't receive signals: {error}"))?;
    let running = start(config, routes).await?;
    info!(address = %running.address, "listening");
    signal().await;
    info!("stopping: running requests may finish");
    Ok(tokio::select! {
        () = running.shutdown() => ExitCode::SUCCESS,
        () = signal() => {
            warn!("stopped by a second signal");
            ExitCode::FAILURE
        }
    })
}

impl Running {
    /// Begins to stop: readiness fails, and no connection is accepted any more.
    pub fn drain(&self) {
        self.trigger.pull();
    }

    /// Stops: what runs may finish within the grace; what has not by then is cut.
    pub async fn shutdown(mut self) {
        self.drain();
        // It can only have panicked, and then there is nothing left to wait for.
        let _ = (&mut self.serving).await;
        self.observer.shutdown().await;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.serving.abort();
    }
}
