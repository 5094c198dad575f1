//! The log: what may appear in it, and where it goes.
//!
//! Only the gateway's own events do. The libraries below it write headers and frames at their fine levels, keys
//! and prompts among them, so none of their events passes at any level, whatever is asked for.

use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::panic;
use std::time::Duration;

use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::Interest;
use tracing::{Event, Level, Metadata, Subscriber, dispatcher};

use super::gather::{Gathered, MOST};
use super::line::{self, Entry, Form};

/// The log of a process. What is still to be written is, when this is dropped.
pub struct Log(Gathered);

/// Writes the log to standard output from now on: JSON, or for people in development. `directives` is what
/// `RUST_LOG` says; without it the level is `info`.
pub fn start_logging(development: bool, directives: Option<&str>) -> Result<Log, String> {
    let wanted = Wanted::read(directives)?;
    let ansi = std::io::stdout().is_terminal();
    let gathered = Gathered::start(std::io::stdout(), MOST)
        .map_err(|fault| format!("no thread for the log: {fault}"))?;
    let lines = gathered.clone();
    let lines = Lines {
        wanted,
        form: form(development, ansi),
        write: Box::new(move |line: &[u8]| lines.line(line)),
    };
    tracing::subscriber::set_global_default(lines).map_err(|fault| fault.to_string())?;
    let log = Log(gathered);
    log.precede_panics();
    Ok(log)
}

impl Log {
    /// What led to a panic is written before it, and also if it takes the process down.
    fn precede_panics(&self) {
        let gathered = self.0.clone();
        let then = panic::take_hook();
        panic::set_hook(Box::new(move |panic| {
            gathered.flush(PANIC_PATIENCE);
            then(panic);
        }));
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        self.0.flush(EXIT_PATIENCE);
    }
}

/// How long a reader of the log that doesn't read can hold up the end.
const EXIT_PATIENCE: Duration = Duration::from_secs(1);
const PANIC_PATIENCE: Duration = Duration::from_millis(100);

/// What [`start_logging`] sets up, writing each line elsewhere at once.
pub fn subscriber<O: Write>(
    development: bool,
    directives: Option<&str>,
    writer: impl Fn() -> O + Send + Sync + 'static,
) -> Result<impl Subscriber + Send + Sync, String> {
    Ok(Lines {
        wanted: Wanted::read(directives)?,
        form: form(development, false),
        // An unwritable log is no reason to write elsewhere about it.
        write: Box::new(move |line: &[u8]| drop(writer().write_all(line))),
    })
}

fn form(development: bool, ansi: bool) -> Form {
    match development {
        true => Form::Text { ansi },
        false => Form::Json,
    }
}

/// Writes a line that every request has, as an event of this level would: the same line, without the way through one.
pub fn entry(entry: &Entry<'_>) {
    dispatcher::get_default(|dispatch| {
        if let Some(lines) = dispatch.downcast_ref::<Lines>() {
            let wanted = is_own(entry.target) && lines.wanted.takes(entry.target, entry.level);
            if wanted {
                lines.line(|form, buffer| line::entry(form, entry, buffer));
            }
        }
    });
}

/// Makes a line of each event that is wanted. There are no spans.
struct Lines {
    wanted: Wanted,
    form: Form,
    write: Sink,
}

/// Takes whole lines.
type Sink = Box<dyn Fn(&[u8]) + Send + Sync>;

thread_local! {
    static LINE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Threads keep a buffer of this size.
const USUAL: usize = 4096;

impl Lines {
    fn line(&self, fill: impl Fn(Form, &mut Vec<u8>)) {
        let written = LINE.try_with(|buffer| {
            let mut buffer = buffer.try_borrow_mut().ok()?;
            fill(self.form, &mut buffer);
            (self.write)(&buffer);
            buffer.clear();
            buffer.shrink_to(USUAL);
            Some(())
        });
        // A value that is being logged logs, or the thread is about to end.
        if !matches!(written, Ok(Some(()))) {
            let mut buffer = Vec::new();
            fill(self.form, &mut buffer);
            (self.write)(&buffer);
        }
    }
}

impl Subscriber for Lines {
    fn register_callsite(&self, callsite: &'static Metadata<'static>) -> Interest {
        match self.enabled(callsite) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, callsite: &Metadata<'_>) -> bool {
        callsite.is_event()
            && is_own(callsite.target())
            && self.wanted.takes(callsite.target(), *callsite.level())
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        self.wanted.0.iter().map(|(_, level)| *level).max()
    }

    fn event(&self, event: &Event<'_>) {
        self.line(|form, buffer| line::write(form, event, buffer));
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// The levels that are asked for, by what targets begin with; the longest comes first.
struct Wanted(Vec<(String, LevelFilter)>);

impl Wanted {
    fn read(directives: Option<&str>) -> Result<Self, String> {
        let directives = directives.unwrap_or_default().split(',').map(str::trim);
        let directives = directives.filter(|directive| !directive.is_empty());
        let mut wanted: Vec<_> = directives.map(directive).collect::<Result<_, _>>()?;
        if wanted.is_empty() {
            wanted.push((String::new(), LevelFilter::INFO));
        }
        wanted.sort_by_key(|(target, _)| std::cmp::Reverse(target.len()));
        Ok(Self(wanted))
    }

    fn takes(&self, target: &str, level: Level) -> bool {
        let mut wanted = self.0.iter();
        let most = wanted.find(|(begin, _)| target.starts_with(&**begin));
        most.is_some_and(|(_, most)| level <= *most)
    }
}

fn directive(text: &str) -> Result<(String, LevelFilter), String> {
    let (target, level) = text.split_once('=').unwrap_or(("", text));
    let level = level.trim().parse().map_err(|_| {
        format!(
            "RUST_LOG: {text}: expected a level or target=level, as in info,gateway::auth=debug"
        )
    })?;
    Ok((target.trim().to_owned(), level))
}

fn is_own(target: &str) -> bool {
    OWN.iter().any(|name| {
        let rest = target.strip_prefix(name);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with("::"))
    })
}

/// The library and the binary.
const OWN: [&str; 2] = ["gateway", "inference_gateway"];
