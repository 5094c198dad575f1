//! What one connection is doing: waiting for a request, receiving a head, or answering.
//!
//! Told by its IO and its requests. Idle time is read by polling, never notified: every bound only moves later, so a
//! sleep that ends early is put right by looking again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::time::{Instant, sleep_until};

use super::Limits;

/// Shared between a connection's IO, its requests and its driver.
#[derive(Debug)]
pub(super) struct Activity {
    state: Mutex<State>,
    limits: Limits,
    /// HTTP/1: bytes between requests begin a head.
    heads: bool,
}

#[derive(Debug)]
struct State {
    running: usize,
    since: Instant,
    head: Option<Instant>,
    unread: bool,
}

/// A request that is being answered; dropped when the last byte of its answer has been handed over.
#[derive(Debug)]
pub(super) struct Running(Arc<Activity>);

impl Activity {
    pub(super) fn new(limits: Limits, heads: bool) -> Self {
        let state = State {
            running: 0,
            since: Instant::now(),
            head: None,
            unread: false,
        };
        Self {
            state: Mutex::new(state),
            limits,
            heads,
        }
    }

    /// A head is complete. Also tells until when the body must have come.
    pub(super) fn begin(self: &Arc<Self>) -> (Running, Instant) {
        let mut state = self.lock();
        state.running += 1;
        let from = state.head.take().unwrap_or_else(Instant::now);
        (Running(self.clone()), from + self.limits.read)
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        let mut state = self.lock();
        if self.heads && state.running == 0 && state.head.is_none() {
            state.head = Some(Instant::now());
        }
    }

    /// Until when the head that is coming must be complete.
    pub(super) fn head_due(&self) -> Option<Instant> {
        Some(self.lock().head? + self.limits.read)
    }

    /// A request's body wasn't read to its end.
    pub(super) fn leave_unread(&self) {
        self.lock().unread = true;
    }

    /// Whether the peer may still be sending a body that nobody reads.
    pub(super) fn has_unread(&self) -> bool {
        self.heads && self.lock().unread
    }

    /// Waits until nothing has happened for the idle timeout.
    pub(super) async fn idle(&self) {
        loop {
            match self.idle_at() {
                Some(due) if due <= Instant::now() => return,
                Some(due) => sleep_until(due).await,
                None => sleep_until(Instant::now() + self.limits.idle).await,
            }
        }
    }

    fn idle_at(&self) -> Option<Instant> {
        let state = self.lock();
        let idle = state.running == 0 && state.head.is_none();
        idle.then(|| state.since + self.limits.idle)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// The connection it runs on.
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.0
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut state = self.0.lock();
        state.running -= 1;
        state.since = Instant::now();
    }
}
