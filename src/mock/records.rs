//! What was asked last, for whoever wants to see what a provider gets: without credentials, and whether it was answered
//! to the end.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::Method;
use hyper::header::{ALLOW, AUTHORIZATION, COOKIE, HeaderMap, HeaderValue, PROXY_AUTHORIZATION};
use hyper::{Response, StatusCode, http::request::Parts};
use serde_json::{Map, Value, json};

use crate::server::Body;
use crate::table::Scheme;

use super::places::Found;
use super::{json as reply, plain};

/// The last requests. Clones are the same list.
#[derive(Debug, Clone, Default)]
pub(super) struct Records(Arc<Mutex<List>>);

#[derive(Debug, Default)]
struct List {
    last: u64,
    kept: VecDeque<Record>,
}

#[derive(Debug)]
struct Record {
    number: u64,
    /// Of the request.
    told: Value,
    /// The body as it came, to search.
    body: String,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    Running,
    Answered,
    Cancelled,
}

/// A request that is being answered. It is cancelled, unless it is said to be answered.
#[derive(Debug)]
pub(super) struct Ticket {
    records: Records,
    number: u64,
    answered: bool,
}

/// Stands where a credential was.
const MASK: &str = "***";
/// Of the query: only requests whose body holds this text.
const CONTAINING: &str = "containing";

impl Records {
    /// Keeps a request, and of all only this many.
    pub(super) fn note(&self, head: &Parts, body: &[u8], found: &Found, most: usize) -> Ticket {
        let text = String::from_utf8_lossy(body).into_owned();
        let parsed = serde_json::from_str(&text).unwrap_or_else(|_| Value::from(text.clone()));
        let told = json!({
            "provider": found.provider.id,
            "dialect": found.endpoint.dialect.name,
            "operation": found.operation.name(),
            "method": head.method.as_str(),
            "path": head.uri.path(),
            "headers": shown(&head.headers, found.provider.auth.as_ref()),
            "body": parsed,
        });
        let mut list = self.lock();
        list.last += 1;
        let number = list.last;
        list.kept.push_back(Record {
            number,
            told,
            body: text,
            state: State::Running,
        });
        let surplus = list.kept.len().saturating_sub(most);
        list.kept.drain(..surplus);
        Ticket {
            records: self.clone(),
            number,
            answered: false,
        }
    }

    /// Tells them, the oldest first.
    pub(super) fn answer(&self, method: &Method, query: &[(String, String)]) -> Response<Body> {
        if *method != Method::GET {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.");
            let allow = HeaderValue::from_static("GET");
            response.headers_mut().insert(ALLOW, allow);
            return response;
        }
        let wanted = query.iter().filter(|(name, _)| name == CONTAINING);
        let wanted: Vec<_> = wanted.map(|(_, text)| text.as_str()).collect();
        let list = self.lock();
        let fitting = list.kept.iter();
        let fitting = fitting.filter(|record| wanted.iter().all(|text| record.body.contains(text)));
        let told: Vec<Value> = fitting.map(Record::told).collect();
        reply(Value::from(told).to_string())
    }

    fn end(&self, number: u64, state: State) {
        let mut list = self.lock();
        let mut kept = list.kept.iter_mut();
        if let Some(record) = kept.find(|record| record.number == number) {
            record.state = state;
        }
    }

    fn lock(&self) -> MutexGuard<'_, List> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Record {
    fn told(&self) -> Value {
        let mut told = self.told.clone();
        told["number"] = self.number.into();
        told["state"] = match self.state {
            State::Running => "running",
            State::Answered => "answered",
            State::Cancelled => "cancelled",
        }
        .into();
        told
    }
}

impl Ticket {
    /// All of the answer has been given.
    pub(super) fn answered(&mut self) {
        self.answered = true;
        self.records.end(self.number, State::Answered);
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if !self.answered {
            self.records.end(self.number, State::Cancelled);
        }
    }
}

fn shown(headers: &HeaderMap, scheme: Option<&Scheme>) -> Value {
    let own = match scheme {
        Some(Scheme::Header(name)) => Some(*name),
        _ => None,
    };
    let secret = |name: &str| {
        [AUTHORIZATION, PROXY_AUTHORIZATION, COOKIE]
            .iter()
            .any(|secret| secret == name)
            || own.is_some_and(|own| own.eq_ignore_ascii_case(name))
    };
    let mut shown = Map::new();
    for (name, value) in headers {
        let text = match secret(name.as_str()) {
            true => MASK.to_owned(),
            false => String::from_utf8_lossy(value.as_bytes()).into_owned(),
        };
        shown.insert(name.as_str().to_owned(), text.into());
    }
    shown.into()
}
