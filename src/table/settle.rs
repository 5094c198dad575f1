//! What generated walks and error replies ask for.

use std::borrow::Cow;

use crate::canonical::{Error, ErrorKind};
use crate::error::Fault;
use crate::generated::ledger::{Field, Table};
use crate::wire::write::Writer;

use super::{Loss, LossKind, Verdict};

/// Whether a value that is there has to go; reports it if so. A value that is refused is a fault.
pub fn falls(table: &Table, field: Field, losses: &mut Vec<Loss>) -> Result<bool, Fault> {
    match table.get(usize::from(field.0)) {
        Some(Verdict::Drop) => {
            losses.push(Loss {
                field: Cow::Borrowed(field.name()),
                what: LossKind::Dropped,
            });
            Ok(true)
        }
        Some(Verdict::Refuse(reason)) => Err(Fault::new(*reason).at(field.name())),
        _ => Ok(false),
    }
}

/// Completes an error that was read: the status speaks where the body says nothing, or nothing exact.
pub fn settle_error(mut error: Error<'_>, status: u16) -> Error<'_> {
    let vague = matches!(error.kind, ErrorKind::Internal | ErrorKind::InvalidRequest);
    if vague {
        let by_class = if status >= 500 {
            ErrorKind::Internal
        } else {
            ErrorKind::InvalidRequest
        };
        error.kind = ErrorKind::from_status(status).unwrap_or(by_class);
    }
    error.status = Some(i64::from(status));
    if error.message.as_deref().unwrap_or_default().is_empty() {
        error.message = Some(Cow::Owned(format!(
            "the provider answered with status {status}"
        )));
    }
    error
}

/// The HTTP status of an error.
pub fn status_of(error: &Error<'_>) -> u16 {
    let own = error.status.and_then(|status| u16::try_from(status).ok());
    own.filter(|status| (400..600).contains(status))
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
