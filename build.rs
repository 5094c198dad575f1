//! Compiles the spec: everything it does is done by `codegen`.

use std::path::Path;
use std::process::exit;

fn main() {
    let out = std::env::var_os("OUT_DIR").unwrap_or_default();
    match codegen::generate(Path::new("spec/openapi.yaml"), Path::new(&out)) {
        Ok(files) => files
            .iter()
            .for_each(|file| println!("cargo::rerun-if-changed={}", file.display())),
        Err(faults) => {
            faults
                .iter()
                .for_each(|fault| println!("cargo::error={fault}"));
            exit(1);
        }
    }
}
