//! What is written about the settings is what the spec says now, and is true.

use std::collections::BTreeMap;

use gateway::generated::settings::Settings;

use crate::support::{real, root};

#[test]
fn the_files_for_people_are_made_from_the_spec_as_it_is_now() {
    let settings = real();
    for (path, make) in codegen::docs::FILES {
        let kept = std::fs::read_to_string(root().join(path)).unwrap_or_default();
        assert!(
            kept == make(&settings),
            "{path} is stale; run `make docs` and commit what it writes"
        );
    }
}

#[test]
fn the_example_of_an_environment_says_the_defaults() {
    let text = codegen::docs::env_example(&real());
    let lines = text
        .lines()
        .filter_map(|line| line.strip_prefix('#')?.split_once('='));
    let example: BTreeMap<String, String> = lines
        .filter(|(name, _)| !name.contains(' '))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    let documented: Vec<&str> = Settings::NAMES
        .iter()
        .copied()
        .filter(|name| !name.ends_with("_FILE"))
        .collect();
    assert_eq!(example.len(), documented.len(), "{example:?}");
    for name in documented {
        assert!(example.contains_key(name), "{name} is not in the example");
    }
    let mut said = Settings::load(&example).expect("every line of the example can be used");
    for provider in &mut said.providers {
        // The address stands in the table of providers, not in the settings: the example repeats it.
        provider.url = None;
    }
    assert_eq!(
        said,
        Settings::load(&BTreeMap::new()).expect("the defaults are right")
    );
}

#[test]
fn the_table_names_every_variable() {
    let text = codegen::docs::configurations(&real());
    for name in Settings::NAMES
        .iter()
        .filter(|name| !name.ends_with("_FILE"))
    {
        assert!(text.contains(&format!("| `{name}` |")), "{name}");
    }
}
