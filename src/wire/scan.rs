//! JSON text, looked at eight bytes at a time: what both the reader and the writer of strings ask.

/// Every byte of a word is this one.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const ONES: u64 = each(1);
const HIGH: u64 = each(0x80);
const QUOTES: u64 = each(b'"');
const BACKSLASHES: u64 = each(b'\\');
const SPACES: u64 = each(b' ');

/// How many bytes a string begins with that stand for themselves: no quote, no backslash, no control character.
#[inline]
pub(crate) fn clean(bytes: &[u8]) -> usize {
    // Most strings are names and short words, and a reader doesn't know where they end.
    let Some((word, rest)) = bytes.split_first_chunk::<8>() else {
        return clean_by_bytes(bytes);
    };
    match special(u64::from_le_bytes(*word)) {
        0 => 8 + clean_rest(rest),
        special => special.trailing_zeros() as usize / 8,
    }
}

/// The same where the string is no short one.
fn clean_rest(bytes: &[u8]) -> usize {
    let (head, rest) = bytes.split_at(bytes.len().min(BLOCK));
    let short = clean_by_words(head);
    if short < head.len() || rest.is_empty() {
        return short;
    }
    let (blocks, _) = rest.as_chunks::<BLOCK>();
    // The compiler makes vector instructions of this.
    let is_clean = |block: &&[u8; BLOCK]| {
        let mut any = false;
        for byte in *block {
            any |= is_special(*byte);
        }
        !any
    };
    let done = blocks.iter().take_while(is_clean).count() * BLOCK;
    BLOCK + done + clean_by_words(&rest[done..])
}

/// Long texts are looked at in blocks.
const BLOCK: usize = 32;

fn clean_by_words(bytes: &[u8]) -> usize {
    let (words, rest) = bytes.as_chunks::<8>();
    for (place, word) in words.iter().enumerate() {
        let special = special(u64::from_le_bytes(*word));
        if special != 0 {
            return place * 8 + special.trailing_zeros() as usize / 8;
        }
    }
    bytes.len() - rest.len() + clean_by_bytes(rest)
}

#[inline]
fn clean_by_bytes(bytes: &[u8]) -> usize {
    let dirty = bytes.iter().position(|byte| is_special(*byte));
    dirty.unwrap_or(bytes.len())
}

/// The high bit of the first byte that is special is set, and none below it.
#[inline(always)]
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(ONES) & !word;
    let quote = zero(word ^ QUOTES);
    let backslash = zero(word ^ BACKSLASHES);
    let control = word.wrapping_sub(SPACES) & !word;
    (quote | backslash | control) & HIGH
}

#[inline(always)]
fn is_special(byte: u8) -> bool {
    (byte == b'"') | (byte == b'\\') | (byte < b' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_in_every_place() {
        for byte in 0..=u8::MAX {
            for length in 0..110 {
                let mut text = vec![b'\xc3'; length];
                assert_eq!(clean(&text), length);
                text.push(byte);
                text.extend_from_slice(b"\"\\!\x7f\x1f 012345678901234567890123456789012345");
                let expected = length + usize::from(!is_special(byte));
                assert_eq!(clean(&text), expected, "{byte} at {length}");
            }
        }
    }
}
