//! What a dialect says of every canonical field.

use std::ops::Index;

use crate::generated::ledger::{FIELDS, Field, Table};

use super::Verdict;

/// A set of canonical fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields([u64; FIELDS.div_ceil(64)]);

impl Fields {
    /// No field.
    pub const NONE: Self = Self([0; FIELDS.div_ceil(64)]);

    /// Whether this field is in the set.
    #[inline]
    pub const fn has(&self, field: Field) -> bool {
        let place = field.0 as usize;
        self.0[place / 64] & (1 << (place % 64)) != 0
    }

    /// The set with this field.
    #[must_use]
    #[inline]
    pub const fn with(mut self, field: Field) -> Self {
        let place = field.0 as usize;
        self.0[place / 64] |= 1 << (place % 64);
        self
    }

    /// The fields in their order.
    pub fn iter(self) -> impl Iterator<Item = Field> {
        self.0.into_iter().enumerate().flat_map(|(at, mut word)| {
            std::iter::from_fn(move || {
                let bit = (word != 0).then(|| word.trailing_zeros())?;
                word &= word - 1;
                Some(Field((at * 64) as u16 + bit as u16))
            })
        })
    }
}

/// Verdicts of one dialect, and which fields need a thought at all: most have a place.
#[derive(Debug)]
pub struct Ledger {
    verdicts: Table,
    /// What is left out or refused.
    pub(super) falls: Fields,
    /// What a pass turns into the nearest thing.
    pub(super) turns: Fields,
}

impl Ledger {
    /// Of these verdicts.
    pub const fn new(verdicts: Table) -> Self {
        let (mut falls, mut turns) = (Fields::NONE, Fields::NONE);
        let mut place = 0;
        while place < FIELDS {
            let field = Field(place as u16);
            match verdicts[place] {
                Verdict::Drop | Verdict::Refuse(_) => falls = falls.with(field),
                Verdict::Nearest(_) => turns = turns.with(field),
                Verdict::Bound | Verdict::Implied => {}
            }
            place += 1;
        }
        Self {
            verdicts,
            falls,
            turns,
        }
    }
}

impl Index<Field> for Ledger {
    type Output = Verdict;

    fn index(&self, field: Field) -> &Verdict {
        &self.verdicts[usize::from(field.0)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Pass;

    #[test]
    fn sets_are_what_the_verdicts_say() {
        let last = FIELDS - 1;
        let mut table = [Verdict::Bound; FIELDS];
        table[0] = Verdict::Drop;
        table[63] = Verdict::Nearest(Pass::AsText);
        table[64] = Verdict::Refuse("no");
        table[65] = Verdict::Implied;
        table[last] = Verdict::Nearest(Pass::OmitTools);
        let ledger = Ledger::new(table);
        let places = |fields: Fields| {
            let places: Vec<_> = fields.iter().map(|field| usize::from(field.0)).collect();
            places
        };
        assert_eq!(places(ledger.falls), [0, 64]);
        assert_eq!(places(ledger.turns), [63, last]);
        assert!(ledger.falls.has(Field(64)) && !ledger.falls.has(Field(63)));
        assert_eq!(ledger[Field(64)], Verdict::Refuse("no"));
        assert_eq!(Fields::NONE.iter().count(), 0);
    }
}
