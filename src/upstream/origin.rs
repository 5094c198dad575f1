//! One provider's connections: which is taken, which are kept, and until when.

use std::collections::VecDeque;
use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use hyper::header::{HeaderValue, InvalidHeaderValue};
use hyper::http::uri::{Authority, Scheme};
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep_until};

use super::connect::{Connect, speaks_http2};
use super::failure::Failure;
use super::http1::Link;
use super::http2::Shared;

/// What is kept, and for how long.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How many connections may be idle, for each origin.
    pub(super) size: usize,
    /// For how long one may be idle.
    pub(super) idle: Duration,
    /// The shortest of the bounds on a wait for a reply.
    pub(super) period: Duration,
}

/// A scheme, host and port, and the connections to it.
#[derive(Debug)]
pub(super) struct Origin {
    scheme: Scheme,
    authority: Authority,
    host: HeaderValue,
    connect: Connect,
    bounds: Bounds,
    state: Mutex<State>,
    /// Held during a handshake that may lead to HTTP/2, whose one connection the others wait for. It keeps what the
    /// last one came to, for those who waited for it.
    handshake: tokio::sync::Mutex<Option<(Instant, Failure)>>,
}

#[derive(Debug)]
struct State {
    /// The one that was used last is at the back.
    idle: VecDeque<Idle>,
    spoken: Spoken,
    handshakes: u64,
    /// Whether somebody closes what has been idle for too long.
    swept: bool,
}

#[derive(Debug)]
struct Idle {
    link: Box<Link>,
    since: Instant,
}

/// What the origin chose when it was connected to.
#[derive(Debug)]
enum Spoken {
    Unknown,
    Http1,
    Http2 { shared: Shared, used: Instant },
}

/// A connection that can carry a request.
#[derive(Debug)]
pub(super) enum Way {
    /// This request only.
    Http1(Box<Link>),
    /// Others as well.
    Http2(Shared),
}

/// How long a connection that the provider has closed may go unnoticed.
const NOTICE: Duration = Duration::from_secs(5);

impl State {
    fn new(scheme: &Scheme) -> Self {
        Self {
            idle: VecDeque::new(),
            // Only TLS lets the provider choose.
            spoken: if *scheme == Scheme::HTTPS {
                Spoken::Unknown
            } else {
                Spoken::Http1
            },
            handshakes: 0,
            swept: false,
        }
    }

    /// Since when the shared connection got no new request. One that is closed, or got none for too long, is let go.
    fn shared_since(&mut self, now: Instant, bound: Duration) -> Option<Instant> {
        match &self.spoken {
            Spoken::Http2 { shared, used } if !shared.is_closed() && now < *used + bound => {
                Some(*used)
            }
            Spoken::Http2 { .. } => {
                self.spoken = Spoken::Unknown;
                None
            }
            _ => None,
        }
    }
}

impl Origin {
    /// Where a scheme and an authority lead.
    pub(super) fn new(
        scheme: &Scheme,
        authority: &Authority,
        connect: Connect,
        bounds: Bounds,
    ) -> Result<Self, Failure> {
        let host =
            host_of(scheme, authority).map_err(|error| Failure::Unreachable(error.to_string()))?;
        Ok(Self {
            scheme: scheme.clone(),
            authority: authority.clone(),
            host,
            connect,
            bounds,
            state: Mutex::new(State::new(scheme)),
            handshake: tokio::sync::Mutex::default(),
        })
    }

    /// Whether this is where they lead. An address is written the same way each time: it comes from the settings.
    pub(super) fn is_at(&self, scheme: &Scheme, authority: &Authority) -> bool {
        self.authority.as_str() == authority.as_str() && self.scheme == *scheme
    }

    /// What a request's Host header says.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.host
    }

    /// A connection that is there: the shared one, or the one that was idle for the shortest time.
    pub(super) fn checkout(&self, now: Instant) -> Option<Way> {
        let mut state = self.state();
        if let Spoken::Http2 { shared, used } = &mut state.spoken {
            if !shared.is_closed() {
                *used = now;
                return Some(Way::Http2(shared.clone()));
            }
            state.spoken = Spoken::Unknown;
        }
        let idle = state.idle.pop_back()?;
        if now < idle.since + self.bounds.idle {
            return Some(Way::Http1(idle.link));
        }
        // All others have been idle for longer.
        let expired = mem::take(&mut state.idle);
        drop(state);
        drop(expired);
        None
    }

    /// A new connection, or one that another request has just made for all; whether it is new.
    pub(super) async fn connect(self: &Arc<Self>) -> Result<(Way, bool), Failure> {
        if matches!(self.state().spoken, Spoken::Http1) {
            return Ok((self.handshake().await?, true));
        }
        let began = Instant::now();
        let mut last = self.handshake.lock().await;
        if let Some(way) = self.checkout(Instant::now()) {
            return Ok((way, false));
        }
        if matches!(self.state().spoken, Spoken::Http1) {
            drop(last);
            return Ok((self.handshake().await?, true));
        }
        if let Some((ended, failure)) = &*last
            && *ended >= began
        {
            return Err(failure.clone());
        }
        let made = self.handshake().await;
        *last = made
            .as_ref()
            .err()
            .map(|failure| (Instant::now(), failure.clone()));
        Ok((made?, true))
    }

    async fn handshake(self: &Arc<Self>) -> Result<Way, Failure> {
        let stream = self.connect.to(&self.scheme, &self.authority).await?;
        if !speaks_http2(&stream) {
            self.state().spoken = Spoken::Http1;
            return Ok(Way::Http1(Link::new(stream, self.bounds.period)));
        }
        let id = {
            let mut state = self.state();
            state.handshakes += 1;
            state.handshakes
        };
        let shared = Shared::open(stream, id).await;
        let shared = shared.map_err(|error| Failure::on_the_way(&error))?;
        let used = Instant::now();
        let mut state = self.state();
        self.have_swept(&mut state);
        state.spoken = Spoken::Http2 {
            shared: shared.clone(),
            used,
        };
        Ok(Way::Http2(shared))
    }

    /// Keeps a connection for the next request.
    pub(super) fn give_back(self: &Arc<Self>, link: Box<Link>) {
        if self.bounds.size == 0 {
            return;
        }
        let since = Instant::now();
        let mut state = self.state();
        if !self.have_swept(&mut state) {
            return;
        }
        // The oldest is the likeliest to be closed by the provider.
        let surplus = (state.idle.len() >= self.bounds.size).then(|| state.idle.pop_front());
        state.idle.push_back(Idle { link, since });
        drop(state);
        drop(surplus);
    }

    /// A shared connection is at its end, though it may still carry what is under way.
    pub(super) fn forget(&self, gone: &Shared) {
        let mut state = self.state();
        if matches!(&state.spoken, Spoken::Http2 { shared, .. } if shared.id == gone.id) {
            state.spoken = Spoken::Unknown;
        }
    }

    /// Sees to it that idle connections are closed though no request comes.
    fn have_swept(self: &Arc<Self>, state: &mut State) -> bool {
        if state.swept {
            return true;
        }
        let Ok(runtime) = Handle::try_current() else {
            return false;
        };
        runtime.spawn(sweep(Arc::downgrade(self)));
        state.swept = true;
        true
    }

    /// Closes what has been idle for too long or was closed by the provider; when to look again.
    fn sweep(&self, now: Instant) -> Option<Instant> {
        let bound = self.bounds.idle;
        let mut closed = Vec::new();
        let mut state = self.state();
        for _ in 0..state.idle.len() {
            let Some(mut idle) = state.idle.pop_front() else {
                break;
            };
            if now >= idle.since + bound || idle.link.end().is_some() {
                closed.push(idle);
            } else {
                state.idle.push_back(idle);
            }
        }
        let oldest = state.idle.front().map(|oldest| oldest.since);
        let next = oldest.or_else(|| state.shared_since(now, bound));
        state.swept = next.is_some();
        drop(state);
        Some((next? + bound).min(now + NOTICE))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the Host header says: no port where it goes without saying.
fn host_of(scheme: &Scheme, authority: &Authority) -> Result<HeaderValue, InvalidHeaderValue> {
    let usual = if *scheme == Scheme::HTTPS { 443 } else { 80 };
    match authority.port_u16() {
        Some(port) if port != usual => {
            HeaderValue::try_from(format!("{}:{port}", authority.host()))
        }
        _ => HeaderValue::from_str(authority.host()),
    }
}

async fn sweep(origin: Weak<Origin>) {
    while let Some(next) = origin
        .upgrade()
        .and_then(|origin| origin.sweep(Instant::now()))
    {
        sleep_until(next).await;
    }
}
