//! Looks across the settings: no variable twice, no name twice, defaults and limits that fit their types.

use std::collections::BTreeMap;

use crate::fault::Faults;
use crate::model::settings::{Kind, Section, Setting, Settings};
use crate::names::snake;
use crate::source::Place;

// One grammar: what the gateway reads at run time and what the spec may write as a default are the same text.
#[path = "../../../src/env/parse.rs"]
pub mod parse;

/// Checks all of them.
pub fn check(settings: &Settings, faults: &Faults) {
    unique_variables(settings, faults);
    unique_names(
        settings
            .sections
            .iter()
            .map(|section| (&section.name, &section.place)),
        "section",
        faults,
    );
    for section in &settings.sections {
        if section.per_provider {
            continue;
        }
        unique_names(setting_names(section), "setting of this section", faults);
        if snake(&section.name) == "providers" {
            faults.add(
                &section.place,
                "a section named 'providers' is for variables with {key} in their names",
            );
        }
    }
    let keyed = settings
        .keyed()
        .map(|setting| (&setting.name, &setting.place));
    unique_names(
        keyed.collect::<Vec<_>>().into_iter(),
        "setting of each provider",
        faults,
    );
    for setting in settings
        .sections
        .iter()
        .flat_map(|section| &section.settings)
    {
        variable_name(setting, faults);
        limits(setting, faults);
        default(setting, faults);
    }
    for provider in &settings.providers {
        for (name, _) in provider
            .variables
            .iter()
            .filter(|(name, _)| !is_variable(name))
        {
            let what = format!(
                "'{{{name}}}' is filled from a variable; write its name in capital letters, digits and _"
            );
            faults.add(&provider.place.child("url"), what);
        }
    }
}

fn setting_names(section: &Section) -> impl Iterator<Item = (&String, &Place)> {
    section
        .settings
        .iter()
        .map(|setting| (&setting.name, &setting.place))
}

fn unique_variables(settings: &Settings, faults: &Faults) {
    let mut seen: BTreeMap<String, Place> = BTreeMap::new();
    for (env, place) in settings.variables() {
        if let Some(first) = seen.get(&env) {
            faults.add(
                &place,
                format!("the variable {env} is already that of {first}; give it another name"),
            );
        } else {
            seen.insert(env, place);
        }
    }
}

/// Names are compared as the identifiers that they become: `read-timeout` and `read_timeout` are one field.
fn unique_names<'m>(
    names: impl Iterator<Item = (&'m String, &'m Place)>,
    what: &str,
    faults: &Faults,
) {
    let mut seen: BTreeMap<String, &Place> = BTreeMap::new();
    for (name, place) in names {
        match seen.get(&snake(name)) {
            Some(first) => faults.add(
                place,
                format!("'{name}' is already the name of a {what}: {first}"),
            ),
            None => drop(seen.insert(snake(name), place)),
        }
    }
}

fn variable_name(setting: &Setting, faults: &Faults) {
    if !is_variable(&setting.env.replacen("{key}", "KEY", 1)) {
        let what = format!(
            "'{}' is no name of a variable; write capital letters, digits and _, as in SERVER_PORT or {{key}}_API_URL",
            setting.env
        );
        faults.add(&setting.place.child("env"), what);
    }
}

fn is_variable(name: &str) -> bool {
    let starts_well = name.starts_with(|c: char| c.is_ascii_uppercase());
    starts_well
        && name
            .chars()
            .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

fn limits(setting: &Setting, faults: &Faults) {
    for (key, limit) in [("minimum", &setting.minimum), ("maximum", &setting.maximum)] {
        let Some(limit) = limit else { continue };
        let place = setting.place.child(key);
        if !setting.kind.is_ordered() {
            faults.add(&place, "only an integer, a duration or a size has limits");
        } else if let Err(what) = fits(&setting.kind, limit) {
            faults.add(&place, format!("the limit '{limit}' {what}"));
        }
    }
}

fn default(setting: &Setting, faults: &Faults) {
    let Some(default) = &setting.default else {
        return;
    };
    let place = setting.place.child("default");
    if default.is_empty() {
        faults.add(
            &place,
            "an empty default says nothing, for an empty variable counts as not set; remove it",
        );
    } else if let Err(what) = within(setting, default) {
        faults.add(&place, format!("the default '{default}' {what}"));
    }
}

/// Whether a text is of this type.
fn fits(kind: &Kind, text: &str) -> Result<(), String> {
    match kind {
        Kind::Bool => parse::boolean(text).map(drop),
        Kind::Integer => parse::integer(text).map(drop),
        Kind::Duration => parse::duration(text).map(drop),
        Kind::Size => parse::size(text).map(drop),
        Kind::Url => parse::url(text).map(drop),
        Kind::Ip => parse::ip(text).map(drop),
        Kind::Path => parse::path(text).map(drop),
        Kind::List => parse::list(text).map(drop),
        Kind::Text => parse::string(text).map(drop),
        Kind::Secret => parse::secret(text).map(drop),
        Kind::Enum(values) => {
            let values: Vec<(&str, ())> = values.iter().map(|value| (value.as_str(), ())).collect();
            parse::choice(text, &values)
        }
    }
}

/// Whether a text is of the setting's type and within its limits. Limits that are wrong are told elsewhere.
fn within(setting: &Setting, text: &str) -> Result<(), String> {
    let limit = |limit: &Option<String>| {
        limit
            .clone()
            .filter(|limit| fits(&setting.kind, limit).is_ok())
    };
    let (minimum, maximum) = (limit(&setting.minimum), limit(&setting.maximum));
    let (minimum, maximum) = (minimum.as_deref(), maximum.as_deref());
    match setting.kind {
        Kind::Integer => parse::bounded(text, parse::integer, minimum, maximum).map(drop),
        Kind::Duration => parse::bounded(text, parse::duration, minimum, maximum).map(drop),
        Kind::Size => parse::bounded(text, parse::size, minimum, maximum).map(drop),
        _ => fits(&setting.kind, text),
    }
}
