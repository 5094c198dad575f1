//! One module a dialect: wire types, readers, writers, and the tables that hand-written code drives.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::calls::{decode_request, encode_request, replies};
use super::context::{Context, Wanted};
use super::errors::errors;
use super::{facts, read, stream, tables, write};
use crate::model::canonical::Canonical;
use crate::model::dialect::{Dialect, Operation};
use crate::model::ledger::Names;
use crate::model::schema::Property;

/// The module of one dialect.
pub fn emit(canonical: &Canonical, names: &Names, dialect: &Dialect) -> TokenStream {
    let cx = Context::new(canonical, names, dialect);
    let name = &dialect.name;
    let auth = dialect.auth.iter().map(tables::scheme);
    let chat = chat(&cx);
    let models = dialect
        .models
        .as_ref()
        .map(|operation| models(&cx, operation));
    let has_chat = if chat.is_some() {
        quote!(::core::option::Option::Some(&CHAT))
    } else {
        quote!(::core::option::Option::None)
    };
    let has_models = if models.is_some() {
        quote!(::core::option::Option::Some(&MODELS))
    } else {
        quote!(::core::option::Option::None)
    };
    let model = dialect
        .model
        .as_ref()
        .map(|operation| model(&cx, operation));
    let has_model = if model.is_some() {
        quote!(::core::option::Option::Some(&MODEL))
    } else {
        quote!(::core::option::Option::None)
    };
    let errors = errors(&cx);
    let functions = functions(&cx);
    let structs = cx.wire_structs();
    let doc = format!("`{}`", dialect.place.file);
    quote! {
        #[doc = #doc]
        pub static DIALECT: ::gateway::table::Dialect = ::gateway::table::Dialect {
            name: #name,
            auth: &[#(#auth,)*],
            chat: #has_chat,
            models: #has_models,
            model: #has_model,
            decode_error,
            encode_error,
        };
        #chat
        #models
        #model
        #errors
        #functions
        #structs
    }
}

/// Emits what was asked for, and what that asks for, until nothing is left.
fn functions(cx: &Context<'_>) -> TokenStream {
    let mut functions = std::collections::BTreeMap::new();
    while let Some(wanted) = cx.next_wanted() {
        let (name, function) = match wanted {
            Wanted::Reader(schema, shape, opened, name) => (
                name.to_string(),
                read::function(cx, schema, shape, opened, &name),
            ),
            Wanted::Writer(schema, only_fields, name) => (
                name.to_string(),
                write::function(cx, schema, only_fields, &name),
            ),
        };
        functions.insert(name, function);
    }
    let functions = functions.into_values();
    quote!(#(#functions)*)
}

fn chat(cx: &Context<'_>) -> Option<TokenStream> {
    let operations = &cx.dialect.chat;
    let with_request = operations.iter().find(|o| o.request.is_some())?;
    let request = with_request.request.as_ref()?;
    let response = operations.iter().find_map(|o| o.response.as_ref());
    let decode = decode_request(
        cx,
        operations,
        Some(request),
        "ChatRequest",
        "decode_request",
    );
    let encode = encode_request(
        cx,
        with_request,
        Some(request),
        "ChatRequest",
        "encode_request",
    );
    let replies = replies(
        cx,
        response,
        "ChatResponse",
        "decode_response",
        "encode_response",
    );
    let streams: Vec<TokenStream> = operations
        .iter()
        .flat_map(|o| &o.streams)
        .enumerate()
        .map(|(i, s)| stream::emit(cx, s, i))
        .collect();
    let specs = (0..streams.len()).map(|i| {
        let name = format_ident!("stream_{i}");
        quote!(#name::SPEC)
    });
    let facts = facts::emit(cx, request, response);
    let properties = &cx.schema(request.content).properties;
    let named = |p: &&Property| p.edge.bind.as_ref().is_some_and(|b| b.text == "model");
    let model = match properties.iter().find(named).map(|p| &p.name) {
        Some(name) => quote!(::core::option::Option::Some(#name)),
        None => quote!(::core::option::Option::None),
    };
    let group = facts::group(cx);
    Some(quote! {
        #group
        /// The chat operation.
        pub static CHAT: ::gateway::table::Chat = ::gateway::table::Chat {
            decode_request,
            encode_request,
            decode_response,
            encode_response,
            streams: &[#(#specs,)*],
            model: #model,
            #facts
        };
        #decode
        #encode
        #replies
        #(#streams)*
    })
}

fn model(cx: &Context<'_>, operation: &Operation) -> TokenStream {
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

fn models(cx: &Context<'_>, operation: &Operation) -> TokenStream {
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
