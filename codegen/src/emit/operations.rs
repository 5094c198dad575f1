//! Operations besides chat: lists, embeddings, token counts. Each is a table of functions and facts.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::calls::{decode_request, encode_request, replies};
use super::canonical::enum_value;
use super::context::Context;
use super::kinds::{kinds_of_parts, parts_edges};
use super::{facts, value};
use crate::model::dialect::Operation;
use crate::model::schema::{Edge, Property, Schema};
use crate::names::ident;

/// The list operation.
pub fn models(cx: &Context<'_>, operation: &Operation) -> TokenStream {
    let decode = decode_request(
        cx,
        std::slice::from_ref(operation),
        operation.request.as_ref(),
        "ModelsRequest",
        "decode_models_request",
    );
    let encode = encode_request(
        cx,
        operation,
        operation.request.as_ref(),
        "ModelsRequest",
        "encode_models_request",
    );
    let replies = replies(
        cx,
        operation.response.as_ref(),
        "ModelsResponse",
        "decode_models",
        "encode_models",
    );
    let binds = |field: &str| {
        operation
            .parameters
            .iter()
            .any(|p| p.edge.bind.as_ref().is_some_and(|b| b.text == field))
    };
    let says_more = operation
        .response
        .iter()
        .any(|r| super::bound::bound(cx, r).contains_key("more"));
    let paging = match () {
        () if binds("after") => quote!(Cursor { says_more: #says_more }),
        () if binds("page") => quote!(Number),
        () => quote!(None),
    };
    quote! {
        /// The list operation.
        pub static MODELS: ::gateway::table::Models = ::gateway::table::Models {
            encode_request: encode_models_request,
            decode_request: decode_models_request,
            decode_response: decode_models,
            encode_response: encode_models,
            paging: ::gateway::table::Paging::#paging,
        };
        #decode
        #encode
        #replies
    }
}

/// The operation that shows one model.
pub fn model(cx: &Context<'_>, operation: &Operation) -> TokenStream {
    let decode = decode_request(
        cx,
        std::slice::from_ref(operation),
        operation.request.as_ref(),
        "ModelRequest",
        "decode_model_request",
    );
    let replies = replies(
        cx,
        operation.response.as_ref(),
        "Model",
        "decode_model",
        "encode_model",
    );
    quote! {
        /// The operation that shows one model.
        pub static MODEL: ::gateway::table::OneModel = ::gateway::table::OneModel {
            decode_request: decode_model_request,
            encode_response: encode_model,
        };
        #decode
        #replies
    }
}

/// The property of a request's body that names the model, if there is one.
pub fn model_property(cx: &Context<'_>, request: &Edge) -> TokenStream {
    let mut properties = cx.schema(request.content).properties.iter();
    let named = |p: &&Property| p.edge.bind.as_ref().is_some_and(|b| b.text == "model");
    match properties.find(named).map(|p| &p.name) {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    }
}

/// The name of a table of embeddings.
pub fn embed_name(at: usize) -> Ident {
    format_ident!("EMBED_{at}")
}

/// One embed operation: a dialect may have several, with requests and replies of their own.
pub fn embed(cx: &Context<'_>, operation: &Operation, at: usize) -> TokenStream {
    let table = embed_name(at);
    let [decode_call, encode_call, decode_reply, encode_reply] = [
        "decode_embed_request",
        "encode_embed_request",
        "decode_embed_response",
        "encode_embed_response",
    ]
    .map(|name| format!("{name}_{at}"));
    let (request, response) = (operation.request.as_ref(), operation.response.as_ref());
    let decode = decode_request(
        cx,
        std::slice::from_ref(operation),
        request,
        "EmbedRequest",
        &decode_call,
    );
    let encode = encode_request(cx, operation, request, "EmbedRequest", &encode_call);
    let replies = replies(cx, response, "EmbedResponse", &decode_reply, &encode_reply);
    let most = match request.and_then(|edge| most_inputs(cx, edge)) {
        Some(most) => quote!(::core::option::Option::Some(#most)),
        None => quote!(::core::option::Option::None),
    };
    let encodings = request.map(|edge| encodings(cx, edge)).unwrap_or_default();
    let encodings = encodings
        .iter()
        .map(|name| enum_value("VectorEncoding", name));
    let parts = request.into_iter().flat_map(|edge| parts_edges(cx, edge));
    let held: BTreeSet<String> = parts.flat_map(|edge| kinds_of_parts(cx, edge)).collect();
    let holds = cx.kinds(held.iter().map(String::as_str));
    let new_id = response.and_then(|edge| facts::new_id(cx, cx.schema(edge.content)));
    let new_id = new_id.unwrap_or_default();
    let [decode_call, encode_call, decode_reply, encode_reply] =
        [decode_call, encode_call, decode_reply, encode_reply].map(|name| ident(&name));
    let nodes = request.map(|edge| nodes(cx, edge)).unwrap_or_default();
    let nodes = nodes.iter();
    let none = || quote!(::core::option::Option::None);
    let model = request.map_or_else(none, |edge| model_property(cx, edge));
    let doc = format!("Embeddings at `{}`.", operation.path);
    quote! {
        #[doc = #doc]
        pub static #table: ::gateway::table::Embed = ::gateway::table::Embed {
            decode_request: #decode_call,
            encode_request: #encode_call,
            decode_response: #decode_reply,
            encode_response: #encode_reply,
            model: #model,
            ledger: &LEDGER,
            most: #most,
            nodes: &[#(#nodes,)*],
            encodings: &[#(#encodings,)*],
            holds: #holds,
            new_id: #new_id,
        };
        #decode
        #encode
        #replies
    }
}

/// The operation that counts a request's tokens. The verdicts are those of the dialect's chat.
pub fn count(cx: &Context<'_>, operation: &Operation) -> Option<TokenStream> {
    let request = operation.request.as_ref();
    let decode = decode_request(
        cx,
        std::slice::from_ref(operation),
        request,
        "ChatRequest",
        "decode_count_request",
    );
    let encode = encode_request(
        cx,
        operation,
        request,
        "ChatRequest",
        "encode_count_request",
    );
    let replies = replies(
        cx,
        operation.response.as_ref(),
        "TokenCount",
        "decode_count",
        "encode_count",
    );
    let model = model_property(cx, request?);
    Some(quote! {
        /// The operation that counts tokens.
        pub static COUNT: ::gateway::table::CountTokens = ::gateway::table::CountTokens {
            decode_request: decode_count_request,
            encode_request: encode_count_request,
            decode_response: decode_count,
            encode_response: encode_count,
            model: #model,
        };
        #decode
        #encode
        #replies
    })
}

/// How many inputs one request holds: `maxItems` of the list, or one where there is no list.
fn most_inputs(cx: &Context<'_>, request: &Edge) -> Option<usize> {
    let lists = bound_to(cx, cx.schema(request.content), "inputs");
    let most = lists.iter().filter_map(|list| list.limits.max_items).min();
    if lists.is_empty() {
        return Some(1);
    }
    most.and_then(|most| usize::try_from(most).ok())
}

/// The nodes of a request that some provider edits.
fn nodes(cx: &Context<'_>, request: &Edge) -> BTreeSet<u16> {
    let (mut found, mut seen) = (BTreeSet::new(), BTreeSet::new());
    let mut waiting = vec![request];
    while let Some(edge) = waiting.pop() {
        if !seen.insert(edge.content) {
            continue;
        }
        let schema = cx.schema(edge.content);
        let hooks = schema.properties.iter().flat_map(|p| &p.hooks);
        found.extend(hooks.map(|hook| hook.number));
        waiting.extend(schema.properties.iter().map(|p| &p.edge));
        waiting.extend(schema.variants.iter().chain(schema.items.as_deref()));
    }
    found
}

/// The encodings that a request can ask for.
fn encodings(cx: &Context<'_>, request: &Edge) -> Vec<String> {
    let schemas = bound_to(cx, cx.schema(request.content), "encodings");
    let schemas = schemas.into_iter().map(|schema| match &schema.items {
        Some(items) => cx.schema(items.content),
        None => schema,
    });
    let rows = schemas.flat_map(|schema| value::rows(cx, schema, "VectorEncoding"));
    let said = rows.filter(|(_, wire, _)| wire.iter().any(|value| !value.is_null()));
    said.map(|(name, ..)| name).collect()
}

/// What is bound to a field of the value itself, however deep it stands.
fn bound_to<'m>(cx: &Context<'m>, schema: &'m Schema, field: &str) -> Vec<&'m Schema> {
    let mut found = Vec::new();
    let edges = schema.properties.iter().map(|p| &p.edge);
    for edge in edges
        .chain(&schema.variants)
        .filter(|edge| !edge.deprecated)
    {
        let inner = cx.schema(edge.content);
        match &edge.bind {
            Some(path) if path.text == field => found.push(inner),
            None if edge.outer == schema.spot => found.extend(bound_to(cx, inner, field)),
            _ => {}
        }
    }
    found
}
