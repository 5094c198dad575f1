//! What a provider's stream says, turned back to what the caller knows: names of tools, and the text of custom ones.
//!
//! Events that need nothing pass as they are. Only the arguments of a custom tool wait, because the text in them can
//! be taken out of the whole only.

use std::borrow::Cow;

use crate::canonical::{Event, EventKind, Part, PartKind};
use crate::dialect::Restore;

use super::decoder::Sink;

/// Turns events back.
#[derive(Debug, Default)]
pub(super) struct Back {
    restore: Restore,
    held: Vec<Held>,
}

/// A call whose arguments wait for its end.
#[derive(Debug)]
struct Held {
    candidate: i64,
    index: Option<i64>,
    call: Part<'static>,
}

impl Back {
    /// By what preparing the request gave.
    pub(super) fn new(restore: Restore) -> Self {
        Self {
            restore,
            held: Vec::new(),
        }
    }

    /// Gives what an event becomes.
    pub(super) fn pass(&mut self, event: &Event<'_>, sink: Sink<'_>) {
        if self.restore.is_empty() {
            return sink(event);
        }
        match event.event {
            EventKind::Open => self.open(event, sink),
            EventKind::Delta => self.delta(event, sink),
            EventKind::Close => self.close(event, sink),
            _ => sink(event),
        }
    }

    fn open(&mut self, event: &Event<'_>, sink: Sink<'_>) {
        let call = event.part.as_deref();
        let Some(call) = call.filter(|part| part.kind == PartKind::ToolCall) else {
            return sink(event);
        };
        let mut head = call.clone();
        if call
            .name
            .as_deref()
            .is_some_and(|name| self.restore.needs_whole(name))
        {
            head.free = true;
            self.held.push(Held {
                candidate: event.candidate,
                index: event.index,
                call: call.to_static(),
            });
        }
        self.restore.name(&mut head);
        sink(&Event {
            part: Some(Box::new(head)),
            ..event.clone()
        });
    }

    fn delta(&mut self, event: &Event<'_>, sink: Sink<'_>) {
        let held = self.held.iter_mut().find(|held| held.is_of(event));
        match (held, &event.arguments) {
            (Some(held), Some(more)) => {
                let arguments = held.call.arguments.get_or_insert_default();
                arguments.to_mut().push_str(more);
            }
            _ => sink(event),
        }
    }

    fn close(&mut self, event: &Event<'_>, sink: Sink<'_>) {
        if let Some(at) = self.held.iter().position(|held| held.is_of(event)) {
            let mut call = self.held.swap_remove(at).call;
            self.restore.part(&mut call);
            sink(&Event {
                event: EventKind::Delta,
                arguments: Some(Cow::Owned(call.arguments.unwrap_or_default().into_owned())),
                part: None,
                ..event.clone()
            });
        }
        sink(event);
    }
}

impl Held {
    fn is_of(&self, event: &Event<'_>) -> bool {
        (self.candidate, self.index) == (event.candidate, event.index)
    }
}
