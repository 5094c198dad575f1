//! Verdicts carried out: what has no place falls and is reported, or the request is refused.
//!
//! Fields are walked by generated code, which asks [`falls`]. Whole kinds of tools and formats are settled here, kinds
//! of parts in `kinds`.

use crate::canonical::nearest::report;
use crate::canonical::{ChatRequest, ResponseFormatKind, ToolKind};
use crate::error::Fault;
use crate::generated::ledger::{self, Field, Table};
use crate::table::{Loss, LossKind, Verdict};

/// Whether a value of this field, which is there, must go. That is then reported. Refused fields are a fault.
pub fn falls(table: &Table, field: Field, losses: &mut Vec<Loss>) -> Result<bool, Fault> {
    match table[usize::from(field.0)] {
        Verdict::Bound | Verdict::Implied | Verdict::Nearest(_) => Ok(false),
        Verdict::Drop => {
            report(losses, field, LossKind::Dropped);
            Ok(true)
        }
        Verdict::Refuse(reason) => Err(refused(field, reason)),
    }
}

/// A request in which this field has no place.
pub(super) fn refused(field: Field, reason: &str) -> Fault {
    Fault::new(format!("this provider can't be asked for it: {reason}")).at(field.name())
}

/// Settles all of a request but the kinds of its parts.
pub(super) fn request(
    request: &mut ChatRequest<'_>,
    table: &Table,
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    tools(request, table, losses)?;
    if let Some(format) = &request.response_format {
        let field = match format.kind {
            ResponseFormatKind::Text => Field::RESPONSE_FORMAT_TEXT,
            ResponseFormatKind::Json => Field::RESPONSE_FORMAT_JSON,
            ResponseFormatKind::JsonSchema => Field::RESPONSE_FORMAT_JSON_SCHEMA,
        };
        if falls(table, field, losses)? {
            request.response_format = None;
        }
    }
    ledger::settle_request(request, table, losses)?;
    request.reasoning.take_if(|reasoning| reasoning.is_empty());
    Ok(())
}

fn tools(
    request: &mut ChatRequest<'_>,
    table: &Table,
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    let mut fault = None;
    let before = request.tools.len();
    request.tools.retain(|tool| {
        let field = match tool.kind {
            ToolKind::Function => Field::TOOL_FUNCTION,
            ToolKind::Custom => Field::TOOL_CUSTOM,
            ToolKind::Hosted => Field::TOOL_HOSTED,
        };
        match falls(table, field, losses) {
            Ok(falls) => !falls,
            Err(refused) => {
                fault.get_or_insert(refused);
                true
            }
        }
    });
    // A choice among no tools is an error everywhere.
    if request.tools.is_empty() && before > 0 {
        request.tool_choice = None;
    }
    fault.map_or(Ok(()), Err)
}
