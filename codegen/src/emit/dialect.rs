//! One module a dialect: wire types, readers, writers, and the tables that hand-written code drives.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::calls::{decode_request, encode_request, read_told, replies};
use super::context::{Context, Wanted};
use super::errors::errors;
use super::needs::Known;
use super::{facts, operations, read, stream, tables, told, write};
use crate::model::canonical::Canonical;
use crate::model::dialect::Dialect;
use crate::model::ledger::Names;

/// The module of one dialect.
pub fn emit(
    canonical: &Canonical,
    names: &Names,
    needs: &Known<'_>,
    dialect: &Dialect,
) -> TokenStream {
    let cx = Context::new(canonical, names, dialect);
    let name = &dialect.name;
    let auth = dialect.auth.iter().map(tables::scheme);
    let chat = chat(&cx, needs);
    let models = dialect
        .models
        .as_ref()
        .map(|operation| operations::models(&cx, operation));
    let model = dialect.model.as_ref();
    let model = model.map(|operation| operations::model(&cx, operation));
    let embeds = (dialect.embeds.iter().enumerate())
        .map(|(at, operation)| operations::embed(&cx, operation, at));
    let embeds: Vec<TokenStream> = embeds.collect();
    let count = dialect.count.as_ref();
    let count = count.and_then(|operation| operations::count(&cx, operation));
    let (has_chat, has_models) = (
        there(chat.is_some(), "CHAT"),
        there(models.is_some(), "MODELS"),
    );
    let has_model = there(model.is_some(), "MODEL");
    let has_count = there(count.is_some(), "COUNT");
    let all_embeds = (0..embeds.len()).map(operations::embed_name);
    let ledger = (chat.is_some() || !embeds.is_empty()).then(|| {
        let ledger = tables::ledger(&cx);
        quote! {
            static LEDGER: ::gateway::table::Ledger = ::gateway::table::Ledger::new(#ledger);
        }
    });
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
            embeds: &[#(&#all_embeds,)*],
            count: #has_count,
            decode_error,
            encode_error,
        };
        #ledger
        #chat
        #models
        #model
        #(#embeds)*
        #count
        #errors
        #functions
        #structs
    }
}

/// A table of this name, if there is one.
fn there(is_there: bool, name: &str) -> TokenStream {
    let name = format_ident!("{name}");
    match is_there {
        true => quote!(::core::option::Option::Some(&#name)),
        false => quote!(::core::option::Option::None),
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

fn chat(cx: &Context<'_>, needs: &Known<'_>) -> Option<TokenStream> {
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
    let (told, used) = told::members(cx, response);
    let read_told = read_told(cx, response);
    let facts = facts::emit(cx, request, response);
    let model = operations::model_property(cx, request);
    let group = facts::group(cx);
    let (skim, has_skim) = skim(cx, needs);
    Some(quote! {
        #group
        #skim
        /// The chat operation.
        pub static CHAT: ::gateway::table::Chat = ::gateway::table::Chat {
            decode_request,
            encode_request,
            decode_response,
            encode_response,
            told: #told,
            used: #used,
            read_told,
            streams: &[#(#specs,)*],
            model: #model,
            skim: #has_skim,
            #facts
        };
        #decode
        #encode
        #replies
        #read_told
        #(#streams)*
    })
}

/// `SKIM`, by which a request is known well enough to be passed on, if that can be told from its members.
fn skim(cx: &Context<'_>, needs: &Known<'_>) -> (Option<TokenStream>, TokenStream) {
    let table = needs.plain(cx.dialect).map(|(model, stream)| {
        let words = needs.words(&cx.dialect.name);
        let model = tables::option(model.as_ref());
        let unsaid = stream.as_ref().is_some_and(|(_, unsaid)| *unsaid);
        let stream = tables::option(stream.map(|(name, _)| name).as_ref());
        quote! {
            static SKIM: ::gateway::table::Skim = ::gateway::table::Skim {
                model: #model,
                stream: #stream,
                unsaid: #unsaid,
                lexicon: ::std::sync::LazyLock::new(|| ::gateway::codec::lexicon::Lexicon::new(#words)),
            };
        }
    });
    let has = there(table.is_some(), "SKIM");
    (table, has)
}
