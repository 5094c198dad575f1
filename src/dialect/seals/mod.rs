//! Opaque values of one dialect on a trip through another: wrapped so that they find their way back, and only there.
//!
//! A signature proves to the provider that gave it what its model has thought. A client of another dialect keeps such
//! values where its own vendor's stand, and sends them back with the conversation. What it is shown is therefore marked
//! with the dialect it comes from, and read back as that dialect's. The mark is base64 throughout, for there are
//! clients that take these values for bytes.

mod recover;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::alphabet;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use memchr::memmem::Finder;

use crate::canonical::{Candidate, ChatResponse, Part, PartKind};
use crate::generated::ledger::Field;
use crate::generated::providers::PROVIDERS;
use crate::table::{Dialect, Kinds, Verdict};
use crate::wire::Sealed;

pub(super) use recover::recover;

/// Twelve bytes, so that it is always the same sixteen characters of base64.
const MARK: &str = "gateway-seal";
const LIKELY: &str = "Z2F0ZXdheS1zZWFs";

/// Which part a wrapped value belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Belongs {
    /// The one that carries it.
    Here,
    /// The one after, as a client keeps it only with thinking.
    Next,
    /// The one before.
    Last,
}

/// What a client's dialect can carry of others.
#[derive(Debug, Clone, Copy)]
pub struct Seals {
    own: &'static str,
    signs: Kinds,
    redacted: bool,
}

impl Seals {
    /// Of clients that speak this dialect.
    pub fn of(dialect: &'static Dialect) -> Self {
        Self {
            own: dialect.name,
            signs: dialect.chat.map_or(Kinds::NONE, |chat| chat.signs),
            redacted: dialect
                .chat
                .is_some_and(|chat| chat.ledger[Field::THINKING_REDACTED] == Verdict::Bound),
        }
    }

    /// Wraps what others have sealed in a whole reply.
    pub fn response(&self, response: &mut ChatResponse<'_>) {
        for candidate in &mut response.candidates {
            self.candidate(candidate);
        }
    }

    /// Wraps encrypted thinking, where there is a place for it.
    pub fn redacted(&self, part: &mut Part<'_>) {
        if let Some(sealed) = part.redacted.as_mut().filter(|_| self.redacted)
            && sealed.origin != self.own
        {
            *sealed = self.wrap(sealed, Belongs::Here);
        }
    }

    /// Where another dialect's signature of a part of this kind can be carried. `None`: it stays as it is.
    pub fn place(
        &self,
        kind: PartKind,
        signature: &Sealed<'_>,
        otherwise: Belongs,
    ) -> Option<Belongs> {
        match () {
            () if signature.origin == self.own => None,
            () if self.signs.has(kind) => Some(Belongs::Here),
            () if self.signs.has(PartKind::Thinking) => Some(otherwise),
            () => None,
        }
    }

    /// The value as this client keeps it.
    pub fn wrap(&self, sealed: &Sealed<'_>, belongs: Belongs) -> Sealed<'static> {
        let place = match belongs {
            Belongs::Here => "",
            Belongs::Next => "+",
            Belongs::Last => "-",
        };
        let text = format!("{MARK}:{}:{place}:{}", sealed.origin, sealed.value);
        Sealed {
            origin: self.own,
            value: Cow::Owned(STANDARD.encode(text)),
        }
    }

    fn candidate(&self, candidate: &mut Candidate<'_>) {
        let is_sealed = |part: &Part<'_>| part.signature.is_some() || part.redacted.is_some();
        if !candidate.parts.iter().any(is_sealed) {
            return;
        }
        let parts = std::mem::take(&mut candidate.parts);
        for mut part in parts {
            self.redacted(&mut part);
            let place = |signature| self.place(part.kind, signature, Belongs::Next);
            let wrapped = part.signature.as_ref().and_then(|signature| {
                let belongs = place(signature)?;
                Some((belongs, self.wrap(signature, belongs)))
            });
            match wrapped {
                Some((Belongs::Here, wrapped)) => part.signature = Some(wrapped),
                Some((_, wrapped)) => {
                    part.signature = None;
                    candidate.parts.push(carrier(Some(wrapped)));
                }
                None => {}
            }
            candidate.parts.push(part);
        }
    }
}

/// Thinking that says nothing and carries a signature.
pub fn carrier(signature: Option<Sealed<'_>>) -> Part<'_> {
    Part {
        kind: PartKind::Thinking,
        signature,
        ..Part::default()
    }
}

/// Whether a message may hold a wrapped value, so that it can't be passed on as it is.
pub fn may_hold(body: &[u8]) -> bool {
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(LIKELY));
    FINDER.find(body).is_some()
}

/// `None`: it isn't wrapped.
fn unwrap(sealed: &Sealed<'_>) -> Option<(Belongs, Option<Sealed<'static>>)> {
    let value = sealed
        .member(".")
        .filter(|value| value.starts_with(LIKELY))?;
    let bytes = decoded(&value)?;
    let text = String::from_utf8(bytes).ok()?;
    let (origin, rest) = text
        .strip_prefix(MARK)?
        .strip_prefix(':')?
        .split_once(':')?;
    let (place, value) = rest.split_once(':')?;
    let belongs = match place {
        "+" => Belongs::Next,
        "-" => Belongs::Last,
        _ => Belongs::Here,
    };
    let sealed = known(origin).map(|origin| Sealed {
        origin,
        value: Cow::Owned(value.to_owned()),
    });
    Some((belongs, sealed))
}

/// Of both alphabets, padded or not: clients write bytes as they like.
fn decoded(text: &str) -> Option<Vec<u8>> {
    const ANY: GeneralPurpose = GeneralPurpose::new(
        &alphabet::STANDARD,
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
    );
    let standard = text.replace('-', "+").replace('_', "/");
    ANY.decode(standard).ok()
}

fn known(origin: &str) -> Option<&'static str> {
    let endpoints = PROVIDERS
        .iter()
        .flat_map(|provider| [&provider.generate, &provider.generate_stream]);
    let mut names = endpoints.flatten().map(|endpoint| endpoint.dialect.name);
    names.find(|name| *name == origin)
}
