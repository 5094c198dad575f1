//! The id that a request is known by in logs and replies.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};

use hyper::HeaderMap;

/// The id that the caller gives in `x-request-id`, if it is fit to be logged and sent on, or a new one.
pub fn of(headers: &HeaderMap) -> String {
    let given = headers
        .get("x-request-id")
        .and_then(|value| value.to_str().ok());
    match given {
        Some(id) if is_sane(id) => id.to_owned(),
        _ => fresh(),
    }
}

fn is_sane(id: &str) -> bool {
    (1..=LONGEST).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_graphic())
}

/// 128 random bits. They tell requests apart and guard nothing, so the standard library's seed will do.
fn fresh() -> String {
    let half = || RandomState::new().build_hasher().finish();
    format!("{:016x}{:016x}", half(), half())
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
            let headers = HeaderMap::from_iter([(
                hyper::header::HeaderName::from_static("x-request-id"),
                value,
            )]);
            let id = of(&headers);
            assert_eq!(id == given, kept, "{given:?} became {id:?}");
            assert!(is_sane(&id), "{id:?}");
        }
    }

    #[test]
    fn new_ids_differ() {
        let ids: BTreeSet<String> = (0..1000).map(|_| of(&HeaderMap::new())).collect();
        assert_eq!(ids.len(), 1000);
        assert!(ids.iter().all(|id| id.len() == 32));
    }
}
