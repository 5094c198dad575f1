//! Words that are looked for in JSON text, each with what it would stand for there.

/// Where a word stands in a JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spot {
    /// It names a member of the outermost object.
    Top,
    /// It names a member of any other object.
    Below,
    /// It is a value.
    Value,
}

/// A set of words of a lexicon, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Words([u64; WORDS / 64]);

/// How many words a lexicon can have.
pub const WORDS: usize = 256;

impl Words {
    /// All words, known or not.
    pub const ALL: Self = Self([u64::MAX; WORDS / 64]);

    /// The words of these numbers.
    pub fn of(numbers: &[u8]) -> Self {
        let mut words = Self::default();
        for number in numbers {
            words.add(*number);
        }
        words
    }

    /// Whether every one of the others is among them.
    pub fn hold(&self, others: &Self) -> bool {
        let pairs = self.0.iter().zip(&others.0);
        pairs.fold(0, |missing, (own, other)| missing | (other & !own)) == 0
    }

    pub(super) fn add(&mut self, number: u8) {
        self.0[usize::from(number / 64)] |= 1 << (number % 64);
    }
}

/// Words and their numbers, quickly found by what a text holds.
#[derive(Debug)]
pub struct Lexicon {
    /// By hash, the first entry of a chain; entries are counted from one.
    heads: [u16; BUCKETS],
    entries: Vec<Entry>,
    longest: usize,
}

#[derive(Debug)]
pub(super) struct Entry {
    text: &'static [u8],
    numbers: [Option<u8>; 3],
    next: u16,
}

const BUCKETS: usize = 512;

impl Lexicon {
    /// The words, numbered in their order. Those beyond what a lexicon can have are not found.
    pub fn new(words: &[(Spot, &'static str)]) -> Self {
        let mut lexicon = Self {
            heads: [0; BUCKETS],
            entries: Vec::new(),
            longest: 0,
        };
        for ((spot, text), number) in words.iter().zip(0..=u8::MAX) {
            let entry = lexicon.entry(text.as_bytes());
            entry.numbers[*spot as usize] = Some(number);
        }
        lexicon
    }

    /// The length of the longest word.
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The number of a text in this place, if it is a word there.
    #[inline]
    pub(super) fn number(&self, text: &[u8], spot: Spot) -> Option<u8> {
        if text.len() > self.longest {
            return None;
        }
        let mut next = self.heads[bucket(text)];
        while let Some(entry) = self.entries.get(usize::from(next).wrapping_sub(1)) {
            if entry.text == text {
                return entry.numbers[spot as usize];
            }
            next = entry.next;
        }
        None
    }

    fn entry(&mut self, text: &'static [u8]) -> &mut Entry {
        let known = self.entries.iter().position(|entry| entry.text == text);
        let at = known.unwrap_or_else(|| {
            let head = &mut self.heads[bucket(text)];
            let next = std::mem::replace(head, 0);
            self.entries.push(Entry {
                text,
                numbers: [None; 3],
                next,
            });
            // There are at most 256 words.
            *head = u16::try_from(self.entries.len()).unwrap_or(0);
            self.longest = self.longest.max(text.len());
            self.entries.len() - 1
        });
        &mut self.entries[at]
    }
}

/// Told by its length, its first letter and its last ones: enough for the names of one format.
#[inline]
fn bucket(text: &[u8]) -> usize {
    let byte = |at: usize| text.get(at).map_or(0, |byte| usize::from(*byte));
    let end = text.len();
    let mixed = byte(0)
        .wrapping_add(byte(end.wrapping_sub(1)).wrapping_mul(7))
        .wrapping_add(byte(end / 2).wrapping_mul(31));
    mixed.wrapping_add(end.wrapping_mul(113)) % BUCKETS
}
