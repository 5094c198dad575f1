//! A run of deltas of one part: all that is written for them but what is said, and their number, is the same.
//!
//! How such a frame looks is found by writing two that say something made up. So this knows no dialect, and a frame
//! that doesn't look so is written as any other.

use crate::wire::write_string;

use super::frames::Frames;
use super::split::{Place, Said};

/// The run under way.
#[derive(Debug, Default)]
pub(super) struct Run {
    of: Option<Of>,
    form: Form,
    /// Nothing is learned.
    off: bool,
}

/// What a run is of: what the bytes depend on besides the text and the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Of {
    place: Place,
    arguments: bool,
    free: bool,
}

/// How the frames of a run look.
#[derive(Debug, Default)]
enum Form {
    /// There has been one, so nobody knows whether it is a run.
    #[default]
    New,
    /// Not always the same.
    Changing,
    /// Always these bytes, with something in between.
    Known(Vec<Segment>),
}

#[derive(Debug)]
struct Segment {
    bytes: Vec<u8>,
    /// What comes behind them.
    then: Hole,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Hole {
    /// The text, as a JSON string.
    Text,
    /// The number of the frame.
    Number,
    /// Nothing: they are the last.
    End,
}

/// Something that nobody would say, and numbers that no stream reaches.
const PROBES: [(&str, u64); 2] = [
    ("probe 7d1c0a", 7_100_000_000_000_001),
    ("q 48e9f35b", 8_200_000_000_000_000_002),
];

impl Run {
    /// Every frame is written in full.
    pub(super) fn off() -> Self {
        Self {
            off: true,
            ..Self::default()
        }
    }
}

impl Frames {
    /// Writes more of a part as one of a run, if it can be.
    pub(super) fn continue_run(
        &mut self,
        place: Place,
        said: Said<'_>,
        free: bool,
        out: &mut Vec<u8>,
    ) -> bool {
        let Form::Known(segments) = &self.run.form else {
            return false;
        };
        let of = Of::new(place, said, free);
        if of.is_none() || of != self.run.of {
            return false;
        }
        let text = said.text.or(said.arguments).unwrap_or_default();
        fill(segments, text, self.encoding.sequence, out);
        self.encoding.sequence += 1;
        true
    }

    /// More of a part has been written as `written`, and it hadn't a head: learns how the next looks.
    pub(super) fn learn_run(&mut self, place: Place, said: Said<'_>, free: bool, written: &[u8]) {
        let Some(of) = Of::new(place, said, free).filter(|_| !self.run.off) else {
            return;
        };
        if self.run.of != Some(of) {
            (self.run.of, self.run.form) = (Some(of), Form::New);
            return;
        }
        if matches!(self.run.form, Form::New) {
            let text = said.text.or(said.arguments).unwrap_or_default();
            let form = self.probe(of).filter(|segments| {
                let mut again = Vec::with_capacity(written.len());
                fill(segments, text, self.encoding.sequence - 1, &mut again);
                again == written
            });
            self.run.form = form.map_or(Form::Changing, Form::Known);
        }
    }

    /// Writes two frames that nobody sees.
    fn probe(&mut self, of: Of) -> Option<Vec<Segment>> {
        let (sequence, losses) = (self.encoding.sequence, self.losses.len());
        let mut probes = [Vec::new(), Vec::new()];
        for ((text, number), out) in PROBES.into_iter().zip(&mut probes) {
            self.encoding.sequence = number;
            let said = Said {
                text: Some(text).filter(|_| !of.arguments),
                arguments: Some(text).filter(|_| of.arguments),
                ..Said::default()
            };
            let written = self.delta_in_full(of.place, said, of.free, None, out);
            self.losses.truncate(losses);
            if !matches!(written, Ok(true)) {
                out.clear();
            }
        }
        self.encoding.sequence = sequence;
        let [first, second] = probes;
        let (text, number) = PROBES[0];
        let segments = cut(&first, text, number);
        let (text, number) = PROBES[1];
        segments.filter(|segments| {
            let mut again = Vec::with_capacity(second.len());
            fill(segments, text, number, &mut again);
            again == second
        })
    }
}

impl Of {
    fn new(place: Place, said: Said<'_>, free: bool) -> Option<Self> {
        let text = said.text.or(said.arguments)?;
        let bare = said.signature.is_none() && said.logprobs.is_empty();
        let one = said.text.is_some() != said.arguments.is_some();
        (bare && one && !text.is_empty()).then_some(Self {
            place,
            arguments: said.arguments.is_some(),
            free,
        })
    }
}

fn fill(segments: &[Segment], text: &str, number: u64, out: &mut Vec<u8>) {
    for Segment { bytes, then } in segments {
        out.extend_from_slice(bytes);
        match then {
            Hole::Text => write_string(text, out),
            Hole::Number => out.extend_from_slice(number.to_string().as_bytes()),
            Hole::End => {}
        }
    }
}

/// Cuts a frame at its text, which must be there once, and at its number, which may be.
fn cut(frame: &[u8], text: &str, number: u64) -> Option<Vec<Segment>> {
    let mut quoted = Vec::new();
    write_string(text, &mut quoted);
    let text = once(frame, &quoted)??;
    let number = number.to_string();
    let mut holes = vec![(text, quoted.len(), Hole::Text)];
    holes.extend(once(frame, number.as_bytes())?.map(|at| (at, number.len(), Hole::Number)));
    holes.sort_by_key(|(at, ..)| *at);
    let mut segments = Vec::new();
    let mut from = 0;
    for (at, length, then) in holes {
        let bytes = frame.get(from..at)?.to_vec();
        segments.push(Segment { bytes, then });
        from = at + length;
    }
    segments.push(Segment {
        bytes: frame[from..].to_vec(),
        then: Hole::End,
    });
    Some(segments)
}

/// Where it is, if it is there; nothing, if it is there more than once.
fn once(frame: &[u8], wanted: &[u8]) -> Option<Option<usize>> {
    let mut places = memchr::memmem::find_iter(frame, wanted);
    let first = places.next();
    places.next().is_none().then_some(first)
}
