//! What one connection is doing: waiting for a request, receiving a head, or answering.
//!
//! Told by its IO and its requests. Bounds are read by polling, never notified: each only moves later, so a sleep that
//! ends early is put right by looking again.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::Limits;

/// Shared between a connection's IO, its requests and its driver. Nothing waits for a lock: each read and each piece of
/// an answer looks here.
#[derive(Debug)]
pub(super) struct Activity {
    limits: Limits,
    /// HTTP/1: bytes between requests begin a head.
    heads: bool,
    opened: Instant,
    running: AtomicUsize,
    since: Moment,
    head: Moment,
    /// Bodies of requests that somebody may still read.
    bodies: AtomicUsize,
    unread: AtomicBool,
    /// Bytes of an answer wait for the peer to take some.
    unsent: AtomicBool,
    /// Answers of which a piece has been handed over and the next not been asked for.
    waiting: AtomicUsize,
    /// When a piece was last handed over or asked for.
    moved: Moment,
}

/// A time after the connection was opened, or none.
#[derive(Debug, Default)]
struct Moment(AtomicU64);

/// A request that is being answered; dropped when the last byte of its answer has been handed over.
#[derive(Debug)]
pub(super) struct Running {
    activity: Arc<Activity>,
    waiting: bool,
}

/// Why a connection is to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Overdue {
    /// Nothing has happened for the idle timeout.
    Idle,
    /// HTTP/1: there has been no request for a while, and nothing of any is left.
    Rest,
    /// Answers have been waiting for the write timeout.
    Stalled,
}

impl Moment {
    fn set(&self, opened: Instant) {
        let passed = opened.elapsed().as_nanos();
        let passed = u64::try_from(passed).unwrap_or(u64::MAX - 1);
        self.0.store(passed + 1, Ordering::Release);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire) > 0
    }

    fn take(&self, opened: Instant) -> Option<Instant> {
        Self::of(self.0.swap(0, Ordering::AcqRel), opened)
    }

    fn get(&self, opened: Instant) -> Option<Instant> {
        Self::of(self.0.load(Ordering::Acquire), opened)
    }

    fn of(stored: u64, opened: Instant) -> Option<Instant> {
        let passed = stored.checked_sub(1)?;
        Some(opened + Duration::from_nanos(passed))
    }
}

impl Activity {
    pub(super) fn new(limits: Limits, heads: bool) -> Self {
        Self {
            limits,
            heads,
            opened: Instant::now(),
            running: AtomicUsize::new(0),
            since: Moment::default(),
            head: Moment::default(),
            bodies: AtomicUsize::new(0),
            unread: AtomicBool::new(false),
            unsent: AtomicBool::new(false),
            waiting: AtomicUsize::new(0),
            moved: Moment::default(),
        }
    }

    /// A head is complete. Also tells until when the body must have come.
    pub(super) fn begin(self: &Arc<Self>) -> (Running, Instant) {
        self.running.fetch_add(1, Ordering::AcqRel);
        let from = self.head.take(self.opened).unwrap_or_else(Instant::now);
        let running = Running {
            activity: self.clone(),
            waiting: false,
        };
        (running, from + self.limits.read)
    }

    /// Bytes have come.
    pub(super) fn received(&self) {
        if self.heads && self.running.load(Ordering::Acquire) == 0 && !self.head.is_set() {
            self.head.set(self.opened);
        }
    }

    /// Until when the head that is coming must be complete.
    pub(super) fn head_due(&self) -> Option<Instant> {
        Some(self.head.get(self.opened)? + self.limits.read)
    }

    /// There is a request's body to be read.
    pub(super) fn open_body(&self) {
        self.bodies.fetch_add(1, Ordering::AcqRel);
    }

    /// Nobody reads that body any longer.
    pub(super) fn close_body(&self, unread: bool) {
        if unread {
            self.unread.store(true, Ordering::Release);
        }
        self.bodies.fetch_sub(1, Ordering::AcqRel);
    }

    /// Whether bytes are left that the peer hasn't taken.
    pub(super) fn set_unsent(&self, unsent: bool) {
        self.unsent.store(unsent, Ordering::Release);
    }

    /// Whether the peer may still be sending a body that nobody reads.
    pub(super) fn has_unread(&self) -> bool {
        self.heads && self.unread.load(Ordering::Acquire)
    }

    /// Whether it is to end, or else when that is to be asked again.
    pub(super) fn overdue(&self) -> Result<Overdue, Instant> {
        let (idle, stalled) = (self.idle_from(), self.stalled_from());
        let now = Instant::now();
        match () {
            () if stalled <= now => Ok(Overdue::Stalled),
            () if idle <= now => Ok(Overdue::Idle),
            () if !self.heads => Err(idle.min(stalled)),
            // Of HTTP/1 no answer waits.
            () => self.rests(now).map_err(|later| idle.min(later)),
        }
    }

    /// HTTP/1: whether it rests, or else when that is to be asked again.
    fn rests(&self, now: Instant) -> Result<Overdue, Instant> {
        let from = self.passed(self.is_idle(), &self.since, self.limits.rest);
        if from > now {
            return Err(from);
        }
        let left = self.bodies.load(Ordering::Acquire) > 0
            || self.has_unread()
            || self.unsent.load(Ordering::Acquire);
        match left {
            true => Err(now + self.limits.rest),
            false => Ok(Overdue::Rest),
        }
    }

    fn is_idle(&self) -> bool {
        self.running.load(Ordering::Acquire) == 0 && !self.head.is_set()
    }

    /// Waits until nothing has happened for the idle timeout.
    pub(super) async fn idle(&self) {
        reached(|| self.idle_from()).await;
    }

    /// HTTP/2: waits until answers have been waiting for the write timeout, and none has moved.
    ///
    /// Its streams have windows of their own, so a peer can take every byte of the connection and none of an answer.
    /// The connection is judged as a whole: one stream can't be ended from outside, and the others may be healthy.
    pub(super) async fn stalled(&self) {
        reached(|| self.stalled_from()).await;
    }

    fn idle_from(&self) -> Instant {
        self.passed(self.is_idle(), &self.since, self.limits.idle)
    }

    fn stalled_from(&self) -> Instant {
        let waiting = self.waiting.load(Ordering::Acquire) > 0;
        self.passed(waiting, &self.moved, self.limits.write)
    }

    /// When this will have lasted for that long; it doesn't last now, then from now on.
    fn passed(&self, lasts: bool, since: &Moment, bound: Duration) -> Instant {
        match lasts {
            true => since.get(self.opened).unwrap_or(self.opened) + bound,
            false => Instant::now() + bound,
        }
    }
}

async fn reached(when: impl Fn() -> Instant) {
    loop {
        let when = when();
        if when <= Instant::now() {
            return;
        }
        sleep_until(when).await;
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
        self.activity.moved.set(self.activity.opened);
        match waiting {
            true => self.activity.waiting.fetch_add(1, Ordering::AcqRel),
            false => self.activity.waiting.fetch_sub(1, Ordering::AcqRel),
        };
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.handed_over(false);
        self.activity.since.set(self.activity.opened);
        self.activity.running.fetch_sub(1, Ordering::AcqRel);
    }
}
