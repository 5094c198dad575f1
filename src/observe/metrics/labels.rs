//! What series are told apart by. Every label has few values.

use std::borrow::Cow;
use std::sync::Arc;

use hyper::Method;
use prometheus_client::encoding::EncodeLabelSet;

use super::super::exchange::Facts;

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Active {
    pub(super) http_request_method: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Request {
    pub(super) http_request_method: &'static str,
    pub(super) http_route: &'static str,
    pub(super) http_response_status_code: u16,
    pub(super) error_type: Cow<'static, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Target {
    pub(super) gen_ai_operation_name: &'static str,
    pub(super) gen_ai_provider_name: &'static str,
    pub(super) gen_ai_request_model: Arc<str>,
    pub(super) http_route: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Operation {
    #[prometheus(flatten)]
    pub(super) target: Target,
    pub(super) error_type: Cow<'static, str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Tokens {
    #[prometheus(flatten)]
    pub(super) target: Target,
    pub(super) gen_ai_token_type: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub(super) struct Failure {
    pub(super) error_type: Cow<'static, str>,
    pub(super) gen_ai_provider_name: &'static str,
    pub(super) gen_ai_request_model: Arc<str>,
    pub(super) http_route: &'static str,
}

/// What the labels of a request are made of. Its words are told apart by where they are: the same word at two places
/// only makes two entries that lead to the same series.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Kind {
    method: usize,
    status: u16,
    words: [(usize, usize); 5],
}

impl Kind {
    pub(super) fn of(facts: &Facts, target: &Target) -> Self {
        let words = [
            facts.route,
            facts.error.unwrap_or_default(),
            target.gen_ai_operation_name,
            target.gen_ai_provider_name,
            // One place for each name, which stays.
            &target.gen_ai_request_model,
        ];
        Self {
            method: place(&facts.method),
            status: facts.status.unwrap_or_default(),
            words: words.map(|word: &str| (word.as_ptr().addr(), word.len())),
        }
    }
}

/// Callers may send any word as a method; the conventions have the last of these for those that nobody knows.
pub(super) const KNOWN: [&str; METHODS] = [
    "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "_OTHER",
];
pub(super) const METHODS: usize = 9;

/// The method's word for a label.
pub fn known(method: &Method) -> &'static str {
    KNOWN[place(method)]
}

pub(super) fn place(method: &Method) -> usize {
    match *method {
        Method::GET => 0,
        Method::POST => 1,
        Method::PUT => 2,
        Method::PATCH => 3,
        Method::DELETE => 4,
        Method::HEAD => 5,
        Method::OPTIONS => 6,
        Method::TRACE => 7,
        _ => METHODS - 1,
    }
}
