//! When a line was written.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;

use super::number::digits;

type Stamp = [u8; 27];

thread_local! {
    /// The last second of which a line was written, and how it reads.
    static SECOND: Cell<(u64, Stamp)> = const { Cell::new((u64::MAX, *b"0000-00-00T00:00:00.000000Z")) };
}

/// Now, to the microsecond, as RFC 3339 has it.
pub(super) fn timestamp(out: &mut Vec<u8>) {
    let now = SystemTime::now();
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let known = SECOND.try_with(Cell::get).ok();
    let mut text = match known.filter(|(second, _)| *second == since.as_secs()) {
        Some((_, text)) => text,
        None => {
            let text = stamp(now.into());
            let _ = SECOND.try_with(|known| known.set((since.as_secs(), text)));
            text
        }
    };
    digits(&mut text[20..26], since.subsec_micros());
    out.extend_from_slice(&text);
}

/// A time to the second.
fn stamp(time: OffsetDateTime) -> Stamp {
    let (year, month, day) = time.to_calendar_date();
    let (hour, minute, second) = time.to_hms();
    let year = u32::try_from(year).unwrap_or_default();
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    digits(&mut text[..4], year);
    digits(&mut text[5..7], u8::from(month).into());
    digits(&mut text[8..10], day.into());
    digits(&mut text[11..13], hour.into());
    digits(&mut text[14..16], minute.into());
    digits(&mut text[17..19], second.into());
    text
}
