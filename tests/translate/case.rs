//! A folder read: its rule, and an exchange for each client and provider that it names.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// What `case.yaml` says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// What must happen, in a sentence.
    pub rule: String,
    /// Where the rule is from: `matrix 3`, `surprise 8`.
    pub shows: Vec<String>,
    /// Who asks, by the names of `exchange::CLIENTS`.
    clients: BTreeMap<String, Settings>,
    /// Who answers; after a `/` may follow what tells two of them apart, which stands for `{label}` in the reply.
    providers: BTreeMap<String, Settings>,
    /// For all clients and providers.
    #[serde(default)]
    all: Settings,
    #[serde(skip)]
    pub folder: PathBuf,
}

/// What one exchange has of its own. A provider's word stands before a client's, and that before the case's.
#[derive(Deserialize, Default, Clone)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the provider calls the model.
    pub model: Option<String>,
    /// The request line, where it isn't the client's own.
    pub line: Option<String>,
    /// The query, where it isn't the client's own.
    pub query: Option<String>,
    /// The answer comes piece by piece, though its file doesn't show it.
    pub stream: Option<bool>,
    /// Headers of the request.
    pub headers: BTreeMap<String, String>,
    /// The request line that the provider gets.
    pub asks: Option<String>,
    /// Headers that the provider gets; an empty one is absent.
    pub sends: BTreeMap<String, String>,
    /// Status of the reply.
    pub replies: Option<u16>,
    /// Headers of the reply.
    pub reply_headers: BTreeMap<String, String>,
    /// The lines of the reply end in CR LF.
    pub crlf: Option<bool>,
    /// The reply breaks off at its end.
    pub broken: Option<bool>,
    /// Status of the answer.
    pub status: Option<u16>,
    /// Headers of the answer; an empty one is absent.
    pub answers: BTreeMap<String, String>,
    /// What the answer holds at these JSON pointers; null is also what isn't there.
    pub holds: BTreeMap<String, Value>,
    /// `x-gateway-dropped` of the answer.
    pub dropped: Option<String>,
    /// Why it is known to go wrong. A case that no longer does must lose it.
    pub known: Option<String>,
}

/// One exchange.
pub struct Step {
    pub name: String,
    pub folder: PathBuf,
    pub client: String,
    pub provider: String,
    pub label: String,
    pub set: Settings,
}

pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/translate")
}

impl Case {
    /// All folders, or those whose name holds what the variable CASE says.
    pub fn all() -> Vec<Self> {
        let only = std::env::var("CASE").unwrap_or_default();
        let folders = std::fs::read_dir(root()).unwrap();
        let mut folders: Vec<_> = folders.map(|folder| folder.unwrap().path()).collect();
        folders.sort();
        folders.retain(|folder| folder.join("case.yaml").is_file());
        folders.retain(|folder| folder.to_string_lossy().contains(&only));
        folders.into_iter().map(Self::read).collect()
    }

    pub fn name(&self) -> &str {
        self.folder.file_name().unwrap().to_str().unwrap()
    }

    /// Every client with every provider.
    pub fn steps(&self) -> Vec<Step> {
        let pairs = self.clients.iter().flat_map(|client| {
            self.providers
                .iter()
                .map(move |provider| (client, provider))
        });
        let step = |((client, of_client), (provider, of_provider)): (
            (&String, &Settings),
            (&String, &Settings),
        )| Step {
            name: format!("{}: {client} to {provider}", self.name()),
            folder: self.folder.clone(),
            client: client.clone(),
            provider: provider.split('/').next().unwrap_or_default().to_owned(),
            label: provider.rsplit('/').next().unwrap_or_default().to_owned(),
            set: of_provider.clone().or(of_client).or(&self.all),
        };
        pairs.map(step).collect()
    }

    fn read(folder: PathBuf) -> Self {
        let path = folder.join("case.yaml");
        let text = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let case: Self = serde_yaml::from_str(&text)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { folder, ..case }
    }
}

impl Settings {
    fn or(self, other: &Self) -> Self {
        let text = |own: Option<String>, other: &Option<String>| own.or_else(|| other.clone());
        let map = |own: BTreeMap<String, String>, other: &BTreeMap<String, String>| {
            let mut both = other.clone();
            both.extend(own);
            both
        };
        Self {
            model: text(self.model, &other.model),
            line: text(self.line, &other.line),
            query: text(self.query, &other.query),
            stream: self.stream.or(other.stream),
            headers: map(self.headers, &other.headers),
            asks: text(self.asks, &other.asks),
            sends: map(self.sends, &other.sends),
            replies: self.replies.or(other.replies),
            reply_headers: map(self.reply_headers, &other.reply_headers),
            crlf: self.crlf.or(other.crlf),
            broken: self.broken.or(other.broken),
            status: self.status.or(other.status),
            answers: map(self.answers, &other.answers),
            holds: {
                let mut both = other.holds.clone();
                both.extend(self.holds);
                both
            },
            dropped: text(self.dropped, &other.dropped),
            known: text(self.known, &other.known),
        }
    }
}
