//! A request of a caller that speaks the provider's own dialect: as it came, but for the provider's quirks.

use std::borrow::Cow;

use serde_json::Value;

use crate::codec::lexicon::Words;
use crate::error::Fault;
use crate::table::{Adjust, Call, Chat, Dialect, Encoding, Loss, Provider};

use super::changes::{apply, difference};
use super::losses::tidy;
use super::prepare::fit;
use super::suited::suited;

/// What becomes of a body.
#[derive(Debug, Default)]
pub struct Policed {
    /// The changed body; `None` if it goes as it came.
    pub body: Option<Vec<u8>>,
    /// What the provider's quirks left out.
    pub losses: Vec<Loss>,
}

/// Whether a body in the provider's dialect that has no other words than these is left as it is.
pub fn leaves(provider: &'static Provider, model: &str, words: &Words) -> bool {
    provider.adjust.is_empty() || suited(provider.adjust, model).are_idle(words)
}

/// Changes what this provider takes otherwise than its dialect says. `model` is what the provider calls the model.
///
/// A request that can't be read, or not be said in its own dialect, isn't judged here: the provider knows better.
pub fn police(
    call: &Call<'_>,
    model: &str,
    provider: &'static Provider,
    dialect: &'static Dialect,
) -> Result<Policed, Fault> {
    let unchanged = Policed::default();
    let Some(chat) = dialect.chat else {
        return Ok(unchanged);
    };
    if suited(provider.adjust, model).entries.is_empty() {
        return Ok(unchanged);
    }
    let Ok(plain) = written(call, model, &[], dialect, chat) else {
        return Ok(unchanged);
    };
    let adjusted = written(call, model, provider.adjust, dialect, chat)?;
    let losses = adjusted.losses.into_iter();
    let losses = losses.filter(|loss| !plain.losses.contains(loss)).collect();
    let (Ok(before), Ok(after)) = (value(&plain.body), value(&adjusted.body)) else {
        return Ok(unchanged);
    };
    let Some(change) = difference(&before, &after) else {
        return Ok(Policed { body: None, losses });
    };
    let text = std::str::from_utf8(call.body).unwrap_or_default();
    let body = match apply(text, &change) {
        Some(text) => text.into_bytes(),
        None => adjusted.body,
    };
    Ok(Policed {
        body: Some(body),
        losses,
    })
}

struct Written {
    body: Vec<u8>,
    losses: Vec<Loss>,
}

fn written(
    call: &Call<'_>,
    model: &str,
    adjust: &'static [Adjust],
    dialect: &'static Dialect,
    chat: &'static Chat,
) -> Result<Written, Fault> {
    let mut request = (chat.decode_request)(call)?;
    request.model = Cow::Borrowed(model);
    let prepared = fit(&mut request, adjust, dialect)?;
    let mut encoding = Encoding::new(&prepared.edits);
    let body = (chat.encode_request)(&request, &mut encoding)?.body;
    let mut losses = prepared.losses;
    losses.append(&mut encoding.losses);
    Ok(Written {
        body,
        losses: tidy(losses),
    })
}

fn value(body: &[u8]) -> serde_json::Result<Value> {
    serde_json::from_slice(body)
}
