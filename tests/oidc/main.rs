//! Authentication against issuers on real sockets: the npm package `oidc-provider`, and a scripted one for what a
//! real one doesn't do.

mod client;
mod forged;
mod node;
mod real;
mod rules;
mod scripted;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use gateway::auth::{Denied, Gate, Pace};
use gateway::config::{Oidc, Secret};

/// The audience of every gate in these tests.
pub const AUDIENCE: &str = "gateway";

/// What a check can come to, in the words of HTTP.
#[derive(Debug, PartialEq, Eq, Clone, Copy)]
pub enum Outcome {
    /// The request goes on.
    Passes,
    /// `Denied::Unauthorized`
    Gets401,
    /// `Denied::Unavailable`
    Gets503,
}

/// A gate for this issuer.
pub fn gate(issuer: &str, pace: Pace) -> Gate {
    let oidc = Oidc {
        issuer_url: issuer.to_owned(),
        client_id: Secret::new(AUDIENCE),
        client_secret: None,
    };
    Gate::start_at(&oidc, pace).expect("the issuer's URL is one")
}

/// The usual pace, but impatient after failures.
pub fn brisk() -> Pace {
    Pace {
        first_pause: Duration::from_millis(50),
        longest_pause: Duration::from_millis(200),
        ..Pace::default()
    }
}

/// Checks the token, and that a refusal shows nothing of it.
pub async fn check(gate: &Gate, token: &str) -> (Outcome, String) {
    match gate.check(Some(token)).await {
        Ok(()) => (Outcome::Passes, String::new()),
        Err(denied) => {
            let text = denied.to_string();
            let parts = token.split('.').filter(|part| part.len() > 3);
            for part in parts {
                assert!(!text.contains(part), "the refusal shows the token: {text}");
            }
            match denied {
                Denied::Unauthorized(_) => (Outcome::Gets401, text),
                Denied::Unavailable(_) => (Outcome::Gets503, text),
            }
        }
    }
}

/// Checks until it comes to this, for at most ten seconds.
pub async fn comes_to(gate: &Gate, token: &str, outcome: Outcome) {
    let mut last = None;
    for _ in 0..200 {
        let found = check(gate, token).await;
        if found.0 == outcome {
            return;
        }
        last = Some(found);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("still {last:?}, expected {outcome:?}");
}

/// Seconds since 1970, as in a token's claims.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.expect("it is after 1970").as_secs() as i64
}
