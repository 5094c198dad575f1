//! Reads the entry and every file that it refers to.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use serde_json::{Map, Value};

use super::{Node, Place};
use crate::fault::{Faults, suggest};

/// Every file behind one entry document.
#[derive(Debug)]
pub struct Source {
    root: PathBuf,
    entry: Rc<str>,
    files: BTreeMap<Rc<str>, Value>,
}

impl Source {
    /// Reads the entry and what it refers to. Unreadable files and dangling references are faults.
    pub fn load(entry: &Path, faults: &Faults) -> Source {
        let folder = entry.parent().unwrap_or(Path::new("."));
        let root = folder.parent().unwrap_or(Path::new("")).to_path_buf();
        let name: Rc<str> = file_name(entry.strip_prefix(&root).unwrap_or(entry)).into();
        let mut source = Source {
            root,
            entry: Rc::clone(&name),
            files: BTreeMap::new(),
        };
        let mut waiting = vec![(name, None)];
        while let Some((file, asked_from)) = waiting.pop() {
            if source.files.contains_key(&file) {
                continue;
            }
            let value = source.read(&file, asked_from.as_ref(), faults);
            let mut references = Vec::new();
            find_references(
                &value,
                &Place {
                    file: Rc::clone(&file),
                    pointer: String::new(),
                },
                &mut references,
            );
            source.files.insert(Rc::clone(&file), value);
            for (place, reference) in references {
                let (target, _) = split(&place, &reference);
                waiting.push((target.into(), Some(place)));
            }
        }
        source.check_references(faults);
        source
    }

    /// The entry document.
    pub fn entry(&self) -> Node<'_> {
        let value = self.files.get(&self.entry).unwrap_or(&Value::Null);
        Node {
            source: self,
            value,
            place: Place {
                file: Rc::clone(&self.entry),
                pointer: String::new(),
            },
        }
    }

    /// A whole file.
    pub fn document(&self, file: &str) -> Option<Node<'_>> {
        let (file, value) = self.files.get_key_value(file)?;
        Some(Node {
            source: self,
            value,
            place: Place {
                file: Rc::clone(file),
                pointer: String::new(),
            },
        })
    }

    /// Names of all files that were read.
    pub fn names(&self) -> Vec<String> {
        self.files.keys().map(|file| file.to_string()).collect()
    }

    /// Paths of all files that were read, for the build to watch.
    pub fn paths(&self) -> Vec<PathBuf> {
        self.files
            .keys()
            .map(|file| self.root.join(&**file))
            .collect()
    }

    /// What a reference that stands at `place` leads to; the error says why it leads nowhere.
    pub fn resolve(&self, place: &Place, reference: &str) -> Result<Node<'_>, String> {
        let (file, pointer) = split(place, reference);
        let Some(mut node) = self.document(&file) else {
            return Err(format!(
                "there is no file {file}{}",
                suggest(&file, self.files.keys().map(|f| &**f))
            ));
        };
        for token in pointer.split('/').skip(1) {
            let key = token.replace("~1", "/").replace("~0", "~");
            let next = match node.value {
                Value::Array(_) => key
                    .parse::<usize>()
                    .ok()
                    .and_then(|i| node.items().into_iter().nth(i)),
                _ => node.get(&key),
            };
            match next {
                Some(next) => node = next,
                None => {
                    let names: Vec<&str> =
                        node.entries().into_iter().map(|(name, _)| name).collect();
                    return Err(format!(
                        "'{reference}' leads nowhere: {} has no '{key}'{}",
                        node.place,
                        suggest(&key, names)
                    ));
                }
            }
        }
        Ok(node)
    }

    fn read(&self, file: &str, asked_from: Option<&Place>, faults: &Faults) -> Value {
        let place = Place {
            file: file.into(),
            pointer: String::new(),
        };
        let text = match std::fs::read_to_string(self.root.join(file)) {
            Ok(text) => text,
            Err(error) => {
                let nearest = self.neighbours(file);
                let nearest = suggest(file, nearest.iter().map(String::as_str));
                let place = asked_from.unwrap_or(&place);
                faults.add(place, format!("can't read {file}: {error}{nearest}"));
                return Value::Null;
            }
        };
        let parsed = serde_yaml::from_str::<serde_yaml::Value>(&text).and_then(|mut value| {
            value.apply_merge()?;
            Ok(value)
        });
        match parsed {
            Ok(value) => to_json(value, &place, faults),
            Err(error) => {
                faults.add(&place, format!("is not valid YAML: {error}"));
                Value::Null
            }
        }
    }

    /// Files that stand where this one should.
    fn neighbours(&self, file: &str) -> Vec<String> {
        let folder = Path::new(file).parent().unwrap_or(Path::new(""));
        let entries = std::fs::read_dir(self.root.join(folder));
        let names = entries.into_iter().flatten().flatten();
        let mut names: Vec<String> = names
            .map(|entry| folder.join(entry.file_name()))
            .filter(|path| path.extension().is_some_and(|e| e == "yaml" || e == "yml"))
            .map(|path| file_name(&path))
            .collect();
        names.sort();
        names
    }

    fn check_references(&self, faults: &Faults) {
        for (file, value) in &self.files {
            let mut references = Vec::new();
            find_references(
                value,
                &Place {
                    file: Rc::clone(file),
                    pointer: String::new(),
                },
                &mut references,
            );
            for (place, reference) in references {
                let target = split(&place, &reference).0;
                let unreadable = self.files.get(target.as_str()) == Some(&Value::Null);
                if !unreadable && let Err(what) = self.resolve(&place, &reference) {
                    faults.add(&place, what);
                }
            }
        }
    }
}

/// The file and the pointer that a reference names, seen from where it stands.
fn split(place: &Place, reference: &str) -> (String, String) {
    let (file, pointer) = reference.split_once('#').unwrap_or((reference, ""));
    if file.is_empty() {
        return (place.file.to_string(), pointer.to_owned());
    }
    let folder = Path::new(&*place.file).parent().unwrap_or(Path::new(""));
    (file_name(&folder.join(file)), pointer.to_owned())
}

/// A path with `/` and without `.` and `..`, so that each file has one name.
fn file_name(path: &Path) -> String {
    let mut parts: Vec<String> = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir if !parts.is_empty() => drop(parts.pop()),
            Component::CurDir => {}
            other => parts.push(other.as_os_str().to_string_lossy().into_owned()),
        }
    }
    parts.join("/")
}

fn find_references(value: &Value, place: &Place, found: &mut Vec<(Place, String)>) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match value {
                    Value::String(reference) if key == "$ref" => {
                        found.push((place.clone(), reference.clone()))
                    }
                    // Examples are data: a `$ref` in a tool's schema there is not ours.
                    _ if key == "examples" || key == "example" => {}
                    _ => find_references(value, &place.child(key), found),
                }
            }
        }
        Value::Array(list) => {
            for (i, value) in list.iter().enumerate() {
                find_references(value, &place.child(&i.to_string()), found);
            }
        }
        _ => {}
    }
}

/// YAML as JSON; keys that YAML reads as numbers or booleans are the texts that people wrote.
fn to_json(value: serde_yaml::Value, place: &Place, faults: &Faults) -> Value {
    use serde_yaml::Value as Yaml;
    match value {
        Yaml::Null => Value::Null,
        Yaml::Bool(flag) => Value::Bool(flag),
        Yaml::Number(number) => serde_json::to_value(number).unwrap_or(Value::Null),
        Yaml::String(text) => Value::String(text),
        Yaml::Sequence(list) => Value::Array(
            list.into_iter()
                .enumerate()
                .map(|(i, v)| to_json(v, &place.child(&i.to_string()), faults))
                .collect(),
        ),
        Yaml::Mapping(mapping) => {
            let mut object = Map::new();
            for (key, value) in mapping {
                let Some(key) = key_text(&key) else {
                    faults.add(place, "a key must be a text, a number or a boolean");
                    continue;
                };
                let value = to_json(value, &place.child(&key), faults);
                if object.insert(key.clone(), value).is_some() {
                    faults.add(place, format!("the key '{key}' stands twice"));
                }
            }
            Value::Object(object)
        }
        Yaml::Tagged(tagged) => {
            faults.add(
                place,
                format!("the YAML tag {} means nothing here; remove it", tagged.tag),
            );
            to_json(tagged.value, place, faults)
        }
    }
}

fn key_text(key: &serde_yaml::Value) -> Option<String> {
    match key {
        serde_yaml::Value::String(text) => Some(text.clone()),
        serde_yaml::Value::Number(number) => Some(number.to_string()),
        serde_yaml::Value::Bool(flag) => Some(flag.to_string()),
        serde_yaml::Value::Null => Some("null".to_owned()),
        _ => None,
    }
}
