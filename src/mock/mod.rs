//! Providers without models: every provider of the spec, answered on its own paths with what can be known beforehand.
//!
//! The dialects work both ways, so the tables that call providers also serve as them. Knows no gateway in front, and
//! looks at no credential but to tell two providers of one path apart.

mod behaviour;
mod chat;
mod control;
mod embed;
mod models;
mod pieces;
mod places;
mod records;
mod reply;
mod sample;
mod serve;
mod words;

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use tokio::time::sleep;
use tracing::debug;

use crate::canonical::{Error, ErrorKind};
use crate::error::Fault;
use crate::provider::escape;
use crate::server::{Body, Handler, Received};
use crate::table::{Call, Dialect, Provider};

pub use behaviour::Behaviour;
pub use serve::Running;

use control::Control;
use places::{Found, Lost, Operation, Places};
use records::Records;

/// Answers as any provider of a table. Clones are the same mock.
#[derive(Debug, Clone)]
pub struct Mock(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    places: Places,
    control: Control,
    records: Records,
}

/// What a place is asked.
struct Asked<'r> {
    found: Found,
    head: &'r Parts,
    query: &'r [(String, String)],
    body: &'r [u8],
    behaviour: Behaviour,
}

/// Where the behaviour is read and set.
const CONFIG: &str = "/__mock/config";
/// Where the last requests are told.
const REQUESTS: &str = "/__mock/requests";
/// How long a caller that is refused for its rate is asked to wait, in seconds.
const RETRY_AFTER: f64 = 1.0;

impl Mock {
    /// A mock of these providers.
    pub fn new(providers: &'static [Provider], behaviour: Behaviour) -> Self {
        Self(Arc::new(Shared {
            places: Places::new(providers),
            control: Control::new(behaviour),
            records: Records::default(),
        }))
    }
}

impl Handler for Mock {
    async fn answer(self, request: Request<Received>) -> Response<Body> {
        let shared = &*self.0;
        let (head, body) = request.into_parts();
        let path = head.uri.path();
        let query: Vec<_> = escape::query(head.uri.query().unwrap_or_default()).collect();
        let body = match body.whole().await {
            Ok(body) => body,
            Err(error) => return plain(StatusCode::BAD_REQUEST, &error.to_string()),
        };
        if path == CONFIG {
            return shared.control.answer(&head.method, &body);
        }
        if path == REQUESTS {
            return shared.records.answer(&head.method, &query);
        }
        let found = match shared.places.find(&head, &query) {
            Ok(found) => found,
            Err(lost) => return nowhere(&lost),
        };
        let dialect = found.endpoint.dialect;
        debug!(
            provider = found.provider.id,
            operation = found.operation.name(),
            "asked"
        );
        let (behaviour, fails) = match shared.control.next(&head.headers) {
            Ok(next) => next,
            Err(fault) => return refuse(dialect, &misread(&fault)),
        };
        let records = &shared.records;
        let mut ticket = Some(records.note(&head, &body, &found, behaviour.keep));
        sleep(behaviour.delay).await;
        let asked = Asked {
            found,
            head: &head,
            query: &query,
            body: &body,
            behaviour,
        };
        let answered = match asked.found.operation {
            _ if fails => Err(planned(behaviour.fail_status)),
            Operation::List => models::answer(&asked).map_err(|fault| misread(&fault)),
            Operation::Chat { .. } => chat::answer(&asked, &mut ticket),
            Operation::Embed => embed::vectors(&asked).map_err(|fault| misread(&fault)),
            Operation::CountTokens => embed::count(&asked).map_err(|fault| misread(&fault)),
        };
        if let Some(ticket) = &mut ticket {
            ticket.answered();
        }
        answered.unwrap_or_else(|error| refuse(dialect, &error))
    }
}

impl Asked<'_> {
    fn call(&self) -> Call<'_> {
        Call {
            path: &self.found.values,
            query: self.query,
            headers: &self.head.headers,
            body: self.body,
            stream: match self.found.operation {
                Operation::Chat { stream } => stream,
                _ => None,
            },
        }
    }
}

fn misread(fault: &Fault) -> Box<Error<'static>> {
    Box::new(Error {
        kind: ErrorKind::InvalidRequest,
        status: Some(i64::from(StatusCode::BAD_REQUEST.as_u16())),
        message: Some(fault.to_string().into()),
        ..Error::default()
    })
}

fn planned(status: u16) -> Box<Error<'static>> {
    let by_class = match status {
        ..500 => ErrorKind::InvalidRequest,
        _ => ErrorKind::Internal,
    };
    let kind = ErrorKind::from_status(status).unwrap_or(by_class);
    Box::new(Error {
        kind,
        status: Some(i64::from(status)),
        message: Some(format!("The mock fails with status {status}, as it was told to.").into()),
        retry_after: (kind == ErrorKind::RateLimit).then_some(RETRY_AFTER),
        ..Error::default()
    })
}

/// An error in the shape of whoever is played.
fn refuse(dialect: &Dialect, error: &Error<'_>) -> Response<Body> {
    let written = (dialect.encode_error)(error);
    let mut response = json(written.body);
    let status = error.status.and_then(|status| u16::try_from(status).ok());
    *response.status_mut() = StatusCode::from_u16(status.unwrap_or(written.status))
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in written.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn nowhere(lost: &Lost) -> Response<Body> {
    match lost {
        Lost::Of(dialect, path) => {
            let error = Error {
                kind: ErrorKind::NotFound,
                status: Some(i64::from(StatusCode::NOT_FOUND.as_u16())),
                message: Some(format!("This provider answers nothing at {path}.").into()),
                ..Error::default()
            };
            refuse(dialect, &error)
        }
        Lost::Nowhere => plain(StatusCode::NOT_FOUND, "No provider answers here."),
        Lost::Between(ids) => {
            let ids = ids.join(", ");
            let text = format!(
                "More than one provider answers here: put its id first in the path, one of {ids}."
            );
            plain(StatusCode::NOT_FOUND, &text)
        }
    }
}

/// An error that is nobody's in particular.
fn plain(status: StatusCode, text: &str) -> Response<Body> {
    let mut response = json(serde_json::json!({ "error": text }).to_string());
    *response.status_mut() = status;
    response
}

fn json(body: impl Into<Bytes>) -> Response<Body> {
    let mut response = Response::new(Body::from(body.into()));
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}
