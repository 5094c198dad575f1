//! JSON text, looked at sixteen bytes at a time: what both the reader and the writer of strings ask.

use wide::u8x16;

/// How many bytes are looked at together.
const BLOCK: usize = 16;

/// How many bytes a string begins with that stand for themselves: no quote, no backslash, no control character.
#[inline]
pub(crate) fn clean(bytes: &[u8]) -> usize {
    // Most strings are names and short words, and a reader doesn't know where they end.
    match bytes.split_first_chunk() {
        Some((block, rest)) => match clean_in(*block) {
            BLOCK => BLOCK + clean_rest(rest),
            clean => clean,
        },
        None => clean_last(bytes),
    }
}

/// The same where the string is no short one.
fn clean_rest(bytes: &[u8]) -> usize {
    let (blocks, last) = bytes.as_chunks();
    for (place, block) in blocks.iter().enumerate() {
        let clean = clean_in(*block);
        if clean < BLOCK {
            return place * BLOCK + clean;
        }
    }
    blocks.len() * BLOCK + clean_last(last)
}

/// The same of less than a block.
#[inline]
fn clean_last(bytes: &[u8]) -> usize {
    let mut block = [b'"'; BLOCK];
    block[..bytes.len()].copy_from_slice(bytes);
    clean_in(block)
}

#[inline(always)]
fn clean_in(block: [u8; BLOCK]) -> usize {
    let block = u8x16::new(block);
    let quote = block.simd_eq(u8x16::splat(b'"'));
    let backslash = block.simd_eq(u8x16::splat(b'\\'));
    let control = block.min(u8x16::splat(b' ' - 1)).simd_eq(block);
    let special = (quote | backslash | control).to_bitmask();
    (special.trailing_zeros() as usize).min(BLOCK)
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
                let expected = length + usize::from(!matches!(byte, b'"' | b'\\' | 0..b' '));
                assert_eq!(clean(&text), expected, "{byte} at {length}");
            }
        }
    }
}
