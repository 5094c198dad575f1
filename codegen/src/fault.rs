//! One mistake in the YAML, and the sink that gathers all of them.
//!
//! A run tells every mistake that it can find: nobody should have to build ten times to learn of ten typos.

use std::cell::RefCell;
use std::collections::BTreeSet;
use std::fmt;

use crate::source::Place;

/// One mistake: where it is, what is wrong and what would be right.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// Where it is.
    pub place: Place,
    /// What is wrong, and the remedy.
    pub what: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Gathers faults. Shared by reference, so that every stage can add to it while it borrows other things.
#[derive(Debug, Default)]
pub struct Faults(RefCell<BTreeSet<Fault>>);

impl Faults {
    /// Notes a fault at a place.
    pub fn add(&self, place: &Place, what: impl Into<String>) {
        self.0.borrow_mut().insert(Fault {
            place: place.clone(),
            what: what.into(),
        });
    }

    /// Whether none was found.
    pub fn is_empty(&self) -> bool {
        self.0.borrow().is_empty()
    }

    /// All of them, by place.
    pub fn into_vec(self) -> Vec<Fault> {
        self.0.into_inner().into_iter().collect()
    }
}

/// `; did you mean 'x'?` with the nearest of the names, or the list of them where none is near.
pub fn suggest<'n>(wrong: &str, names: impl IntoIterator<Item = &'n str>) -> String {
    let names: Vec<&str> = names.into_iter().collect();
    let nearest = names
        .iter()
        .map(|name| (distance(wrong, name), *name))
        .min();
    match nearest {
        Some((far, name)) if far <= 1 + wrong.len().max(name.len()) / 3 => {
            format!("; did you mean '{name}'?")
        }
        _ if names.is_empty() => String::new(),
        _ => format!("; it can be: {}", names.join(", ")),
    }
}

/// Levenshtein distance: the names are short, so the plain table will do.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let cost = diagonal + usize::from(ca != *cb);
            diagonal = row[j + 1];
            row[j + 1] = cost.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::suggest;

    #[test]
    fn the_nearest_name_is_offered_and_the_list_where_none_is_near() {
        for (wrong, names, said) in [
            (
                "usage.inputs",
                &["usage.input", "usage.output"][..],
                "; did you mean 'usage.input'?",
            ),
            ("modle", &["model", "models"], "; did you mean 'model'?"),
            ("x", &["drop", "refuse"], "; it can be: drop, refuse"),
            ("x", &[], ""),
        ] {
            assert_eq!(suggest(wrong, names.iter().copied()), said, "{wrong}");
        }
    }
}
