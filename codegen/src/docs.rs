//! What people read about the settings: a table and an example of an environment file, from the model that the code
//! is made of.

use crate::model::settings::{Kind, Section, Setting, Settings};

/// Writes one file.
type Write = fn(&Settings) -> String;

/// Every file that is made, by its path in the project.
pub const FILES: [(&str, Write); 2] = [
    ("spec/docs/Configurations.md", configurations),
    ("spec/docs/env.example", env_example),
];

/// `Configurations.md`
pub fn configurations(settings: &Settings) -> String {
    let mut text = String::from(HEAD);
    for section in &settings.sections {
        text.push_str(&format!("\n## {}\n\n{TABLE}", section.title));
        for row in rows(settings, section) {
            let default = row
                .default
                .map(|default| format!("`{default}`"))
                .unwrap_or_default();
            let cells = [format!("`{}`", row.env), row.kind, default, row.description];
            let cells = cells.map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
        }
    }
    text
}

/// `env.example`
pub fn env_example(settings: &Settings) -> String {
    let mut text = String::from(ENV_HEAD);
    for section in &settings.sections {
        text.push_str(&format!("\n### {}\n", section.title));
        for row in rows(settings, section) {
            let description = row.description.replace('\n', "\n# ");
            text.push_str(&format!(
                "\n# {description}\n#{}={}\n",
                row.env,
                row.default.unwrap_or_default()
            ));
        }
    }
    text
}

const HEAD: &str = "\
<!-- Made by `make docs` from the settings of the spec. Do not edit: edit the spec. -->
# Configuration

The gateway is configured by environment variables alone. All of them are checked at start, and all that is wrong is
told at once.

- A variable that is set but empty counts as not set.
- A duration is written like `30s`, `1m30s` or `500ms`; a size like `10MiB` or `512KiB`; a list with commas.
- A secret can also be read from a file: set `NAME_FILE` to its path instead of `NAME`. One line end at the end of the
  file is removed.
";

const TABLE: &str = "| variable | type | default | meaning |\n| --- | --- | --- | --- |\n";

const ENV_HEAD: &str = "\
# Made by `make docs` from the settings of the spec. Do not edit: edit the spec.
# Each line shows a default: remove the first # from those that you want to change.
";

/// One variable as documented.
struct Row {
    env: String,
    kind: String,
    default: Option<String>,
    description: String,
}

fn rows(settings: &Settings, section: &Section) -> Vec<Row> {
    if !section.per_provider {
        return section
            .settings
            .iter()
            .map(|one| row(one, one.env.clone(), one.default.clone()))
            .collect();
    }
    let mut rows = Vec::new();
    for provider in &settings.providers {
        for setting in &section.settings {
            // The address of the spec is what holds if the setting is absent.
            let address =
                (setting.name == "url" && !provider.url.is_empty()).then(|| provider.url.clone());
            rows.push(row(
                setting,
                provider.env(&setting.env),
                setting.default.clone().or(address),
            ));
        }
        let addressed = section.settings.iter().any(|setting| setting.name == "url");
        for (name, env) in provider.variables.iter().filter(|_| addressed) {
            rows.push(Row {
                env: env.clone(),
                kind: "string".to_owned(),
                default: None,
                description: format!("Fills {{{name}}} in the address of {}", provider.id),
            });
        }
    }
    rows
}

fn row(setting: &Setting, env: String, default: Option<String>) -> Row {
    Row {
        env,
        kind: kind(setting),
        default,
        description: setting.description.trim().to_owned(),
    }
}

fn kind(setting: &Setting) -> String {
    let name = match &setting.kind {
        Kind::Bool => "bool",
        Kind::Integer => "integer",
        Kind::Duration => "duration",
        Kind::Size => "size",
        Kind::Url => "URL",
        Kind::Ip => "IP address",
        Kind::Path => "path",
        Kind::List => "list",
        Kind::Text => "string",
        Kind::Secret => "secret",
        Kind::Enum(values) => return format!("one of `{}`", values.join("`, `")),
    };
    match (&setting.minimum, &setting.maximum) {
        (Some(least), Some(most)) => format!("{name}, {least} to {most}"),
        (Some(least), None) => format!("{name}, at least {least}"),
        (None, Some(most)) => format!("{name}, at most {most}"),
        (None, None) => name.to_owned(),
    }
}

/// What each dialect can say, field by field, as Markdown.
pub fn ledger(model: &crate::compile::Model) -> String {
    let dialects: Vec<_> = model.dialects.values().collect();
    let mut text = String::from("| field |");
    for dialect in &dialects {
        text.push_str(&format!(" {} |", dialect.name));
    }
    text.push_str(&format!("\n|---|{}\n", "---|".repeat(dialects.len())));
    for (number, entry) in model.names.entries().iter().enumerate() {
        let cells: Vec<String> = dialects
            .iter()
            .map(|dialect| match dialect.ledger.get(&number) {
                Some(loss) => cell(loss),
                None if dialect.bound.contains(&number) => "✓".to_owned(),
                None => String::new(),
            })
            .collect();
        if cells.iter().any(|cell| !cell.is_empty()) {
            text.push_str(&format!("| `{}` | {} |\n", entry.name, cells.join(" | ")));
        }
    }
    text
}

fn cell(loss: &crate::model::dialect::Loss) -> String {
    use crate::model::dialect::Loss;
    match loss {
        Loss::Drop(reason) | Loss::Refuse(reason) | Loss::Implied(reason) => {
            format!("{}: {reason}", loss.verdict())
        }
        Loss::Nearest(pass, _) => format!("nearest: {pass}"),
        Loss::Bound => "✓".to_owned(),
    }
}
