//! Whole entries on the gateway's hub. What they become is compiled and driven by the gateway's own tests.

mod support;

use codegen::compile::modules;
use support::{REAL_HUB, all, compile, folder, golden, listed};

#[test]
fn entries_become_the_dialects_that_are_kept() {
    let entries = listed(&folder().join("fixtures"), "yaml");
    all(entries.iter().map(|entry| {
        let modules = modules(&compile(entry, REAL_HUB)?);
        let dialects = modules.iter().find(|module| module.name == "dialects");
        let text = &dialects.expect("there are dialects").text;
        golden(&entry.with_extension("rs"), text)
    }));
}
