//! The way back: names that were changed for a provider and tools that were given another form are what the caller
//! knows again when they return in a reply.

use std::borrow::Cow;
use std::collections::HashSet;

use crate::canonical::nearest::free_arguments;
use crate::canonical::{ChatRequest, ChatResponse, Part, PartKind, ToolKind};
use crate::table::Chat;

/// What to turn back in a reply; most requests need nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Restore {
    /// What the provider calls a tool, and what the caller does.
    names: Vec<(String, String)>,
    /// Names, as the caller knows them, of custom tools that the provider sees as functions.
    custom: Vec<String>,
}

impl Restore {
    /// What will have to be turned back: `custom` are the names of the caller's custom tools, `request` what became of
    /// it.
    pub(super) fn of(request: &ChatRequest<'_>, custom: Vec<String>, chat: &Chat) -> Self {
        let functions = || {
            let functions = request
                .tools
                .iter()
                .filter(|tool| tool.kind == ToolKind::Function);
            functions.filter_map(|tool| tool.name.as_deref())
        };
        let renamed = |name: &str| {
            let charset = chat.tool_name.filter(|charset| !charset.fits(name))?;
            Some((charset.replace(name), name.to_owned()))
        };
        let names = functions().filter_map(renamed).collect();
        let mut kept = custom;
        if !kept.is_empty() {
            let functions: HashSet<&str> = functions().collect();
            kept.retain(|custom| functions.contains(custom.as_str()));
        }
        Self {
            names,
            custom: kept,
        }
    }

    /// Whether replies stay as they are.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty() && self.custom.is_empty()
    }

    /// Whether the provider's calls of this tool carry a text within an object. Only the whole of it can be turned
    /// back, so a stream has to wait for its end.
    pub fn needs_whole(&self, name: &str) -> bool {
        let known = self.known(name).unwrap_or(name);
        self.custom.iter().any(|custom| custom == known)
    }

    /// Turns a whole part back.
    pub fn part(&self, part: &mut Part<'_>) {
        if part.kind != PartKind::ToolCall {
            return;
        }
        let Some(name) = part.name.as_deref() else {
            return;
        };
        if self.needs_whole(name) {
            let text = free_arguments(part.arguments.as_deref().unwrap_or_default());
            part.arguments = Some(Cow::Owned(text.into_owned()));
            part.free = true;
        }
        self.name(part);
    }

    /// Turns the name of a call back, also of one whose arguments are yet to come.
    pub fn name(&self, call: &mut Part<'_>) {
        let known = call.name.as_deref().and_then(|name| self.known(name));
        if let Some(known) = known {
            call.name = Some(Cow::Owned(known.to_owned()));
        }
    }

    /// Turns a whole reply back.
    pub fn response(&self, response: &mut ChatResponse<'_>) {
        if self.is_empty() {
            return;
        }
        let candidates = response.candidates.iter_mut();
        for part in candidates.flat_map(|candidate| &mut candidate.parts) {
            self.part(part);
        }
    }

    fn known(&self, name: &str) -> Option<&str> {
        let mut names = self.names.iter();
        let (_, known) = names.find(|(written, _)| written == name)?;
        Some(known)
    }
}

/// Names of the custom tools of a request.
pub(super) fn custom_names(request: &ChatRequest<'_>) -> Vec<String> {
    let custom = request
        .tools
        .iter()
        .filter(|tool| tool.kind == ToolKind::Custom);
    custom
        .filter_map(|tool| Some(tool.name.as_ref()?.to_string()))
        .collect()
}
