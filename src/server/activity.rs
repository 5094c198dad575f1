//! What one connection is doing: waiting for a request, receiving a head, or answering.
//!
//! Told by its IO and its requests. Bounds are read by polling, never notified: each only moves later, so a sleep that
//! ends early is put right by looking again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

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
    /// Answers of which a piece has been handed over and the next not been asked for.
    waiting: usize,
    /// When a piece was last handed over or asked for.
    moved: Instant,
}

/// A request that is being answered; dropped when the last byte of its answer has been handed over.
#[derive(Debug)]
pub(super) struct Running {
    activity: Arc<Activity>,
    waiting: bool,
}

impl Activity {
    pub(super) fn new(limits: Limits, heads: bool) -> Self {
        let now = Instant::now();
        let state = State {
            running: 0,
            since: now,
            head: None,
            unread: false,
            waiting: 0,
            moved: now,
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
        let running = Running {
            activity: self.clone(),
            waiting: false,
        };
        (running, from + self.limits.read)
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
        self.overdue(self.limits.idle, |state| {
            let idle = state.running == 0 && state.head.is_none();
            idle.then_some(state.since)
        })
        .await;
    }

    /// HTTP/2: waits until answers have been waiting for the write timeout, and none has moved.
    ///
    /// Its streams have windows of their own, so a peer can take every byte of the connection and none of an answer.
    /// The connection is judged as a whole: one stream can't be ended from outside, and the others may be healthy.
    pub(super) async fn stalled(&self) {
        self.overdue(self.limits.write, |state| {
            (state.waiting > 0).then_some(state.moved)
        })
        .await;
    }

    async fn overdue(&self, bound: Duration, since: impl Fn(&State) -> Option<Instant>) {
        loop {
            let now = Instant::now();
            let due = since(&self.lock()).unwrap_or(now) + bound;
            if due <= now {
                return;
            }
            sleep_until(due).await;
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Running {
    /// The connection it runs on.
    pub(super) fn activity(&self) -> &Arc<Activity> {
        &self.activity
    }

    /// HTTP/2: others may be answered on the same connection at the same time.
    pub(super) fn is_one_of_many(&self) -> bool {
        !self.activity.heads
    }

    /// A piece of the answer has been handed over, or the next is asked for.
    pub(super) fn handed_over(&mut self, waiting: bool) {
        if self.waiting == waiting {
            return;
        }
        self.waiting = waiting;
        let mut state = self.activity.lock();
        state.moved = Instant::now();
        match waiting {
            true => state.waiting += 1,
            false => state.waiting -= 1,
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handed_over(false);
        let mut state = self.activity.lock();
        state.running -= 1;
        state.since = Instant::now();
    }
}
