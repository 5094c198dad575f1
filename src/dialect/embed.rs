//! A request for vectors is made fit for a provider, and the reply for who asked.

use crate::canonical::embed::{alike, join_tokens, split};
use crate::canonical::{EmbedRequest, EmbedResponse, VectorEncoding};
use crate::error::Fault;
use crate::generated::ledger;
use crate::table::{Edit, Embed, Loss, Provider, Rules};

use super::adjust::Adjusted;
use super::losses::tidy;

/// What a request for vectors becomes.
#[derive(Debug)]
pub struct PreparedEmbed<'r> {
    /// The requests to send: the inputs of one follow those of the one before.
    pub requests: Vec<EmbedRequest<'r>>,
    /// Wire edits that apply.
    pub edits: Vec<&'static Edit>,
    /// What could not be said as it was, each once.
    pub losses: Vec<Loss>,
    /// The form of vectors that the caller asked for.
    pub encoding: VectorEncoding,
}

/// Makes a request fit for a provider that is asked in this way. More inputs than one request holds make several.
pub fn prepare_embed<'r>(
    mut request: EmbedRequest<'r>,
    provider: &'static Provider,
    asked: &'static Embed,
) -> Result<PreparedEmbed<'r>, Fault> {
    join_tokens(&mut request.inputs);
    check(&request, asked)?;
    let encoding = request.encoding()?;
    if !asked.encodings.contains(&encoding) {
        use VectorEncoding::{Base64, Float};
        // Between these two the gateway translates.
        if !matches!(encoding, Float | Base64) {
            let what = "the provider has no such vectors; ask for float or base64";
            return Err(Fault::new(what).at("encodings"));
        }
        request.encodings.clear();
    }
    let mut adjusted = Adjusted::new(provider.adjust, &request.model);
    adjusted.apply_always();
    let rules = Rules::adjusted(asked.ledger, &adjusted.lost);
    let (mut requests, mut losses) = (Vec::new(), Vec::new());
    for mut run in alike(request) {
        ledger::settle_embed_request(&mut run, rules, &mut losses)?;
        requests.extend(split(run, asked.most));
    }
    Ok(PreparedEmbed {
        requests,
        edits: adjusted.edits(),
        losses: tidy(losses),
        encoding,
    })
}

/// Whether a request of this very form can be passed on as it is: it is one request, and nothing in it is changed.
pub fn passes(
    mut request: EmbedRequest<'_>,
    provider: &'static Provider,
    asked: &'static Embed,
) -> bool {
    join_tokens(&mut request.inputs);
    let few = asked.most.is_none_or(|most| request.inputs.len() <= most);
    let mut adjusted = Adjusted::new(provider.adjust, &request.model);
    adjusted.apply_always();
    let edited = |edit: &&'static Edit| asked.nodes.contains(&edit.node);
    if !few || adjusted.edits().iter().any(edited) {
        return false;
    }
    let (rules, mut losses) = (Rules::only(&adjusted.lost), Vec::new());
    let settled = ledger::settle_embed_request(&mut request, rules, &mut losses);
    settled.is_ok() && losses.is_empty()
}

/// An input that says nothing, or what has no form there, can't be left out: each has a vector.
fn check(request: &EmbedRequest<'_>, asked: &Embed) -> Result<(), Fault> {
    for (at, input) in request.inputs.iter().enumerate() {
        let here = |what: String| Err(Fault::new(what).at_index(at).at("inputs"));
        if input.parts.is_empty() && input.tokens.is_none() {
            return here("is empty; write a text".to_owned());
        }
        let strange = input.parts.iter().find(|part| !asked.holds.has(part.kind));
        if let Some(part) = strange {
            let kind = part.kind.name().replace('_', " ");
            return here(format!(
                "the provider embeds no {kind}; leave it out, or ask another"
            ));
        }
    }
    Ok(())
}

/// Leaves out of a reply what its caller's dialect can't say.
pub fn prepare_vectors(reply: &mut EmbedResponse<'_>, caller: &Embed) -> Result<Vec<Loss>, Fault> {
    let mut losses = Vec::new();
    ledger::settle_embed_response(reply, Rules::lenient(caller.ledger), &mut losses)?;
    Ok(tidy(losses))
}
