//! A provider's list of models, page after page.

use std::borrow::Cow;

use bytes::Bytes;
use tokio::time::timeout;
use tracing::warn;

use super::super::Shared;
use super::super::refusal::Refusal;
use crate::canonical::{ErrorKind, Model, ModelsRequest, ModelsResponse};
use crate::provider::{self, Target};
use crate::table::{Encoding, Endpoint, Models, Paging};

/// What goes with a request so that its spans are found together.
pub(super) type Trace = Vec<(&'static str, String)>;

const MOST_PAGES: usize = 100;
/// A page longer than this isn't one.
const PAGE_LIMIT: usize = 16 * 1024 * 1024;

/// All pages within the bound on listing; of more pages than are read, the first.
pub(super) async fn all_pages(
    gateway: &Shared,
    target: Target<'_>,
    trace: Trace,
) -> Result<Vec<Model<'static>>, Refusal> {
    let listed = timeout(
        gateway.means.client.list_timeout,
        pages(gateway, target, trace),
    );
    let late = |_| {
        let text = "The provider did not list its models in time.";
        Refusal::new(ErrorKind::Timeout, text)
    };
    listed.await.map_err(late)?
}

async fn pages(
    gateway: &Shared,
    target: Target<'_>,
    trace: Trace,
) -> Result<Vec<Model<'static>>, Refusal> {
    let provider = target.config.provider;
    let none = || Refusal::new(ErrorKind::InvalidRequest, "The provider lists no models.");
    let endpoint = provider.list.as_ref().ok_or_else(none)?;
    let spoken = endpoint.dialect.models.ok_or_else(none)?;
    let mut found = Vec::new();
    let mut asked = ModelsRequest::default();
    if spoken.paging == Paging::Number {
        asked.page = Some(1);
    }
    for _ in 0..MOST_PAGES {
        let body = page(gateway, target, endpoint, spoken, &asked, trace.clone()).await?;
        let page = (spoken.decode_response)(&body).map_err(|fault| {
            // A fault may quote what it found there.
            let place = fault.place();
            warn!(
                provider = provider.id,
                place, "a list of models can't be read"
            );
            Refusal::undecodable()
        })?;
        let before = found.len();
        found.extend(page.models.iter().map(own));
        let grown = found.len() - before;
        match next(spoken.paging, &asked, &page, found.len(), grown) {
            Some(following) => asked = following,
            None => break,
        }
    }
    Ok(found)
}

async fn page(
    gateway: &Shared,
    target: Target<'_>,
    endpoint: &'static Endpoint,
    spoken: &Models,
    asked: &ModelsRequest<'_>,
    trace: Trace,
) -> Result<Bytes, Refusal> {
    let outgoing = (spoken.encode_request)(asked, &mut Encoding::new(&[]))?;
    let accept = "application/json";
    let (request, address) = provider::operation(target, endpoint, outgoing, accept, trace)?;
    let response = gateway.send(target, endpoint, request, &address).await?;
    Ok(response.into_body().whole(PAGE_LIMIT).await?)
}

/// The request for the page after this one. A provider that names the same page again has no more.
fn next(
    paging: Paging,
    asked: &ModelsRequest<'_>,
    page: &ModelsResponse<'_>,
    found: usize,
    grown: usize,
) -> Option<ModelsRequest<'static>> {
    let mut following = ModelsRequest::default();
    match paging {
        Paging::None => return None,
        Paging::Cursor { says_more } => {
            let next = page.next.as_deref().filter(|next| !next.is_empty())?;
            let more = !says_more || page.more == Some(true);
            if !more || asked.after.as_deref() == Some(next) {
                return None;
            }
            following.after = Some(Cow::Owned(next.to_owned()));
        }
        Paging::Number => {
            let total = page.total.and_then(|total| usize::try_from(total).ok());
            if grown == 0 || total.is_some_and(|total| found >= total) {
                return None;
            }
            following.page = Some(asked.page.unwrap_or(1) + 1);
        }
    }
    Some(following)
}

fn own(model: &Model<'_>) -> Model<'static> {
    let text =
        |text: &Option<Cow<'_, str>>| text.as_deref().map(|text| Cow::Owned(text.to_owned()));
    Model {
        id: Cow::Owned(model.id.clone().into_owned()),
        name: text(&model.name),
        created: model.created,
        owner: text(&model.owner),
        context: model.context,
        max_output: model.max_output,
        operations: model.operations.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_asked_for_as_the_dialect_says() {
        let cursor = |says_more| Paging::Cursor { says_more };
        let page = |next, more, total| ModelsResponse {
            next,
            more,
            total,
            ..ModelsResponse::default()
        };
        let b = Some(Cow::Borrowed("b"));
        for (paging, page, grown, expected) in [
            (Paging::None, page(b.clone(), Some(true), None), 5, None),
            (
                cursor(true),
                page(b.clone(), Some(true), None),
                5,
                Some("b"),
            ),
            (cursor(true), page(b.clone(), Some(false), None), 5, None),
            (cursor(true), page(b.clone(), None, None), 5, None),
            (cursor(false), page(b.clone(), None, None), 5, Some("b")),
            (cursor(false), page(None, None, None), 5, None),
            (cursor(false), page(Some("".into()), None, None), 5, None),
            (cursor(false), page(Some("a".into()), None, None), 5, None),
            (Paging::Number, page(None, None, Some(6)), 5, Some("3")),
            (Paging::Number, page(None, None, Some(5)), 5, None),
            (Paging::Number, page(None, None, None), 5, Some("3")),
            (Paging::Number, page(None, None, None), 0, None),
        ] {
            let asked = ModelsRequest {
                after: Some("a".into()),
                page: Some(2),
                ..ModelsRequest::default()
            };
            let following = next(paging, &asked, &page, 5, grown);
            let said = following.map(|following| match following.page {
                Some(page) => page.to_string(),
                None => following.after.unwrap_or_default().into_owned(),
            });
            assert_eq!(said.as_deref(), expected, "{paging:?} {page:?} {grown}");
        }
    }
}
