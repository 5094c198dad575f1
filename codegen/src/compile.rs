//! The stages in order: from one entry document to modules of Rust.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use quote::quote;

use crate::fault::{Fault, Faults};
use crate::model::canonical::Canonical;
use crate::model::dialect::Dialect;
use crate::model::ledger::Names;
use crate::model::provider::{Provider, Route};
use crate::model::settings::Settings;
use crate::names::{ident, snake};
use crate::render::{Module, module};
use crate::source::{Node, Source};
use crate::{capabilities, check, emit, lower};

/// What the entry says, as data.
#[derive(Debug)]
pub struct Model {
    /// The entry, as faults name it.
    pub entry: String,
    /// The hub.
    pub canonical: Canonical,
    /// Names of the ledger.
    pub names: Names,
    /// Dialects, by file.
    pub dialects: BTreeMap<String, Dialect>,
    /// Providers, in the order of the spec.
    pub providers: Vec<Provider>,
    /// Routes, in the order of the spec.
    pub routes: Vec<Route>,
    /// Settings.
    pub settings: Settings,
    /// Every file that was read.
    pub files: Vec<PathBuf>,
}

/// Reads and checks the entry and all that it refers to, with the hub beside it. The error is every mistake that was
/// found.
pub fn model(entry: &Path) -> Result<Model, Vec<Fault>> {
    model_on(entry, &entry.with_file_name("canonical.yaml"))
}

/// The same with a hub that stands elsewhere.
pub fn model_on(entry: &Path, hub: &Path) -> Result<Model, Vec<Fault>> {
    let faults = Faults::default();
    let source = Source::load(entry, &faults);
    let canonical_file = hub.to_path_buf();
    let hub = Source::load(hub, &faults);
    // What can't be read says nothing: all that it lacks would be told as mistakes.
    if source.entry().value.is_null() || hub.entry().value.is_null() {
        return Err(faults.into_vec());
    }
    lower::document::check(&source, &faults);
    let canonical = lower::canonical::lower(&hub.entry(), &faults);
    let names = Names::new(&canonical);
    let document = source.entry();
    let mut dialects = BTreeMap::new();
    for file in source.names() {
        let Some(node) = source.document(&file) else {
            continue;
        };
        if is_dialect(&node) {
            let name = dialect_name(&file, &document);
            let dialect = lower::dialect::lower(&name, &node, &canonical, &names, &faults);
            dialects.insert(file, dialect);
        }
    }
    for (key, node) in provider_configs(&document) {
        dialects.extend(lower::inline::lower(
            key, &node, &canonical, &names, &faults,
        ));
    }
    lower::inline::check_names(&dialects, &faults);
    for dialect in dialects.values_mut() {
        check::ledger::check(dialect, &canonical, &names, &faults);
        check::maps::check(dialect, &canonical, &faults);
        check::unions::check(dialect, &faults);
        check::cover::check(dialect, &faults);
    }
    let providers = providers(&document, &canonical, &names, &mut dialects, &faults);
    let routes = lower::route::lower(&document, &dialects, &faults);
    let settings = lower::settings::of_entry(&document, &faults);
    check::settings::check(&settings, &faults);
    let mut files = source.paths();
    files.push(canonical_file);
    if !faults.is_empty() {
        return Err(faults.into_vec());
    }
    let entry = document.place.file.to_string();
    Ok(Model {
        entry,
        canonical,
        names,
        dialects,
        providers,
        routes,
        settings,
        files,
    })
}

/// The modules of a model.
pub fn modules(model: &Model) -> Vec<Module> {
    let dialects = model.dialects.values();
    let needs = emit::needs::Known::new(&model.canonical, &model.names, dialects, &model.providers);
    let dialects = model.dialects.values().map(|dialect| {
        let name = ident(&snake(&dialect.name));
        let tokens = emit::dialect::emit(&model.canonical, &model.names, &needs, dialect);
        let doc = format!("`{}`", dialect.place.file);
        quote!(#[doc = #doc] pub mod #name { #tokens })
    });
    let parts = [
        ("canonical", emit::canonical::emit(&model.canonical)),
        ("ledger", emit::ledger::emit(&model.canonical, &model.names)),
        ("dialects", quote!(#(#dialects)*)),
        (
            "providers",
            emit::tables::providers(&model.providers, &model.canonical, &needs),
        ),
        ("routes", emit::tables::routes(&model.routes)),
        ("capabilities", capabilities::emit(model)),
        ("settings", emit::settings::emit(&model.settings)),
    ];
    parts
        .into_iter()
        .map(|(name, tokens)| module(name, &model.entry, tokens))
        .collect()
}

fn is_dialect(node: &Node<'_>) -> bool {
    node.get("paths")
        .is_some_and(|paths| !paths.entries().is_empty())
}

/// A dialect is called as its file; the entry's own is `gateway`.
fn dialect_name(file: &str, entry: &Node<'_>) -> String {
    if *file == *entry.place.file {
        return "gateway".to_owned();
    }
    let name = file.rsplit('/').next().unwrap_or(file);
    name.trim_end_matches(".yaml")
        .trim_end_matches(".yml")
        .to_owned()
}

fn provider_configs<'s>(document: &Node<'s>) -> Vec<(&'s str, Node<'s>)> {
    let configs = schema(document, "Providers", "x-provider-configs");
    let entries = configs.map(|node| node.follow().entries());
    let follow = |(key, node): (&'s str, Node<'s>)| (key, node.follow());
    entries
        .unwrap_or_default()
        .into_iter()
        .map(follow)
        .collect()
}

fn schema<'s>(document: &Node<'s>, name: &str, key: &str) -> Option<Node<'s>> {
    document
        .get("components")?
        .get("schemas")?
        .get(name)?
        .follow()
        .get(key)
}

fn providers(
    document: &Node<'_>,
    canonical: &Canonical,
    names: &Names,
    dialects: &mut BTreeMap<String, Dialect>,
    faults: &Faults,
) -> Vec<Provider> {
    let configs = provider_configs(document);
    if configs.is_empty() {
        faults.add(
            &document.place,
            "components.schemas.Providers.x-provider-configs is missing",
        );
    }
    let mut lowering = lower::provider::Lowering {
        canonical,
        names,
        dialects,
        faults,
        hooks: BTreeMap::new(),
    };
    let providers: Vec<Provider> = configs
        .into_iter()
        .filter_map(|(key, node)| lowering.provider(key, &node))
        .collect();
    check::providers::check(&providers, faults);
    providers
}
