//! Where the plain part of a JSON string ends.

use memchr::memchr2;
use wide::u8x16;

/// The next quote or backslash from here. Names and many values are short, so what it takes to find one that is near
/// stands where it is asked for.
#[inline(always)]
pub(crate) fn stop(text: &[u8], at: usize) -> Option<usize> {
    match first_in(text, at) {
        Some(near @ 0..BLOCK) => Some(at + near),
        Some(_) => far(text, at + BLOCK),
        None => far(text, at),
    }
}

/// One that is further away, or near the end of the text.
#[inline(never)]
fn far(text: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..SHORT {
        match first_in(text, at) {
            Some(near @ 0..BLOCK) => return Some(at + near),
            Some(_) => at += BLOCK,
            None => break,
        }
    }
    Some(at + memchr2(b'"', b'\\', text.get(at..)?)?)
}

/// How many bytes are looked at together.
const BLOCK: usize = 16;
/// So many more of them make a text a long one.
const SHORT: usize = 3;

/// The place of the first one in the block here, if there is a block; past its end if there is none.
#[inline(always)]
fn first_in(text: &[u8], at: usize) -> Option<usize> {
    let block = u8x16::new(*text.get(at..)?.first_chunk()?);
    let special = block.simd_eq(u8x16::splat(b'"')) | block.simd_eq(u8x16::splat(b'\\'));
    Some(special.to_bitmask().trailing_zeros() as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_both_is_found_wherever_it_is() {
        for length in 0..100 {
            let plain = vec![b'x'; length];
            assert_eq!(stop(&plain, 0), None);
            assert_eq!(stop(&plain, length + 1), None);
            for place in 0..length {
                for byte in [b'"', b'\\'] {
                    let mut text = plain.clone();
                    text[place..].fill(byte);
                    for from in 0..=place {
                        assert_eq!(stop(&text, from), Some(place), "{from} of {length}");
                    }
                }
            }
        }
    }
}
