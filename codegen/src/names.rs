//! All rules about identifiers live here: how a name of the spec becomes a name in Rust.
//!
//! Names of the spec are free (keywords, leading digits, dashes, other scripts); names in Rust are not. The wire name
//! is never derived back from the identifier: whoever emits a field keeps the wire name beside it.

use std::collections::BTreeMap;

use proc_macro2::{Ident, Span};

/// A name for a struct, enum or variant: `max-tokens` is `MaxTokens`, `5m` is `N5m`.
pub fn upper_camel(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        let mut letters = word.chars();
        if let Some(first) = letters.next() {
            out.extend(first.to_uppercase());
            out.push_str(letters.as_str());
        }
    }
    guard(out, 'N')
}

/// A name for a field, function or module: `maxTokens` is `max_tokens`, `2fa` is `n2fa`.
pub fn snake(name: &str) -> String {
    let mut out = String::new();
    for word in words(name) {
        if !out.is_empty() {
            out.push('_');
        }
        out.push_str(&word.to_lowercase());
    }
    guard(out, 'n')
}

/// A name for a constant.
pub fn screaming(name: &str) -> String {
    snake(name).to_uppercase()
}

/// The identifier of this name, raw where it is a keyword.
pub fn ident(name: &str) -> Ident {
    if syn::parse_str::<Ident>(name).is_ok() {
        return Ident::new(name, Span::call_site());
    }
    match name {
        // These can't be raw identifiers.
        "self" | "Self" | "super" | "crate" | "_" | "" => {
            Ident::new(&format!("{name}_"), Span::call_site())
        }
        _ if syn::parse_str::<Ident>(&format!("r#{name}")).is_ok() => {
            Ident::new_raw(name, Span::call_site())
        }
        _ => Ident::new("unnamed", Span::call_site()),
    }
}

/// Gives out names of one scope so that no two are equal: a second `kind` is `kind_2`, a second `Kind` is `Kind2`.
#[derive(Debug, Default)]
pub struct Scope(BTreeMap<String, usize>);

impl Scope {
    /// The name itself, or with the first number that makes it new.
    pub fn unique(&mut self, name: &str) -> String {
        let between = if name.starts_with(char::is_uppercase) {
            ""
        } else {
            "_"
        };
        let mut candidate = name.to_owned();
        while self.0.contains_key(&candidate) {
            let count = self.0.entry(name.to_owned()).or_insert(1);
            *count += 1;
            candidate = format!("{name}{between}{count}");
        }
        self.0.insert(candidate.clone(), 1);
        candidate
    }
}

fn words(name: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut before_lower = false;
    for c in name.chars() {
        let fits = c.is_alphanumeric();
        if !fits || (c.is_uppercase() && before_lower) {
            words.push(String::new());
        }
        if fits && let Some(word) = words.last_mut() {
            word.push(c);
        }
        before_lower = c.is_lowercase() || c.is_numeric();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// A name may not begin with a digit, and there must be one.
fn guard(name: String, prefix: char) -> String {
    let starts_well = name.chars().next().is_some_and(|c| c.is_alphabetic());
    if starts_well {
        name
    } else {
        format!("{prefix}{name}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_kind_become_identifiers() {
        for (name, camel, snake_case, identifier) in [
            ("max_tokens", "MaxTokens", "max_tokens", "max_tokens"),
            ("maxTokens", "MaxTokens", "max_tokens", "max_tokens"),
            ("max-tokens", "MaxTokens", "max_tokens", "max_tokens"),
            ("type", "Type", "type", "r#type"),
            ("self", "Self", "self", "self_"),
            ("5m", "N5m", "n5m", "n5m"),
            ("@type", "Type", "type", "r#type"),
            ("größe", "Größe", "größe", "größe"),
            ("日本", "日本", "日本", "日本"),
            ("$", "N", "n", "n"),
            ("ID", "ID", "id", "id"),
            ("topK", "TopK", "top_k", "top_k"),
        ] {
            assert_eq!(upper_camel(name), camel, "{name}");
            assert_eq!(snake(name), snake_case, "{name}");
            assert_eq!(ident(&snake(name)).to_string(), identifier, "{name}");
        }
    }

    #[test]
    fn equal_names_of_a_scope_are_numbered() {
        let mut scope = Scope::default();
        assert_eq!(
            ["a", "a", "b", "a"].map(|name| scope.unique(name)),
            ["a", "a_2", "b", "a_3"]
        );
    }
}
