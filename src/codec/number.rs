//! `seconds` and `retry-after`: spans of time as numbers of seconds.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Reads `34.4s`.
pub fn seconds_decode(text: &str) -> Option<f64> {
    span(text.trim().strip_suffix('s')?)
}

/// Writes `34.4s`.
pub fn seconds_encode(seconds: f64) -> String {
    format!("{}s", sane(seconds))
}

/// Reads seconds or an HTTP date; a date that has passed is 0.
pub fn retry_after_decode(text: &str) -> Option<f64> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    retry_after_at(text.trim(), now.as_secs() as i64)
}

/// Writes whole seconds, rounded up: who comes back too early is refused again.
pub fn retry_after_encode(seconds: f64) -> String {
    // The cast saturates.
    (sane(seconds).ceil() as u64).to_string()
}

fn retry_after_at(text: &str, now: i64) -> Option<f64> {
    if let Some(seconds) = span(text) {
        return Some(seconds);
    }
    // An HTTP date is a mail date whose zone is GMT. The two obsolete forms are never seen from an API.
    let date = OffsetDateTime::parse(text, &Rfc2822).ok()?;
    Some(date.unix_timestamp().saturating_sub(now).max(0) as f64)
}

fn span(text: &str) -> Option<f64> {
    let seconds: f64 = text.parse().ok()?;
    (seconds.is_finite() && seconds >= 0.0).then_some(seconds)
}

fn sane(seconds: f64) -> f64 {
    if seconds.is_finite() {
        seconds.max(0.0)
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds() {
        let cases = [
            ("34.4s", Some(34.4)),
            ("0s", Some(0.0)),
            (" 7s", Some(7.0)),
            ("34.4", None),
            ("-1s", None),
            ("infs", None),
            ("s", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds_decode(text), expected, "{text}");
        }
        assert_eq!(seconds_encode(34.4), "34.4s");
        assert_eq!(seconds_encode(2.0), "2s");
        assert_eq!(seconds_encode(f64::NAN), "0s");
    }

    #[test]
    fn retry_after() {
        let now = 784_111_777; // Sun, 06 Nov 1994 08:49:37 GMT
        let cases = [
            ("120", Some(120.0)),
            ("1.5", Some(1.5)),
            ("Sun, 06 Nov 1994 08:50:37 GMT", Some(60.0)),
            ("Sun, 06 Nov 1994 08:49:00 GMT", Some(0.0)),
            ("-5", None),
            ("soon", None),
            ("", None),
        ];
        for (text, expected) in cases {
            assert_eq!(retry_after_at(text, now), expected, "{text}");
        }
        assert_eq!(retry_after_decode(" 3 "), Some(3.0));
        for (seconds, expected) in [
            (0.0, "0"),
            (0.1, "1"),
            (34.4, "35"),
            (60.0, "60"),
            (-2.0, "0"),
            (f64::INFINITY, "0"),
        ] {
            assert_eq!(retry_after_encode(seconds), expected, "{seconds}");
        }
    }
}
