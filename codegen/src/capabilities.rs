//! What each dialect can say and what each provider changes of it, as the JSON that the gateway serves.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::{Map, Value, json};

use crate::compile::Model;
use crate::model::dialect::{Dialect, Loss};
use crate::model::ledger::Names;
use crate::model::provider::{ALSO, Adjust, Endpoint, Provider, Route, When};

/// The module `capabilities`.
pub fn emit(model: &Model) -> TokenStream {
    let text = text(model);
    quote! {
        /// What each dialect can say, as JSON.
        pub static JSON: &str = #text;
    }
}

/// The JSON text.
pub fn text(model: &Model) -> String {
    let dialects = model.dialects.values();
    let dialects = dialects.map(|d| (d.name.clone(), dialect(d, &model.names)));
    let providers = model.providers.iter();
    let providers = providers.map(|p| (p.id.clone(), provider(p, &model.names)));
    json!({
        "dialects": dialects.collect::<Map<_, _>>(),
        "providers": providers.collect::<Map<_, _>>(),
        "routes": model.routes.iter().map(route).collect::<Vec<_>>(),
    })
    .to_string()
}

fn dialect(dialect: &Dialect, names: &Names) -> Value {
    let mut said = verdicts(dialect.ledger.iter().map(|(n, loss)| (*n, loss)), names);
    let bound = dialect.bound.iter().map(|number| name(names, *number));
    said.insert("bound".to_owned(), bound.collect());
    let streams = dialect.chat.iter().flat_map(|o| &o.streams);
    let streams = streams.map(|s| Value::from(s.media_type.as_str()));
    json!({"fields": said, "streams": streams.collect::<Vec<_>>()})
}

/// Fields by verdict and reason: `{"drop": {"no such setting": ["ChatRequest.seed"]}}`.
fn verdicts<'l>(
    ledger: impl Iterator<Item = (usize, &'l Loss)>,
    names: &Names,
) -> Map<String, Value> {
    let mut verdicts = Map::new();
    for (number, loss) in ledger {
        let reason = match loss {
            Loss::Drop(reason) | Loss::Refuse(reason) | Loss::Implied(reason) => reason,
            Loss::Nearest(pass, _) => pass,
            Loss::Bound => TAKEN,
        };
        let reasons = verdicts.entry(loss.verdict()).or_insert_with(|| json!({}));
        if let Some(reasons) = reasons.as_object_mut()
            && let Some(fields) = reasons
                .entry(reason)
                .or_insert_with(|| json!([]))
                .as_array_mut()
        {
            fields.push(name(names, number));
        }
    }
    verdicts
}

/// Why a provider has a place for what its dialect has none for.
const TAKEN: &str = "this vendor takes it";

fn name(names: &Names, number: usize) -> Value {
    let entry = names.entries().get(number);
    entry.map_or(Value::Null, |entry| entry.name.as_str().into())
}

fn provider(provider: &Provider, names: &Names) -> Value {
    let (also, single): (Vec<_>, Vec<_>) = provider.endpoints.iter().partition(|(o, _)| o == ALSO);
    let single = single.into_iter();
    let mut endpoints: Map<_, _> = single.map(|(o, e)| (o.clone(), endpoint(e))).collect();
    if !also.is_empty() {
        let also = also.into_iter().map(|(_, e)| endpoint(e));
        endpoints.insert(ALSO.to_owned(), also.collect());
    }
    let adjusted = provider.adjust.iter().filter(|a| !a.lost.is_empty());
    json!({
        "endpoints": endpoints,
        "adjusted": adjusted.map(|entry| adjust(entry, names)).collect::<Vec<_>>(),
    })
}

fn endpoint(endpoint: &Endpoint) -> Value {
    let (method, path) = (&endpoint.method, &endpoint.path);
    json!({"dialect": endpoint.dialect, "method": method, "path": path})
}

fn adjust(adjust: &Adjust, names: &Names) -> Value {
    let mut shown = Map::new();
    if let Some(models) = &adjust.models {
        shown.insert("models".to_owned(), models.as_str().into());
    }
    if !adjust.when.is_empty() {
        let when = adjust.when.iter().map(|when| condition(when, names));
        shown.insert("when".to_owned(), when.collect());
    }
    let lost = adjust.lost.iter().map(|(number, loss)| (*number, loss));
    shown.insert("fields".to_owned(), verdicts(lost, names).into());
    shown.into()
}

fn condition(when: &When, names: &Names) -> Value {
    match when {
        When::Present(number, true) => name(names, *number),
        When::Present(number, false) => {
            let name = name(names, *number);
            format!("!{}", name.as_str().unwrap_or_default()).into()
        }
        When::Is(case) => {
            let values: Vec<_> = case.texts().collect();
            format!("{}={}", case.path.text, values.join("|")).into()
        }
        When::Test(name) => name.as_str().into(),
    }
}

fn route(route: &Route) -> Value {
    let mut shown = json!({
        "method": route.method,
        "path": route.path,
        "operation": route.operation,
        "dialect": route.dialect,
    });
    if let (Some(header), Some(shown)) = (&route.header, shown.as_object_mut()) {
        shown.insert("header".to_owned(), header.as_str().into());
    }
    shown
}
