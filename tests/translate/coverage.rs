//! Which sections and facts of the wire formats have a case.

use std::collections::BTreeSet;

use super::case::Case;

const SECTIONS: std::ops::RangeInclusive<u8> = 0..=17;
const FACTS: std::ops::RangeInclusive<u8> = 1..=23;

/// Fails with those that have none, and with words that name neither.
pub fn assert(cases: &[Case]) {
    if std::env::var("CASE").is_ok() {
        return;
    }
    let mut missing: BTreeSet<String> = SECTIONS
        .map(|section| format!("matrix {section}"))
        .chain(FACTS.map(|fact| format!("surprise {fact}")))
        .collect();
    let known = missing.clone();
    for case in cases {
        for word in &case.shows {
            assert!(
                known.contains(word),
                "{}: there is no `{word}`",
                case.name()
            );
            missing.remove(word);
        }
        assert!(!case.shows.is_empty(), "{}: shows nothing", case.name());
    }
    assert!(missing.is_empty(), "without a case: {missing:?}");
}
