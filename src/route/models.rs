//! Lists models: of one provider, page after page, or of all of them at once.

use std::borrow::Cow;

use bytes::Bytes;
use futures_util::future::join_all;
use tokio::time::timeout;
use tracing::{debug, warn};

use crate::canonical::{ErrorKind, Model, ModelOperations, ModelsRequest, ModelsResponse};
use crate::config::ProviderConfig;
use crate::observe::Exchange;
use crate::provider::{self, Target};
use crate::server::Received;
use crate::table::{Encoding, Endpoint, Models, Paging};

use super::refusal::Refusal;
use super::{Answer, Asked, Shared, json};

type Trace = Vec<(&'static str, String)>;

const LIST: &str = "list_models";
const MOST_PAGES: usize = 100;
/// A page longer than this isn't one.
const PAGE_LIMIT: usize = 16 * 1024 * 1024;

/// The models of the provider that the path names; where it names none, of all that can be called.
pub(super) async fn answer(
    gateway: &Shared,
    asked: &Asked,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let spoken = spoken(asked)?;
    exchange.operation(LIST);
    if asked.value("provider").is_none() {
        return answer_joined(gateway, asked, spoken, exchange).await;
    }
    let target = gateway.target(asked, exchange)?;
    let mut models = all_pages(gateway, target, exchange.upstream()).await?;
    models.retain(|model| offers(model, &[ModelOperations::Chat]));
    let written = write(spoken, Some(target.config), models)?;
    Ok(Answer::Whole(json(written)))
}

/// One list of the models of many providers, each with its provider in its name, so that it can be asked for by it.
async fn answer_joined(
    gateway: &Shared,
    asked: &Asked,
    spoken: &Models,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let mut models = Vec::new();
    if let Some(id) = asked.named_provider() {
        let target = gateway.target_of(asked, &mut Cow::Borrowed("any"), exchange)?;
        models = all_pages(gateway, target, exchange.upstream()).await?;
        models.iter_mut().for_each(|model| prefix(model, &id));
    } else {
        let trace = exchange.upstream();
        let lists = gateway.targets().map(|target| {
            let trace = trace.clone();
            async move {
                let mut models = models_or_none(gateway, target.config, trace).await;
                let id = target.config.provider.id;
                models.iter_mut().for_each(|model| prefix(model, id));
                models
            }
        });
        models.extend(join_all(lists).await.into_iter().flatten());
    }
    models.retain(|model| offers(model, &[ModelOperations::Chat, ModelOperations::Embed]));
    Ok(Answer::Whole(json(write(spoken, None, models)?)))
}

/// One model of the provider that its name begins with.
pub(super) async fn answer_one(
    gateway: &Shared,
    asked: &Asked,
    body: Received,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let none = || Refusal::new(ErrorKind::Unsupported, "This dialect shows no models.");
    let spoken = asked.route.dialect.model.ok_or_else(none)?;
    exchange.operation(LIST);
    let body = body.whole().await?;
    let query = asked.query();
    let mut id = (spoken.decode_request)(&asked.call(&query, &body))?.id;
    let target = gateway.target_of(asked, &mut id, exchange)?;
    let mut models = all_pages(gateway, target, exchange.upstream()).await?;
    let provider = target.config.provider.id;
    let found = models.iter().position(|model| *model.id == *id);
    let mut model = models.swap_remove(found.ok_or_else(|| {
        let text = format!("The provider `{provider}` lists no model `{id}`.");
        Refusal::new(ErrorKind::NotFound, text).of("model")
    })?);
    prefix(&mut model, provider);
    let written = (spoken.encode_response)(&model, &mut Encoding::new(&[]));
    Ok(Answer::Whole(json(
        written.map_err(|_| Refusal::undecodable())?,
    )))
}

/// A model's name begins with its provider. Who made it is at least known to those who serve it.
fn prefix(model: &mut Model<'_>, provider: &str) {
    model.id = Cow::Owned(format!("{provider}/{}", model.id));
    model
        .owner
        .get_or_insert_with(|| Cow::Owned(provider.to_owned()));
}

/// The models of every provider, in the order of the spec, optional ones if they are set up. One that can't list them has none, and holds up nobody.
pub(super) async fn answer_all(
    gateway: &Shared,
    asked: &Asked,
    exchange: &mut Exchange,
) -> Result<Answer, Refusal> {
    let spoken = spoken(asked)?;
    exchange.operation(LIST);
    let trace = exchange.upstream();
    let offered = gateway.means.providers.iter();
    let offered = offered.filter(|config| config.is_offered());
    let lists = offered.map(|config| {
        let trace = trace.clone();
        async move {
            let mut models = models_or_none(gateway, config, trace).await;
            models.retain(|model| offers(model, &[ModelOperations::Chat]));
            write(spoken, Some(config), models)
        }
    });
    let mut body = vec![b'['];
    for (at, list) in join_all(lists).await.into_iter().enumerate() {
        if at > 0 {
            body.push(b',');
        }
        body.extend(list?);
    }
    body.push(b']');
    Ok(Answer::Whole(json(body)))
}

fn spoken(asked: &Asked) -> Result<&'static Models, Refusal> {
    let none = || Refusal::new(ErrorKind::Unsupported, "This dialect lists no models.");
    asked.route.dialect.models.ok_or_else(none)
}

async fn models_or_none(
    gateway: &Shared,
    config: &ProviderConfig,
    trace: Trace,
) -> Vec<Model<'static>> {
    let listed = match Target::of(config) {
        Ok(target) => all_pages(gateway, target, trace).await,
        Err(missing) => Err(missing.into()),
    };
    listed.unwrap_or_else(|refusal| {
        let (provider, reason) = (config.provider.id, refusal.text());
        // That nobody has set a provider up is no news at every list.
        match config.is_set() {
            true => warn!(provider, reason, "the provider's models can't be listed"),
            false => debug!(provider, reason, "the provider's models can't be listed"),
        }
        Vec::new()
    })
}

/// All pages within the bound on listing; of more pages than are read, the first.
async fn all_pages(
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

/// A model that says what it can do and names none of these can't be used here.
fn offers(model: &Model<'_>, operations: &[ModelOperations]) -> bool {
    let mut offered = model.operations.iter();
    model.operations.is_empty() || offered.any(|offered| operations.contains(offered))
}

fn write(
    spoken: &Models,
    config: Option<&ProviderConfig>,
    models: Vec<Model<'static>>,
) -> Result<Vec<u8>, Refusal> {
    let provider = config.map(|config| config.provider.id);
    let last = models.last().map(|model| model.id.clone());
    let list = ModelsResponse {
        provider: provider.map(Cow::Borrowed),
        // A cursor that stands on the last page too is the last model.
        next: last.filter(|_| spoken.paging == Paging::Cursor { says_more: true }),
        models,
        ..ModelsResponse::default()
    };
    (spoken.encode_response)(&list, &mut Encoding::new(&[])).map_err(|fault| {
        let place = fault.place();
        warn!(provider, place, "a list of models can't be written");
        Refusal::undecodable()
    })
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
