//! `rfc3339`: a date and time as seconds since 1970.

use std::borrow::Cow;

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// Seconds since 1970, fractions cut. A space in place of `T` and a missing zone (then UTC) are forgiven.
pub fn rfc3339_decode(text: &str) -> Option<i64> {
    let text = regular(text.trim());
    let time = OffsetDateTime::parse(&text, &Rfc3339).ok()?;
    Some(time.unix_timestamp())
}

/// In UTC, without fractions. What no four-digit year can hold becomes the nearest that one can.
pub fn rfc3339_encode(seconds: i64) -> String {
    let seconds = seconds.clamp(YEAR_0, YEAR_9999);
    OffsetDateTime::from_unix_timestamp(seconds)
        .ok()
        .and_then(|time| time.format(&Rfc3339).ok())
        .unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// Some vendors write `2023-09-25 19:21:11.898`.
fn regular(text: &str) -> Cow<'_, str> {
    let Some(clock) = text.get(11..).filter(|_| text.is_ascii()) else {
        return Cow::Borrowed(text);
    };
    let zoned = clock.contains(['Z', 'z', '+', '-']);
    let spaced = text.as_bytes()[10] == b' ';
    if zoned && !spaced {
        return Cow::Borrowed(text);
    }
    let zone = if zoned { "" } else { "Z" };
    Cow::Owned(format!("{}T{clock}{zone}", &text[..10]))
}

const YEAR_0: i64 = -62_167_219_200;
const YEAR_9999: i64 = 253_402_300_799;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn read() {
        let cases = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2025-02-19T00:00:00Z", Some(1_739_923_200)),
            ("2023-08-04T08:52:19.385406455-07:00", Some(1_691_164_339)),
            (
                "2023-08-04T08:52:19.3854064551234+02:00",
                Some(1_691_131_939),
            ),
            ("2023-09-25 19:21:11.898", Some(1_695_669_671)),
            ("2023-09-25T19:21:11", Some(1_695_669_671)),
            (" 2023-09-25 21:21:11+02:00 ", Some(1_695_669_671)),
            ("1969-12-31T23:59:59Z", Some(-1)),
            ("2023-09-25", None),
            ("2023-13-25T00:00:00Z", None),
            ("2023-09-25é19:21:11", None),
            ("yesterday, at noon", None),
            ("", None),
        ];
        for (text, seconds) in cases {
            assert_eq!(rfc3339_decode(text), seconds, "{text}");
        }
    }

    #[test]
    fn written() {
        assert_eq!(rfc3339_encode(1_739_923_200), "2025-02-19T00:00:00Z");
        assert_eq!(rfc3339_encode(i64::MAX), "9999-12-31T23:59:59Z");
        assert_eq!(rfc3339_encode(i64::MIN), "0000-01-01T00:00:00Z");
    }

    proptest! {
        #[test]
        fn round_trip(seconds in YEAR_0..=YEAR_9999) {
            prop_assert_eq!(rfc3339_decode(&rfc3339_encode(seconds)), Some(seconds));
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,30}") {
            rfc3339_decode(&text);
        }
    }
}
