//! Reads one variable after another and gathers what is wrong with them.
//!
//! Set but empty is the same as not set. A value that is wrong is replaced by its default so that reading goes on and
//! the next mistake is found as well; whoever reads must ask for the faults before using what was read.

use std::collections::BTreeSet;
use std::fmt;

use super::{Lookup, Secret, parse};

/// What is wrong with one variable. Never shows a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SettingFault {
    /// The variable.
    pub name: String,
    /// Its value, what is wrong with it, and what would be right.
    pub what: String,
}

impl fmt::Display for SettingFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.what)
    }
}

/// Reads variables.
pub struct Reader<'l> {
    lookup: &'l dyn Lookup,
    faults: Vec<SettingFault>,
}

impl<'l> Reader<'l> {
    /// A reader of these variables.
    pub fn new(lookup: &'l dyn Lookup) -> Self {
        Self {
            lookup,
            faults: Vec::new(),
        }
    }

    /// The value of a variable, if it is set.
    pub fn optional<T>(
        &mut self,
        name: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> Option<T> {
        let text = self.text(name)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(what) => {
                self.fault(name, format!("'{}' {what}", shown(&text)));
                None
            }
        }
    }

    /// The value of a variable, or its default.
    pub fn or<T>(
        &mut self,
        name: &str,
        default: &str,
        parse: impl Fn(&str) -> Result<T, String>,
    ) -> T {
        self.optional(name, &parse).unwrap_or_else(|| {
            parse(default).expect("the compiler checked that every default fits its type")
        })
    }

    /// A secret: the value of the variable, or the content of the file that `NAME_FILE` names.
    pub fn secret(&mut self, name: &str) -> Option<Secret> {
        let file_name = format!("{name}_FILE");
        let text = match (self.text(name), self.text(&file_name)) {
            (Some(_), Some(_)) => {
                self.fault(
                    name,
                    format!("is set, and so is {file_name}; set one of them"),
                );
                return None;
            }
            (Some(text), None) => text,
            (None, Some(path)) => self.content(&file_name, &path)?,
            (None, None) => return None,
        };
        match parse::secret(&text) {
            Ok(value) => Some(Secret::new(value)),
            Err(what) => {
                self.fault(name, what);
                None
            }
        }
    }

    /// A secret, or its default.
    pub fn secret_or(&mut self, name: &str, default: &str) -> Secret {
        self.secret(name).unwrap_or_else(|| Secret::new(default))
    }

    /// Everything that was wrong, in the order of reading, each variable once.
    pub fn into_faults(self) -> Vec<SettingFault> {
        let mut told = BTreeSet::new();
        let mut faults = self.faults;
        faults.retain(|fault| told.insert(fault.name.clone()));
        faults
    }

    fn text(&mut self, name: &str) -> Option<String> {
        match self.lookup.get(name)?.into_string() {
            Ok(text) if text.is_empty() => None,
            Ok(text) => Some(text),
            Err(_) => {
                self.fault(name, "is not valid UTF-8".to_owned());
                None
            }
        }
    }

    /// What a file holds, without the line end that editors add. An empty file is the same as no file.
    fn content(&mut self, name: &str, path: &str) -> Option<String> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) => {
                self.fault(
                    name,
                    format!("can't read the file '{}': {error}", shown(path)),
                );
                return None;
            }
        };
        let line = text.strip_suffix('\n').unwrap_or(&text);
        let line = line.strip_suffix('\r').unwrap_or(line);
        (!line.is_empty()).then(|| line.to_owned())
    }

    fn fault(&mut self, name: &str, what: String) {
        self.faults.push(SettingFault {
            name: name.to_owned(),
            what,
        });
    }
}

/// A value as a fault may show it: on one line, not too long, without what a URL may hide before `@` or after `?`.
fn shown(text: &str) -> String {
    const LONGEST: usize = 80;
    let mut text = text.to_owned();
    let start = text.find("://").map_or(0, |at| at + 3);
    if let Some(at) = text.rfind('@').filter(|at| *at > start) {
        text.replace_range(start..at, "***");
    }
    if start > 0
        && let Some(query) = text.find('?')
    {
        text.replace_range(query + 1.., "***");
    }
    let escaped: String = text
        .chars()
        .take(LONGEST)
        .flat_map(char::escape_debug)
        .collect();
    let escaped = escaped.replace("\\'", "'").replace("\\\"", "\"");
    if text.chars().count() > LONGEST {
        format!("{escaped}..")
    } else {
        escaped
    }
}
