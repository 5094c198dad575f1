//! Where the plain part of a JSON string ends.

use memchr::memchr2;

/// The next quote or backslash from here, where one in the next eight bytes is likely.
#[inline(always)]
pub(super) fn stop_near(text: &[u8], at: usize) -> Option<usize> {
    let found = text.get(at..)?.first_chunk().and_then(stop_in);
    match found {
        Some(place) => Some(at + place),
        None => stop(text, at),
    }
}

/// The next quote or backslash from here: names are short, and looked at eight bytes at a time; other texts may be long.
#[inline(never)]
pub(super) fn stop(text: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..SHORT {
        let Some(eight) = text.get(at..)?.first_chunk() else {
            break;
        };
        if let Some(place) = stop_in(eight) {
            return Some(at + place);
        }
        at += 8;
    }
    Some(at + memchr2(b'"', b'\\', text.get(at..)?)?)
}

#[inline(always)]
fn stop_in(eight: &[u8; 8]) -> Option<usize> {
    let eight = u64::from_le_bytes(*eight);
    let found = zeros(eight ^ each(b'"')) | zeros(eight ^ each(b'\\'));
    (found != 0).then(|| (found.trailing_zeros() / 8) as usize)
}

/// So many times eight bytes are a short text.
const SHORT: usize = 4;

const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// The high bit of the lowest byte that is zero, and maybe bits above it.
const fn zeros(eight: u64) -> u64 {
    eight.wrapping_sub(each(1)) & !eight & each(0x80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_both_is_found_wherever_it_is() {
        for length in 0..50 {
            let plain = vec![b'x'; length];
            assert_eq!(stop(&plain, 0), None);
            assert_eq!(stop(&plain, length + 1), None);
            for place in 0..length {
                for byte in [b'"', b'\\'] {
                    let mut text = plain.clone();
                    text[place..].fill(byte);
                    for from in 0..=place {
                        assert_eq!(stop(&text, from), Some(place), "{from} of {length}");
                        assert_eq!(stop_near(&text, from), Some(place), "{from} of {length}");
                    }
                }
            }
        }
    }
}
