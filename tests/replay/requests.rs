//! What each provider is asked: one rich conversation as every provider's documentation wants it.

use gateway::dialect::{losses, prepare};
use gateway::generated::dialects::openai_chat;
use gateway::generated::providers::PROVIDERS;
use gateway::table::{Call, Encoding, LossKind};
use hyper::HeaderMap;
use serde::Deserialize;
use serde_json::Value;

/// The conversation, and what becomes of it.
#[derive(Deserialize)]
struct Table {
    asked: Value,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    to: String,
    model: String,
    /// Laid over what is asked; null takes away.
    #[serde(default)]
    with: Value,
    /// What the provider gets, or why it gets nothing.
    body: Option<Value>,
    refused: Option<String>,
    #[serde(default)]
    dropped: Vec<String>,
    #[serde(default)]
    nearest: Vec<String>,
}

#[test]
fn each_provider_is_asked_as_it_wants() {
    let table: Table = serde_yaml::from_str(include_str!("requests.yaml")).unwrap();
    let mut wrong = Vec::new();
    for case in &table.cases {
        let mut asked = table.asked.clone();
        lay(&mut asked, &case.with);
        asked["model"] = case.model.clone().into();
        let (got, dropped, nearest) = ask(&case.to, &asked);
        let expected = match (&case.body, &case.refused) {
            (Some(body), None) => Ok(body.clone()),
            (_, refused) => Err(refused.clone().unwrap_or_default()),
        };
        let lost = (case.dropped.join(","), case.nearest.join(","));
        if (&got, &dropped, &nearest) != (&expected, &lost.0, &lost.1) {
            let got = got.map(|body| body.to_string());
            wrong.push(format!(
                "- to: {}\n  model: {}\n  got: {got:?}\n  dropped: {dropped}\n  nearest: {nearest}",
                case.to, case.model
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_provider_of_a_borrowed_dialect_is_in_the_table() {
    let table: Table = serde_yaml::from_str(include_str!("requests.yaml")).unwrap();
    for provider in PROVIDERS.iter().filter(|provider| provider.optional) {
        let here = table.cases.iter().any(|case| case.to == provider.id);
        assert!(here, "{}", provider.id);
    }
}

/// The provider's body or why there is none, and what was lost.
fn ask(to: &str, asked: &Value) -> (Result<Value, String>, String, String) {
    let (body, headers) = (asked.to_string(), HeaderMap::new());
    let call = Call {
        path: &[],
        query: &[],
        headers: &headers,
        body: body.as_bytes(),
        stream: None,
    };
    let chat = openai_chat::DIALECT.chat.unwrap();
    let mut request = (chat.decode_request)(&call).unwrap();
    let provider = PROVIDERS.iter().find(|provider| provider.id == to);
    let provider = provider.unwrap_or_else(|| panic!("there is no {to}"));
    let dialect = provider.generate.as_ref().unwrap().dialect;
    let mut prepared = match prepare(&mut request, provider, dialect) {
        Ok(prepared) => prepared,
        Err(fault) => return (Err(fault.to_string()), String::new(), String::new()),
    };
    let mut encoding = Encoding::new(&prepared.edits);
    let written = (dialect.chat.unwrap().encode_request)(&request, &mut encoding);
    prepared.losses.append(&mut encoding.losses);
    let lost = losses::tidy(prepared.losses);
    let lost = |kind| losses::header(&lost, kind).unwrap_or_default();
    let body = written.map_err(|fault| fault.to_string());
    let body = body.map(|written| serde_json::from_slice(&written.body).unwrap());
    (body, lost(LossKind::Dropped), lost(LossKind::Nearest))
}

fn lay(asked: &mut Value, with: &Value) {
    for (name, value) in with.as_object().into_iter().flatten() {
        let asked = asked.as_object_mut().unwrap();
        match value {
            Value::Null => drop(asked.remove(name)),
            value => drop(asked.insert(name.clone(), value.clone())),
        }
    }
}
