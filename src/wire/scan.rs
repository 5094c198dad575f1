//! JSON text, looked at eight bytes at a time: what both the reader and the writer of strings ask.

/// Every byte of a word is this one.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// How many bytes a string begins with that stand for themselves: no quote, no backslash, no control character.
pub(super) fn clean(bytes: &[u8]) -> usize {
    // Most strings are short, and a reader doesn't know where they end.
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
    // The last word again, as far as it wasn't looked at.
    if let (Some(last), false) = (bytes.last_chunk::<8>(), rest.is_empty()) {
        let special = special(u64::from_le_bytes(*last));
        return bytes.len() - 8 + special.trailing_zeros() as usize / 8;
    }
    if let (Some(first), Some(last)) = (rest.first_chunk::<4>(), rest.last_chunk::<4>()) {
        let halves = [u32::from_le_bytes(*first), u32::from_le_bytes(*last)].map(u64::from);
        if special(halves[0] | halves[1] << 32) == 0 {
            return bytes.len();
        }
    }
    let dirty = rest.iter().position(|byte| is_special(*byte));
    bytes.len() - rest.len() + dirty.unwrap_or(rest.len())
}

/// The high bit of the first byte that is special is set, and none below it.
fn special(word: u64) -> u64 {
    let zero = |word: u64| word.wrapping_sub(each(1)) & !word;
    let quote = zero(word ^ each(b'"'));
    let backslash = zero(word ^ each(b'\\'));
    let control = word.wrapping_sub(each(b' ')) & !word;
    (quote | backslash | control) & each(0x80)
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
