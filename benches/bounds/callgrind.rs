//! Instructions of a gateway, counted by valgrind: the same, however busy the machine is.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::client::{Asked, Connection};
use super::gateway::{Process, SAME, folder, gateway, mock};
use super::harness::needs;
use super::prompts;
use super::report::Trouble;

/// Counts what requests cost, with the mock that answers them.
pub struct Counter {
    mock: Process,
    /// What a gateway costs that starts, answers one small request and stops.
    start: f64,
    counted: AtomicUsize,
}

impl Counter {
    /// The error says what is missing.
    pub fn new() -> Result<Self, Trouble> {
        needs("valgrind")?;
        let mock = mock()?;
        let counted = AtomicUsize::new(0);
        let mut counter = Self {
            mock,
            start: 0.0,
            counted,
        };
        counter.start = counter.run(&prompts::prompt(SAME, 64), 0)?;
        Ok(counter)
    }

    /// Instructions of one such request; so many are asked, for what differs between runs is small beside them.
    pub fn count(&self, asked: &Asked, times: usize) -> Result<f64, String> {
        Ok((self.run(asked, times)? - self.start) / times as f64)
    }

    /// All instructions of a gateway that answers a small request and so many of these.
    fn run(&self, asked: &Asked, times: usize) -> Result<f64, String> {
        let nth = self.counted.fetch_add(1, Ordering::Relaxed);
        let log = folder().join(format!("callgrind-{}-{nth}", std::process::id()));
        let to = format!("--log-file={}", log.display());
        let around = [
            "valgrind",
            "--tool=callgrind",
            "--callgrind-out-file=/dev/null",
            &to,
        ];
        let gateway = gateway(&self.mock, &around)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|error| error.to_string())?;
        let asked = runtime.block_on(async {
            let mut connection = Connection::open(gateway.address).await?;
            connection.fetch(&prompts::prompt(SAME, 64)).await?;
            for _ in 0..times {
                connection.fetch(asked).await?;
            }
            Ok(())
        });
        // The connection is closed before: a gateway waits for its callers when it stops.
        drop(runtime);
        gateway.stop();
        let asked: Result<(), String> = asked;
        asked?;
        let text = std::fs::read_to_string(&log).map_err(|error| error.to_string())?;
        let _ = std::fs::remove_file(&log);
        let line = text.lines().find_map(|line| line.split_once("Collected :"));
        let count = line.and_then(|(_, count)| count.trim().parse::<f64>().ok());
        count.ok_or_else(|| "valgrind counted nothing".to_owned())
    }
}
