//! The programs that use the clients: installed under target/, run, and their lines read.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::Value;

use crate::cells::{self, Cell, Language, Outcome};
use crate::pair::Pair;

/// Where the clients' libraries are.
pub struct Programs {
    python: PathBuf,
    node: PathBuf,
}

/// What is told of a request to a provider.
#[derive(Debug, Deserialize)]
struct Checked {
    mark: Option<String>,
    dialect: String,
    note: Option<String>,
}

/// The installed programs. Nothing where a language or its packages can't be had, except in CI, where that is a failure.
pub fn ready() -> Option<Programs> {
    let python = install("python", "requirements.txt", pip);
    let installed = python.and_then(|python| {
        let node = install("node", "package-lock.json", npm)?;
        Ok(Programs { python, node })
    });
    or_skipped("official clients", installed)
}

/// Where the agents' packages are, as `ready` says.
pub fn agents() -> Option<PathBuf> {
    or_skipped("coding agents", install("agents", "package-lock.json", npm))
}

fn or_skipped<T>(what: &str, installed: Result<T, String>) -> Option<T> {
    match installed {
        Ok(installed) => Some(installed),
        Err(why) if std::env::var_os("CI").is_some() => panic!("no {what}: {why}"),
        Err(why) => {
            eprintln!("SKIPPED: no {what}: {why}");
            None
        }
    }
}

impl Programs {
    /// Runs the clients of Python.
    pub async fn python(&self, pair: &Pair) -> Vec<(Cell, Outcome)> {
        let lines = run(self.command("main.py"), pair, &cells::of(Language::Python)).await;
        lines.iter().map(|line| cells::read(line)).collect()
    }

    /// Runs the clients of Node.js.
    pub async fn node(&self, pair: &Pair) -> Vec<(Cell, Outcome)> {
        let mut command = Command::new("node");
        command.arg("main.mjs").current_dir(&self.node);
        let lines = run(command, pair, &cells::of(Language::Node)).await;
        lines.iter().map(|line| cells::read(line)).collect()
    }

    /// Holds what providers were sent against their vendors' types; a cell whose request doesn't fit has failed. How
    /// many fit, by dialect.
    pub async fn wire(
        &self,
        pair: &Pair,
        told: &mut BTreeMap<Cell, Outcome>,
    ) -> BTreeMap<String, usize> {
        let mut fit = BTreeMap::new();
        for line in run(self.command("wire.py"), pair, &[]).await {
            let checked: Checked = serde_json::from_str(&line).unwrap();
            let Some(note) = checked.note else {
                *fit.entry(checked.dialect).or_default() += 1;
                continue;
            };
            let by = |cell: &&Cell| checked.mark.as_deref() == Some(&*cell.mark());
            let cell = told.keys().find(by).cloned();
            let cell = cell.unwrap_or_else(|| panic!("a request of no cell: {note}"));
            told.insert(cell, Outcome::Failed(format!("to the provider: {note}")));
        }
        fit
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("python3");
        command
            .arg(source("python").join(program))
            .env("PYTHONPATH", &self.python)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONWARNINGS", "ignore");
        command
    }
}

/// The lines that a program writes about these cells.
async fn run(mut command: Command, pair: &Pair, cells: &[Cell]) -> Vec<String> {
    let cells = cells
        .iter()
        .map(|cell| Value::from(vec![&*cell.client, &*cell.provider, &*cell.case]));
    let input = cells.collect::<Value>().to_string();
    command.envs(pair.environment());
    let ended = tokio::task::spawn_blocking(move || {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(input.as_bytes()).unwrap();
        drop(stdin);
        child.wait_with_output().unwrap()
    });
    let output = ended.await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

/// Installs what a lock file names under target/, unless it is there.
fn install(language: &str, lock: &str, by: fn(&Path, &Path) -> Command) -> Result<PathBuf, String> {
    let source = source(language);
    let home = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("clients")
        .join(language);
    let fault = |fault: std::io::Error| format!("{}: {fault}", home.display());
    std::fs::create_dir_all(&home).map_err(fault)?;
    let wanted = std::fs::read(source.join(lock)).map_err(fault)?;
    // Node.js looks for packages beside the program.
    for file in std::fs::read_dir(&source).map_err(fault)?.flatten() {
        if file.path().is_file() {
            std::fs::copy(file.path(), home.join(file.file_name())).map_err(fault)?;
        }
    }
    let ready = home.join(READY);
    if std::fs::read(&ready).is_ok_and(|installed| installed == wanted) {
        return Ok(home);
    }
    let mut command = by(&source, &home);
    let output = command.stdin(Stdio::null()).output();
    let output = output.map_err(|fault| format!("{command:?}: {fault}"))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        return Err(format!("{command:?} failed: {said}"));
    }
    std::fs::write(ready, wanted).map_err(fault)?;
    Ok(home)
}

fn pip(source: &Path, home: &Path) -> Command {
    let mut command = Command::new("python3");
    let arguments =
        "-m pip install --quiet --no-deps --require-hashes --only-binary :all: --upgrade --target";
    command
        .args(arguments.split(' '))
        .arg(home)
        .args(["--requirement", "requirements.txt"])
        .current_dir(source);
    command
}

fn npm(_: &Path, home: &Path) -> Command {
    let mut command = Command::new("npm");
    command
        .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
        .current_dir(home);
    command
}

fn source(language: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/clients")
        .join(language)
}

const READY: &str = "installed-lock";
