//! Prometheus' own parser, in Python.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde::Deserialize;
use std::collections::BTreeMap;

/// Metrics of one name.
#[derive(Debug, Deserialize)]
pub struct Family {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub unit: Option<String>,
    pub samples: Vec<Sample>,
}

/// One number.
#[derive(Debug, Deserialize)]
pub struct Sample {
    pub name: String,
    pub labels: BTreeMap<String, String>,
    pub value: f64,
}

/// The families of a page; a page that the parser refuses fails the test. Nothing where Python or the parser
/// can't be had, except in CI, where that is a failure.
pub fn parse(page: &str) -> Option<Vec<Family>> {
    static HOME: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let home = match HOME.get_or_init(install) {
        Ok(home) => home,
        Err(why) if std::env::var_os("CI").is_some() => panic!("no Prometheus parser: {why}"),
        Err(why) => {
            eprintln!("SKIPPED: no Prometheus parser: {why}");
            return None;
        }
    };
    let mut python = Command::new("python3")
        .arg(source().join("parse.py"))
        .env("PYTHONPATH", home)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("python3 starts");
    let mut input = python.stdin.take().expect("it is piped");
    input.write_all(page.as_bytes()).expect("the parser reads");
    drop(input);
    let output = python.wait_with_output().expect("the parser ends");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "the page is not OpenMetrics: {said}\n{page}"
    );
    Some(serde_json::from_slice(&output.stdout).expect("the families"))
}

/// Puts the parser under target/.
fn install() -> Result<PathBuf, String> {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("prometheus");
    let wanted = std::fs::read(source().join(REQUIREMENTS)).map_err(|fault| fault.to_string())?;
    if std::fs::read(home.join(REQUIREMENTS)).is_ok_and(|installed| installed == wanted) {
        return Ok(home);
    }
    let output = Command::new("python3")
        .args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--require-hashes",
            "--upgrade",
            "--target",
        ])
        .arg(&home)
        .args(["--requirement", REQUIREMENTS])
        .current_dir(source())
        .stdin(Stdio::null())
        .output()
        .map_err(|fault| format!("python3: {fault}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    std::fs::write(home.join(REQUIREMENTS), wanted).map_err(|fault| fault.to_string())?;
    Ok(home)
}

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/observe")
}

const REQUIREMENTS: &str = "requirements.txt";
