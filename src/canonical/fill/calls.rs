//! Which call a result answers, found without looking at every call again.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::canonical::Part;

/// How far back is looked without an index.
const RECENT: usize = 16;

/// A call, as far as a result asks.
pub(super) struct Call<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    pub(super) name: Option<Cow<'a, str>>,
    pub(super) free: bool,
    /// The caller gave no id.
    pub(super) without_id: bool,
    pub(super) answered: bool,
}

/// The calls as far as a conversation was read.
#[derive(Default)]
pub(super) struct Calls<'a> {
    pub(super) said: Vec<Call<'a>>,
    /// The nearest call of each id, of those that are in it by now.
    nearest: HashMap<Cow<'a, str>, usize>,
    indexed: usize,
    /// Calls that may be open, in their order: all, and those of one name; each also without those that had an id.
    open: HashMap<(bool, Option<Cow<'a, str>>), VecDeque<usize>>,
    /// How many calls are among these. Most conversations ask by id, and nobody needs them.
    queued: usize,
}

impl<'a> Calls<'a> {
    /// The call that a result answers.
    pub(super) fn of(&mut self, result: &Part<'a>) -> Option<&mut Call<'a>> {
        let same = result.id.as_ref().and_then(|id| self.by_id(id));
        let call = same.or_else(|| self.first_open(result));
        call.map(|place| &mut self.said[place])
    }

    /// The nearest: some clients count ids anew each turn. It is nearly always one of the last.
    fn by_id(&mut self, id: &str) -> Option<usize> {
        let recent = self.said.len().saturating_sub(RECENT);
        let has_id = |call: &Call<'_>| call.id.as_deref() == Some(id);
        if let Some(place) = self.said[recent..].iter().rposition(has_id) {
            return Some(recent + place);
        }
        for (place, call) in self.said.iter().enumerate().skip(self.indexed) {
            if let Some(id) = &call.id {
                self.nearest.insert(id.clone(), place);
            }
        }
        self.indexed = self.said.len();
        self.nearest.get(id).copied()
    }

    /// A result may have an id though its call had none; who took the trouble for both isn't corrected.
    fn first_open(&mut self, result: &Part<'a>) -> Option<usize> {
        for (place, call) in self.said.iter().enumerate().skip(self.queued) {
            for without_id in [false, true] {
                if without_id && !call.without_id {
                    continue;
                }
                for name in [None, call.name.as_ref()] {
                    let key = (without_id, name.cloned());
                    self.open.entry(key).or_default().push_back(place);
                }
            }
        }
        self.queued = self.said.len();
        let queue = self
            .open
            .get_mut(&(result.id.is_some(), result.name.clone()))?;
        while self.said[*queue.front()?].answered {
            queue.pop_front();
        }
        queue.front().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By looking at every call.
    fn plainly(result: &Part<'_>, calls: &[Call<'_>]) -> Option<usize> {
        let same = |call: &Call<'_>| result.id.is_some() && call.id == result.id;
        let fits = |call: &Call<'_>| {
            !call.answered
                && (result.id.is_none() || call.without_id)
                && (result.name.is_none() || call.name == result.name)
        };
        let known = calls.iter().rposition(same);
        known.or_else(|| calls.iter().position(fits))
    }

    #[test]
    fn found_as_by_looking_at_all() {
        let mut seed = 1_u32;
        let mut random = |below: u32| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (seed >> 16) % below
        };
        for _ in 0..200 {
            let mut calls = Calls::default();
            for _ in 0..80 {
                let id = random(60);
                let id = (id < 40).then(|| Cow::Owned(id.to_string()));
                let name = random(4);
                let name = (name > 0).then(|| Cow::Owned(name.to_string()));
                if random(3) > 0 {
                    let without_id = id.is_none();
                    let made_up = format!("call_{}", calls.said.len());
                    calls.said.push(Call {
                        id: id.or(Some(Cow::Owned(made_up))),
                        name,
                        free: false,
                        without_id,
                        answered: false,
                    });
                    continue;
                }
                let result = Part {
                    id,
                    name,
                    ..Part::default()
                };
                let expected = plainly(&result, &calls.said);
                let expected = expected.map(|place| calls.said[place].id.clone());
                let found = calls.of(&result).map(|call| {
                    call.answered = true;
                    call.id.clone()
                });
                assert_eq!(found, expected);
            }
        }
    }
}
