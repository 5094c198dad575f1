//! The benchmark harness beside the project: found, built where this build writes, started, its results read.

use std::cell::LazyCell;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::gateway::{PRODUCTION, binary, folder, free_port};
use super::report::Trouble;

/// Set for what the harness starts, besides how gateways run; what else is in the environment stays out.
const KEPT: [&str; 6] = [
    "PATH",
    "HOME",
    "TMPDIR",
    "LANG",
    "CARGO_HOME",
    "RUSTUP_HOME",
];

/// A harness that can be started.
pub struct Harness {
    folder: PathBuf,
    programs: PathBuf,
}

/// A harness that is looked for, and built, by the first row that needs it.
pub type Found = LazyCell<Result<Harness, Trouble>>;

impl Harness {
    /// The folder that `BENCH` names, or the one beside the project; the error says what is missing.
    pub fn find() -> Result<Self, Trouble> {
        let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/bench");
        let named = std::env::var_os("BENCH").filter(|named| !named.is_empty());
        let folder = named.map_or_else(beside, PathBuf::from);
        let folder = std::path::absolute(&folder).unwrap_or(folder);
        if !folder.join("run").is_file() || !folder.join("insn").is_file() {
            let said = folder.display();
            let why = format!("no benchmark harness at {said} (BENCH=folder)");
            return Err(Trouble::Missing(why));
        }
        needs("python3")?;
        let programs = match std::env::var_os("BENCH_BIN") {
            Some(built) => PathBuf::from(built),
            None => built(&folder)?,
        };
        match programs.join("bench-load").is_file() {
            true => Ok(Self { folder, programs }),
            false => Err(format!("no bench-load in {}", programs.display()).into()),
        }
    }

    /// Runs these targets against each other; what it measured.
    pub fn run(&self, name: &str, arguments: &[&str]) -> Result<Value, Trouble> {
        needs("nginx")?;
        Ok(self.started("run", name, arguments)?)
    }

    /// Counts instructions of these targets.
    pub fn count(&self, name: &str, arguments: &[&str]) -> Result<Value, Trouble> {
        needs("valgrind")?;
        Ok(self.started("insn", name, arguments)?)
    }

    fn started(&self, program: &str, name: &str, arguments: &[&str]) -> Result<Value, String> {
        let out = folder().join(name);
        let kept = |name: &&str| Some((OsString::from(name), std::env::var_os(name)?));
        let port = free_port().to_string();
        let status = Command::new(self.folder.join(program))
            .args(["--mock-port", &port, "--out"])
            .arg(&out)
            .args(arguments)
            .env_clear()
            .envs(KEPT.iter().filter_map(kept))
            .envs(PRODUCTION)
            .env("BENCH_BIN", &self.programs)
            .env(
                "GATEWAY_BIN",
                std::path::absolute(binary()).unwrap_or_else(|_| binary()),
            )
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdout(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => {}
            Ok(status) => return Err(format!("the harness's {program} ended with {status}")),
            Err(error) => return Err(format!("the harness's {program}: {error}")),
        }
        let result = out.with_extension("json");
        let text = std::fs::read_to_string(&result);
        let text = text.map_err(|error| format!("{}: {error}", result.display()))?;
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", result.display()))
    }
}

/// The harness's folder may be one that can't be written: its programs are built elsewhere.
fn built(folder: &Path) -> Result<PathBuf, String> {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("../bench-harness");
    eprintln!("building the benchmark harness in {}", target.display());
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--quiet", "--manifest-path"])
        .arg(folder.join("Cargo.toml"))
        .env("CARGO_TARGET_DIR", &target)
        .status();
    match status {
        Ok(status) if status.success() => Ok(target.join("release")),
        Ok(_) => Err("the benchmark harness can't be built".to_owned()),
        Err(error) => Err(format!("cargo: {error}")),
    }
}

/// Whether a program can be started; the error says that it is missing.
pub fn needs(program: &str) -> Result<(), Trouble> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    match found {
        true => Ok(()),
        false => Err(Trouble::Missing(format!("{program} is not installed"))),
    }
}
