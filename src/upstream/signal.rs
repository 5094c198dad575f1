//! Who is to be woken when a connection has something to do.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Wake, Waker};

use futures_util::task::AtomicWaker;

/// The waker of one connection, which outlives the requests on it.
///
/// A connection and the two ends of its channels wake each other while they are polled. Given the task's own waker,
/// each of those would have the whole task polled once more for nothing; here they only leave a mark.
#[derive(Debug)]
pub(super) struct Signal {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl Signal {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            woken: AtomicBool::new(true),
            task: AtomicWaker::new(),
        })
    }

    /// Whether there is something to do, which is going to be done.
    pub(super) fn take(&self) -> bool {
        self.woken.swap(false, Ordering::AcqRel)
    }

    /// There may be more to do as soon as somebody asks.
    pub(super) fn set(&self) {
        self.woken.store(true, Ordering::Release);
    }

    /// From now on this task is to be woken. One that can't wait any more is woken at once.
    pub(super) fn forward_to(&self, task: &Waker) {
        self.task.register(task);
        if self.woken.load(Ordering::Acquire) {
            task.wake_by_ref();
        }
    }
}

impl Wake for Signal {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.set();
        self.task.wake();
    }
}
