//! Which of a provider's adjustments are for a model, remembered: models are few, and patterns are slow.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use regex_lite::Regex;

use crate::codec::lexicon::Words;
use crate::codec::quick::Quick;
use crate::table::Adjust;

/// The adjustments for one model.
#[derive(Debug, Default)]
pub(super) struct Suited {
    /// In their order.
    pub(super) entries: Vec<&'static Adjust>,
    /// For each of them its needs.
    needs: Vec<Vec<Vec<Words>>>,
}

impl Suited {
    fn new(adjust: &'static [Adjust], model: &str) -> Self {
        let suits =
            |adjust: &&'static Adjust| adjust.models.is_none_or(|models| matches(models, model));
        let entries: Vec<_> = adjust.iter().filter(suits).collect();
        let rows = |rows: &&[&[u8]]| rows.iter().map(|row| Words::of(row)).collect();
        let needs = |adjust: &&Adjust| adjust.needs.iter().map(rows).collect();
        Self {
            needs: entries.iter().map(needs).collect(),
            entries,
        }
    }

    /// Whether none of them can change a body that has these words only.
    pub(super) fn are_idle(&self, words: &Words) -> bool {
        let met = |rows: &Vec<Words>| rows.iter().any(|row| words.hold(row));
        self.needs.iter().all(|needs| !needs.iter().all(met))
    }
}

/// By the place of the adjustments, then by the model's name.
type Known = HashMap<usize, HashMap<String, Arc<Suited>, Quick>, Quick>;

/// Callers choose the names: so many of them are remembered for a provider, and none that is longer.
const MODELS: usize = 256;
const LONGEST: usize = 128;

/// The adjustments for a model.
pub(super) fn suited(adjust: &'static [Adjust], model: &str) -> Arc<Suited> {
    static KNOWN: LazyLock<RwLock<Known>> = LazyLock::new(RwLock::default);
    if adjust.is_empty() || model.len() > LONGEST {
        return Arc::new(Suited::new(adjust, model));
    }
    let place = adjust.as_ptr() as usize;
    let known = KNOWN.read().unwrap_or_else(PoisonError::into_inner);
    let found = known.get(&place).and_then(|models| models.get(model));
    if let Some(suited) = found {
        return Arc::clone(suited);
    }
    drop(known);
    let suited = Arc::new(Suited::new(adjust, model));
    let mut known = KNOWN.write().unwrap_or_else(PoisonError::into_inner);
    let models = known.entry(place).or_default();
    if models.len() >= MODELS {
        models.clear();
    }
    models.insert(model.to_owned(), Arc::clone(&suited));
    suited
}

/// Patterns are compiled when they are first needed and then kept: there are as many as the spec has.
fn matches(pattern: &'static str, model: &str) -> bool {
    static COMPILED: LazyLock<RwLock<HashMap<&'static str, Option<Regex>>>> =
        LazyLock::new(RwLock::default);
    // The build has checked every pattern; one that doesn't compile suits no model.
    let is_match = |regex: &Option<Regex>| regex.as_ref().is_some_and(|it| it.is_match(model));
    let known = COMPILED.read().unwrap_or_else(PoisonError::into_inner);
    if let Some(regex) = known.get(pattern) {
        return is_match(regex);
    }
    drop(known);
    let mut known = COMPILED.write().unwrap_or_else(PoisonError::into_inner);
    is_match(
        known
            .entry(pattern)
            .or_insert_with(|| Regex::new(pattern).ok()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(models: Option<&'static str>, needs: &'static [&'static [&'static [u8]]]) -> Adjust {
        Adjust {
            models,
            when: &[],
            refuse: None,
            lost: &[],
            edits: &[],
            needs,
        }
    }

    #[test]
    fn entries_are_idle_without_what_they_need() {
        let adjust: &'static [Adjust] = vec![
            entry(None, &[&[&[1, 200], &[2]]]),
            entry(Some("^small"), &[]),
            entry(Some("^large"), &[&[&[3]], &[&[4]]]),
            entry(Some("^none"), &[&[]]),
        ]
        .leak();
        for (model, words, idle) in [
            ("x", &[][..], true),
            ("x", &[1], true),
            ("x", &[1, 200], false),
            ("x", &[2], false),
            ("small", &[], false),
            ("large", &[3], true),
            ("large", &[4], true),
            ("large", &[3, 4], false),
            ("none", &[3, 4], true),
        ] {
            // The second time it is remembered.
            for _ in 0..2 {
                let words = Words::of(words);
                assert_eq!(
                    suited(adjust, model).are_idle(&words),
                    idle,
                    "{model} {words:?}"
                );
            }
        }
    }

    #[test]
    fn names_are_not_remembered_without_end() {
        let adjust: &'static [Adjust] = vec![entry(Some("^a"), &[])].leak();
        for number in 0..3 * MODELS {
            assert_eq!(suited(adjust, &format!("a{number}")).entries.len(), 1);
            assert_eq!(suited(adjust, &format!("b{number}")).entries.len(), 0);
        }
        let long = format!("a{}", "x".repeat(LONGEST));
        assert_eq!(suited(adjust, &long).entries.len(), 1);
    }
}
