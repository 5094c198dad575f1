//! The one line that a request leaves in the log.

use std::time::Duration;

use super::exchange::Facts;

/// Writes it. Texts go in as strings, which every format quotes: a model name can't forge a second line.
pub fn write(facts: &Facts) {
    tracing::info!(
        target: "gateway::access",
        method = facts.method.as_str(),
        route = facts.route,
        provider = facts.provider,
        model = facts.model.as_deref(),
        status = facts.status,
        duration_ms = milliseconds(facts.duration),
        ttft_ms = facts.first_token.map(milliseconds),
        input_tokens = facts.input,
        output_tokens = facts.output,
        streamed = facts.streamed.then_some(true),
        losses = (facts.losses > 0).then_some(facts.losses),
        error = facts.error,
        request_id = facts.request_id.as_str(),
        trace_id = facts.trace_id.as_deref(),
        "request"
    );
}

/// To the microsecond; more digits are noise.
fn milliseconds(time: Duration) -> f64 {
    time.as_micros() as f64 / 1000.0
}
