//! Requests of one dialect become requests of another, or are refused with a reason.

use std::collections::BTreeMap;

use gateway::canonical::ChatRequest;
use gateway::dialect::prepare;
use gateway::table::Encoding;
use hyper::HeaderMap;

use super::kept::{said, unnamed};
use super::{Faults, Side, is_odd, pairs, same, sides};
use crate::corpus;
use crate::recorded::{decode, text};
use crate::schema;

/// How a request fares.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fared {
    Fine,
    WithLosses,
    Refused(String),
}

#[test]
fn recorded_requests_reach_every_dialect() {
    let sides = sides();
    let (mut table, mut faults) = (String::new(), Faults::default());
    for (from, to) in pairs(&sides) {
        let mut fared: BTreeMap<Fared, usize> = BTreeMap::new();
        for exchange in corpus::load(from.file) {
            let Some(body) = exchange.request.as_ref().filter(|_| !is_odd(&exchange.id)) else {
                continue;
            };
            let body = serde_json::to_vec(body).expect("JSON");
            let headers = HeaderMap::new();
            let Ok(request) = decode(from.chat, &body, &headers) else {
                continue;
            };
            let what = format!(
                "{} {} for {}",
                from.dialect.name, exchange.id, to.dialect.name
            );
            if let Some(how) = faults.take(&what, cross(&request, to, exchange.status == 200)) {
                *fared.entry(how).or_default() += 1;
            }
        }
        table.push_str(&row(from, to, &fared));
    }
    println!("{table}");
    faults.none();
}

/// Says a request in another dialect: what is written is valid there and says the same, and what isn't is named.
/// What its own provider took (`valid`) must be valid there too.
pub fn cross(request: &ChatRequest<'_>, to: &Side, valid: bool) -> Result<Fared, String> {
    let mut fit = request.clone();
    let prepared = match prepare(&mut fit, to.provider, to.dialect) {
        Ok(prepared) => prepared,
        Err(fault) => return refused(fault.to_string()),
    };
    // A provider's quirks leave its dialect: what is valid and reads back is what the dialect itself writes.
    let mut encoding = Encoding::new(&[]);
    let written = match (to.chat.encode_request)(&fit, &mut encoding) {
        Ok(outgoing) => outgoing.body,
        Err(fault) => return refused(fault.to_string()),
    };
    if valid {
        schema::check(&to.request, &written)?;
    }
    let headers = HeaderMap::new();
    let read = decode(to.chat, &written, &headers);
    let read = read.map_err(|fault| format!("{fault}\n{}", text(&written)))?;
    same(&said(&fit, to.chat), &said(&read, to.chat), || {
        text(&written)
    })?;
    same(&schemas(&fit), &schemas(&read), || text(&written))?;
    let losses = [prepared.losses, encoding.losses].concat();
    let unnamed = unnamed(request, &read, &losses);
    match (unnamed.is_empty(), losses.is_empty()) {
        (false, _) => Err(format!(
            "lost without a word: {unnamed:?}; named are {losses:?}\n{}",
            text(&written)
        )),
        (true, true) => Ok(Fared::Fine),
        (true, false) => Ok(Fared::WithLosses),
    }
}

fn refused(reason: String) -> Result<Fared, String> {
    // Places differ, and reasons are few.
    let reason = reason
        .rsplit_once(": ")
        .map_or(reason.as_str(), |(_, reason)| reason);
    match reason {
        "" => Err("refused without a reason".to_owned()),
        reason => Ok(Fared::Refused(reason.to_owned())),
    }
}

/// The tools' schemas, as they came.
fn schemas(request: &ChatRequest<'_>) -> Vec<String> {
    let schemas = request.tools.iter().filter_map(|tool| tool.schema.as_ref());
    schemas.map(|schema| schema.0.to_string()).collect()
}

fn row(from: &Side, to: &Side, fared: &BTreeMap<Fared, usize>) -> String {
    let of = |wanted: &Fared| fared.get(wanted).copied().unwrap_or_default();
    let reasons: Vec<String> = fared
        .iter()
        .filter_map(|(fared, times)| match fared {
            Fared::Refused(reason) => Some(format!("    {times}: {reason}\n")),
            _ => None,
        })
        .collect();
    let refused: usize = fared
        .iter()
        .filter(|(fared, _)| matches!(fared, Fared::Refused(_)))
        .map(|(_, times)| times)
        .sum();
    format!(
        "{:>12} -> {:12} {:5} fine {:5} with losses {:5} refused\n{}",
        from.dialect.name,
        to.dialect.name,
        of(&Fared::Fine),
        of(&Fared::WithLosses),
        refused,
        reasons.concat()
    )
}
