//! The bounds that the project promises, measured: `make bench`.
//!
//! What is compared with nginx runs in the same rounds as nginx, by the benchmark harness beside the project. What needs
//! a tool that isn't there is skipped and says so; a bound that doesn't hold makes the exit status 1.
//!
//! Environment: `BENCH` the harness's folder; `BENCH_BIN` its programs, where they are built already; `GATEWAY_BIN` the
//! binary that is measured; `BENCH_ROUNDS` rounds of what is compared; `BENCH_ONLY` names of rows, with commas.

mod beside;
mod callgrind;
mod client;
mod counts;
mod gateway;
mod harness;
mod linear;
mod memory;
mod plain;
mod prompts;
mod report;

use std::os::unix::process::CommandExt;
use std::process::{Command, ExitCode};

use harness::{Found, Harness};
use report::{Line, Trouble};

/// Every row, as `BENCH_ONLY` names it. The last is shown where there is no harness, or where it is named.
const ROWS: [&str; 12] = [
    "json",
    "big",
    "stream",
    "tjson",
    "tstream",
    "latency",
    "start",
    "memory",
    "connections",
    "linear",
    "size",
    PLAIN,
];
const PLAIN: &str = "plain";
const ROUNDS: &str = "3";
const SIZE: f64 = 12.0;
/// Set once the limit of open files has been raised.
const RAISED: &str = "BENCH_FILES_RAISED";

fn main() -> ExitCode {
    if let Some(error) = raised() {
        eprintln!("the limit of open files stays as it is: {error}");
    }
    let only = std::env::var("BENCH_ONLY").unwrap_or_default();
    let only: Vec<&str> = only
        .split(',')
        .map(str::trim)
        .filter(|name| !name.is_empty())
        .collect();
    if let Some(unknown) = only.iter().find(|name| !ROWS.contains(name)) {
        eprintln!(
            "BENCH_ONLY: there is no row '{unknown}', only {}",
            ROWS.join(", ")
        );
        return ExitCode::from(2);
    }
    if !gateway::binary().is_file() {
        eprintln!(
            "no gateway at {} (GATEWAY_BIN)",
            gateway::binary().display()
        );
        return ExitCode::from(2);
    }
    match report::print(&measured(&only)) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn measured(only: &[&str]) -> Vec<Line> {
    let wanted = |row: &str| only.is_empty() && row != PLAIN || only.contains(&row);
    let rounds = std::env::var("BENCH_ROUNDS").unwrap_or_else(|_| ROUNDS.to_owned());
    let harness = Found::new(Harness::find);
    let mut lines = beside::processor(&harness, &wanted, &rounds);
    lines.extend(counts::instructions(&harness, &wanted));
    if wanted("big") {
        lines.push(counts::growth());
    }
    if wanted("latency") {
        lines.push(beside::latency(&harness, &rounds));
    }
    if wanted("start") {
        lines.push(beside::start(&harness));
    }
    if wanted("memory") {
        lines.extend(waited(memory::loads()));
    }
    if wanted("connections") {
        lines.extend(match open_files() {
            Some(most) if most < memory::OPEN_FILES => {
                let why = format!(
                    "a process may open {most} files, {} are needed",
                    memory::OPEN_FILES
                );
                vec![Line::without(
                    "connections",
                    "many at once",
                    Trouble::Missing(why),
                )]
            }
            _ => waited(memory::many()),
        });
    }
    if wanted("linear") {
        lines.extend(linear::lines());
    }
    if wanted("size") {
        lines.push(size());
    }
    if wanted(PLAIN) || only.is_empty() && harness.is_err() {
        lines.extend(waited(plain::lines()));
    }
    // By rows, and what a row promises in the order of this file.
    lines.sort_by_key(|line| ROWS.iter().position(|row| *row == line.row));
    lines
}

fn waited(measure: impl Future<Output = Vec<Line>>) -> Vec<Line> {
    match tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime.block_on(measure),
        Err(error) => vec![Line::without(PLAIN, "clients", error.to_string().into())],
    }
}

fn size() -> Line {
    let what = "the binary, stripped";
    match std::fs::read(gateway::binary()) {
        Ok(bytes) if bytes.windows(8).any(|window| window == b".symtab\0") => {
            let why = "it isn't stripped".to_owned();
            Line::without("size", what, Trouble::Missing(why))
        }
        Ok(bytes) => Line::at_most("size", what, bytes.len() as f64 / 1e6, SIZE, " MB"),
        Err(error) => Line::without("size", what, error.to_string().into()),
    }
}

/// Runs this program again with as many open files as the system allows; what it starts has them too. Returns only if
/// that fails, or has been done.
fn raised() -> Option<std::io::Error> {
    if std::env::var_os(RAISED).is_some() {
        return None;
    }
    let program = std::env::current_exe().ok()?;
    let error = Command::new("sh")
        .args(["-c", "ulimit -n \"$(ulimit -Hn)\"; exec \"$0\" \"$@\""])
        .arg(program)
        .args(std::env::args_os().skip(1))
        .env(RAISED, "1")
        .exec();
    Some(error)
}

/// How many files this process may open, where the system tells it.
fn open_files() -> Option<u64> {
    let limits = std::fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits
        .lines()
        .find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}
