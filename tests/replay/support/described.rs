//! Which statuses the entry document describes for which request.

use std::path::Path;
use std::sync::LazyLock;

use serde_yaml::Value;

static ENTRY: LazyLock<Value> = LazyLock::new(|| {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("spec/openapi.yaml");
    serde_yaml::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

/// Fails where the entry document has the path and doesn't name the status.
pub fn assert(line: &str, status: u16) {
    let (method, target) = line.split_once(' ').unwrap();
    let path = target.split('?').next().unwrap_or_default();
    let paths = ENTRY["paths"].as_mapping().unwrap();
    let found = paths
        .iter()
        .find(|(template, _)| fits(template.as_str().unwrap(), path));
    let Some((template, item)) = found else {
        assert_eq!(status, 404, "{line}: no such path, and yet");
        return;
    };
    let key = method.to_lowercase();
    // Of a method that a path doesn't have, its other methods speak.
    let operations = item.as_mapping().unwrap().iter();
    let own = operations.filter(|(name, _)| *name != "parameters");
    let asked: Vec<_> = match item.get(&*key) {
        Some(operation) => vec![operation],
        None => own.map(|(_, operation)| operation).collect(),
    };
    for operation in asked {
        let responses = &operation["responses"];
        // A provider may refuse with any status, which is passed on, and a relay passes on what it gets.
        let template = template.as_str().unwrap();
        let passed_on =
            template.contains("{provider}") && status / 100 == 4 || template.contains("{path}");
        let described = responses.get(status.to_string()).is_some()
            || passed_on && responses.get("default").is_some();
        assert!(
            described,
            "{line}: {status} isn't described for {template:?}"
        );
    }
}

fn fits(template: &str, path: &str) -> bool {
    let (mut template, mut path) = (template.split('/'), path.split('/'));
    loop {
        match (template.next(), path.next()) {
            (None, None) => return true,
            (Some("{path}"), Some(_)) => return true,
            (Some(name), Some(value)) if name.starts_with('{') && !value.is_empty() => {}
            (Some(name), Some(value)) if name == value => {}
            _ => return false,
        }
    }
}
