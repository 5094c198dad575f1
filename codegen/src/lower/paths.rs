//! Canonical paths: `usage.input`, `candidates[0].parts`.

use serde_json::Value;

use crate::fault::suggest;
use crate::model::canonical::{Canonical, Ty};
use crate::model::schema::{Path, Step};

/// Where a path leads from a struct; the error says which name is wrong and which is near.
pub fn resolve(canonical: &Canonical, owner: &str, text: &str) -> Result<Path, String> {
    let mut steps = Vec::new();
    let mut ty = Ty::Struct(owner.to_owned());
    let mut before = owner;
    for word in text.split('.') {
        let (name, first) = word
            .strip_suffix("[0]")
            .map_or((word, false), |name| (name, true));
        let Ty::Struct(current) = &ty else {
            return Err(format!(
                "'{text}' goes on after {before}, which has no fields"
            ));
        };
        let Some(structure) = canonical.get(current) else {
            return Err(format!("'{text}': there is no canonical type {current}"));
        };
        let kind = structure.kind.as_ref().filter(|kind| kind.field == name);
        let found = structure
            .field(name)
            .map(|field| field.ty.clone())
            .or_else(|| kind.map(|k| Ty::Enum(k.enumeration.clone())));
        let Some(found) = found else {
            let fields = structure.fields.iter().map(|field| field.name.as_str());
            let names = structure.kind.iter().map(|kind| kind.field.as_str());
            let names = names.chain(fields);
            return Err(format!(
                "'{text}' is no field of {current}{}",
                suggest(name, names)
            ));
        };
        steps.push(Step {
            owner: current.clone(),
            field: name.to_owned(),
            first,
        });
        ty = match (found, first) {
            (Ty::List(inner), true) => *inner,
            (_, true) => {
                return Err(format!("'{text}': {name} is no list, so it has no [0]"));
            }
            (other, false) => other,
        };
        before = name;
    }
    Ok(Path {
        text: text.to_owned(),
        steps,
        ty,
    })
}

/// Whether a value of the YAML is one of this type.
pub fn check_value(canonical: &Canonical, ty: &Ty, value: &Value) -> Result<(), String> {
    if let Value::Array(values) = value {
        return values
            .iter()
            .try_for_each(|value| check_value(canonical, ty, value));
    }
    match (ty, value) {
        (Ty::Enum(name), Value::String(text)) => {
            let values = canonical.values(name);
            if values.iter().any(|v| v == text) {
                return Ok(());
            }
            Err(format!(
                "has no value '{text}'{}",
                suggest(text, values.iter().map(String::as_str))
            ))
        }
        (Ty::Bool, Value::Bool(_))
        | (Ty::Text, Value::String(_))
        | (Ty::Integer | Ty::Number, Value::Number(_)) => Ok(()),
        _ => Err(format!("can't be {value}")),
    }
}
