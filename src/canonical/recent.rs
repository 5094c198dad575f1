//! Which of the calls so far has an id. Nearly always it is one of the last; an index is made for who asks further
//! back, so that no conversation takes longer than its length says.

use std::collections::HashMap;

/// How far back is looked without the index.
const RECENT: usize = 16;

/// Finds calls by their ids; all that it is asked must be about the same growing list.
#[derive(Default)]
pub(super) struct Index<'k> {
    places: HashMap<Option<&'k str>, Vec<usize>>,
    indexed: usize,
}

impl<'k> Index<'k> {
    /// The last of these calls that has this id and is open.
    pub(super) fn nearest<T>(
        &mut self,
        wanted: Option<&'k str>,
        calls: &[T],
        id: impl Fn(&T) -> Option<&'k str>,
        is_open: impl Fn(&T) -> bool,
    ) -> Option<usize> {
        let recent = calls.len().saturating_sub(RECENT);
        let fits = |call: &T| is_open(call) && id(call) == wanted;
        if let Some(place) = calls[recent..].iter().rposition(fits) {
            return Some(recent + place);
        }
        for (place, call) in calls.iter().enumerate().skip(self.indexed) {
            self.places.entry(id(call)).or_default().push(place);
        }
        self.indexed = calls.len();
        let places = self.places.get_mut(&wanted)?;
        while !is_open(&calls[*places.last()?]) {
            places.pop();
        }
        places.last().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ids repeat; every other question closes what it found.
    #[test]
    fn found_as_by_looking_at_all() {
        let names = ["a", "b", "c", "d", "e"];
        for step in [1, 2, 3, 7] {
            let mut index = Index::default();
            let mut calls: Vec<(&str, bool)> = Vec::new();
            for round in 0..200 {
                calls.push((names[round * step % names.len()], true));
                if round % 3 == 0 {
                    continue;
                }
                let wanted = names[round / 40];
                let fits = |call: &(&str, bool)| call.1 && call.0 == wanted;
                let expected = calls.iter().rposition(fits);
                let found = index.nearest(Some(wanted), &calls, |call| Some(call.0), |call| call.1);
                assert_eq!(found, expected, "{round} by {step}");
                if let Some(found) = found {
                    calls[found].1 = false;
                }
            }
        }
    }
}
