//! The log's format and what may appear in it.
//!
//! Only the gateway's own events do. The libraries below it write headers and frames at their fine levels, keys
//! and prompts among them, so none of their events passes at any level, whatever is asked for.

use std::io::IsTerminal;

use tracing::level_filters::LevelFilter;
use tracing::{Metadata, Subscriber};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::{Registry, fmt};

/// Writes the log to standard output from now on: JSON, or for people in development. `directives` is what
/// `RUST_LOG` says; without it the level is `info`.
pub fn start_logging(development: bool, directives: Option<&str>) -> Result<(), String> {
    let ansi = std::io::stdout().is_terminal();
    let subscriber = build(development, directives, std::io::stdout, ansi)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|fault| fault.to_string())
}

/// What [`start_logging`] sets up, writing elsewhere.
pub fn subscriber<W>(
    development: bool,
    directives: Option<&str>,
    writer: W,
) -> Result<impl Subscriber + Send + Sync, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    build(development, directives, writer, false)
}

fn build<W>(
    development: bool,
    directives: Option<&str>,
    writer: W,
    ansi: bool,
) -> Result<impl Subscriber + Send + Sync, String>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let wanted = wanted(directives)?;
    let own = filter_fn(is_own).with_max_level_hint(LevelFilter::TRACE);
    // An unwritable log is no reason to write elsewhere about it.
    let layer = fmt::layer()
        .with_writer(writer)
        .with_ansi(ansi)
        .log_internal_errors(false);
    let layer = match development {
        true => layer.compact().boxed(),
        false => layer
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .boxed(),
    };
    Ok(Registry::default().with(layer.with_filter(wanted.and(own))))
}

fn wanted(directives: Option<&str>) -> Result<EnvFilter, String> {
    EnvFilter::builder()
        .with_default_directive(LevelFilter::INFO.into())
        .parse(directives.unwrap_or_default().trim())
        .map_err(|fault| format!("RUST_LOG: {fault}; expected a level or target=level, as in info,gateway::auth=debug"))
}

fn is_own(event: &Metadata<'_>) -> bool {
    OWN.iter().any(|name| {
        let rest = event.target().strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

/// The library and the binary.
const OWN: [&str; 2] = ["gateway", "inference_gateway"];
