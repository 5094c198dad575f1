//! Verdicts carried out: what has no place falls and is reported, or the request is refused.
//!
//! Generated code walks the fields. Whole kinds of tools and formats are settled here, kinds of parts in `kinds`.

use crate::canonical::{ChatRequest, ResponseFormatKind, ToolKind};
use crate::error::Fault;
use crate::generated::ledger::{self, Field};
use crate::table::{Loss, Rules, falls};

use super::refused;

/// Settles all of a request but the kinds of its parts.
pub(super) fn request<'t>(
    request: &mut ChatRequest<'_>,
    rules: impl Into<Rules<'t>>,
    losses: &mut Vec<Loss>,
) -> Result<(), Fault> {
    let rules = rules.into();
    tools(request, rules, losses)?;
    if let Some(format) = &request.response_format {
        let field = match format.kind {
            ResponseFormatKind::Text => Field::RESPONSE_FORMAT_TEXT,
            ResponseFormatKind::Json => Field::RESPONSE_FORMAT_JSON,
            ResponseFormatKind::JsonSchema => Field::RESPONSE_FORMAT_JSON_SCHEMA,
        };
        if falls(rules, field, losses)? {
            request.response_format = None;
        }
    }
    ledger::settle_request(request, rules, losses)
        .map_err(|fault| refused::in_items(fault, &request.items))?;
    request.reasoning.take_if(|reasoning| reasoning.is_empty());
    Ok(())
}

fn tools(
    request: &mut ChatRequest<'_>,
    rules: Rules<'_>,
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
        match falls(rules, field, losses) {
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
