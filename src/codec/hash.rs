//! `hash`: ids that one side refuses become short, stable ones; numbers are folded into a range.
//!
//! The hash is FNV-1a with 128 bits, its two halves then mixed as SplitMix64 does, because the last letters of a text
//! hardly reach the low bits of FNV alone and ids differ mostly there. It is stable over builds and machines, both
//! sides of a pair agree on it without a table, and it is no protection: who controls both ids may make them collide.

/// The text if it is letters and digits and short enough; else a hash that is, as long as is useful.
///
/// What other characters a place admits isn't known here: ask its charset first.
pub fn fit(text: &str, max_len: usize) -> String {
    if !text.is_empty() && text.len() <= max_len && is_alphanumeric(text) {
        text.to_owned()
    } else {
        digits(text, max_len.min(DIGITS))
    }
}

/// The text if it is exactly this many letters and digits; else a hash that is.
pub fn exact(text: &str, len: usize) -> String {
    if text.len() == len && is_alphanumeric(text) {
        text.to_owned()
    } else {
        digits(text, len)
    }
}

/// The number if it lies within the bounds; else one that does, the same for the same number.
pub fn int(value: i64, min: i64, max: i64) -> i64 {
    let (low, high) = (i128::from(min), i128::from(max));
    if low >= high {
        return min;
    }
    let folded = low + (i128::from(value) - low).rem_euclid(high - low + 1);
    i64::try_from(folded).unwrap_or(min)
}

/// This many letters and digits that stand for the text.
pub(super) fn digits(text: &str, len: usize) -> String {
    let mut digits = String::with_capacity(len);
    let mut left = mixed(fnv(FNV_OFFSET, text.as_bytes()));
    for place in 0..len {
        if place > 0 && place % DIGITS == 0 {
            left = mixed(fnv(left, &[0]));
        }
        digits.push(char::from(BASE62[(left % 62) as usize]));
        left /= 62;
    }
    digits
}

fn is_alphanumeric(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn fnv(start: u128, bytes: &[u8]) -> u128 {
    bytes.iter().fold(start, |hash, &byte| {
        (hash ^ u128::from(byte)).wrapping_mul(FNV_PRIME)
    })
}

fn mixed(hash: u128) -> u128 {
    let low = splitmix(hash as u64);
    let high = splitmix((hash >> 64) as u64 ^ low);
    u128::from(high) << 64 | u128::from(splitmix(low ^ high))
}

fn splitmix(mut word: u64) -> u64 {
    word = word.wrapping_add(0x9e37_79b9_7f4a_7c15);
    word = (word ^ word >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    word = (word ^ word >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ word >> 31
}

/// The letters and digits, in the order of their code.
pub(super) const BASE62: &[u8; 62] =
    b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// How many digits of base 62 the hash fills.
const DIGITS: usize = 21;

const FNV_OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
const FNV_PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    /// These values may never change: a conversation would no longer find its own ids.
    #[test]
    fn stable() {
        assert_eq!(
            fnv(FNV_OFFSET, b"foobar"),
            0x343e_1662_793c_64bf_6f0d_3597_ba44_6f18
        );
        let cases = [
            ("", 9, "ABAkl04on"),
            ("call_1", 9, "Osie0bDXI"),
            ("call_2", 21, "vvyj4Bhp03BkbOBlI1jJ1"),
            ("é", 44, "ftFFgtgsdxiz0iZcL578x4TIOCMh0kQp98qLbxyFUOcm"),
        ];
        for (text, len, expected) in cases {
            assert_eq!(exact(text, len), expected, "{text}");
        }
    }

    #[test]
    fn kept() {
        assert_eq!(fit("abc123", 40), "abc123");
        assert_eq!(exact("abcdefGH9", 9), "abcdefGH9");
        assert_ne!(exact("abcdefGH", 9), exact("abcdefG", 9));
        assert_eq!(fit("call_1", 40).len(), DIGITS);
        assert_eq!(exact("", 0), "");
        assert_eq!(exact("x", 50).len(), 50);
    }

    #[test]
    fn near_texts_differ() {
        let hashes: HashSet<String> = (0..20_000)
            .map(|n| exact(&format!("call_{n}"), 9))
            .collect();
        assert_eq!(hashes.len(), 20_000);
    }

    #[test]
    fn folded() {
        let cases = [
            (5, 1, 10, 5),
            (11, 1, 10, 1),
            (0, 1, 10, 10),
            (i64::MAX, 0, 4_294_967_295, 4_294_967_295),
            (i64::MIN, i64::MIN, i64::MAX, i64::MIN),
            (-1, 0, i64::MAX, i64::MAX),
            (7, 3, 3, 3),
            (7, 3, 1, 3),
        ];
        for (value, min, max, expected) in cases {
            assert_eq!(int(value, min, max), expected, "{value} in {min}..={max}");
        }
    }

    proptest! {
        #[test]
        fn fits(text in "\\PC{0,60}", len in 0_usize..70) {
            let short = fit(&text, len);
            prop_assert!(short.len() <= len && is_alphanumeric(&short));
            prop_assert_eq!(&fit(&short, len), &short);
            prop_assert_eq!(&fit(&text, len), &short);
            let same = exact(&text, len);
            prop_assert!(same.len() == len && is_alphanumeric(&same));
            prop_assert_eq!(exact(&same, len), same);
        }

        #[test]
        fn within(value: i64, a: i64, b: i64) {
            let (min, max) = (a.min(b), a.max(b));
            let folded = int(value, min, max);
            prop_assert!((min..=max).contains(&folded));
            prop_assert_eq!(int(folded, min, max), folded);
        }
    }
}
