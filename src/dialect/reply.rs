//! A reply is made fit for who asked. Replies are never refused: what the caller's dialect can't say is left out.

use crate::canonical::nearest::{self, report};
use crate::canonical::{Candidate, ChatResponse, FinishReason, fill};
use crate::error::Fault;
use crate::generated::ledger;
use crate::table::{Dialect, Loss, LossKind, Provider, Rules};

use super::losses::tidy;
use super::{Restore, Seals};

/// Makes a provider's whole reply fit for a caller that speaks this dialect. `model` is what was asked for, `restore`
/// what preparing the request gave.
pub fn prepare_response(
    response: &mut ChatResponse<'_>,
    provider: &'static Provider,
    model: &str,
    dialect: &'static Dialect,
    restore: &Restore,
) -> Result<Vec<Loss>, Fault> {
    let chat = dialect
        .chat
        .ok_or_else(|| Fault::new("this dialect has no chat"))?;
    let mut losses = Vec::new();
    let known = fill::Known {
        new_id: chat.new_id,
        model,
        provider: provider.id,
    };
    if response.candidates.is_empty() {
        response.candidates.push(Candidate::default());
    }
    fill::response(response, &known);
    restore.response(response);
    Seals::of(dialect).response(response);
    nearest::response(response, chat.ledger, &mut losses);
    for candidate in &mut response.candidates {
        candidate.finish.get_or_insert(FinishReason::Stop);
        candidate.parts.retain(|part| {
            let stays = chat.reply_holds.has(part.kind);
            if !stays {
                report(&mut losses, ledger::kind(part.kind), LossKind::Dropped);
            }
            stays
        });
    }
    ledger::settle_response(response, Rules::lenient(chat.ledger), &mut losses)?;
    Ok(tidy(losses))
}
