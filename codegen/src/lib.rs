//! Compiles the gateway's OpenAPI description to Rust, in five stages that are blind to each other's concerns:
//! `source` reads files and references, `lower` turns YAML into the `model`, `check` looks across the model, `emit`
//! turns the model into tokens, `render` turns tokens into text. Every mistake of the YAML is told in one run.

pub mod capabilities;
pub mod check;
pub mod compile;
pub mod docs;
pub mod emit;
pub mod fault;
pub mod lower;
pub mod model;
pub mod names;
pub mod render;
pub mod source;

use std::path::{Path, PathBuf};

/// Compiles an entry document to one file a module in `out`. Gives every file that was read; the error is every mistake,
/// each with its place and remedy.
pub fn generate(entry: &Path, out: &Path) -> Result<Vec<PathBuf>, Vec<String>> {
    let model = compile::model(entry)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    for module in compile::modules(&model) {
        let path = out.join(module.name).with_extension("rs");
        std::fs::write(&path, module.text)
            .map_err(|error| vec![format!("can't write {}: {error}", path.display())])?;
    }
    Ok(model.files)
}
