//! The one line that a request leaves in the log.

use std::time::Duration;

use tracing::Level;

use super::exchange::Facts;
use super::line::{Entry, Name, Value, name};
use super::log;

/// Writes it.
pub fn write(facts: &Facts) {
    let count = |count: Option<i64>| count.map(Value::Count);
    let losses = i64::try_from(facts.losses).ok();
    log::entry(&Entry {
        target: "gateway::access",
        level: Level::INFO,
        message: "request",
        fields: &[
            (name!("method"), Some(Value::Text(facts.method.as_str()))),
            (name!("route"), Some(Value::Word(facts.route))),
            (name!("provider"), facts.provider.map(Value::Word)),
            (name!("model"), facts.model.as_deref().map(Value::Text)),
            (name!("status"), count(facts.status.map(Into::into))),
            (name!("duration_ms"), Some(milliseconds(facts.duration))),
            (name!("ttft_ms"), facts.first_token.map(milliseconds)),
            (name!("input_tokens"), count(facts.input)),
            (name!("output_tokens"), count(facts.output)),
            (name!("streamed"), facts.streamed.then_some(Value::True)),
            (name!("losses"), count(losses.filter(|losses| *losses > 0))),
            (name!("error"), facts.error.map(Value::Word)),
            (name!("request_id"), Some(Value::Text(&facts.request_id))),
            (
                name!("trace_id"),
                facts.trace_id.as_deref().map(Value::Text),
            ),
        ],
    });
}

/// To the microsecond; more digits are noise.
fn milliseconds(time: Duration) -> Value<'static> {
    let micros = time.as_secs() * 1_000_000 + u64::from(time.subsec_micros());
    Value::Thousandths(micros)
}
