//! The models of a mock provider: two, the same every time.

use hyper::Response;

use crate::canonical::{Model, ModelOperations, ModelsRequest, ModelsResponse};
use crate::error::Fault;
use crate::server::Body;
use crate::table::{Encoding, Paging};

use super::reply::CREATED;
use super::{Asked, json};

const SIZES: [&str; 2] = ["small", "large"];
const CONTEXT: i64 = 32_768;
const OUTPUT: i64 = 4_096;

pub(super) fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let none = || Fault::new("this provider lists no models");
    let spoken = asked.found.endpoint.dialect.models.ok_or_else(none)?;
    let request = (spoken.decode_request)(&asked.call())?;
    let page = page(asked.found.provider.id, &request, spoken.paging);
    let body = (spoken.encode_response)(&page, &mut Encoding::new(&[]))?;
    Ok(json(body))
}

/// The page that is asked for. Cursors are the id of the last model before it.
fn page(
    provider: &'static str,
    request: &ModelsRequest<'_>,
    paging: Paging,
) -> ModelsResponse<'static> {
    let all: Vec<_> = SIZES
        .into_iter()
        .map(|size| model(provider, size))
        .collect();
    let count = i64::try_from(all.len()).unwrap_or(0);
    let most = match paging {
        Paging::None => count,
        _ => request.limit.unwrap_or(count).clamp(1, count),
    };
    let first = match (paging, &request.after, request.page) {
        (Paging::Cursor { .. }, Some(after), _) => {
            let at = all.iter().position(|model| model.id == *after);
            at.map_or(count, |at| i64::try_from(at + 1).unwrap_or(count))
        }
        (Paging::Number, _, Some(page)) => (page.max(1) - 1).saturating_mul(most),
        _ => 0,
    };
    let more = first.saturating_add(most) < count;
    let models: Vec<_> = all
        .into_iter()
        .skip(usize::try_from(first).unwrap_or(0))
        .take(usize::try_from(most).unwrap_or(0))
        .collect();
    let last = models.last().map(|model| model.id.clone());
    // Where the list says whether there is more, it names its last model in any case.
    let named = more || paging == Paging::Cursor { says_more: true };
    ModelsResponse {
        provider: Some(provider.into()),
        next: last.filter(|_| named),
        more: Some(more),
        total: Some(count),
        models,
    }
}

fn model(provider: &'static str, size: &'static str) -> Model<'static> {
    Model {
        id: format!("mock-{size}").into(),
        name: Some(format!("Mock {size}").into()),
        created: Some(CREATED),
        owner: Some(provider.into()),
        context: Some(CONTEXT),
        max_output: Some(OUTPUT),
        operations: vec![ModelOperations::Chat],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages() {
        let ask = |after: Option<&'static str>, limit, page| ModelsRequest {
            after: after.map(Into::into),
            limit,
            page,
        };
        let cursor = Paging::Cursor { says_more: false };
        let says_more = Paging::Cursor { says_more: true };
        for (request, paging, expected, next) in [
            (ask(None, None, None), cursor, "mock-small mock-large", None),
            (
                ask(None, Some(1), None),
                cursor,
                "mock-small",
                Some("mock-small"),
            ),
            (
                ask(Some("mock-small"), Some(1), None),
                cursor,
                "mock-large",
                None,
            ),
            (
                ask(None, None, None),
                says_more,
                "mock-small mock-large",
                Some("mock-large"),
            ),
            (ask(Some("mock-large"), None, None), cursor, "", None),
            (
                ask(None, Some(1), Some(2)),
                Paging::Number,
                "mock-large",
                None,
            ),
            (ask(None, None, Some(2)), Paging::Number, "", None),
            (
                ask(None, Some(1), None),
                Paging::None,
                "mock-small mock-large",
                None,
            ),
        ] {
            let page = page("p", &request, paging);
            let ids: Vec<_> = page.models.iter().map(|model| &*model.id).collect();
            assert_eq!(ids.join(" "), expected, "{request:?}");
            assert_eq!(page.next.as_deref(), next, "{request:?}");
        }
    }
}
