//! `seconds`, `milliseconds` and `retry-after`: spans of time as numbers of seconds.

use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// Reads `34.4s`, and as some headers have it `1m30.5s` or `6ms`.
pub fn seconds_decode(text: &str) -> Option<f64> {
    const UNITS: [(&str, f64); 5] = [
        ("ms", 0.001),
        ("s", 1.0),
        ("m", 60.0),
        ("h", 3600.0),
        ("d", 86400.0),
    ];
    let mut rest = text.trim();
    let mut sum = None;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(digits);
        let units = after
            .find(|c: char| c.is_ascii_digit())
            .unwrap_or(after.len());
        let (unit, after) = after.split_at(units);
        let (_, seconds) = UNITS.iter().find(|(name, _)| *name == unit)?;
        sum = Some(sum.unwrap_or(0.0) + span(number)? * seconds);
        rest = after;
    }
    sum
}

/// Reads `1500`.
pub fn milliseconds_decode(text: &str) -> Option<f64> {
    Some(span(text.trim())? / 1000.0)
}

/// Writes `1500`, rounded up.
pub fn milliseconds_encode(seconds: f64) -> String {
    // The cast saturates.
    ((sane(seconds) * 1000.0).ceil() as u64).to_string()
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
            ("6ms", Some(0.006)),
            ("1m30.5s", Some(90.5)),
            ("1h2m", Some(3720.0)),
            ("1x", None),
            ("1m30", None),
            ("m", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds_decode(text), expected, "{text}");
        }
        assert_eq!(seconds_encode(34.4), "34.4s");
        assert_eq!(seconds_encode(2.0), "2s");
        assert_eq!(seconds_encode(f64::NAN), "0s");
    }

    #[test]
    fn milliseconds() {
        assert_eq!(milliseconds_decode(" 1500 "), Some(1.5));
        assert_eq!(milliseconds_decode("x"), None);
        assert_eq!(milliseconds_encode(0.0151), "16");
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
