//! Instructions instead of time: a case is run by valgrind few times and many times, and the difference is what it costs.

use std::collections::BTreeMap;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Mutex;
use std::thread;

use super::cases::{self, Case};

/// How often a case is run: by the second time all that is done only once has been done.
const FEW: usize = 2;
const MANY: usize = 12;
/// How many are counted at the same time; counts don't mind.
const AT_ONCE: usize = 2;

/// What the command line says.
#[derive(Debug, Default)]
pub struct Options {
    /// Parts of names; none for all.
    names: Vec<String>,
    save: Option<String>,
    baseline: Option<String>,
    /// Only runs a case so many times: what valgrind is given.
    times: Option<usize>,
}

impl Options {
    /// Nothing if time is to be measured.
    pub fn parse(arguments: impl Iterator<Item = String>) -> Result<Option<Self>, String> {
        let arguments: Vec<String> = arguments.filter(|it| it != "--bench").collect();
        if !arguments.iter().any(|it| it == "--instructions") {
            return Ok(None);
        }
        let mut options = Self::default();
        let mut arguments = arguments.into_iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--instructions" => {}
                "--save" => options.save = Some(value()?),
                "--baseline" => options.baseline = Some(value()?),
                "--times" => options.times = value()?.parse().ok(),
                name if name.starts_with('-') => return Err(format!("unknown option {name}")),
                _ => options.names.push(argument),
            }
        }
        Ok(Some(options))
    }
}

/// Counts, prints, compares.
pub fn run(options: &Options) -> ExitCode {
    if let (Some(times), [name]) = (options.times, &options.names[..]) {
        repeat(name, times);
        return ExitCode::SUCCESS;
    }
    let cases = cases::all(None);
    let wanted = |case: &&Case| {
        let name = name(case);
        let mut parts = options.names.iter();
        options.names.is_empty() || parts.any(|part| name.contains(part.as_str()))
    };
    let baseline = match options.baseline.as_deref().map(read).transpose() {
        Ok(baseline) => baseline.unwrap_or_default(),
        Err(fault) => return failed(&fault),
    };
    match counted(cases.iter().filter(wanted).collect()) {
        Ok(counts) => {
            print(&counts, &baseline);
            match &options.save {
                Some(file) => save(file, &counts),
                None => ExitCode::SUCCESS,
            }
        }
        Err(fault) => failed(&fault),
    }
}

/// Runs the case of this whole name, and makes the inputs of few others.
fn repeat(name: &str, times: usize) {
    let only = name.split_once(": ").map(|(_, only)| only);
    let cases = cases::all(only);
    let found = cases.iter().filter(|case| self::name(case) == name);
    found.for_each(|case| (0..times).for_each(|_| case.run()));
}

fn name(case: &Case) -> String {
    format!("{}: {}", case.step, case.name)
}

type Counts = BTreeMap<String, f64>;

fn counted(cases: Vec<&Case>) -> Result<Counts, String> {
    let queue = Mutex::new(cases.into_iter());
    let counts = Mutex::new(Ok(Counts::new()));
    let next = || queue.lock().unwrap_or_else(|gone| gone.into_inner()).next();
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some(case) = next() {
                    let name = name(case);
                    let count = count(&name, MANY).and_then(|many| Ok(many - count(&name, FEW)?));
                    let each = (MANY - FEW) as f64 * case.operations as f64;
                    let mut counts = counts.lock().unwrap_or_else(|gone| gone.into_inner());
                    match (count, &mut *counts) {
                        (Ok(count), Ok(counts)) => _ = counts.insert(name, count / each),
                        (Err(fault), counts) => *counts = Err(fault),
                        _ => {}
                    }
                    if counts.is_err() {
                        return;
                    }
                }
            });
        }
    });
    counts.into_inner().unwrap_or_else(|gone| gone.into_inner())
}

/// All instructions of a process that runs a case so many times.
fn count(name: &str, times: usize) -> Result<f64, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
        .arg(program)
        .args(["--instructions", "--times", &times.to_string(), name])
        .stdin(Stdio::null())
        .output();
    let output = output.map_err(|error| format!("valgrind: {error}"))?;
    let text = String::from_utf8_lossy(&output.stderr);
    let line = text.lines().find_map(|line| line.split_once("Collected :"));
    let count = line.and_then(|(_, count)| count.trim().parse().ok());
    count.ok_or_else(|| format!("valgrind counted nothing: {text}"))
}

fn print(counts: &Counts, baseline: &Counts) {
    let widest = counts
        .keys()
        .map(|name| name.len())
        .max()
        .unwrap_or_default();
    for (name, count) in counts {
        match baseline.get(name) {
            Some(before) => {
                let change = (count / before - 1.0) * 100.0;
                println!("{name:widest$} {count:12.0} {before:12.0} {change:+7.1} %");
            }
            None => println!("{name:widest$} {count:12.0}"),
        }
    }
}

fn read(file: &str) -> Result<Counts, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    serde_json::from_str(&text).map_err(|error| format!("{file}: {error}"))
}

fn save(file: &str, counts: &Counts) -> ExitCode {
    let text = serde_json::to_string_pretty(counts).unwrap_or_default();
    match std::fs::write(file, text + "\n") {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&format!("{file}: {error}")),
    }
}

fn failed(fault: &str) -> ExitCode {
    eprintln!("{fault}");
    ExitCode::FAILURE
}
