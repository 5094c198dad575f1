//! Sending: one pool of connections to all providers, with a bound on every wait.
//!
//! The only folder that knows which HTTP client is used. Dropping the future of `send`, or the reply's body, cancels
//! the request at once. A request on HTTP/1.1 drives its connection itself, so that what comes from the provider
//! wakes one task only, which hands it on.

mod alarm;
mod connect;
mod failure;
mod http1;
mod http2;
mod origin;
mod pool;
mod reply;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use hyper::{Request, Response};
use tokio::time::{Instant, timeout_at};

use crate::config::Client;
use crate::server::Body;

pub use connect::web_roots;
pub use failure::{Failure, Wait};
pub use reply::Reply;

use connect::Connect;
use http1::Unanswered;
use origin::{Bounds, Origin, Way};
use pool::Pool;

/// The way to all providers. Clones share their connections.
#[derive(Debug, Clone)]
pub struct Upstream {
    pool: Arc<Pool>,
    first_byte: Duration,
    idle: Duration,
}

impl Upstream {
    /// A pool that trusts what `tls` says.
    pub fn new(config: &Client, tls: rustls::ClientConfig) -> Self {
        let bounds = Bounds {
            size: config.pool_size,
            idle: config.pool_idle_timeout,
            period: config.first_byte_timeout.min(config.idle_timeout),
        };
        let connect = Connect::new(tls, config.connect_timeout);
        Self {
            pool: Arc::new(Pool::new(connect, bounds)),
            first_byte: config.first_byte_timeout,
            idle: config.idle_timeout,
        }
    }

    /// Sends a request and waits for the head of its reply.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Reply>, Failure> {
        let now = Instant::now();
        let due = now + self.first_byte;
        let origin = self.pool.origin(request.uri())?;
        loop {
            let (way, is_new) = match origin.checkout(now) {
                Some(way) => (way, false),
                None => connected(&origin, due).await?,
            };
            let answer = match way {
                Way::Http1(mut link) => {
                    let answer = link.exchange(request, origin.host(), due).await;
                    answer.map(|head| {
                        head.map(|body| Reply::on_own(body, self.idle, link, origin.clone()))
                    })
                }
                Way::Http2(mut shared) => {
                    let answer = shared.exchange(request, due).await;
                    if let Err(Unanswered::Unsent(..)) = &answer {
                        origin.forget(&shared);
                    }
                    answer.map(|head| head.map(|body| Reply::on_shared(body, self.idle)))
                }
            };
            request = match answer {
                Ok(response) => return Ok(response),
                // Nobody has seen it: the connection came to its end while it was idle.
                Err(Unanswered::Unsent(request, _)) if !is_new => *request,
                Err(Unanswered::Unsent(_, failure) | Unanswered::Failed(failure)) => {
                    return Err(failure);
                }
            };
        }
    }
}

/// A connection that has to be made, and whether it is for this request that it was.
async fn connected(origin: &Arc<Origin>, due: Instant) -> Result<(Way, bool), Failure> {
    // It is seldom needed, and would make every request's future large.
    match timeout_at(due, Box::pin(origin.connect())).await {
        Ok(made) => made,
        Err(_) => Err(Failure::Timeout(Wait::FirstByte)),
    }
}
