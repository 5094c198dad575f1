//! All that is learned of a reply that comes in pieces.

use hyper::ext::ReasonPhrase;
use hyper::{HeaderMap, StatusCode};

use super::super::head::Malformed;
use super::super::reading::Reading;

/// All that is learned of a reply.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Seen {
    pub(super) status: StatusCode,
    /// Where it isn't the usual one.
    pub(super) reason: Option<ReasonPhrase>,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
    pub(super) trailers: Option<HeaderMap>,
    pub(super) reusable: bool,
}

/// What is read of these pieces, behind which the connection ends if more is waited for.
pub(super) fn read<'p>(
    pieces: impl IntoIterator<Item = &'p [u8]>,
    answers_head: bool,
) -> Result<Seen, Malformed> {
    let mut reading = Reading::new();
    let mut answer = None;
    let mut body = Vec::new();
    for piece in pieces {
        if answer.is_none() {
            answer = reading.head(piece, answers_head)?;
            body.extend(answer.iter().flat_map(|answer| answer.body().to_vec()));
        } else {
            body.extend_from_slice(&reading.body(piece));
        }
        if answer.is_some() {
            reading.has_ended()?;
        }
    }
    let (head, _) = answer.ok_or(Malformed("no head"))?.into_parts();
    if !reading.has_ended()? {
        reading.end()?;
    }
    Ok(Seen {
        status: head.status,
        reason: head.extensions.get().cloned(),
        headers: head.headers,
        body,
        trailers: reading.trailers(),
        reusable: reading.is_reusable(),
    })
}

/// Pieces of a text, cut at these places.
pub(super) fn cut<'t>(text: &'t [u8], at: &[usize]) -> Vec<&'t [u8]> {
    let mut at: Vec<_> = at.iter().map(|at| at % (text.len() + 1)).collect();
    at.extend([0, text.len()]);
    at.sort_unstable();
    let pieces = at.windows(2).map(|ends| &text[ends[0]..ends[1]]);
    pieces.filter(|piece| !piece.is_empty()).collect()
}
