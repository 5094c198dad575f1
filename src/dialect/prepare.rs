//! A request is made fit for a provider: nothing is left in it that the provider's dialect can't say.

use std::borrow::Cow;

use crate::canonical::nearest::{self, report, report_name};
use crate::canonical::{
    ChatRequest, Foreign, PartKind, demote_system, fill, keep_last_marks, pair,
};
use crate::error::Fault;
use crate::generated::ledger::{self, Field};
use crate::table::{Adjust, Dialect, Edit, Loss, LossKind, Provider, Rules};

use super::adjust::Adjusted;
use super::restore::{Restore, custom_names};
use super::{foreign, kinds, losses, seals, settle};

/// What encoding a prepared request needs, and what its reply will.
#[derive(Debug)]
pub struct Prepared {
    /// Wire edits that apply.
    pub edits: Vec<&'static Edit>,
    /// What could not be said as it was, each once.
    pub losses: Vec<Loss>,
    /// What to turn back in the reply.
    pub restore: Restore,
}

/// Makes a request fit for a provider that is asked in this dialect.
pub fn prepare(
    request: &mut ChatRequest<'_>,
    provider: &'static Provider,
    dialect: &'static Dialect,
) -> Result<Prepared, Fault> {
    fit(request, provider.adjust, dialect)
}

/// Makes a request fit for a dialect with these adjustments.
pub(super) fn fit(
    request: &mut ChatRequest<'_>,
    adjust: &'static [Adjust],
    dialect: &'static Dialect,
) -> Result<Prepared, Fault> {
    let chat = dialect
        .chat
        .ok_or_else(|| Fault::new("this provider has no chat"))?;
    check_counts(request)?;
    check_foreign(request)?;
    let spoke = !request.items.is_empty();
    seals::recover(&mut request.items);
    let mut losses = ignored(request);
    fill::request(request);
    let custom = custom_names(request);
    let mut adjusted = Adjusted::new(adjust, &request.model);
    adjusted.apply(request, dialect.name, &mut losses)?;
    if demote_system(&mut request.items, &chat.group) {
        report_name(&mut losses, "system", LossKind::Nearest);
    }
    if pair(&mut request.items, &chat.group)? {
        report(
            &mut losses,
            ledger::kind(PartKind::ToolResult),
            LossKind::Nearest,
        );
    }
    let rules = Rules::adjusted(chat.ledger, &adjusted.lost);
    nearest::request(request, rules, chat.choice_names, &mut losses)?;
    // What a pass has made may meet conditions that nothing met before. Only what is new is done then: a pass that
    // moves efforts by one level may not run twice.
    let known = adjusted.lost.len();
    adjusted.apply(request, dialect.name, &mut losses)?;
    if adjusted.lost.len() > known {
        let new = Rules::only(&adjusted.lost[known..]);
        nearest::request(request, new, chat.choice_names, &mut losses)?;
    }
    foreign::take_seals(&mut request.items, dialect.name, &mut losses);
    kinds::settle(
        &mut request.items,
        dialect.name,
        chat,
        &adjusted.lost,
        &mut losses,
    )?;
    kinds::drop_blank(&mut request.items, chat);
    foreign::check_tools(request, dialect.name)?;
    let rules = Rules::adjusted(chat.ledger, &adjusted.lost);
    settle::request(request, rules, &mut losses)?;
    if let Some(most) = chat.cache_marks
        && keep_last_marks(request, most)
    {
        report(&mut losses, Field::PART_COMMON_CACHE, LossKind::Dropped);
    }
    kinds::drop_hollow(&mut request.items);
    if spoke && request.items.is_empty() {
        return Err(Fault::new("nothing in it says anything").at("messages"));
    }
    Ok(Prepared {
        edits: adjusted.edits(),
        losses: losses::tidy(losses),
        restore: Restore::of(request, custom, chat),
    })
}

/// What only the caller's own dialect can mean is not left out in silence.
fn check_foreign(request: &ChatRequest<'_>) -> Result<(), Fault> {
    let Some(Foreign { name, reason }) = request.foreign.first() else {
        return Ok(());
    };
    let text = |text: &Option<Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    Err(Fault::new(text(reason)).at(text(name)))
}

/// What the caller sent and nobody read.
fn ignored(request: &mut ChatRequest<'_>) -> Vec<Loss> {
    let lost = |name: Cow<'_, str>| Loss {
        field: Cow::Owned(name.into_owned()),
        what: LossKind::Dropped,
    };
    request.ignored.drain(..).map(lost).collect()
}

/// Numbers that no dialect can mean. To clamp them would hide the caller's mistake.
fn check_counts(request: &ChatRequest<'_>) -> Result<(), Fault> {
    let counts = [
        ("max_tokens", request.max_tokens, 1),
        ("n", Some(request.n), 1),
        ("top_logprobs", request.top_logprobs, 0),
    ];
    for (name, value, least) in counts {
        if let Some(value) = value.filter(|&value| value < least) {
            let what = format!("must be at least {least}, and it is {value}");
            return Err(Fault::new(what).at(name));
        }
    }
    Ok(())
}
