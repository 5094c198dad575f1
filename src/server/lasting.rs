//! How long a connection lasts: until it is closed, idle for too long, stalled, or drained.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::{Poll, Waker};
use std::time::Duration;

use hyper_util::server::graceful::GracefulConnection;
use tokio::time::{Instant, sleep, sleep_until};

use super::activity::{Activity, Overdue};
use super::connection::Served;
use super::shutdown::Drain;

/// How long a peer may take to acknowledge that an idle connection ends.
pub(super) const FAREWELL: Duration = Duration::from_secs(2);

/// Serves until there is a reason to stop, and lets what still runs finish.
pub(super) async fn drive<C>(
    mut connection: Pin<&mut C>,
    activity: &Activity,
    drain: &Drain,
) -> Served
where
    C: GracefulConnection,
    C::Error: Into<super::BoxError>,
{
    let over = until_over(connection.as_mut(), activity, drain).await;
    finish(connection, activity, over).await
}

/// Lets what still runs finish.
pub(super) async fn finish<C>(
    mut connection: Pin<&mut C>,
    activity: &Activity,
    over: Over<C::Error>,
) -> Served
where
    C: GracefulConnection,
    C::Error: Into<super::BoxError>,
{
    let drained = match over {
        Over::Closed(result) => return result.map_err(Into::into),
        Over::Due(Overdue::Stalled) => return Err(STALLED.into()),
        Over::Due(Overdue::Idle | Overdue::Rest) => false,
        Over::Drained => true,
    };
    connection.as_mut().graceful_shutdown();
    let idle = async {
        // A drain has a grace of its own.
        if drained {
            std::future::pending::<()>().await;
        }
        sleep(FAREWELL).await;
        activity.idle().await;
    };
    tokio::select! {
        result = connection => result.map_err(Into::into),
        () = activity.stalled() => Err(STALLED.into()),
        () = idle => Ok(()),
    }
}

const STALLED: &str = "the peer takes nothing of its answers";

/// Why a connection isn't served any longer.
pub(super) enum Over<E> {
    Closed(Result<(), E>),
    Due(Overdue),
    Drained,
}

/// Serves until there is a reason to stop.
///
/// Every piece of a stream comes by here, and hardly ever the drain or the timer. These are therefore only looked at,
/// and polled when there is something to see, or a waker that they don't have.
pub(super) async fn until_over<C: GracefulConnection>(
    mut connection: Pin<&mut C>,
    activity: &Activity,
    drain: &Drain,
) -> Over<C::Error> {
    let mut drained = pin!(drain.begun());
    let mut timer = pin!(sleep_until(Instant::now()));
    let mut known: Option<Waker> = None;
    poll_fn(|cx| {
        if let Poll::Ready(result) = connection.as_mut().poll(cx) {
            return Poll::Ready(Over::Closed(result));
        }
        let is_known = known
            .as_ref()
            .is_some_and(|known| known.will_wake(cx.waker()));
        if !is_known {
            known = Some(cx.waker().clone());
        }
        if (!is_known || drain.is_over()) && drained.as_mut().poll(cx).is_ready() {
            return Poll::Ready(Over::Drained);
        }
        if is_known && !timer.is_elapsed() {
            return Poll::Pending;
        }
        while timer.as_mut().poll(cx).is_ready() {
            match activity.overdue() {
                Ok(overdue) => return Poll::Ready(Over::Due(overdue)),
                Err(later) => timer.as_mut().reset(later),
            }
        }
        Poll::Pending
    })
    .await
}
