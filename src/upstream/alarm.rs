//! A clock for bounds that are hardly ever reached.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, Sleep, sleep_until};

/// A timer that isn't set anew for each wait: it goes off at times, and then looks when it is really due.
#[derive(Debug)]
pub(super) struct Alarm {
    sleep: Option<Pin<Box<Sleep>>>,
    /// Which task it wakes. Until it does so, nobody else can be at that address: it holds what is there.
    task: usize,
    /// A small part of the shortest wait that is bounded with it: how much later than asked for it may go off.
    period: Duration,
}

/// How often it looks in the shortest wait.
const LOOKS: u32 = 8;

impl Alarm {
    /// For waits that are bounded by no less than this.
    pub(super) fn new(shortest: Duration) -> Self {
        Self {
            sleep: None,
            task: 0,
            // A timer can't tell less from nothing.
            period: (shortest / LOOKS).max(Duration::from_millis(1)),
        }
    }

    /// Ready when it is too late.
    pub(super) fn poll(&mut self, cx: &mut Context<'_>, due: Instant) -> Poll<()> {
        let task = cx.waker().data().addr();
        if self.goes_off_by(due) {
            if self.task == task {
                return Poll::Pending;
            }
            self.task = task;
            if let Some(sleep) = &mut self.sleep
                && sleep.as_mut().poll(cx).is_pending()
            {
                return Poll::Pending;
            }
        }
        self.task = task;
        loop {
            let now = Instant::now();
            if now >= due {
                return Poll::Ready(());
            }
            let next = due.min(now + self.period);
            let sleep = self
                .sleep
                .get_or_insert_with(|| Box::pin(sleep_until(next)));
            sleep.as_mut().reset(next);
            if sleep.as_mut().poll(cx).is_pending() {
                return Poll::Pending;
            }
        }
    }

    /// When such a wait is over that begins now and may last so long. It may end later by the alarm's period: the clock
    /// isn't read for every wait.
    pub(super) fn over(&self, wait: Duration) -> Instant {
        let set = self.sleep.as_ref().filter(|sleep| !sleep.is_elapsed());
        set.map_or_else(Instant::now, |sleep| sleep.deadline()) + wait
    }

    fn goes_off_by(&self, due: Instant) -> bool {
        self.sleep
            .as_ref()
            .is_some_and(|sleep| !sleep.is_elapsed() && sleep.deadline() <= due)
    }
}
