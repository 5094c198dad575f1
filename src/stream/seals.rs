//! What others have sealed, in a stream: wrapped for the client, in a part of its own where its dialect has no place for
//! it in this one.

use crate::canonical::{Event, EventKind, Part, PartKind};
use crate::dialect::{Belongs, Seals, carrier};
use crate::wire::Sealed;

use super::answer::event as blank;
use super::decoder::Sink;

/// Wraps seals.
#[derive(Debug, Default)]
pub(super) struct Wrapper {
    seals: Option<Seals>,
    /// Parts that were made up here; they are counted downwards, so that they have places of their own.
    made: i64,
}

impl Wrapper {
    /// For clients that can carry these.
    pub(super) fn new(seals: Seals) -> Self {
        Self {
            seals: Some(seals),
            made: 0,
        }
    }

    /// Gives what an event becomes.
    pub(super) fn pass(&mut self, event: &Event<'_>, sink: Sink<'_>) {
        match (self.seals, event.event) {
            (Some(seals), EventKind::Open) => self.open(seals, event, sink),
            (Some(seals), EventKind::Delta) => self.delta(seals, event, sink),
            _ => sink(event),
        }
    }

    fn open(&mut self, seals: Seals, event: &Event<'_>, sink: Sink<'_>) {
        let sealed = |part: &&Part<'_>| part.signature.is_some() || part.redacted.is_some();
        let Some(head) = event.part.as_deref().filter(sealed) else {
            return sink(event);
        };
        let mut head = head.clone();
        seals.redacted(&mut head);
        if let Some(signature) = head.signature.take() {
            match seals.place(head.kind, &signature, Belongs::Next) {
                None => head.signature = Some(signature),
                Some(Belongs::Here) => {
                    head.signature = Some(seals.wrap(&signature, Belongs::Here));
                }
                Some(belongs) => {
                    let wrapped = seals.wrap(&signature, belongs);
                    self.carry(event.candidate, wrapped, sink);
                }
            }
        }
        sink(&Event {
            part: Some(Box::new(head)),
            ..event.clone()
        });
    }

    fn delta(&mut self, seals: Seals, event: &Event<'_>, sink: Sink<'_>) {
        let kind = event.kind.unwrap_or(PartKind::Text);
        let wrapped = event.signature.as_ref().and_then(|signature| {
            let belongs = seals.place(kind, signature, Belongs::Last)?;
            Some((belongs, seals.wrap(signature, belongs)))
        });
        match wrapped {
            None => sink(event),
            Some((Belongs::Here, wrapped)) => sink(&Event {
                signature: Some(wrapped),
                ..event.clone()
            }),
            Some((_, wrapped)) => self.carry(event.candidate, wrapped, sink),
        }
    }

    fn carry(&mut self, candidate: i64, signature: Sealed<'static>, sink: Sink<'_>) {
        self.made -= 1;
        let event = |kind| Event {
            candidate,
            index: Some(self.made),
            kind: Some(PartKind::Thinking),
            ..blank(kind)
        };
        sink(&Event {
            part: Some(Box::new(carrier(None))),
            ..event(EventKind::Open)
        });
        sink(&Event {
            signature: Some(signature),
            ..event(EventKind::Delta)
        });
        sink(&event(EventKind::Close));
    }
}
