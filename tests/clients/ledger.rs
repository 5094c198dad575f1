//! What the ledger says beforehand: which cells must be refused, and why.

use serde_json::Value;

use crate::cells::Cell;
use crate::pair::{DIALECT, MADE_UP, MODEL};

/// What `/v1/capabilities` tells.
pub struct Ledger(pub Value);

/// What a case can't do without.
enum Need {
    /// An endpoint of the provider.
    Endpoint(&'static str),
    /// A canonical field that the provider's dialect can say.
    Field(&'static str),
}

impl Ledger {
    /// Words that the refusal of this cell must hold; nothing if the cell must pass.
    pub fn refuses(&self, cell: &Cell) -> Option<String> {
        let need = match &*cell.case {
            "image link" => Need::Field("Source.url"),
            "embeddings" => Need::Endpoint("embed"),
            "count tokens" => Need::Endpoint("count_tokens"),
            _ => return None,
        };
        let made_up = cell.provider == MADE_UP;
        let provider = if made_up { MODEL } else { &cell.provider };
        let endpoints = &self.0["providers"][provider]["endpoints"];
        match need {
            Need::Endpoint(name) => endpoints[name].is_null().then(|| cell.provider.clone()),
            Need::Field(name) => {
                let dialect = match made_up {
                    true => DIALECT,
                    false => endpoints["generate"]["dialect"].as_str().unwrap(),
                };
                let refused = &self.0["dialects"][dialect]["fields"]["refuse"];
                let reasons = refused.as_object().into_iter().flatten();
                let mut reasons = reasons.filter(|(_, fields)| {
                    fields.as_array().unwrap().iter().any(|field| field == name)
                });
                reasons.next().map(|(reason, _)| reason.clone())
            }
        }
    }
}
