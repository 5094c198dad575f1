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
    #[inline]
    pub fn hold(&self, others: &Self) -> bool {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, others.0);
        (e & !a) | (f & !b) | (g & !c) | (h & !d) == 0
    }

    #[inline]
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
    /// By the first byte, one bit for each length that such words have: most texts are known not to be words by that.
    lengths: [u64; 256],
}

#[derive(Debug)]
pub(super) struct Entry {
    key: u64,
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
            lengths: [0; 256],
        };
        for ((spot, text), number) in words.iter().zip(0..=u8::MAX) {
            let entry = lexicon.entry(text.as_bytes());
            entry.numbers[*spot as usize] = Some(number);
        }
        lexicon
    }

    /// The length of the longest word.
    #[inline]
    pub(super) fn longest(&self) -> usize {
        self.longest
    }

    /// The number of a text in this place, if it is a word there. The text is the first so many bytes of what is given.
    #[inline(always)]
    pub(super) fn number(&self, from: &[u8], length: usize, spot: Spot) -> Option<u8> {
        let first = usize::from(*from.first()?);
        match self.lengths[first] & bit(length) {
            0 => None,
            _ => self.find(from, length, spot),
        }
    }

    #[inline(never)]
    fn find(&self, from: &[u8], length: usize, spot: Spot) -> Option<u8> {
        let key = key(from, length);
        let mut next = self.heads[bucket(key, length)];
        while let Some(entry) = self.entries.get(usize::from(next).wrapping_sub(1)) {
            // The key is all of a short word.
            let same = entry.key == key && entry.text.len() == length;
            if same && (length <= KEY || entry.text[KEY..] == from[KEY..length]) {
                return entry.numbers[spot as usize];
            }
            next = entry.next;
        }
        None
    }

    fn entry(&mut self, text: &'static [u8]) -> &mut Entry {
        let known = self.entries.iter().position(|entry| entry.text == text);
        let at = known.unwrap_or_else(|| {
            let key = key(text, text.len());
            let head = &mut self.heads[bucket(key, text.len())];
            let next = std::mem::replace(head, 0);
            self.entries.push(Entry {
                key,
                text,
                numbers: [None; 3],
                next,
            });
            // There are at most 256 words.
            *head = u16::try_from(self.entries.len()).unwrap_or(0);
            self.longest = self.longest.max(text.len());
            if let Some(first) = text.first() {
                self.lengths[usize::from(*first)] |= bit(text.len());
            }
            self.entries.len() - 1
        });
        &mut self.entries[at]
    }
}

/// The first bytes of a text as a number.
#[inline]
fn key(from: &[u8], length: usize) -> u64 {
    let eight = match from.first_chunk::<KEY>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => {
            let mut eight = [0; KEY];
            eight[..from.len()].copy_from_slice(from);
            u64::from_le_bytes(eight)
        }
    };
    match length {
        0 => 0,
        1..KEY => eight & (u64::MAX >> (64 - 8 * length)),
        _ => eight,
    }
}

/// One bit for a length; the long ones share one.
#[inline(always)]
fn bit(length: usize) -> u64 {
    1 << length.min(63)
}

/// A product's high bits depend on all of its factor.
#[inline]
fn bucket(key: u64, length: usize) -> usize {
    const ODD: u64 = 0x9e37_79b9_7f4a_7c15;
    let mixed = (key ^ (length as u64) << 59).wrapping_mul(ODD);
    (mixed >> 55) as usize
}

/// So many bytes are a key.
const KEY: usize = 8;
