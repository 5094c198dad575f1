//! What the shape of the project promises: who imports whom, what the source may name, which packages it uses, which
//! keywords are documented, how long files are. Each test tells all offending lines.

#[path = "architecture/lists.rs"]
mod lists;
#[path = "architecture/search.rs"]
mod search;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use lists::{
    CODEGEN_DEPENDENCIES, DEPENDENCIES, LONGEST_FILE, SHARED, STAGES, TOP, UNITS, VENDORS,
};
use search::{
    code, dependencies, files, group, imports, is_made, keywords, none, part, rank, read, root,
    rust_files,
};

#[test]
fn folders_import_only_from_below() {
    let mut wrong = Vec::new();
    for file in rust_files("src") {
        let owner = part(&file, "src");
        if owner == "lib" {
            continue;
        }
        let Some(own) = rank(&owner) else {
            wrong.push(format!(
                "{}: '{owner}' has no place in ORDER",
                file.display()
            ));
            continue;
        };
        for (line, name) in imports(&file) {
            let unit = UNITS.contains(&owner.as_str()) && UNITS.contains(&name.as_str());
            let allowed = name == owner || unit || rank(&name).is_some_and(|other| other < own);
            // Names in lower case that no folder has are macros or functions of the crate's root.
            if !allowed && rank(&name).is_some() {
                wrong.push(format!(
                    "{}:{line}: {owner} imports {name}, which is not below it",
                    file.display()
                ));
            }
        }
    }
    none("import order", &wrong);
}

#[test]
fn stages_of_the_compiler_are_blind_to_each_other() {
    let mut wrong = Vec::new();
    for file in rust_files("codegen/src") {
        let owner = part(&file, "codegen/src");
        let Some((_, known)) = STAGES.iter().find(|(stage, _)| *stage == owner) else {
            continue;
        };
        let text = read(&file);
        for (line, name) in imports(&file) {
            // Every stage may say where something stands.
            let statement = text.lines().nth(line - 1).unwrap_or_default();
            let place = name == "source" && statement.trim() == "use crate::source::Place;";
            if !known.contains(&name.as_str()) && !SHARED.contains(&name.as_str()) && !place {
                wrong.push(format!("{}:{line}: {owner} imports {name}", file.display()));
            }
        }
    }
    none("stages", &wrong);
}

#[test]
fn the_source_names_no_vendor() {
    let vendors = regex_lite::Regex::new(VENDORS).expect("it is a pattern");
    let mut files = rust_files("src");
    files.extend(rust_files("codegen/src"));
    files.push(PathBuf::from("build.rs"));
    let mut wrong = Vec::new();
    for file in files {
        for (i, line) in read(&file).lines().enumerate() {
            if vendors.is_match(line) || vendors.is_match(&file.to_string_lossy()) {
                wrong.push(format!("{}:{}: {}", file.display(), i + 1, line.trim()));
            }
        }
    }
    none("vendor names", &wrong);
}

#[test]
fn the_environment_is_read_in_one_place() {
    let mut wrong = Vec::new();
    for file in rust_files("src")
        .into_iter()
        .filter(|file| part(file, "src") != "env")
    {
        for (i, line) in code(&read(&file)).lines().enumerate() {
            if line.contains("env::var") {
                wrong.push(format!(
                    "{}:{}: read settings through config",
                    file.display(),
                    i + 1
                ));
            }
        }
    }
    none("environment", &wrong);
}

#[test]
fn direct_dependencies_are_those_with_a_reason() {
    for (manifest, expected) in [
        ("Cargo.toml", DEPENDENCIES),
        ("codegen/Cargo.toml", CODEGEN_DEPENDENCIES),
    ] {
        let used = dependencies(&read(Path::new(manifest)));
        let listed = |(table, rows): &(&str, &[(&str, &str)])| {
            let names: BTreeSet<String> = rows.iter().map(|(name, _)| name.to_string()).collect();
            (table.to_string(), names)
        };
        let listed: BTreeMap<String, BTreeSet<String>> = expected.iter().map(listed).collect();
        assert_eq!(
            used, listed,
            "{manifest}: give every package a reason in tests/architecture/lists.rs"
        );
    }
}

#[test]
fn every_keyword_of_the_spec_is_documented() {
    let vocabulary = read(Path::new("spec/README.md"));
    let mut used: BTreeMap<String, PathBuf> = BTreeMap::new();
    for file in files("spec", "yaml") {
        let document: serde_yaml::Value =
            serde_yaml::from_str(&read(&file)).expect("the spec is YAML");
        let mut found = BTreeSet::new();
        keywords(&document, &mut found);
        for keyword in found {
            used.entry(keyword).or_insert_with(|| file.clone());
        }
    }
    assert!(used.len() > 5, "the search for keywords finds nothing");
    let documented = |keyword: &str| {
        let quoted = format!("`{keyword}");
        vocabulary.match_indices(&quoted).any(|(at, _)| {
            let next = vocabulary[at + quoted.len()..].chars().next();
            !next.is_some_and(|c| c.is_ascii_alphanumeric() || c == '-')
        })
    };
    let wrong: Vec<String> = used
        .iter()
        .filter(|(keyword, _)| !documented(keyword))
        .map(|(keyword, file)| {
            format!(
                "{}: `{keyword}` has no row in spec/README.md",
                file.display()
            )
        })
        .collect();
    none("keywords", &wrong);
}

#[test]
fn files_are_not_longer_than_people_read() {
    let mut wrong = Vec::new();
    for folder in ["src", "codegen/src", "codegen/tests", "tests", "benches"] {
        for file in rust_files(folder).into_iter().filter(|file| !is_made(file)) {
            let lines = read(&file).lines().count();
            if lines > LONGEST_FILE {
                wrong.push(format!("{}: {lines} lines; split it", file.display()));
            }
        }
    }
    none("long files", &wrong);
}

#[test]
fn the_top_level_is_clean() {
    let listed = std::process::Command::new("git")
        .args(["ls-files"])
        .current_dir(root())
        .output();
    let Some(listed) = listed.ok().filter(|output| output.status.success()) else {
        eprintln!("SKIPPED: this is no git repository");
        return;
    };
    let listed = String::from_utf8(listed.stdout).expect("file names are UTF-8");
    let top: BTreeSet<&str> = listed
        .lines()
        .filter_map(|path| path.split('/').next())
        .collect();
    let wrong: Vec<String> = top
        .into_iter()
        .filter(|name| !TOP.contains(name))
        .map(|name| format!("{name}: move it into a folder, or add it to TOP"))
        .collect();
    none("top level", &wrong);
}

#[test]
fn the_searches_of_this_file_find_what_they_look_for() {
    let names = group("config::{Config, Server},\n    env, table::Route}; use crate::x");
    assert_eq!(names, ["config", "env", "table"]);
    let manifest = "[workspace.dependencies]\nq = \"1\"\n[dependencies]\na = \"1\"\nb.workspace = true\n[lints]\nc = 1";
    let expected = BTreeSet::from(["a".to_owned(), "b".to_owned()]);
    assert_eq!(
        dependencies(manifest),
        BTreeMap::from([("dependencies".to_owned(), expected)])
    );
    let yaml = "{x-a: {properties: {x-no: {x-b: 1}}, examples: [{x-no: 1}]}, extra_headers: {x-no: 1}, l: [{x-c: 1}]}";
    let mut found = BTreeSet::new();
    keywords(&serde_yaml::from_str(yaml).expect("it is YAML"), &mut found);
    assert_eq!(
        found,
        BTreeSet::from(["x-a", "x-b", "x-c"].map(str::to_owned))
    );
    assert!(
        imports(Path::new("src/config/check.rs"))
            .iter()
            .any(|(_, name)| name == "generated")
    );
}
