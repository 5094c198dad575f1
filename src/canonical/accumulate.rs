//! Events to a whole answer.
//!
//! Knows no dialect and doesn't ask whether the events come in a legal order.

use std::borrow::Cow;

use super::{Candidate, ChatResponse, Error, Event, EventKind, Part, PartKind, Role, Usage};

/// Puts the events of a stream together.
#[derive(Debug, Default)]
pub struct Accumulator {
    response: ChatResponse<'static>,
    /// Where the parts are: candidate, index, and their places in `response`.
    places: Vec<(i64, i64, usize, usize)>,
    error: Option<Box<Error<'static>>>,
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
            EventKind::Error => {
                self.error = event
                    .error
                    .as_ref()
                    .map(|error| Box::new(error.to_static()))
            }
            EventKind::Close | EventKind::Done => {}
        }
    }

    /// The answer so far.
    pub fn response(&self) -> &ChatResponse<'static> {
        &self.response
    }

    /// The whole answer, or what went wrong.
    pub fn into_response(self) -> Result<ChatResponse<'static>, Box<Error<'static>>> {
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

fn append(text: &mut Option<Cow<'static, str>>, more: Option<&str>) {
    if let Some(more) = more {
        text.get_or_insert_default().to_mut().push_str(more);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::FinishReason;
    use crate::canonical::events_in_pieces;

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
