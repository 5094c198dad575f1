//! Where the plain part of a JSON string ends.

use memchr::memchr2;

/// The next quote or backslash from here: names are short, and looked at eight bytes at a time; other texts may be long.
#[inline]
pub(super) fn stop(text: &[u8], mut at: usize) -> Option<usize> {
    for _ in 0..SHORT {
        let Some((eight, _)) = text.get(at..)?.split_first_chunk::<8>() else {
            break;
        };
        let eight = u64::from_le_bytes(*eight);
        let found = zeros(eight ^ each(b'"')) | zeros(eight ^ each(b'\\'));
        if found != 0 {
            return Some(at + (found.trailing_zeros() / 8) as usize);
        }
        at += 8;
    }
    Some(at + memchr2(b'"', b'\\', text.get(at..)?)?)
}

/// So many times eight bytes are a short text.
const SHORT: usize = 3;

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
                    }
                }
            }
        }
    }
}
