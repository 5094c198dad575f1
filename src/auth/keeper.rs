//! Keeps what is known of the issuer fresh, in a task of its own.
//!
//! It reads again when the keys have aged, when a token names an unknown key, and, after a failure, again and
//! again with growing pauses. Keys that couldn't be renewed in time are no longer used: it fails closed.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep, timeout};

use super::Denied;
use super::issuer::{Issuer, Trust};
use super::quota::{Answer, Quota};

/// When the issuer is asked.
#[derive(Debug, Clone)]
pub struct Pace {
    /// The pause after the first failure; it doubles with each further one.
    pub first_pause: Duration,
    /// The longest pause after a failure.
    pub longest_pause: Duration,
    /// Bounds on what the issuer may say about how long its keys may be kept.
    pub keep: (Duration, Duration),
    /// How long keys are kept if the issuer says nothing.
    pub keep_usually: Duration,
    /// Unknown keys make it ask this many times in a row ..
    pub burst: u32,
    /// .. and then once in this time.
    pub ask_again: Duration,
    /// How long a request waits for an answer of the issuer.
    pub patience: Duration,
}

/// What is known of the issuer, and the task that keeps it fresh.
pub struct Keeper {
    known: watch::Receiver<Known>,
    asked: Arc<Notify>,
    quota: Mutex<Quota>,
    patience: Duration,
    task: AbortHandle,
}

/// The outcome of so many readings.
#[derive(Clone, Default)]
struct Known {
    readings: u64,
    /// The last reading failed.
    failed: bool,
    trust: Option<(Arc<Trust>, Instant)>,
}

impl Keeper {
    /// Begins to ask the issuer.
    pub fn start(issuer: Issuer, pace: Pace) -> Self {
        let (publish, known) = watch::channel(Known::default());
        let asked = Arc::new(Notify::new());
        let quota = Mutex::new(Quota::new(pace.burst, pace.ask_again));
        let patience = pace.patience;
        let task = tokio::spawn(keep(issuer, pace, publish, asked.clone())).abort_handle();
        Self {
            known,
            asked,
            quota,
            patience,
            task,
        }
    }

    /// What is known now, and the number of readings that it comes from. Only a start that is still under way
    /// is waited for.
    pub async fn trust(&self) -> Result<(Arc<Trust>, u64), Denied> {
        let known = self.after(0).await?;
        Ok((known.valid()?, known.readings))
    }

    /// What a reading after the first `seen` ones says. An issuer that was asked often lately isn't asked again;
    /// then it is what is known already.
    pub async fn newer(&self, seen: u64) -> Result<Arc<Trust>, Denied> {
        let now = self.known.borrow().clone();
        if now.readings == seen {
            if now.failed {
                return Err(unavailable());
            }
            let mut quota = self.quota.lock().unwrap_or_else(PoisonError::into_inner);
            match quota.take(seen) {
                Answer::Refused => return now.valid(),
                Answer::Granted => self.asked.notify_one(),
                Answer::Shared => {}
            }
        }
        let known = self.after(seen).await?;
        if known.failed {
            Err(unavailable())
        } else {
            known.valid()
        }
    }

    async fn after(&self, seen: u64) -> Result<Known, Denied> {
        let mut known = self.known.clone();
        let newer = known.wait_for(|known| known.readings > seen);
        match timeout(self.patience, newer).await {
            Ok(Ok(known)) => Ok(known.clone()),
            _ => Err(unavailable()),
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Known {
    fn valid(&self) -> Result<Arc<Trust>, Denied> {
        match &self.trust {
            Some((trust, until)) if Instant::now() < *until => Ok(trust.clone()),
            _ => Err(unavailable()),
        }
    }
}

async fn keep(issuer: Issuer, pace: Pace, publish: watch::Sender<Known>, asked: Arc<Notify>) {
    let mut pause = pace.first_pause;
    loop {
        match issuer.read().await {
            Ok(trust) => {
                let keep_for = pace.keep_for(&trust);
                let trust = Some((Arc::new(trust), Instant::now() + keep_for));
                report_success(&publish, &trust, &issuer);
                publish.send_modify(|known| {
                    *known = Known {
                        readings: known.readings + 1,
                        failed: false,
                        trust,
                    };
                });
                pause = pace.first_pause;
                // Early enough for a few more tries should the issuer be down just then.
                let _ = timeout(keep_for / 4 * 3, asked.notified()).await;
            }
            Err(fault) => {
                let pause_now = jittered(pause);
                tracing::warn!(
                    issuer = issuer.name(),
                    fault,
                    again_in_ms = pause_now.as_millis() as u64,
                    "the token issuer can't be asked; requests without a known key get 503"
                );
                publish.send_modify(|known| {
                    known.readings += 1;
                    known.failed = true;
                });
                sleep(pause_now).await;
                pause = (pause * 2).min(pace.longest_pause);
            }
        }
    }
}

fn report_success(
    before: &watch::Sender<Known>,
    trust: &Option<(Arc<Trust>, Instant)>,
    issuer: &Issuer,
) {
    let (first, failed) = (before.borrow().readings == 0, before.borrow().failed);
    if let (true, Some((trust, _))) = (first || failed, trust) {
        tracing::info!(
            issuer = issuer.name(),
            keys = trust.keys.len(),
            algorithms = ?trust.algorithms,
            "the token issuer's keys are known"
        );
    }
}

impl Pace {
    fn keep_for(&self, trust: &Trust) -> Duration {
        trust
            .keep_for
            .unwrap_or(self.keep_usually)
            .clamp(self.keep.0, self.keep.1)
    }
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            keep: (Duration::from_secs(5 * 60), Duration::from_secs(24 * 3600)),
            keep_usually: Duration::from_secs(3600),
            burst: 3,
            ask_again: Duration::from_secs(10),
            patience: Duration::from_secs(5),
        }
    }
}

/// Between half of it and all of it, so that gateways that lost the issuer together don't come back together.
fn jittered(pause: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    pause.mul_f64(0.5 + random as f64 / u64::MAX as f64 / 2.0)
}

fn unavailable() -> Denied {
    Denied::Unavailable("the token issuer can't be reached; tokens can't be checked now".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_stays_between_half_and_whole() {
        let pause = Duration::from_secs(8);
        let pauses: Vec<Duration> = (0..50).map(|_| jittered(pause)).collect();
        assert!(
            pauses
                .iter()
                .all(|found| (pause / 2..=pause).contains(found)),
            "{pauses:?}"
        );
        assert!(
            pauses.iter().any(|found| *found != pauses[0]),
            "there is no jitter"
        );
    }
}
