//! Spec to model and model to text, as the build does it, and a compare that says how to update.

use std::path::{Path, PathBuf};

use codegen::fault::Faults;
use codegen::lower::settings::Named;
use codegen::model::settings::Settings;
use codegen::source::Source;

/// The root of the project.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// A document with `x-config` and `providers`, lowered and checked; or its faults, one on a line.
pub fn compile(document: &Path) -> Result<Settings, String> {
    let faults = Faults::default();
    let source = Source::load(document, &faults);
    let entry = source.entry();
    let providers = entry.get("providers").map(|node| node.entries());
    let named = |(id, node): (&str, codegen::source::Node<'_>)| Named {
        id: id.to_owned(),
        url: node.text("url").unwrap_or_default().to_owned(),
        place: node.place.clone(),
    };
    let providers: Vec<Named> = providers
        .unwrap_or_default()
        .into_iter()
        .map(named)
        .collect();
    let config = entry.get("x-config").expect("a fixture has settings");
    let settings = codegen::lower::settings::lower(&config, &providers, &faults);
    codegen::check::settings::check(&settings, &faults);
    finish(settings, faults)
}

/// The settings of the real spec.
pub fn real() -> Settings {
    let faults = Faults::default();
    let source = Source::load(&root().join("spec/openapi.yaml"), &faults);
    let settings = codegen::lower::settings::of_entry(&source.entry(), &faults);
    codegen::check::settings::check(&settings, &faults);
    finish(settings, faults).expect("the settings of the spec are right")
}

fn finish(settings: Settings, faults: Faults) -> Result<Settings, String> {
    let lines: Vec<String> = faults.into_vec().iter().map(ToString::to_string).collect();
    if lines.is_empty() {
        Ok(settings)
    } else {
        Err(lines.join("\n"))
    }
}

/// The generated module as text.
pub fn module(settings: &Settings, entry: &str) -> String {
    codegen::render::module("settings", entry, codegen::emit::settings::emit(settings)).text
}

/// Compares with a golden file, or writes it if `UPDATE_GOLDEN` is set.
pub fn golden(path: &str, text: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&file, text).expect("golden files can be written");
    }
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        kept == text,
        "{path} is not what the compiler makes now; look at it after `make golden`\n{text}"
    );
}
