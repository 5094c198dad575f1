//! Which call a result answers, found without looking at every call again.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};

use crate::canonical::Part;

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
    /// The nearest call of each id.
    nearest: HashMap<Cow<'a, str>, usize>,
    /// Calls that may be open, in their order: all, and those of one name; each also without those that had an id.
    open: HashMap<(bool, Option<Cow<'a, str>>), VecDeque<usize>>,
    /// How many calls are among these. Most conversations ask by id, and nobody needs them.
    queued: usize,
}

impl<'a> Calls<'a> {
    pub(super) fn push(&mut self, call: Call<'a>) {
        if let Some(id) = &call.id {
            self.nearest.insert(id.clone(), self.said.len());
        }
        self.said.push(call);
    }

    /// The call that a result answers.
    pub(super) fn of(&mut self, result: &Part<'a>) -> Option<&mut Call<'a>> {
        // The nearest: some clients count ids anew each turn.
        let same = result.id.as_ref().and_then(|id| self.nearest.get(id));
        let call = same.copied().or_else(|| self.first_open(result));
        call.map(|place| &mut self.said[place])
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
