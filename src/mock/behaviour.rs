//! How the mock behaves: the same names as flags, as headers of one request, and as keys of its configuration.

use std::time::Duration;

use serde_json::{Value, json};

use crate::env;
use crate::error::Fault;

/// How the mock behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::Args)]
pub struct Behaviour {
    /// Wait before each reply, as in 50ms or 1s.
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = env::duration)]
    pub delay: Duration,
    /// Wait between the pieces of a stream.
    #[arg(long, value_name = "DURATION", default_value = "0", value_parser = env::duration)]
    pub piece_delay: Duration,
    /// Cut the text of a stream into pieces of about this many bytes.
    #[arg(long, value_name = "BYTES", default_value = "16", value_parser = count)]
    pub piece_size: usize,
    /// Let every n-th request fail; 0 for none.
    #[arg(long, value_name = "N", default_value = "0", value_parser = count)]
    pub fail_every: usize,
    /// The status of requests that fail.
    #[arg(long, value_name = "STATUS", default_value = "500", value_parser = status)]
    pub fail_status: u16,
    /// How many of the last requests GET /__mock/requests tells.
    #[arg(long, value_name = "N", default_value = "100", value_parser = count)]
    pub keep: usize,
}

/// The names, as flags have them.
pub(super) const NAMES: [&str; 6] = [
    "delay",
    "piece-delay",
    "piece-size",
    "fail-every",
    "fail-status",
    "keep",
];

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            delay: Duration::ZERO,
            piece_delay: Duration::ZERO,
            piece_size: 16,
            fail_every: 0,
            fail_status: 500,
            keep: 100,
        }
    }
}

impl Behaviour {
    /// Sets one of the names.
    pub(super) fn set(&mut self, name: &str, text: &str) -> Result<(), Fault> {
        let fault = |what| Fault::new(format!("'{text}' {what}")).at(name.to_owned());
        match name {
            "delay" => self.delay = env::duration(text).map_err(fault)?,
            "piece-delay" => self.piece_delay = env::duration(text).map_err(fault)?,
            "piece-size" => self.piece_size = count(text).map_err(fault)?,
            "fail-every" => self.fail_every = count(text).map_err(fault)?,
            "fail-status" => self.fail_status = status(text).map_err(fault)?,
            "keep" => self.keep = count(text).map_err(fault)?,
            _ => {
                let names = NAMES.join(", ");
                let what = format!("is no name; expected one of {names}");
                return Err(Fault::new(what).at(name.to_owned()));
            }
        }
        Ok(())
    }

    /// As `POST /__mock/config` takes it.
    pub(super) fn to_json(self) -> Value {
        json!({
            "delay": format!("{}ms", self.delay.as_millis()),
            "piece-delay": format!("{}ms", self.piece_delay.as_millis()),
            "piece-size": self.piece_size,
            "fail-every": self.fail_every,
            "fail-status": self.fail_status,
            "keep": self.keep,
        })
    }
}

fn count(text: &str) -> Result<usize, String> {
    let number = text.trim().parse();
    number.map_err(|_| "is not a whole number; write it like 10".to_owned())
}

fn status(text: &str) -> Result<u16, String> {
    let status = text.trim().parse().ok();
    let fits = status.filter(|status| (400..600).contains(status));
    fits.ok_or_else(|| "is not the status of an error; write one from 400 to 599".to_owned())
}
