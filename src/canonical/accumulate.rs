//! Events to a whole answer, and a whole answer to events.
//!
//! Knows no dialect and doesn't ask whether the events come in a legal order.

use std::borrow::Cow;

use super::{
    Candidate, ChatResponse, Error, Event, EventKind, FinishReason, Part, PartKind, Role, Usage,
};

/// Puts the events of a stream together.
#[derive(Debug, Default)]
pub struct Accumulator {
    response: ChatResponse<'static>,
    /// Where the parts are: candidate, index, and their places in `response`.
    places: Vec<(i64, i64, usize, usize)>,
    error: Option<Error<'static>>,
}

impl Accumulator {
    /// Of a stream of which nothing has come.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next event.
    pub fn push(&mut self, event: &Event<'_>) {
        match event.event {
            EventKind::Start => self.start(event),
            EventKind::Open => self.open(event),
            EventKind::Delta => self.delta(event),
            EventKind::Finish => self.finish(event),
            EventKind::Usage => self.report(event.usage.as_ref()),
            EventKind::Error => self.error = event.error.as_ref().map(|error| error.to_static()),
            EventKind::Close | EventKind::Done => {}
        }
    }

    /// The answer so far.
    pub fn response(&self) -> &ChatResponse<'static> {
        &self.response
    }

    /// The whole answer, or what went wrong.
    pub fn into_response(self) -> Result<ChatResponse<'static>, Error<'static>> {
        match self.error {
            Some(error) => Err(error),
            None => Ok(self.response),
        }
    }

    fn start(&mut self, event: &Event<'_>) {
        if let Some(response) = &event.response {
            self.response.update_head(response);
            self.report(response.usage.as_ref());
        }
    }

    fn open(&mut self, event: &Event<'_>) {
        let part = match &event.part {
            Some(part) => part.to_static(),
            None => Part {
                kind: event.kind.unwrap_or(PartKind::Text),
                ..Part::default()
            },
        };
        let at = self.response.candidate_place(event.candidate);
        let parts = &mut self.response.candidates[at].parts;
        parts.push(part);
        let place = (
            event.candidate,
            event.index.unwrap_or(-1),
            at,
            parts.len() - 1,
        );
        self.places.push(place);
    }

    fn delta(&mut self, event: &Event<'_>) {
        let wanted = (event.candidate, event.index.unwrap_or(-1));
        let found = self
            .places
            .iter()
            .rev()
            .find(|place| (place.0, place.1) == wanted);
        let Some(&(_, _, at, part)) = found else {
            return;
        };
        let candidate = &mut self.response.candidates[at];
        let part = &mut candidate.parts[part];
        append(&mut part.text, event.text.as_deref());
        append(&mut part.arguments, event.arguments.as_deref());
        if let Some(signature) = &event.signature {
            part.signature = Some(signature.to_static());
        }
        let logprobs = event.logprobs.iter().map(|logprob| logprob.to_static());
        candidate.logprobs.extend(logprobs);
    }

    fn finish(&mut self, event: &Event<'_>) {
        let at = self.response.candidate_place(event.candidate);
        let candidate = &mut self.response.candidates[at];
        if candidate.finish.is_none() {
            candidate.finish = event.finish;
            candidate.stop_text = event
                .stop_text
                .as_deref()
                .map(|text| Cow::Owned(text.to_owned()));
        }
    }

    fn report(&mut self, usage: Option<&Usage>) {
        if let Some(usage) = usage {
            self.response.usage.get_or_insert_default().update(usage);
        }
    }
}

impl ChatResponse<'static> {
    /// The candidate with this index; it is made if it is new.
    pub fn candidate_mut(&mut self, index: i64) -> &mut Candidate<'static> {
        let at = self.candidate_place(index);
        &mut self.candidates[at]
    }

    fn candidate_place(&mut self, index: i64) -> usize {
        let candidates = &mut self.candidates;
        let found = candidates
            .iter()
            .position(|candidate| candidate.index == index);
        found.unwrap_or_else(|| {
            candidates.push(Candidate {
                index,
                role: Some(Role::Assistant),
                ..Candidate::default()
            });
            candidates.len() - 1
        })
    }
}

impl ChatResponse<'_> {
    /// Takes what another says of the whole answer, where it says anything.
    pub fn update_head(&mut self, other: &ChatResponse<'_>) {
        if !other.id.is_empty() {
            self.id = Cow::Owned(other.id.to_string());
        }
        if !other.model.is_empty() {
            self.model = Cow::Owned(other.model.to_string());
        }
        if other.created != 0 {
            self.created = other.created;
        }
        if let Some(provider) = &other.provider {
            self.provider = Some(Cow::Owned(provider.to_string()));
        }
        self.service_tier = other.service_tier.or(self.service_tier);
    }
}

impl Usage {
    /// Takes a newer report: it replaces the fields that it names.
    pub fn update(&mut self, newer: &Self) {
        self.input = newer.input.or(self.input);
        self.cached = newer.cached.or(self.cached);
        self.cache_write = newer.cache_write.or(self.cache_write);
        self.tool_input = newer.tool_input.or(self.tool_input);
        self.output = newer.output.or(self.output);
        self.reasoning = newer.reasoning.or(self.reasoning);
        self.total = newer.total.or(self.total);
    }
}

/// The id of a call that came without one: always the same for the same call of the same answer.
pub fn call_id(response: &str, ordinal: usize) -> String {
    // FNV-1a: needs to be stable between versions and machines, not to withstand attack.
    let bytes = response.bytes().chain([0]).chain(ordinal.to_le_bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    });
    format!("call_{hash:016x}")
}

/// The events of a whole answer, each part in one delta.
pub fn events_of<'r>(response: &'r ChatResponse<'_>) -> Vec<Event<'r>> {
    events_in_pieces(response, usize::MAX)
}

/// The events of a whole answer, its texts cut into deltas of about this many bytes.
pub fn events_in_pieces<'r>(response: &'r ChatResponse<'_>, size: usize) -> Vec<Event<'r>> {
    let mut head = ChatResponse::default();
    head.update_head(response);
    let mut events = vec![Event {
        response: Some(Box::new(head)),
        ..event(EventKind::Start)
    }];
    for candidate in &response.candidates {
        let first = events.len();
        for (index, part) in (0..).zip(&candidate.parts) {
            part_events(candidate.index, index, part, size, &mut events);
        }
        // Which token is in which piece isn't known, so all of them go with the first.
        if let Some(delta) = events[first..]
            .iter_mut()
            .find(|event| event.text.is_some())
        {
            delta.logprobs.clone_from(&candidate.logprobs);
        }
        events.push(Event {
            candidate: candidate.index,
            finish: Some(candidate.finish.unwrap_or(FinishReason::Stop)),
            stop_text: candidate.stop_text.as_deref().map(Cow::Borrowed),
            ..event(EventKind::Finish)
        });
    }
    if let Some(usage) = &response.usage {
        events.push(Event {
            usage: Some(usage.clone()),
            ..event(EventKind::Usage)
        });
    }
    events.push(event(EventKind::Done));
    events
}

fn part_events<'r>(
    candidate: i64,
    index: i64,
    part: &'r Part<'_>,
    size: usize,
    events: &mut Vec<Event<'r>>,
) {
    let place = |kind| Event {
        candidate,
        index: Some(index),
        kind: Some(part.kind),
        ..event(kind)
    };
    events.push(Event {
        part: Some(Box::new(part.head())),
        ..place(EventKind::Open)
    });
    for text in pieces(part.text.as_deref(), size) {
        events.push(Event {
            text: Some(Cow::Borrowed(text)),
            ..place(EventKind::Delta)
        });
    }
    for arguments in pieces(part.arguments.as_deref(), size) {
        events.push(Event {
            arguments: Some(Cow::Borrowed(arguments)),
            ..place(EventKind::Delta)
        });
    }
    if part.kind != PartKind::ToolCall && part.signature.is_some() {
        events.push(Event {
            signature: part.signature.clone(),
            ..place(EventKind::Delta)
        });
    }
    events.push(place(EventKind::Close));
}

fn event<'r>(event: EventKind) -> Event<'r> {
    Event {
        event,
        ..Event::default()
    }
}

/// Cuts a text into pieces of at least `size` bytes; none of an empty one.
fn pieces(text: Option<&str>, size: usize) -> impl Iterator<Item = &str> {
    let mut rest = text.unwrap_or_default();
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let mut end = size.clamp(1, rest.len());
        while !rest.is_char_boundary(end) {
            end += 1;
        }
        let (piece, behind) = rest.split_at(end);
        rest = behind;
        Some(piece)
    })
}

fn append(text: &mut Option<Cow<'static, str>>, more: Option<&str>) {
    if let Some(more) = more {
        text.get_or_insert_default().to_mut().push_str(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_events_of_an_answer_put_together_are_the_answer() {
        let answer = ChatResponse {
            id: "r1".into(),
            model: "m".into(),
            created: 7,
            candidates: vec![Candidate {
                role: Some(Role::Assistant),
                parts: vec![
                    Part {
                        kind: PartKind::Thinking,
                        text: Some("so…so".into()),
                        signature: Some(crate::wire::Sealed {
                            origin: "x",
                            value: "s".into(),
                        }),
                        ..Part::default()
                    },
                    Part {
                        kind: PartKind::ToolCall,
                        id: Some("c1".into()),
                        name: Some("f".into()),
                        arguments: Some("{\"ä\":1}".into()),
                        ..Part::default()
                    },
                ],
                finish: Some(FinishReason::ToolCalls),
                ..Candidate::default()
            }],
            usage: Some(Usage {
                input: Some(3),
                ..Usage::default()
            }),
            ..ChatResponse::default()
        };
        for size in [1, 2, 5, usize::MAX] {
            let mut accumulator = Accumulator::new();
            for event in events_in_pieces(&answer, size) {
                accumulator.push(&event);
            }
            assert_eq!(accumulator.into_response(), Ok(answer.clone()), "{size}");
        }
    }

    #[test]
    fn a_made_up_id_depends_on_the_answer_and_the_place() {
        assert_eq!(call_id("r", 0), call_id("r", 0));
        assert_ne!(call_id("r", 0), call_id("r", 1));
        assert_ne!(call_id("r", 0), call_id("s", 0));
    }
}
