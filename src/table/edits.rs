//! Edits of the wire while it is written.

use serde_json::Value;

use crate::canonical::{ChatRequest, PartKind};
use crate::codec::hash;
use crate::error::Fault;
use crate::wire::write::Writer;

use super::{Edit, Encoding, Loss, LossKind, Op};

/// The edits of one property that apply to this request.
#[derive(Debug, Default)]
pub struct Edits<'e> {
    /// It isn't written.
    pub omit: bool,
    /// Written, though the dialect only reads it.
    pub write: bool,
    /// Written whatever it is.
    pub force: Option<&'e str>,
    /// Written where it is absent.
    pub default: Option<&'e str>,
    rename: Option<&'e str>,
    amends: Vec<&'e Op>,
    below: Option<f64>,
}

impl<'e> Edits<'e> {
    /// The name to write.
    pub fn name<'n>(&self, name: &'n str) -> &'n str
    where
        'e: 'n,
    {
        self.rename.unwrap_or(name)
    }

    /// Changes the scalar that was written last.
    pub fn amend(&self, writer: &mut Writer) {
        if let Some(most) = self.below
            && let Some(json) = clamp(writer.last_value(), None, Some(most))
        {
            writer.replace_last_value(&json);
        }
        for op in &self.amends {
            let now = writer.last_value();
            let changed = match op {
                Op::Clamp { minimum, maximum } => clamp(now, *minimum, *maximum),
                Op::Hash(length) => hashed(now, *length),
                Op::Map(rows) => rows
                    .iter()
                    .find(|(from, _)| *from == now)
                    .map(|(_, to)| (*to).to_owned()),
                _ => None,
            };
            if let Some(json) = changed {
                writer.replace_last_value(&json);
            }
        }
    }
}

impl<'e> Encoding<'e> {
    /// The edits of a property: the later of two that say the same wins.
    pub fn edits(&self, hooks: &[(u16, bool)]) -> Edits<'e> {
        let mut found = Edits::default();
        for edit in self
            .edits
            .iter()
            .filter(|edit| hooks.contains(&(edit.node, true)))
        {
            match &edit.op {
                Op::Omit => found.omit = true,
                Op::Write => found.write = true,
                Op::Rename(name) => found.rename = Some(name),
                Op::Default(json) => found.default = Some(json),
                Op::Force(json) => found.force = Some(json),
                Op::Below(_) => {
                    found.below = self
                        .bounds
                        .iter()
                        .find(|(node, _)| *node == edit.node)
                        .map(|(_, bound)| *bound)
                }
                amend => found.amends.push(amend),
            }
        }
        found
    }

    /// Works out the bounds that the request itself tells. To be called before it is written.
    pub fn prepare(&mut self, request: &ChatRequest<'_>) {
        self.is_request = true;
        let bound = |edit: &&'static Edit| match &edit.op {
            Op::Below(bound) => Some((edit.node, bound(request)?)),
            _ => None,
        };
        self.bounds = self.edits.iter().filter_map(bound).collect();
    }

    /// A request without bounds of its own is about to be written.
    pub fn asks(&mut self) {
        self.is_request = true;
    }

    /// A part that no form here can say. What a model must see can't be left out of a request; what it thought can, and
    /// so can any part of a reply.
    pub fn unsaid(&mut self, kind: PartKind) -> Result<(), Fault> {
        if self.is_request && kind != PartKind::Thinking {
            return Err(Fault::new(format!(
                "the provider has no form for this {}",
                kind.name().replace('_', " ")
            )));
        }
        self.dropped(kind.name());
        Ok(())
    }

    /// Notes that a value was left out.
    pub fn dropped(&mut self, field: &'static str) {
        self.losses.push(Loss {
            field: field.into(),
            what: LossKind::Dropped,
        });
    }

    /// Notes that a value was written as the nearest thing.
    pub fn nearest(&mut self, field: &'static str) {
        self.losses.push(Loss {
            field: field.into(),
            what: LossKind::Nearest,
        });
    }
}

fn clamp(json: &str, minimum: Option<f64>, maximum: Option<f64>) -> Option<String> {
    let number: f64 = json.parse().ok()?;
    let fitting = number
        .max(minimum.unwrap_or(f64::NEG_INFINITY))
        .min(maximum.unwrap_or(f64::INFINITY));
    (fitting != number).then(|| {
        let mut writer = Writer::default();
        writer.number(fitting);
        String::from_utf8(writer.finish()).unwrap_or_default()
    })
}

fn hashed(json: &str, length: usize) -> Option<String> {
    let Ok(Value::String(text)) = serde_json::from_str(json) else {
        return None;
    };
    let fits = text.len() == length && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
    (!fits).then(|| format!("\"{}\"", hash::exact(&text, length)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_are_amended() {
        for (json, op, changed) in [
            (
                "1.7",
                Op::Clamp {
                    minimum: None,
                    maximum: Some(1.5),
                },
                "1.5",
            ),
            (
                "1",
                Op::Clamp {
                    minimum: Some(0.0),
                    maximum: Some(1.5),
                },
                "1",
            ),
            ("\"abcdefghi\"", Op::Hash(9), "\"abcdefghi\""),
            ("\"low\"", Op::Map(&[("\"low\"", "\"high\"")]), "\"high\""),
            ("\"none\"", Op::Map(&[("\"low\"", "\"high\"")]), "\"none\""),
        ] {
            let mut writer = Writer::default();
            writer.open(b'{');
            writer.key("x");
            writer.json(json);
            Edits {
                amends: vec![&op],
                ..Edits::default()
            }
            .amend(&mut writer);
            let text = String::from_utf8(writer.finish()).unwrap_or_default();
            assert_eq!(text, format!("{{\"x\":{changed}"));
        }
        assert_eq!(hashed("\"call_1\"", 9).map(|text| text.len()), Some(11));
    }
}
