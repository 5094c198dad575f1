//! The files of a case: which of them is for which exchange.

use std::path::PathBuf;

use super::case::{Step, root};

/// A body and what its file's name says of it.
pub struct Body {
    pub path: PathBuf,
    pub text: String,
}

const FORMS: [&str; 4] = ["json", "sse", "ndjson", "txt"];

impl Step {
    /// What the client sends: its own, the case's, or as little as can be.
    pub fn request(&self) -> Body {
        let found = self.find("request", &[&self.client]);
        found.unwrap_or_else(|| plain("request", &self.client))
    }

    /// What the provider must get.
    pub fn upstream(&self) -> Option<Body> {
        self.find("upstream", &[&self.client, &self.label])
    }

    /// What the provider replies, if it is asked.
    pub fn reply(&self) -> Option<Body> {
        self.find("reply", &[&self.client, &self.label])
    }

    /// What the client must get.
    pub fn answer(&self) -> Option<Body> {
        self.find("answer", &[&self.label, &self.client])
    }

    /// The file with the longest name that fits: `answer.chat.google.json`, then the last of these names, then the other,
    /// then none.
    fn find(&self, stem: &str, names: &[&str]) -> Option<Body> {
        let both = format!("{stem}.{}.{}", self.client, self.label);
        let mut stems = vec![both];
        stems.extend(names.iter().rev().map(|name| format!("{stem}.{name}")));
        stems.push(stem.to_owned());
        let paths = stems.iter().flat_map(|stem| {
            FORMS
                .iter()
                .map(move |form| self.folder.join(format!("{stem}.{form}")))
        });
        paths.into_iter().find_map(Body::read)
    }
}

impl Body {
    pub fn form(&self) -> &str {
        self.path.extension().unwrap().to_str().unwrap()
    }

    pub fn is_stream(&self) -> bool {
        matches!(self.form(), "sse" | "ndjson")
    }

    pub fn media_type(&self) -> &'static str {
        match self.form() {
            "json" => "application/json",
            "sse" => "text/event-stream",
            "ndjson" => "application/x-ndjson",
            _ => "text/plain",
        }
    }

    fn read(path: PathBuf) -> Option<Self> {
        let text = std::fs::read_to_string(&path).ok()?;
        Some(Self { path, text })
    }
}

/// The least that a client or a dialect says.
pub fn plain(stem: &str, name: &str) -> Body {
    let path = root().join(format!("plain/{stem}.{name}.json"));
    Body::read(path).unwrap_or_else(|| panic!("plain/ has no {stem} of {name}"))
}
