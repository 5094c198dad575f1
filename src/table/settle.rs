//! What generated walks and error replies ask for.

use std::borrow::Cow;

use crate::canonical::{Error, ErrorKind};
use crate::error::Fault;
use crate::generated::ledger::{Field, Table};
use crate::wire::write::Writer;

use super::{Loss, LossKind, Verdict};

/// A ledger, and whether it refuses.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'t> {
    table: &'t Table,
    refuses: bool,
}

impl<'t> Rules<'t> {
    /// As the ledger says.
    pub fn strict(table: &'t Table) -> Self {
        Self {
            table,
            refuses: true,
        }
    }

    /// What the ledger refuses is left out.
    pub fn lenient(table: &'t Table) -> Self {
        Self {
            table,
            refuses: false,
        }
    }
}

/// Whether a value that is there has to go; reports it if so. A value that is refused is a fault.
pub fn falls(rules: Rules<'_>, field: Field, losses: &mut Vec<Loss>) -> Result<bool, Fault> {
    match rules.table.get(usize::from(field.0)) {
        Some(Verdict::Refuse(reason)) if rules.refuses => Err(Fault::new(*reason).at(field.name())),
        Some(Verdict::Drop | Verdict::Refuse(_)) => {
            losses.push(Loss {
                field: Cow::Borrowed(field.name()),
                what: LossKind::Dropped,
            });
            Ok(true)
        }
        _ => Ok(false),
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
