//! What constructs of the language become: each `golden/<case>/spec.yaml` against its `expected.rs`. Of a module only
//! the items are kept that the comment `# shows:` names, so that a person can read them all.

mod support;

use std::path::Path;

use codegen::compile::{Model, modules};
use codegen::render;
use quote::ToTokens;
use support::{SMALL_HUB, all, compile, folder, golden, listed};

#[test]
fn constructs_become_what_is_kept() {
    let cases = listed(&folder().join("golden"), "");
    all(cases.iter().map(|case| {
        let entry = case.join("spec.yaml");
        let text = shown(&entry, &compile(&entry, SMALL_HUB)?);
        golden(&case.join("expected.rs"), &text)
    }));
}

#[test]
fn the_same_spec_makes_the_same_bytes() {
    for case in listed(&folder().join("golden"), "") {
        let text = || {
            let model = compile(&case.join("spec.yaml"), SMALL_HUB).expect("the case is right");
            modules(&model)
        };
        assert_eq!(text(), text(), "{}", case.display());
    }
}

#[test]
fn nothing_depends_on_the_order_of_a_hash() {
    let mut waiting = vec![folder().join("../src")];
    let mut seen = 0;
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            let entries = std::fs::read_dir(&path).expect("it can be read");
            waiting.extend(entries.map(|entry| entry.expect("it can be read").path()));
            continue;
        }
        let text = std::fs::read_to_string(&path).expect("sources are UTF-8");
        for word in ["HashMap", "HashSet"] {
            assert!(!text.contains(word), "{} has a {word}", path.display());
        }
        seen += 1;
    }
    assert!(seen > 30, "the search looks at {seen} files only");
}

/// The items that a case is about.
fn shown(entry: &Path, model: &Model) -> String {
    let spec = std::fs::read_to_string(entry).expect("the case can be read");
    let mut lines = spec.lines();
    let names: Vec<&str> = lines
        .find_map(|line| line.strip_prefix("# shows: "))
        .expect("a case says what it shows")
        .split_whitespace()
        .collect();
    let modules = modules(model);
    let dialects = modules.iter().find(|module| module.name == "dialects");
    let file = syn::parse_file(&dialects.expect("there are dialects").text).expect("it is Rust");
    let items = file.items.into_iter().flat_map(|item| match item {
        syn::Item::Mod(module) => module.content.map(|(_, items)| items).unwrap_or_default(),
        _ => Vec::new(),
    });
    let kept: Vec<syn::Item> = items
        .filter(|item| names.contains(&name(item).as_str()))
        .collect();
    assert_eq!(kept.len(), names.len(), "{}", entry.display());
    let kept = kept.iter();
    let tokens = kept.map(|item| item.into_token_stream()).collect();
    render::module("golden", &model.entry, tokens).text
}

fn name(item: &syn::Item) -> String {
    match item {
        syn::Item::Fn(function) => function.sig.ident.to_string(),
        syn::Item::Struct(structure) => structure.ident.to_string(),
        syn::Item::Mod(module) => module.ident.to_string(),
        syn::Item::Const(constant) => constant.ident.to_string(),
        syn::Item::Static(table) => table.ident.to_string(),
        _ => String::new(),
    }
}
