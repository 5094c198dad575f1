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
mod outbound;
mod pool;
mod reply;
#[cfg(test)]
mod tests;

use std::future::{Future, poll_fn, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::Either;
use hyper::Response;
use tokio::time::{Instant, timeout_at};

use crate::config::Client;
use crate::server::Body;

pub use connect::web_roots;
pub use failure::{Failure, Wait};
pub use outbound::{Headers, Outbound};
pub use reply::Reply;

use connect::Connect;
use http1::Asked;
use http2::Unanswered;
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
    ///
    /// Where a connection on HTTP/1.1 is idle, the request is on it when this returns: what waits for the reply needn't
    /// have room for the request.
    pub fn send(
        &self,
        request: impl Into<Outbound<Body>>,
    ) -> impl Future<Output = Result<Response<Reply>, Failure>> + Send + '_ {
        let now = Instant::now();
        let due = now + self.first_byte;
        match self.begin(request.into(), now, due) {
            Ok(Begun::Sent(asked, origin)) => Either::Left(self.reply(asked, origin, due)),
            Ok(Begun::Waiting(reply)) => Either::Right(Either::Left(reply)),
            Err(failure) => Either::Right(Either::Right(ready(Err(failure)))),
        }
    }

    fn begin(
        &self,
        mut request: Outbound<Body>,
        now: Instant,
        due: Instant,
    ) -> Result<Begun<'_>, Failure> {
        let origin = self.pool.origin(&request.uri)?;
        loop {
            let way = match origin.checkout(now) {
                Some(Way::Http1(link)) => {
                    let again = request.again();
                    match link.ask(request, origin.host()) {
                        Ok(asked) => return Ok(self.begun(asked, again, origin, due)),
                        // Nobody has seen it: the connection came to its end while it was idle.
                        Err((unsent, _)) => {
                            request = *unsent;
                            continue;
                        }
                    }
                }
                other => other,
            };
            let reply = self.wait(request, origin, way, due);
            return Ok(Begun::Waiting(Box::pin(reply)));
        }
    }

    fn begun(
        &self,
        asked: Asked,
        again: Option<Outbound<Body>>,
        origin: Arc<Origin>,
        due: Instant,
    ) -> Begun<'_> {
        match again {
            None => Begun::Sent(asked, origin),
            Some(again) => Begun::Waiting(Box::pin(self.twice(asked, again, origin, due))),
        }
    }

    /// The reply on a connection that was idle, or if that has come to its end meanwhile, on a new one.
    async fn twice(
        &self,
        asked: Asked,
        again: Outbound<Body>,
        origin: Arc<Origin>,
        due: Instant,
    ) -> Result<Response<Reply>, Failure> {
        match self.reply(asked, origin.clone(), due).await {
            Err(Failure::Closed(_)) => {
                let (way, _) = connected(&origin, due).await?;
                self.wait(again, origin, Some(way), due).await
            }
            replied => replied,
        }
    }

    async fn reply(
        &self,
        mut asked: Asked,
        origin: Arc<Origin>,
        due: Instant,
    ) -> Result<Response<Reply>, Failure> {
        let head = poll_fn(|cx| asked.poll_answer(cx, due)).await?;
        Ok(head.map(|body| Reply::on_own(body, self.idle, asked.into_link(), origin)))
    }

    /// The reply to a request for which there is no connection of its own yet.
    async fn wait(
        &self,
        mut request: Outbound<Body>,
        origin: Arc<Origin>,
        mut known: Option<Way>,
        due: Instant,
    ) -> Result<Response<Reply>, Failure> {
        loop {
            let (way, is_new) = match known.take().or_else(|| origin.checkout(Instant::now())) {
                Some(way) => (way, false),
                None => connected(&origin, due).await?,
            };
            let unsent = match way {
                Way::Http1(link) => match link.ask(request, origin.host()) {
                    Ok(asked) => return self.reply(asked, origin, due).await,
                    Err(unsent) => unsent,
                },
                Way::Http2(mut shared) => match shared.exchange(request, due).await {
                    Ok(head) => return Ok(head.map(|body| Reply::on_shared(body, self.idle))),
                    Err(Unanswered::Failed(failure)) => return Err(failure),
                    Err(Unanswered::Unsent(request, failure)) => {
                        origin.forget(&shared);
                        (request, failure)
                    }
                },
            };
            request = match unsent {
                (request, _) if !is_new => *request,
                (_, failure) => return Err(failure),
            };
        }
    }
}

/// A request under way.
enum Begun<'u> {
    /// It is on a connection.
    Sent(Asked, Arc<Origin>),
    /// It waits for one. In a box: it is seldom needed, and would make every request's future large.
    Waiting(Pin<Box<dyn Future<Output = Result<Response<Reply>, Failure>> + Send + 'u>>),
}

/// A connection that has to be made, and whether it is for this request that it was.
async fn connected(origin: &Arc<Origin>, due: Instant) -> Result<(Way, bool), Failure> {
    match timeout_at(due, origin.connect()).await {
        Ok(made) => made,
        Err(_) => Err(Failure::Timeout(Wait::FirstByte)),
    }
}
