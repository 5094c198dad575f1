//! `x-config` to the model. A `{key}` in a variable's name makes it a setting of each provider, and a `{NAME}` in a
//! provider's address makes `{key}_NAME` one.

use serde_json::Value;

use crate::fault::{Faults, suggest};
use crate::model::settings::{Kind, Provider, Section, Setting, Settings};
use crate::source::{Node, Place};

const SECTION_KEYS: [&str; 3] = ["title", "description", "settings"];
const SETTING_KEYS: [&str; 8] = [
    "env",
    "type",
    "default",
    "description",
    "secret",
    "minimum",
    "maximum",
    "values",
];

/// A provider as it stands in the spec.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its id.
    pub id: String,
    /// Its address.
    pub url: String,
    /// Where it stands.
    pub place: Place,
}

/// Settings and providers of a whole entry document: `components.schemas.Config.x-config` and
/// `components.schemas.Providers.x-provider-configs`, each in place or by reference.
pub fn of_entry(entry: &Node<'_>, faults: &Faults) -> Settings {
    let schema = |name: &str, block: &str| {
        let schemas = entry.get("components")?.follow().get("schemas")?.follow();
        Some(schemas.get(name)?.follow().get(block)?.follow())
    };
    let Some(config) = schema("Config", "x-config") else {
        faults.add(
            &entry.place,
            "has no settings; write them in components.schemas.Config.x-config",
        );
        return Settings::default();
    };
    let configs = schema("Providers", "x-provider-configs")
        .map(|node| node.entries())
        .unwrap_or_default();
    let named = |(id, node): &(&str, Node<'_>)| {
        let node = node.follow();
        let text = |key: &str| node.text(key).unwrap_or_default().to_owned();
        Named {
            id: node.text("id").unwrap_or(id).to_owned(),
            url: text("url"),
            place: node.place.clone(),
        }
    };
    lower(
        &config,
        &configs.iter().map(named).collect::<Vec<_>>(),
        faults,
    )
}

/// Reads `x-config`: `{sections: [{name: {title, settings: [{name: {env, ..}}]}}]}`.
pub fn lower(config: &Node<'_>, providers: &[Named], faults: &Faults) -> Settings {
    let config = config.follow();
    known_keys(&config, &["sections"], "x-config", faults);
    let listed = list(&config, "sections", faults);
    Settings {
        sections: listed
            .iter()
            .filter_map(|node| section(node, faults))
            .collect(),
        providers: providers.iter().map(provider).collect(),
    }
}

fn provider(named: &Named) -> Provider {
    let key = named.id.to_uppercase().replace('-', "_");
    let open = named
        .url
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split_once('}'));
    let mut variables: Vec<(String, String)> = Vec::new();
    for (name, _) in open {
        if !variables.iter().any(|(known, _)| known == name) {
            variables.push((name.to_owned(), format!("{key}_{name}")));
        }
    }
    Provider {
        id: named.id.clone(),
        key,
        url: named.url.clone(),
        variables,
        place: named.place.clone(),
    }
}

fn section(node: &Node<'_>, faults: &Faults) -> Option<Section> {
    let (name, body) = single(node, "a section", faults)?;
    known_keys(&body, &SECTION_KEYS, "a section", faults);
    let listed = list(&body, "settings", faults);
    let settings: Vec<Setting> = listed
        .iter()
        .filter_map(|node| setting(node, faults))
        .collect();
    let keyed = settings
        .iter()
        .filter(|setting| setting.env.contains("{key}"))
        .count();
    if keyed != 0 && keyed != settings.len() {
        faults.add(
            &body.place,
            "some of its variables hold {key} and some don't; put those of each provider in a section of their own",
        );
    }
    Some(Section {
        title: required(&body, "title", "a section", faults)?,
        name,
        per_provider: keyed != 0,
        settings,
        place: body.place.clone(),
    })
}

fn setting(node: &Node<'_>, faults: &Faults) -> Option<Setting> {
    let (name, body) = single(node, "a setting", faults)?;
    known_keys(&body, &SETTING_KEYS, "a setting", faults);
    let env = required(&body, "env", "a setting", faults);
    let description = required(&body, "description", "a setting", faults);
    let kind = kind(&body, faults);
    Some(Setting {
        name,
        env: env?,
        kind: kind?,
        default: scalar(&body, "default", faults),
        minimum: scalar(&body, "minimum", faults),
        maximum: scalar(&body, "maximum", faults),
        description: description?,
        place: body.place.clone(),
    })
}

/// The type; without `type` it is text, or a secret if `secret` says so.
fn kind(body: &Node<'_>, faults: &Faults) -> Option<Kind> {
    let fallback = if body.flag("secret") {
        "secret"
    } else {
        "string"
    };
    let name = body.text("type").unwrap_or(fallback);
    let values = body
        .get("values")
        .map(|values| texts(&values, faults))
        .unwrap_or_default();
    let Some(kind) = Kind::named(name, values) else {
        let what = format!(
            "'{name}' is no type of a setting{}",
            suggest(name, Kind::NAMES)
        );
        faults.add(&body.place.child("type"), what);
        return None;
    };
    if body.flag("secret") && !matches!(kind, Kind::Text | Kind::Secret) {
        let what = format!("a secret is always a text; remove 'type: {name}' or 'secret: true'");
        faults.add(&body.place.child("secret"), what);
        return None;
    }
    let is_enum = matches!(kind, Kind::Enum(_));
    match body.get("values") {
        None if is_enum => faults.add(
            &body.place,
            "an enum needs 'values': the list of what can be written",
        ),
        Some(values) if !is_enum => faults.add(
            &values.place,
            format!("only an enum has values, and this is a {name}"),
        ),
        _ => {}
    }
    Some(if body.flag("secret") {
        Kind::Secret
    } else {
        kind
    })
}

/// The one name and body of `- name: {..}`.
fn single<'s>(node: &Node<'s>, what: &str, faults: &Faults) -> Option<(String, Node<'s>)> {
    let node = node.follow();
    match node.entries().as_slice() {
        [(name, body)] if body.value.is_object() => Some((name.to_string(), body.follow())),
        _ => {
            faults.add(
                &node.place,
                format!("{what} is written as '- name: {{..}}', one name for each element"),
            );
            None
        }
    }
}

fn list<'s>(node: &Node<'s>, key: &str, faults: &Faults) -> Vec<Node<'s>> {
    match node.get(key).map(|list| list.follow()) {
        Some(list) if list.value.is_array() => list.items(),
        _ => {
            faults.add(&node.place, format!("needs '{key}': a list"));
            Vec::new()
        }
    }
}

fn required(node: &Node<'_>, key: &str, what: &str, faults: &Faults) -> Option<String> {
    let text = node
        .text(key)
        .map(str::trim)
        .filter(|text| !text.is_empty());
    if text.is_none() {
        faults.add(&node.place, format!("{what} needs '{key}': a text"));
    }
    text.map(str::to_owned)
}

/// The text of a number, boolean or text: YAML reads `8080` and `false` as what they look like.
fn scalar(node: &Node<'_>, key: &str, faults: &Faults) -> Option<String> {
    let value = node.get(key)?;
    let text = scalar_text(value.value);
    if text.is_none() {
        faults.add(&value.place, "must be a text, a number or a boolean");
    }
    text
}

fn scalar_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

fn texts(list: &Node<'_>, faults: &Faults) -> Vec<String> {
    let texts: Vec<String> = list
        .items()
        .iter()
        .filter_map(|item| scalar_text(item.value))
        .collect();
    if texts.is_empty() || texts.len() != list.items().len() {
        faults.add(&list.place, "must be a list of texts, with one at least");
    }
    texts
}

fn known_keys(node: &Node<'_>, known: &[&str], what: &str, faults: &Faults) {
    for (key, value) in node.entries() {
        if !known.contains(&key) && key != "$ref" {
            let nearest = suggest(key, known.iter().copied());
            faults.add(
                &value.place,
                format!("'{key}' is no key of {what}{nearest}"),
            );
        }
    }
}
