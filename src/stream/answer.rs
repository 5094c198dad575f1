//! The answer under way: which parts are open, what has been said of each, how it ended.
//!
//! Whatever a provider sends in whatever order, the events that leave here are in legal order: start; open, deltas
//! and close of each part; finish of each candidate; usage; done, or error at any time. A part has one place among
//! all parts of its candidate, counted here.

use std::borrow::Cow;

use crate::canonical::{
    ChatResponse, Error, ErrorKind, Event, EventKind, FinishReason, Part, PartKind, Usage, call_id,
    fill,
};

use super::decoder::Sink;
use super::piece::{Key, Lane, More, Piece};
use super::scan::Scan;

/// What a whole call without arguments has.
const NO_ARGUMENTS: &str = "{}";

/// The answer under way.
#[derive(Debug, Default)]
pub(super) struct Answer {
    /// The answer's id, of which missing call ids are made.
    pub(super) id: String,
    pub(super) started: bool,
    pub(super) usage: Option<Usage>,
    pub(super) lanes: Vec<Lane>,
    /// Things that had no place in the answer.
    pub(super) ignored: u64,
    /// No frame closes parts: a call is closed when its arguments are whole.
    pub(super) self_closing: bool,
}

impl Answer {
    /// The answer begins, unless it has begun.
    pub(super) fn start(&mut self, response: ChatResponse<'_>, sink: Sink<'_>) {
        if self.started {
            return;
        }
        self.started = true;
        if !response.id.is_empty() {
            self.id = response.id.to_string();
        }
        if let Some(usage) = &response.usage {
            self.report(usage);
        }
        sink(&Event {
            response: Some(Box::new(ChatResponse {
                candidates: Vec::new(),
                ..response
            })),
            ..event(EventKind::Start)
        });
    }

    /// Takes a report of usage.
    pub(super) fn report(&mut self, usage: &Usage) {
        self.usage.get_or_insert_default().update(usage);
    }

    /// Where this candidate is.
    pub(super) fn lane(&mut self, candidate: i64) -> usize {
        let found = self
            .lanes
            .iter()
            .position(|lane| lane.candidate == candidate);
        found.unwrap_or_else(|| {
            self.lanes.push(Lane {
                candidate,
                ..Lane::default()
            });
            self.lanes.len() - 1
        })
    }

    /// Opens a part. What deltas bring is taken out of the head and said at once.
    pub(super) fn open(
        &mut self,
        at: usize,
        key: Key,
        mut head: Part<'_>,
        sink: Sink<'_>,
    ) -> usize {
        let lane = &mut self.lanes[at];
        lane.stale |= lane.finish.is_some();
        let call = head.kind == PartKind::ToolCall;
        head.id = head.id.filter(|id| !id.is_empty());
        // Where the provider counted it says nothing of its place among all parts.
        (head.index, head.ordinal) = (None, None);
        let id = head.id.as_deref().map(str::to_owned);
        if call {
            let made_up = || call_id(&self.id, lane.calls).into();
            head.id.get_or_insert_with(made_up);
            lane.calls += 1;
        }
        let more = More {
            text: head.text.take().filter(|text| !text.is_empty()),
            arguments: head.arguments.take().filter(|text| !is_blank(text)),
            signature: head.signature.take_if(|_| !call),
            logprobs: Vec::new(),
        };
        lane.pieces.push(Piece {
            kind: head.kind,
            key,
            id,
            open: true,
            said: false,
            signed: head.signature.is_some(),
            free: head.free,
            scan: Scan::default(),
        });
        let piece = lane.pieces.len() - 1;
        sink(&Event {
            part: Some(Box::new(head)),
            ..lane.event(EventKind::Open, piece)
        });
        self.say(at, piece, more, sink);
        piece
    }

    /// Says more of a part; of a closed one nothing can be said.
    pub(super) fn say(&mut self, at: usize, piece: usize, more: More<'_>, sink: Sink<'_>) {
        let lane = &mut self.lanes[at];
        if !lane.pieces[piece].open {
            self.ignored += 1;
            return;
        }
        if more.text.is_some() || more.arguments.is_some() {
            lane.stale |= lane.finish.is_some();
            lane.pieces[piece].said = true;
        }
        // One event says one thing, so that one frame can hold it.
        if more.text.is_some() || !more.logprobs.is_empty() {
            sink(&Event {
                text: more.text,
                logprobs: more.logprobs,
                ..lane.event(EventKind::Delta, piece)
            });
        }
        let mut whole = false;
        if let Some(arguments) = more.arguments {
            let scan = &mut lane.pieces[piece].scan;
            whole = scan.feed(arguments.as_bytes()).is_some() && !lane.pieces[piece].free;
            sink(&Event {
                arguments: Some(arguments),
                ..lane.event(EventKind::Delta, piece)
            });
        }
        if let Some(signature) = more.signature {
            lane.pieces[piece].signed = true;
            sink(&Event {
                signature: Some(signature),
                ..lane.event(EventKind::Delta, piece)
            });
        }
        if whole && self.self_closing {
            self.close(at, piece, sink);
        }
    }

    /// Closes a part, unless it is closed.
    pub(super) fn close(&mut self, at: usize, piece: usize, sink: Sink<'_>) {
        let lane = &mut self.lanes[at];
        let state = &mut lane.pieces[piece];
        if !state.open {
            return;
        }
        state.open = false;
        if state.kind == PartKind::ToolCall && !state.said && !state.free {
            sink(&Event {
                arguments: Some(Cow::Borrowed(NO_ARGUMENTS)),
                ..lane.event(EventKind::Delta, piece)
            });
        }
        sink(&lane.event(EventKind::Close, piece));
    }

    /// Closes the parts that `which` picks.
    pub(super) fn close_where(&mut self, at: usize, which: fn(&Piece) -> bool, sink: Sink<'_>) {
        for piece in 0..self.lanes[at].pieces.len() {
            if which(&self.lanes[at].pieces[piece]) {
                self.close(at, piece, sink);
            }
        }
    }

    /// Takes a finish. The first counts, unless more was said after it. It isn't told before the stream ends: there
    /// are providers that send a finish with every piece of text, and some that send calls after it.
    pub(super) fn finish(&mut self, at: usize, reason: FinishReason, stop_text: Option<&str>) {
        let lane = &mut self.lanes[at];
        if lane.finish.is_none() || lane.stale {
            lane.finish = Some((reason, stop_text.map(str::to_owned)));
            lane.stale = false;
        }
    }

    /// Whether a finish has come.
    pub(super) fn finished(&self) -> bool {
        self.lanes.iter().any(|lane| lane.finish.is_some())
    }

    /// The stream has ended well, unless the provider gave an error as its reason to finish: that is returned.
    pub(super) fn conclude(&mut self, sink: Sink<'_>) -> Result<(), Box<Error<'static>>> {
        self.start(ChatResponse::default(), sink);
        let failed = |lane: &Lane| matches!(lane.finish, Some((FinishReason::Error, _)));
        if self.lanes.iter().any(failed) {
            return Err(Box::new(Error {
                kind: ErrorKind::UpstreamBad,
                message: Some("the provider ended the answer with an error".into()),
                ..Error::default()
            }));
        }
        if self.lanes.is_empty() {
            self.lane(0);
        }
        for at in 0..self.lanes.len() {
            self.close_where(at, |piece| piece.open, sink);
            let lane = &self.lanes[at];
            let (reason, stop_text) = match &lane.finish {
                Some((reason, stop_text)) => (*reason, stop_text.as_deref()),
                None => (FinishReason::Stop, None),
            };
            sink(&Event {
                candidate: lane.candidate,
                finish: Some(reason),
                stop_text: stop_text.map(Cow::Borrowed),
                ..event(EventKind::Finish)
            });
        }
        if let Some(usage) = &mut self.usage {
            fill::total(usage);
            sink(&Event {
                usage: Some(usage.clone()),
                ..event(EventKind::Usage)
            });
        }
        sink(&event(EventKind::Done));
        Ok(())
    }
}

pub(super) fn event<'e>(kind: EventKind) -> Event<'e> {
    Event {
        event: kind,
        ..Event::default()
    }
}

/// Whether a head's arguments are only there because the wire requires them.
fn is_blank(arguments: &str) -> bool {
    let arguments = arguments.trim();
    arguments.is_empty() || arguments == NO_ARGUMENTS
}
