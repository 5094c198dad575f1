//! What generated walks and error replies ask for.

use std::borrow::Cow;

use crate::canonical::{Error, ErrorKind};
use crate::error::Fault;
use crate::generated::ledger::Field;
use crate::wire::write::Writer;

use super::{Fields, Ledger, Loss, LossKind, Pass, Verdict};

/// A dialect's ledger, with what else is said of a request; so it need not be copied.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'t> {
    own: Option<&'t Ledger>,
    /// Of two words on a field the last counts.
    over: &'t [(Field, Verdict)],
    /// What may fall. To ask this comes first: most fields have a place.
    falls: Fields,
    refuses: bool,
    drops_only: bool,
}

impl<'t> Rules<'t> {
    /// A ledger as these words adjust it.
    pub fn adjusted(own: &'t Ledger, over: &'t [(Field, Verdict)]) -> Self {
        let mut rules = Self::only(over);
        rules.own = Some(own);
        rules.falls = over
            .iter()
            .fold(own.falls, |falls, (field, _)| falls.with(*field));
        rules
    }

    /// Nothing but these words: all else has a place.
    pub fn only(over: &'t [(Field, Verdict)]) -> Self {
        let falls = over
            .iter()
            .fold(Fields::NONE, |falls, (field, _)| falls.with(*field));
        Self {
            own: None,
            over,
            falls,
            refuses: true,
            drops_only: false,
        }
    }

    /// Nothing but those of these words that leave something out.
    pub fn drops(over: &'t [(Field, Verdict)]) -> Self {
        Self {
            drops_only: true,
            ..Self::only(over)
        }
    }

    /// What the ledger refuses is left out.
    pub fn lenient(own: &'t Ledger) -> Self {
        Self {
            refuses: false,
            ..Self::from(own)
        }
    }

    /// The verdict on a field.
    pub fn verdict(&self, field: Field) -> Verdict {
        let counts = |verdict| !self.drops_only || verdict == Verdict::Drop;
        let mut words = self.over.iter().rev();
        let word = words.find(|(said, verdict)| *said == field && counts(*verdict));
        let own = || self.own.map(|own| own[field]);
        let verdict = word.map(|(_, verdict)| *verdict).or_else(own);
        match verdict.unwrap_or(Verdict::Bound) {
            Verdict::Refuse(_) if !self.refuses => Verdict::Drop,
            verdict => verdict,
        }
    }

    /// The passes that are named, in the order of their fields.
    pub fn passes(&self) -> Vec<(Field, Pass)> {
        let mut passes = Vec::new();
        if let Some(own) = self.own {
            for field in own.turns.iter() {
                if let Verdict::Nearest(pass) = own[field] {
                    passes.push((field, pass));
                }
            }
        }
        if !self.over.is_empty() {
            passes.extend(
                self.over
                    .iter()
                    .filter_map(|(field, verdict)| match verdict {
                        Verdict::Nearest(pass) => Some((*field, *pass)),
                        _ => None,
                    }),
            );
            passes.retain(|(field, pass)| self.verdict(*field) == Verdict::Nearest(*pass));
            passes.sort_by_key(|(field, _)| *field);
            passes.dedup();
        }
        passes
    }
}

impl<'t> From<&'t Ledger> for Rules<'t> {
    fn from(own: &'t Ledger) -> Self {
        Self::adjusted(own, &[])
    }
}

/// Whether a value that is there has to go; reports it if so. A value that is refused is a fault.
#[inline]
pub fn falls(rules: Rules<'_>, field: Field, losses: &mut Vec<Loss>) -> Result<bool, Fault> {
    match rules.falls.has(field) {
        true => judged(rules, field, losses),
        false => Ok(false),
    }
}

fn judged(rules: Rules<'_>, field: Field, losses: &mut Vec<Loss>) -> Result<bool, Fault> {
    match rules.verdict(field) {
        Verdict::Drop => {
            let loss = Loss {
                field: Cow::Borrowed(field.name()),
                what: LossKind::Dropped,
            };
            // Once is enough; a list as long as the conversation would be searched as often.
            if !losses.contains(&loss) {
                losses.push(loss);
            }
            Ok(true)
        }
        Verdict::Refuse(reason) => Err(Fault::new(reason).at(field.name())),
        Verdict::Bound | Verdict::Implied | Verdict::Nearest(_) => Ok(false),
    }
}

/// Completes an error that was read: the status speaks where the body says nothing, or nothing exact. `own` are the
/// statuses that a dialect has besides the usual ones.
pub fn settle_error<'a>(mut error: Error<'a>, status: u16, own: &[(ErrorKind, u16)]) -> Error<'a> {
    if status < 400 {
        return settle_said(error, own);
    }
    let vague = matches!(error.kind, ErrorKind::Internal | ErrorKind::InvalidRequest);
    if vague {
        error.kind = kind_of(status, own);
    }
    error.status = Some(i64::from(status));
    if error.message.as_deref().unwrap_or_default().is_empty() {
        error.message = Some(Cow::Owned(format!(
            "the provider answered with status {status}"
        )));
    }
    error
}

/// Completes an error that came with a good status, or in a stream. It may say itself what its status should have been.
fn settle_said<'a>(mut error: Error<'a>, own: &[(ErrorKind, u16)]) -> Error<'a> {
    let code = || error.code.as_deref()?.parse().ok();
    let said = error.status.or_else(code);
    let said = said.and_then(|status| u16::try_from(status).ok());
    let said = said.filter(|status| (400..600).contains(status));
    error.kind = match (error.kind, said) {
        (ErrorKind::Internal | ErrorKind::InvalidRequest, Some(status)) => kind_of(status, own),
        (ErrorKind::Internal, None) => ErrorKind::UpstreamBad,
        (kind, _) => kind,
    };
    error.status = said.map(i64::from);
    error.message = error.message.filter(|message| !message.is_empty());
    error
}

fn kind_of(status: u16, own: &[(ErrorKind, u16)]) -> ErrorKind {
    let by_class = if status >= 500 {
        ErrorKind::Internal
    } else {
        ErrorKind::InvalidRequest
    };
    let own = || own.iter().find(|(_, listed)| *listed == status);
    ErrorKind::from_status(status)
        .or_else(|| own().map(|(kind, _)| *kind))
        .unwrap_or(by_class)
}

/// The HTTP status of an error: its kind's, unless the dialect `passes` what a provider said of its caller.
pub fn status_of(error: &Error<'_>, passes: bool) -> u16 {
    let said = error.status.and_then(|status| u16::try_from(status).ok());
    said.filter(|status| passes && (400..500).contains(status))
        .unwrap_or(error.kind.status())
}

/// The body of an error reply; where a dialect has no form for it, the gateway's own.
pub fn error_body(error: &Error<'_>, written: Result<bool, Fault>, writer: Writer) -> Vec<u8> {
    if written == Ok(true) {
        return writer.finish();
    }
    let mut writer = Writer::default();
    writer.open(b'{');
    writer.key("error");
    writer.text(error.message.as_deref().unwrap_or_default());
    writer.close(b'}');
    writer.finish()
}
