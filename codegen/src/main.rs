//! `codegen check | ledger | docs`: what people ask of the spec, without building the gateway.

use std::path::Path;
use std::process::ExitCode;

use codegen::compile::{self, Model};
use codegen::docs;

const ENTRY: &str = "spec/openapi.yaml";
const USAGE: &str = "usage: codegen check | ledger | docs, from the project's root
  check   tells every mistake of the spec
  ledger  prints what each dialect can say, as Markdown
  docs    rewrites the documents that are made from the spec";

fn main() -> ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    let run: fn(&Model) -> std::io::Result<()> = match command.as_str() {
        "check" => |_| Ok(()),
        "ledger" => |model| {
            print!("{}", docs::ledger(model));
            Ok(())
        },
        "docs" => |model| {
            docs::FILES
                .iter()
                .try_for_each(|(path, text)| std::fs::write(path, text(&model.settings)))
        },
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match compile::model(Path::new(ENTRY)) {
        Ok(model) => match run(&model) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                eprintln!("{error}");
                ExitCode::FAILURE
            }
        },
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} mistakes in the spec", faults.len());
            ExitCode::FAILURE
        }
    }
}
