//! The id that a request is known by in logs and replies.

use std::cell::Cell;
use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use hyper::header::{HeaderName, HeaderValue};

/// Where a caller may give one.
pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id that the caller gives, if it is fit to be logged and sent on, or a new one.
pub fn of(given: Option<&HeaderValue>) -> String {
    match given.and_then(|value| value.to_str().ok()) {
        Some(id) if is_sane(id) => id.to_owned(),
        _ => fresh(),
    }
}

fn is_sane(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

thread_local! {
    static SEED: [Cell<u64>; 2] = [Cell::new(random()), Cell::new(random())];
}

/// 128 bits that look random. They tell requests apart and guard nothing, so a seed of the standard library's for each
/// thread will do, and a generator with a period of 2^64 from there.
fn fresh() -> String {
    let halves = SEED.try_with(|seed| [next(&seed[0]), next(&seed[1])]);
    let [high, low] = halves.unwrap_or_else(|_| [random(), random()]);
    let number = u128::from(high) << 64 | u128::from(low);
    let mut text = [0; 32];
    for (pair, byte) in text.chunks_exact_mut(2).zip(number.to_be_bytes()) {
        pair.copy_from_slice(&PAIRS[usize::from(byte)]);
    }
    str::from_utf8(&text).unwrap_or_default().to_owned()
}

/// The digits of each byte.
static PAIRS: [[u8; 2]; 256] = {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut pairs = [[0; 2]; 256];
    let mut byte = 0;
    while byte < 256 {
        pairs[byte] = [DIGITS[byte >> 4], DIGITS[byte & 15]];
        byte += 1;
    }
    pairs
};

fn random() -> u64 {
    RandomState::new().build_hasher().finish()
}

/// SplitMix64.
fn next(seed: &Cell<u64>) -> u64 {
    let state = seed.get().wrapping_add(0x9e37_79b9_7f4a_7c15);
    seed.set(state);
    let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

const LONGEST: usize = 128;

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_sane_id_is_kept_and_any_other_replaced() {
        let (longest, too_long) = ("x".repeat(128), "x".repeat(129));
        let cases = [
            ("abc-123_~!", true),
            (&*longest, true),
            (&*too_long, false),
            ("", false),
            ("a b", false),
            ("a\tb", false),
            ("\u{e9}", false),
        ];
        for (given, kept) in cases {
            let value =
                hyper::header::HeaderValue::from_bytes(given.as_bytes()).expect("a header value");
            let id = of(Some(&value));
            assert_eq!(id == given, kept, "{given:?} became {id:?}");
            assert!(is_sane(&id), "{id:?}");
        }
    }

    #[test]
    fn new_ids_differ() {
        let thread = || (0..1000).map(|_| of(None)).collect::<Vec<_>>();
        let other = std::thread::spawn(thread).join().expect("no panic");
        let ids: BTreeSet<String> = thread().into_iter().chain(other).collect();
        assert_eq!(ids.len(), 2000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }
}
