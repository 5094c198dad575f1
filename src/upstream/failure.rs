//! Why there is no reply, or no more of it, and whose fault that is.

use std::error::Error;
use std::fmt;
use std::io::{self, ErrorKind};

use crate::server::BodyError;

/// Why there is no reply, or no more of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Failure {
    /// No connection could be made; the text is for the log.
    Unreachable(String),
    /// It took too long.
    Timeout(Wait),
    /// The connection broke, or what came isn't HTTP; the text is for the log.
    Closed(String),
    /// It is longer than this many bytes.
    TooLarge(usize),
    /// The caller's own body, which was being relayed, failed.
    Caller(BodyError),
}

/// What was waited for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// A connection.
    Connect,
    /// The head of the reply.
    FirstByte,
    /// More of the reply.
    More,
}

impl Failure {
    /// Why there is no connection.
    pub(super) fn to_connect(error: &(dyn Error + 'static)) -> Self {
        // The system, or one of several addresses, has a bound of its own.
        match cause::<io::Error>(error).map(io::Error::kind) {
            Some(ErrorKind::TimedOut) => Self::Timeout(Wait::Connect),
            _ => Self::Unreachable(deepest(error)),
        }
    }

    /// Why a request that had a connection failed.
    pub(super) fn on_the_way(error: &(dyn Error + 'static)) -> Self {
        match cause::<BodyError>(error) {
            Some(body) => Self::Caller(*body),
            None => Self::Closed(deepest(error)),
        }
    }
}

fn cause<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        next = error.source();
    }
    None
}

/// The last cause says what happened; those above it say that something did.
pub(super) fn deepest(error: &(dyn Error + 'static)) -> String {
    let mut last = error;
    while let Some(next) = last.source() {
        last = next;
    }
    last.to_string()
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no connection: {why}"),
            Self::Timeout(Wait::Connect) => f.write_str("no connection in time"),
            Self::Timeout(Wait::FirstByte) => f.write_str("no reply in time"),
            Self::Timeout(Wait::More) => f.write_str("the reply stopped coming"),
            Self::Closed(why) => write!(f, "the connection broke: {why}"),
            Self::TooLarge(limit) => write!(f, "the reply is larger than {limit} bytes"),
            Self::Caller(error) => error.fmt(f),
        }
    }
}

impl Error for Failure {}
