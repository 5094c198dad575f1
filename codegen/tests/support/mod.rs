//! Compiles the cases and compares: what is kept is only written where `UPDATE_GOLDEN` says so.

use std::path::{Path, PathBuf};

use codegen::compile::{self, Model};

/// The folder of the compiler's tests.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests")
}

/// The compiler's own hub, so that cases stay small.
#[allow(dead_code, reason = "each test binary uses one of the two")]
pub const SMALL_HUB: &str = "hub/canonical.yaml";
/// The hub of the gateway, for what is compiled with it.
#[allow(dead_code, reason = "each test binary uses one of the two")]
pub const REAL_HUB: &str = "../../spec/canonical.yaml";

/// The model of a case on a hub, or its faults, one on a line.
#[allow(dead_code, reason = "not every test binary has cases")]
pub fn compile(entry: &Path, hub: &str) -> Result<Model, String> {
    compile::model_on(entry, &folder().join(hub)).map_err(|faults| {
        let lines: Vec<String> = faults.iter().map(|fault| format!("{fault}\n")).collect();
        lines.concat()
    })
}

/// Files of a folder with this extension, or folders where it is empty, by name.
#[allow(dead_code, reason = "not every test binary has cases")]
pub fn listed(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    let mut paths: Vec<PathBuf> = entries
        .map(|entry| entry.expect("it can be read").path())
        .filter(|path| path.extension().unwrap_or_default() == extension)
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} holds no cases", folder.display());
    paths
}

/// Whether the file holds this text; what is wrong if it doesn't.
#[allow(dead_code, reason = "not every test binary compares")]
pub fn golden(file: &Path, text: &str) -> Result<(), String> {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(file, text).expect("golden files can be written");
    }
    let kept = std::fs::read_to_string(file).unwrap_or_default();
    if kept == text {
        return Ok(());
    }
    let name = file.display();
    Err(format!(
        "{name} is not what the compiler makes now; look at the difference after `make golden`. It makes:\n{text}"
    ))
}

/// Fails with everything that is wrong.
#[allow(dead_code, reason = "not every test binary compares")]
pub fn all(results: impl IntoIterator<Item = Result<(), String>>) {
    let wrong: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
