//! HTTP to operation: finds the route, lets the caller in, and has the operation answered.
//!
//! Every answer and every error leaves through this file. What an operation does is in the file of its name.

mod answer;
mod asked;
mod chat;
mod control;
mod count_tokens;
mod embed;
mod health;
mod hygiene;
mod models;
mod named;
mod proxy;
mod refusal;
mod relay;
mod relayed;
mod router;
mod same;
mod stream;
mod tap;
mod target;
mod translation;

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::FutureExt;
use hyper::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use hyper::{Request, Response, StatusCode};
use tracing::warn;

use crate::auth::{Denied, Gate};
use crate::config::{Client, ProviderConfig};
use crate::generated::capabilities;
use crate::observe::{Exchange, Observer};
use crate::provider::{Address, Ready, Target};
use crate::server::{Body, Drain, Handler, Received};
use crate::table::{Dialect, Endpoint, Operation, Route};
use crate::upstream::{Outbound, Reply, Upstream};

use answer::Answer;
use asked::Asked;
use hygiene::Hygiene;
use refusal::Refusal;
use router::{Found, Router, Unmatched};

/// Answers requests. Clones are the same gateway.
#[derive(Debug, Clone)]
pub struct Gateway(Arc<Shared>);

/// What answering takes.
#[derive(Debug)]
pub struct Means {
    /// Who may call.
    pub gate: Gate,
    /// Where requests are reported.
    pub observer: Observer,
    /// The way to providers.
    pub upstream: Upstream,
    /// How providers are called.
    pub client: Client,
    /// How long a streamed answer may be silent.
    pub keep_alive: Duration,
    /// The providers, in the order of the spec.
    pub providers: Vec<ProviderConfig>,
    /// Whether the gateway is about to stop.
    pub drain: Drain,
}

#[derive(Debug)]
struct Shared {
    router: Router,
    hygiene: Hygiene,
    /// For each provider, in their order.
    ready: Vec<Ready>,
    means: Means,
}

/// An operation on its way.
type Answering<'a> = Pin<Box<dyn Future<Output = Result<Answer, Refusal>> + Send + 'a>>;

const UNMATCHED: &str = "unmatched";
/// An error reply longer than this isn't one that says something.
const ERROR_LIMIT: usize = 256 * 1024;

impl Gateway {
    /// A gateway that answers these routes.
    pub fn new(routes: &'static [Route], means: Means) -> Self {
        Self(Arc::new(Shared {
            router: Router::new(routes),
            hygiene: Hygiene::new(routes, &means.providers),
            ready: means.providers.iter().map(Ready::new).collect(),
            means,
        }))
    }
}

impl Handler for Gateway {
    fn answer(self, request: Request<Received>) -> impl Future<Output = Response<Body>> + Send {
        let (head, body) = request.into_parts();
        let (method, path) = (&head.method, head.uri.path());
        let found = self.0.router.find(method, path, &head.headers);
        let template = found.as_ref().map_or(UNMATCHED, |found| found.route.path);
        let observer = &self.0.means.observer;
        let mut exchange = observer.begin(method, template, &head.headers);
        let asked = found.map(|Found { route, values }| {
            Box::new(Asked {
                route,
                values,
                head,
            })
        });
        async move {
            let answer = match asked {
                Ok(mut asked) => self.0.rescue(&mut asked, body, &mut exchange).await,
                Err(unmatched) => Answer::Whole(nowhere(unmatched)),
            };
            answer.observed(exchange)
        }
    }
}

impl Shared {
    /// An error becomes an answer in the dialect of whoever asked.
    async fn rescue(&self, asked: &mut Asked, body: Received, exchange: &mut Exchange) -> Answer {
        let dialect = asked.route.dialect;
        if !asked.route.public
            && !self.means.gate.is_open()
            && let Err(denied) = Box::pin(self.let_in(asked)).await
        {
            return refused(denied.into(), dialect, exchange);
        }
        match self.operate(asked, body, exchange).await {
            Ok(answer) => answer,
            Err(refusal) => refused(refusal, dialect, exchange),
        }
    }

    async fn let_in(&self, asked: &Asked) -> Result<(), Denied> {
        self.means.gate.check(asked.token().as_deref()).await
    }

    /// Each operation in a box of its own size: what all go through mustn't cost what the largest needs.
    fn operate<'a>(
        &'a self,
        asked: &'a mut Asked,
        body: Received,
        exchange: &'a mut Exchange,
    ) -> Answering<'a> {
        match asked.route.operation {
            Operation::Chat => Box::pin(chat::answer(self, asked, body, exchange)),
            Operation::Embed => Box::pin(embed::answer(self, asked, body, exchange)),
            Operation::CountTokens => Box::pin(count_tokens::answer(self, asked, body, exchange)),
            Operation::Proxy => Box::pin(proxy::answer(self, asked, body, exchange)),
            Operation::ListAllModels => Box::pin(models::answer_all(self, asked, exchange)),
            Operation::ListModels => Box::pin(models::answer(self, asked, exchange)),
            Operation::GetModel => Box::pin(models::answer_one(self, asked, body, exchange)),
            Operation::Health => at_once(health::answer(self.means.drain.has_begun())),
            Operation::Constant => at_once(constant(asked)),
            Operation::Capabilities => at_once(Answer::Whole(json(capabilities::JSON))),
        }
    }

    /// Sends a request to its provider, and gives whatever that replies.
    fn reach<'a>(
        &'a self,
        target: Target<'a>,
        request: impl Into<Outbound<Body>>,
        address: &'a Address,
    ) -> impl Future<Output = Result<Response<Reply>, Refusal>> + Send + 'a {
        self.means.upstream.send(request).map(move |sent| {
            let response = sent.inspect_err(|failure| {
                let provider = target.config.provider.id;
                warn!(provider, %address, error = %failure, "no reply from the provider");
            })?;
            Ok(response)
        })
    }

    /// Has a request answered by its provider; a reply that is an error is a refusal.
    async fn send(
        &self,
        target: Target<'_>,
        endpoint: &Endpoint,
        request: Request<Bytes>,
        address: &Address,
    ) -> Result<Response<Reply>, Refusal> {
        let config = target.config;
        let id = config.provider.id;
        let response = self.reach(target, request.map(Body::from), address).await?;
        let status = response.status();
        if status.is_success() {
            return Ok(response);
        }
        warn!(provider = id, %address, status = status.as_u16(), "the provider answered with an error");
        let failed = async {
            let (head, body) = response.into_parts();
            // Whatever it is, the status stands.
            let text = body.whole(ERROR_LIMIT).await.unwrap_or_default();
            let said = (endpoint.dialect.decode_error)(status.as_u16(), &head.headers, &text);
            let token = config.token.as_ref();
            Refusal::by_provider(said, token)
        };
        Err(Box::pin(failed).await)
    }
}

fn at_once<'a>(answer: Answer) -> Answering<'a> {
    Box::pin(std::future::ready(Ok(answer)))
}

fn refused(refusal: Refusal, dialect: &Dialect, exchange: &mut Exchange) -> Answer {
    exchange.error(refusal.word());
    Answer::Whole(refusal.reply(dialect, exchange.request_id()))
}

fn constant(asked: &Asked) -> Answer {
    Answer::Whole(json(asked.route.reply.unwrap_or_default()))
}

/// No route, hence no dialect.
fn nowhere(unmatched: Unmatched) -> Response<Bytes> {
    let (status, text) = match unmatched {
        Unmatched::Path => (StatusCode::NOT_FOUND, r#"{"error":"Not found."}"#),
        Unmatched::Method(_) => (
            StatusCode::METHOD_NOT_ALLOWED,
            r#"{"error":"Method not allowed."}"#,
        ),
    };
    let mut response = json(text);
    *response.status_mut() = status;
    if let Unmatched::Method(methods) = unmatched
        && let Ok(allow) = HeaderValue::try_from(methods.join(", "))
    {
        response.headers_mut().insert(ALLOW, allow);
    }
    response
}

fn json(body: impl Into<Bytes>) -> Response<Bytes> {
    let mut response = Response::new(body.into());
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
