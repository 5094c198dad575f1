//! How a request names its model, and the same request with the name that its provider knows.

use std::ops::Range;

use bytes::Bytes;
use serde_json::Value;

use crate::codec::lexicon::Words;
use crate::codec::skim::{Wanted, skim_if};
use crate::codec::splice;
use crate::server::Body;
use crate::table::Chat;

use super::Asked;

/// What must be known of a request to pass it on.
pub(super) struct Seen {
    /// What the caller calls the model.
    pub(super) model: String,
    /// The reply is to come piece by piece.
    pub(super) stream: bool,
    /// Where the body names the model, if it does.
    place: Option<Range<usize>>,
    /// Words on which depends what the provider's quirks change.
    pub(super) words: Words,
}

impl Seen {
    /// A plain body with another name of the model, which stands there without escapes. Callers write the provider's id
    /// before what it knows: then only that is cut out, and nothing is copied.
    pub(super) fn renamed(&self, body: Bytes, model: &str) -> Body {
        let Some(place) = self.place.clone() else {
            return body.into();
        };
        let own = &body[place.clone()];
        let Some(cut) = own.strip_suffix(model.as_bytes()).map(<[u8]>::len) else {
            let quoted = Value::from(model).to_string();
            let (before, after) = (place.start - 1, place.end + 1);
            let changed = [&body[..before], quoted.as_bytes(), &body[after..]].concat();
            return Bytes::from(changed).into();
        };
        match cut {
            0 => body.into(),
            _ => Body::spliced(body.slice(..place.start), body.slice(place.start + cut..)),
        }
    }
}

/// A plain request is known by one look over its body; `None` if it takes a reader to know it, or if a request for its
/// model can't be passed on as it is.
pub(super) fn seen(
    asked: &Asked,
    chat: &Chat,
    body: &[u8],
    may_pass: impl Fn(&str) -> bool,
) -> Option<Seen> {
    let table = chat.skim?;
    let wanted = Wanted {
        text: table.model,
        switch: table.stream.filter(|_| asked.route.stream.is_none()),
    };
    let skimmed = skim_if(body, wanted, &table.lexicon, may_pass)?;
    let model = match (table.model, &skimmed.text) {
        (Some(_), place) => str::from_utf8(&body[place.clone()?]).ok()?,
        (None, _) => asked.value(MODEL).filter(|model| !model.is_empty())?,
    };
    Some(Seen {
        model: model.to_owned(),
        stream: asked
            .route
            .stream
            .or(skimmed.switch)
            .unwrap_or(table.unsaid),
        place: skimmed.text,
        words: skimmed.words,
    })
}

/// The name of the model in a request that may not be known otherwise.
pub(super) fn model_of(asked: &Asked, chat: &Chat, body: &[u8]) -> Option<String> {
    let Some(property) = chat.model else {
        return asked.values.first().map(|(_, value)| value.clone());
    };
    text_of(body, property)
}

/// A text that a body's own member holds.
pub(super) fn text_of(body: &[u8], property: &str) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    let members = splice::members(body)?;
    let member = members
        .into_iter()
        .rfind(|member| member.name == property)?;
    serde_json::from_str(&body[member.value]).ok()
}

/// A body that names another model.
pub(super) fn with_model(body: &[u8], property: &str, model: &str) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    splice::with_member(body, property, &Value::from(model).to_string())
}

/// The path's name of a model.
const MODEL: &str = "model";
