//! Settings: what the environment may say.

use crate::source::Place;

/// All settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// In the order of the spec.
    pub sections: Vec<Section>,
    /// For whom the settings with `{key}` are read, in the order of the spec.
    pub providers: Vec<Provider>,
}

/// Settings that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Name in the spec.
    pub name: String,
    /// Heading.
    pub title: String,
    /// The variables of its settings hold `{key}`: each provider has them all.
    pub per_provider: bool,
    /// In the order of the spec.
    pub settings: Vec<Setting>,
    /// Where it stands.
    pub place: Place,
}

/// One variable; with `{key}` in its name, one for each provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Name in the spec.
    pub name: String,
    /// Name of the variable.
    pub env: String,
    /// What its text must be.
    pub kind: Kind,
    /// Used if it isn't set.
    pub default: Option<String>,
    /// Least value, in the grammar of the type.
    pub minimum: Option<String>,
    /// Greatest value.
    pub maximum: Option<String>,
    /// What it is for.
    pub description: String,
    /// Where it stands.
    pub place: Place,
}

/// The type of a setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`
    Bool,
    /// A whole number.
    Integer,
    /// `1m30s`
    Duration,
    /// `10MiB`
    Size,
    /// An http or https address.
    Url,
    /// An IP address.
    Ip,
    /// A file or folder.
    Path,
    /// Words between commas.
    List,
    /// Any text.
    Text,
    /// Any text that is never shown; it can also come from the file that `NAME_FILE` names.
    Secret,
    /// One of these.
    Enum(Vec<String>),
}

impl Kind {
    /// All types by their names in the spec; an enum's values are given beside it.
    pub const NAMES: [&'static str; 11] = [
        "bool", "integer", "duration", "size", "url", "ip", "path", "list", "string", "secret",
        "enum",
    ];

    /// The type of this name.
    pub fn named(name: &str, values: Vec<String>) -> Option<Kind> {
        Some(match name {
            "bool" => Kind::Bool,
            "integer" => Kind::Integer,
            "duration" => Kind::Duration,
            "size" => Kind::Size,
            "url" => Kind::Url,
            "ip" => Kind::Ip,
            "path" => Kind::Path,
            "list" => Kind::List,
            "string" => Kind::Text,
            "secret" => Kind::Secret,
            "enum" => Kind::Enum(values),
            _ => return None,
        })
    }

    /// Whether there is more and less of it.
    pub fn is_ordered(&self) -> bool {
        matches!(self, Kind::Integer | Kind::Duration | Kind::Size)
    }
}

/// A provider, as far as settings know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provider {
    /// Its id.
    pub id: String,
    /// What `{key}` stands for.
    pub key: String,
    /// Its address in the spec, documented as the default of the setting `url`.
    pub url: String,
    /// What the address leaves open: the name in braces and the variable that fills it.
    pub variables: Vec<(String, String)>,
    /// Where it stands.
    pub place: Place,
}

impl Provider {
    /// The variable that a name with `{key}` is for this provider.
    pub fn env(&self, pattern: &str) -> String {
        pattern.replace("{key}", &self.key)
    }
}

impl Settings {
    /// Sections that stand for themselves.
    pub fn plain(&self) -> impl Iterator<Item = &Section> {
        self.sections.iter().filter(|section| !section.per_provider)
    }

    /// Settings that each provider has, from whichever section. One without `{key}` that strayed among them is a fault
    /// and not counted.
    pub fn keyed(&self) -> impl Iterator<Item = &Setting> {
        self.sections
            .iter()
            .filter(|section| section.per_provider)
            .flat_map(|section| &section.settings)
            .filter(|setting| setting.env.contains("{key}"))
    }

    /// Every variable with the place that it comes from, a secret's `NAME_FILE` included.
    pub fn variables(&self) -> Vec<(String, Place)> {
        let mut all = Vec::new();
        for section in self.plain() {
            for setting in &section.settings {
                all.extend(setting.variables(setting.env.clone(), &setting.place));
            }
        }
        for provider in &self.providers {
            for setting in self.keyed() {
                all.extend(setting.variables(provider.env(&setting.env), &provider.place));
            }
            all.extend(
                provider
                    .variables
                    .iter()
                    .map(|(_, env)| (env.clone(), provider.place.clone())),
            );
        }
        all
    }
}

impl Setting {
    fn variables(&self, env: String, place: &Place) -> Vec<(String, Place)> {
        let file = (self.kind == Kind::Secret).then(|| (format!("{env}_FILE"), place.clone()));
        [(env, place.clone())].into_iter().chain(file).collect()
    }
}
