//! Bytes to HTTP: listens, accepts, speaks TLS and HTTP/1.1 or HTTP/2, and bounds what a peer may cost.
//!
//! Knows no route: it takes any handler, and `app` passes one in.

mod activity;
mod body;
mod connection;
mod http1;
mod io;
mod lasting;
mod shutdown;
mod tls;

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use hyper::{Request, Response};
use tokio::net::{TcpListener, TcpSocket, TcpStream, lookup_host};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tracing::{debug, warn};

use crate::config::Server;

pub use body::{Body, BodyError, BoxError, Received};
pub use shutdown::{Drain, Trigger, signalled};

use tls::Certificates;

/// What answers requests.
pub trait Handler: Clone + Send + Sync + 'static {
    /// Answers one request. Dropped when the client goes away: whatever it does must stop with it. What is done before
    /// it waits is best done outside of the future, which is moved as a whole.
    fn answer(self, request: Request<Received>) -> impl Future<Output = Response<Body>> + Send;
}

/// A bound socket and how its connections are treated.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    certificates: Option<Certificates>,
    limits: Limits,
}

/// What connections may cost.
#[derive(Debug, Clone, Copy)]
struct Limits {
    read: Duration,
    write: Duration,
    idle: Duration,
    /// After how long without a request a connection keeps nothing but its socket.
    rest: Duration,
    grace: Duration,
    body: usize,
}

impl Listener {
    /// Reads the certificate and binds the port. The error is one line for the operator.
    pub async fn bind(config: &Server) -> Result<Self, String> {
        let certificates = match &config.tls {
            Some((certificate, key)) => Some(Certificates::load(certificate, key)?),
            None => None,
        };
        let socket = bind(&config.host, config.port).await.map_err(|error| {
            let (host, port) = (&config.host, config.port);
            format!("SERVER_HOST, SERVER_PORT: can't listen on {host}:{port}: {error}")
        })?;
        let address = socket
            .local_addr()
            .map_err(|error| format!("SERVER_PORT: {error}"))?;
        Ok(Self {
            socket,
            address,
            certificates,
            limits: Limits {
                read: config.read_timeout,
                write: config.write_timeout,
                idle: config.idle_timeout,
                rest: REST,
                grace: config.shutdown_grace,
                body: config.max_body_size,
            },
        })
    }

    /// Where it listens, with the port that the system chose.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Accepts connections until the drain begins, then lets those that are left finish within the grace.
    ///
    /// Dropping the future closes all connections at once.
    pub async fn serve<H: Handler>(self, handler: H, drain: Drain) {
        let mut connections = JoinSet::new();
        let mut pause = FIRST_PAUSE;
        loop {
            tokio::select! {
                () = drain.begun() => break,
                // While there are no descriptors, a connection that ends is what makes another accept worth while.
                Some(_) = connections.join_next() => {}
                accepted = accept(&self.socket, &mut pause) => if let Some(stream) = accepted {
                    let tls = self.certificates.as_ref().map(Certificates::acceptor);
                    let (handler, drain) = (handler.clone(), drain.clone());
                    connections.spawn(connection::serve(stream, tls, handler, self.limits, drain));
                },
            }
        }
        drop(self.socket);
        let finished = async { while connections.join_next().await.is_some() {} };
        if timeout(self.limits.grace, finished).await.is_err() {
            warn!("the grace is over; what still runs is cut");
            connections.shutdown().await;
        }
    }
}

/// Bytes that the kernel may hold for a peer that doesn't read. Without a bound it grows to megabytes, and a peer
/// that reads slowly would free so little of it within the write timeout that it looked dead.
const SEND_BUFFER: u32 = 128 * 1024;
/// Longer than what lies between the requests of a client that is at work, so that it never pays for having rested.
const REST: Duration = Duration::from_secs(1);
const BACKLOG: u32 = 1024;
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

async fn bind(host: &str, port: u16) -> Result<TcpListener, Error> {
    let mut last = Error::new(ErrorKind::NotFound, "the host has no address");
    let host = host.trim_start_matches('[').trim_end_matches(']');
    for address in lookup_host((host, port)).await? {
        match listen(address) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    socket.set_reuseaddr(true)?;
    // Accepted sockets inherit it.
    socket.set_send_buffer_size(SEND_BUFFER)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

async fn accept(socket: &TcpListener, pause: &mut Duration) -> Option<TcpStream> {
    match socket.accept().await {
        Ok((stream, _)) => {
            *pause = FIRST_PAUSE;
            Some(stream)
        }
        Err(error) if is_of_one_peer(&error) => {
            debug!(%error, "a connection was lost before it was accepted");
            None
        }
        Err(error) => {
            warn!(%error, "can't accept connections");
            sleep(*pause).await;
            *pause = (*pause * 2).min(LONGEST_PAUSE);
            None
        }
    }
}

fn is_of_one_peer(error: &Error) -> bool {
    use ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionRefused | ConnectionReset
    )
}
