//! What the compiler accepts is documented where it is written: `spec/README.md`.

mod support;

use codegen::lower::dialect::OPERATIONS;
use codegen::lower::keywords::KEYWORDS;
use codegen::lower::ledger::PASSES;
use codegen::model::settings::Kind;
use support::folder;

#[test]
fn every_word_of_the_language_is_in_the_vocabulary() {
    let file = folder().join("../../spec/README.md");
    let text = std::fs::read_to_string(file).expect("spec/README.md can be read");
    let rows = KEYWORDS.iter().map(|word| format!("| `{word}` |"));
    let words = OPERATIONS.iter().chain(&PASSES).chain(&Kind::NAMES);
    let missing: Vec<String> = rows
        .chain(words.map(|word| format!("`{word}`")))
        .filter(|wanted| !text.contains(wanted.as_str()))
        .collect();
    assert!(missing.is_empty(), "spec/README.md lacks {missing:?}");
}
