//! How often callers can make the gateway ask the issuer. Knows nothing of what is asked.

use std::time::Duration;

use tokio::time::Instant;

/// Bounds how often callers can make the gateway ask.
pub struct Quota {
    left: u32,
    since: Instant,
    /// The reading that the last request was for.
    pending: Option<u64>,
    burst: u32,
    ask_again: Duration,
}

/// What a caller gets to hear.
#[derive(Debug, PartialEq, Eq)]
pub enum Answer {
    /// Ask the issuer.
    Granted,
    /// Another caller has asked and waits.
    Shared,
    /// Not now.
    Refused,
}

impl Quota {
    /// So many in a row, then one in this time.
    pub fn new(burst: u32, ask_again: Duration) -> Self {
        Self {
            left: burst,
            since: Instant::now(),
            pending: None,
            burst,
            ask_again,
        }
    }

    /// May a caller who knows this many readings make it ask for a newer one?
    pub fn take(&mut self, seen: u64) -> Answer {
        if self.pending == Some(seen) {
            return Answer::Shared;
        }
        while self.left < self.burst && self.since.elapsed() >= self.ask_again {
            self.left += 1;
            self.since += self.ask_again;
        }
        if self.left == 0 {
            return Answer::Refused;
        }
        if self.left == self.burst {
            self.since = Instant::now();
        }
        self.left -= 1;
        self.pending = Some(seen);
        Answer::Granted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn callers_share_a_question_and_a_quota() {
        let mut quota = Quota::new(2, Duration::from_millis(100));
        let steps = [
            (1, Answer::Granted),
            (1, Answer::Shared),
            (2, Answer::Granted),
            (3, Answer::Refused),
        ];
        for (seen, answer) in steps {
            assert_eq!(quota.take(seen), answer, "after reading {seen}");
        }
        tokio::time::sleep(Duration::from_millis(120)).await;
        assert_eq!(quota.take(3), Answer::Granted);
        assert_eq!(quota.take(4), Answer::Refused);
    }
}
