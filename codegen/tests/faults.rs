//! Every mistake is told in words that stay as they are: each `faults/<case>.yaml` against its `.txt`.

mod support;

use support::{SMALL_HUB, all, compile, folder, golden, listed};

#[test]
fn mistakes_are_told_word_for_word() {
    let cases = listed(&folder().join("faults"), "yaml");
    all(cases.iter().map(|case| match compile(case, SMALL_HUB) {
        Ok(_) => Err(format!("{} has no mistake", case.display())),
        Err(told) => golden(&case.with_extension("txt"), &told),
    }));
}

#[test]
fn each_mistake_has_a_file_a_pointer_and_a_remedy() {
    for case in listed(&folder().join("faults"), "yaml") {
        let told = compile(&case, SMALL_HUB).err().unwrap_or_default();
        for line in told.lines() {
            let (place, what) = line.split_once(": ").unwrap_or_default();
            assert!(place.contains('#') && !what.is_empty(), "{line}");
        }
    }
}
