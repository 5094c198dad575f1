//! The end: signals, and telling everybody that it has begun.

use std::io;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

/// Starts the drain. Not `Clone`: one place decides that the end has come.
#[derive(Debug)]
pub struct Trigger(watch::Sender<bool>);

/// Says whether the drain has begun.
#[derive(Debug, Clone)]
pub struct Drain(watch::Receiver<bool>);

impl Trigger {
    /// A trigger and what it triggers.
    pub fn new() -> (Self, Drain) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Drain(receiver))
    }

    /// The drain begins.
    pub fn pull(&self) {
        self.0.send_replace(true);
    }
}

impl Drain {
    /// Whether it has begun.
    pub fn has_begun(&self) -> bool {
        *self.0.borrow()
    }

    /// Whether waiting would be over: cheap enough to be asked at every turn.
    pub(super) fn is_over(&self) -> bool {
        // This receiver has never looked, so any change is one.
        self.0.has_changed().unwrap_or(true)
    }

    /// Waits until it begins. A trigger that was dropped without being pulled counts as pulled.
    pub async fn begun(&self) {
        let mut receiver = self.0.clone();
        let _ = receiver.wait_for(|begun| *begun).await;
    }
}

/// A future for each SIGTERM or SIGINT. Fails if the system lets no handler be set.
pub fn signalled() -> io::Result<impl AsyncFnMut()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move || either(&mut terminate, &mut interrupt).await)
}

async fn either(terminate: &mut Signal, interrupt: &mut Signal) {
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
}
