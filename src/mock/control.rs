//! The behaviour of a running mock: set for all requests or for one, and the count of requests by which some fail.

use std::sync::{Mutex, MutexGuard, PoisonError};

use hyper::header::{ALLOW, HeaderMap, HeaderValue};
use hyper::{Method, Response, StatusCode};
use serde_json::{Map, Value};

use crate::error::Fault;
use crate::server::Body;

use super::behaviour::{Behaviour, NAMES};
use super::{json, plain};

/// The behaviour of a running mock.
#[derive(Debug)]
pub(super) struct Control(Mutex<State>);

#[derive(Debug)]
struct State {
    behaviour: Behaviour,
    requests: usize,
}

impl Control {
    pub(super) fn new(behaviour: Behaviour) -> Self {
        Self(Mutex::new(State {
            behaviour,
            requests: 0,
        }))
    }

    /// Counts one request: how it is treated, and whether it fails.
    pub(super) fn next(&self, headers: &HeaderMap) -> Result<(Behaviour, bool), Fault> {
        let (mut behaviour, number) = {
            let mut state = self.lock();
            state.requests += 1;
            (state.behaviour, state.requests)
        };
        for name in NAMES {
            let header = format!("x-mock-{name}");
            let Some(value) = headers.get(&header) else {
                continue;
            };
            let text = value.to_str().unwrap_or_default();
            let set = behaviour.set(name, text);
            set.map_err(|fault| Fault::new(fault.what).at(header))?;
        }
        let fails = behaviour.fail_every > 0 && number.is_multiple_of(behaviour.fail_every);
        Ok((behaviour, fails))
    }

    /// Tells the behaviour, after changing it with a POST. A change starts the count anew.
    pub(super) fn answer(&self, method: &Method, body: &[u8]) -> Response<Body> {
        match *method {
            Method::GET => {}
            Method::POST => {
                if let Err(fault) = self.change(body) {
                    return plain(StatusCode::BAD_REQUEST, &fault.to_string());
                }
            }
            _ => {
                let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "Method not allowed.");
                let allow = HeaderValue::from_static("GET, POST");
                response.headers_mut().insert(ALLOW, allow);
                return response;
            }
        }
        json(self.lock().behaviour.to_json().to_string())
    }

    fn change(&self, body: &[u8]) -> Result<(), Fault> {
        let changes: Map<String, Value> = serde_json::from_slice(body)
            .map_err(|_| Fault::new("expected a JSON object, as in {\"delay\": \"50ms\"}"))?;
        let mut state = self.lock();
        // All or nothing.
        let mut behaviour = state.behaviour;
        for (name, value) in &changes {
            let text = match value {
                Value::String(text) => text.clone(),
                other => other.to_string(),
            };
            behaviour.set(&name.replace('_', "-"), &text)?;
        }
        *state = State {
            behaviour,
            requests: 0,
        };
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
