//! Finds things in the files of the project.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::lists::ORDER;

/// Packages by table. Reads only the lines of the form `name = ..` and `name.workspace = true`.
pub fn dependencies(manifest: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut tables: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut table = "";
    for line in manifest.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            table = name.trim_end_matches(']');
        } else if table.ends_with("dependencies")
            && !table.starts_with("workspace")
            && let Some((name, _)) = line.split_once('=')
        {
            let name = name.trim().trim_end_matches(".workspace");
            tables
                .entry(table.to_owned())
                .or_default()
                .insert(name.to_owned());
        }
    }
    tables
}

/// Keys that begin with `x-` where the language has keywords: not names of properties or headers, and not examples.
pub fn keywords(value: &serde_yaml::Value, found: &mut BTreeSet<String>) {
    use serde_yaml::Value;
    const NAMES: [&str; 7] = [
        "properties",
        "headers",
        "extra_headers",
        "schemas",
        "securitySchemes",
        "patternProperties",
        "mapping",
    ];
    match value {
        Value::Mapping(mapping) => {
            for (key, value) in mapping {
                let key = key.as_str().unwrap_or_default();
                if key.starts_with("x-") {
                    found.insert(key.to_owned());
                }
                match value {
                    Value::Mapping(named) if NAMES.contains(&key) => {
                        named.values().for_each(|value| keywords(value, found));
                    }
                    _ if matches!(key, "example" | "examples" | "const" | "default" | "enum") => {}
                    _ => keywords(value, found),
                }
            }
        }
        Value::Sequence(list) => list.iter().for_each(|value| keywords(value, found)),
        _ => {}
    }
}

/// The top-level modules that a file's code names after `crate::`, with lines. None for a file of tests.
pub fn imports(file: &Path) -> Vec<(usize, String)> {
    // Generated code is written with `::gateway::`; in hand-written code it would be a way around the order.
    let path = regex_lite::Regex::new(r"\b(?:crate|use gateway)::(\{|[a-z_][a-z0-9_]*)")
        .expect("it is a pattern");
    if file
        .iter()
        .any(|part| part == "tests" || part == "tests.rs")
    {
        return Vec::new();
    }
    let text = code(&read(file));
    let mut found = Vec::new();
    for captures in path.captures_iter(&text) {
        let (Some(whole), Some(name)) = (captures.get(0), captures.get(1)) else {
            continue;
        };
        let line = text[..whole.start()].matches('\n').count() + 1;
        if name.as_str() == "{" {
            found.extend(
                group(&text[name.end()..])
                    .into_iter()
                    .map(|name| (line, name)),
            );
        } else {
            found.push((line, name.as_str().to_owned()));
        }
    }
    found
}

/// The first names of the members of `{a::b, c::{d, e}}`, without the opening brace.
pub fn group(text: &str) -> Vec<String> {
    let mut names = vec![String::new()];
    let (mut depth, mut in_path) = (0, false);
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                names.push(String::new());
                in_path = false;
            }
            ':' => in_path = true,
            c if depth == 0 && !in_path && !c.is_whitespace() => {
                names.last_mut().expect("there is one").push(c)
            }
            _ => {}
        }
    }
    names.retain(|name| !name.is_empty());
    names
}

/// A file without its comments and its tests, line by line.
pub fn code(text: &str) -> String {
    let text = text
        .split("#[cfg(test)]\nmod tests {")
        .next()
        .unwrap_or_default();
    let comment = |line: &str| line.trim_start().starts_with("//");
    let lines = text
        .lines()
        .map(|line| if comment(line) { "" } else { line });
    lines.collect::<Vec<_>>().join("\n")
}

/// The folder or file right under `root` that a file belongs to.
pub fn part(file: &Path, root: &str) -> String {
    let below = file.strip_prefix(root).unwrap_or(file);
    let first = below
        .components()
        .next()
        .map(|part| part.as_os_str().to_string_lossy().into_owned());
    first.unwrap_or_default().trim_end_matches(".rs").to_owned()
}

pub fn rank(name: &str) -> Option<usize> {
    ORDER.iter().position(|group| group.contains(&name))
}

/// Whether a program wrote it.
pub fn is_made(file: &Path) -> bool {
    read(file).starts_with("// Made from")
}

pub fn none(what: &str, wrong: &[String]) {
    assert!(wrong.is_empty(), "{what}:\n{}", wrong.join("\n"));
}

pub fn rust_files(folder: &str) -> Vec<PathBuf> {
    files(folder, "rs")
}

/// All files below a folder of the project with this extension, by name. None if there is no such folder.
pub fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut waiting = vec![PathBuf::from(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(root().join(&folder))
            .into_iter()
            .flatten()
            .flatten()
        {
            let path = folder.join(entry.file_name());
            if root().join(&path).is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|own| own == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

pub fn read(file: &Path) -> String {
    std::fs::read_to_string(root().join(file))
        .unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
