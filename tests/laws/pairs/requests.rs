//! Requests of one dialect become requests of another, or are refused with a reason.

use std::collections::BTreeMap;

use gateway::canonical::ChatRequest;
use gateway::dialect::prepare;
use gateway::table::Encoding;
use hyper::HeaderMap;

use super::kept::{said, unnamed};
use super::{Side, pairs, sides};
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
    let mut table = String::new();
    for (from, to) in pairs(&sides) {
        let mut fared: BTreeMap<Fared, usize> = BTreeMap::new();
        for exchange in corpus::load(from.file) {
            let Some(body) = &exchange.request else {
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
            *fared.entry(cross(&request, to, &what)).or_default() += 1;
        }
        table.push_str(&row(from, to, &fared));
    }
    println!("{table}");
}

/// Says a request in another dialect: what is written is valid there and says the same, and what isn't is named.
pub fn cross(request: &ChatRequest<'_>, to: &Side, what: &str) -> Fared {
    let mut fit = request.clone();
    let prepared = match prepare(&mut fit, to.provider, to.dialect) {
        Ok(prepared) => prepared,
        Err(fault) => return refused(fault.to_string(), what),
    };
    // A provider's quirks leave its dialect: what is valid and reads back is what the dialect itself writes.
    let mut encoding = Encoding::new(&[]);
    let written = match (to.chat.encode_request)(&fit, &mut encoding) {
        Ok(outgoing) => outgoing.body,
        Err(fault) => return refused(fault.to_string(), what),
    };
    schema::holds(&to.request, &written, what);
    let headers = HeaderMap::new();
    let read = decode(to.chat, &written, &headers);
    let read = read.unwrap_or_else(|fault| panic!("{what}: {fault}\n{}", text(&written)));
    assert_eq!(said(&fit), said(&read), "{what}: {}", text(&written));
    assert_eq!(
        schemas(&fit),
        schemas(&read),
        "{what}: schemas keep their bytes"
    );
    let losses = [prepared.losses, encoding.losses].concat();
    let unnamed = unnamed(request, &read, &losses);
    assert!(
        unnamed.is_empty(),
        "{what}: lost without a word: {unnamed:?}, named are {losses:?}\n{}",
        text(&written)
    );
    if losses.is_empty() {
        Fared::Fine
    } else {
        Fared::WithLosses
    }
}

fn refused(reason: String, what: &str) -> Fared {
    assert!(!reason.is_empty(), "{what}: refused without a reason");
    // Places differ, and reasons are few.
    let reason = reason
        .rsplit_once(": ")
        .map_or(reason.as_str(), |(_, reason)| reason);
    Fared::Refused(reason.to_owned())
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
