//! Lists models: of one provider, page after page, or of all of them at once.

mod pages;

use std::borrow::Cow;

use futures_util::future::join_all;
use tracing::{debug, warn};

use crate::canonical::{ErrorKind, Model, ModelOperations, ModelsResponse};
use crate::config::ProviderConfig;
use crate::observe::Exchange;
use crate::provider::Target;
use crate::server::Received;
use crate::table::{Encoding, Models, Paging};

use super::refusal::Refusal;
use super::{Answer, Asked, Shared, json};
use pages::{Trace, all_pages};

const LIST: &str = "list_models";

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
