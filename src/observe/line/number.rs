//! Numbers, which mostly are small.

/// A whole number.
pub(super) fn integer(value: impl itoa::Integer, out: &mut Vec<u8>) {
    out.extend_from_slice(itoa::Buffer::new().format(value).as_bytes());
}

/// Times have no more than three decimals; any other number is left to those who know how.
pub(super) fn thousandths(value: f64) -> Option<u64> {
    const MOST: f64 = 1e12;
    let usual = value.is_sign_positive() && value < MOST;
    let thousandths = usual.then_some((value * 1000.0 + 0.5) as u64)?;
    (thousandths as f64 / 1000.0 == value).then_some(thousandths)
}

/// A number of thousandths, with no more decimals than it has, and one at least.
pub(super) fn decimal(thousandths: u64, out: &mut Vec<u8>) {
    integer(thousandths / 1000, out);
    let mut text = *b".000";
    digits(&mut text[1..], (thousandths % 1000) as u32);
    let zeros = text[2..].iter().rev().take_while(|digit| **digit == b'0');
    let length = text.len() - zeros.count();
    out.extend_from_slice(&text[..length]);
}

/// Fills the room with the number's last digits.
pub(super) fn digits(room: &mut [u8], mut number: u32) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_the_shortest_number() {
        let cases: [(f64, Option<&str>); 12] = [
            (0.0, Some("0.0")),
            (0.001, Some("0.001")),
            (0.5, Some("0.5")),
            (12.0, Some("12.0")),
            (12.34, Some("12.34")),
            (100.05, Some("100.05")),
            (86_400_000.001, Some("86400000.001")),
            (0.0001, None),
            (-1.0, None),
            (1e13, None),
            (f64::NAN, None),
            (f64::INFINITY, None),
        ];
        for (value, expected) in cases {
            let said = thousandths(value).map(|thousandths| {
                let mut out = Vec::new();
                decimal(thousandths, &mut out);
                String::from_utf8(out).expect("digits")
            });
            assert_eq!(said.as_deref(), expected, "{value}");
            if let Some(said) = said {
                assert_eq!(said, serde_json::to_string(&value).expect("a number"));
            }
        }
    }
}
