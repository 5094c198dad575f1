//! One module a dialect: wire types, readers, writers, and the tables that hand-written code drives.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::access;
use super::context::{Context, Wanted};
use super::facts;
use super::{read, stream, tables, write};
use crate::model::canonical::{Canonical, Ty};
use crate::model::dialect::{Dialect, Operation, Parameter};
use crate::model::ledger::Names;
use crate::model::schema::{Edge, Spot};
use crate::names::ident;

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
            decode_error,
            encode_error,
        };
        #chat
        #models
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
            #facts
        };
        #decode
        #encode
        #replies
        #(#streams)*
    })
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
        .any(|r| super::fits::bound(cx, r).contains_key("more"));
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

/// Operations that share a body share the reader: it takes the parameters of each, once.
fn decode_request(
    cx: &Context<'_>,
    operations: &[Operation],
    body: Option<&Edge>,
    ty: &str,
    name: &str,
) -> TokenStream {
    let name = ident(name);
    let target = super::canonical::struct_type(ty, cx.canonical);
    let read_body = body.map(|edge| {
        let shape = cx.shape_of(edge.content);
        let wire = cx.parsed_type(shape);
        let statements = read::edge(cx, edge, shape);
        quote!({
            let mut parsed: #wire = ::gateway::wire::read::parse(call.body)?;
            let (wire, out) = (&mut parsed, &mut request);
            #statements
        })
    });
    let mut parameters: Vec<&Parameter> = Vec::new();
    for parameter in operations.iter().flat_map(|o| &o.parameters) {
        let place = |p: &Parameter| (p.name.clone(), p.location.clone());
        if !parameters.iter().any(|p| place(p) == place(parameter)) {
            parameters.push(parameter);
        }
    }
    let read_parameters = parameters.iter().filter_map(|p| read_parameter(cx, p));
    let stream = (ty == "ChatRequest").then(|| {
        quote!(if let ::core::option::Option::Some(stream) = call.stream {
            request.stream = stream;
        })
    });
    let required = required(cx, &parameters, body, ty);
    quote! {
        fn #name<'a>(call: &::gateway::table::Call<'a>) -> ::core::result::Result<#target, ::gateway::error::Fault> {
            let mut request: #target = ::core::default::Default::default();
            let mut reading = ::gateway::wire::read::Reading::strict();
            let cx = &mut reading;
            let _ = (&call, &cx);
            #read_body
            #(#read_parameters)*
            #stream
            #required
            ::core::result::Result::Ok(request)
        }
    }
}

/// What the hub requires must have come; the fault names it as the caller writes it.
fn required(
    cx: &Context<'_>,
    parameters: &[&Parameter],
    body: Option<&Edge>,
    ty: &str,
) -> TokenStream {
    let Some(structure) = cx.canonical.get(ty) else {
        return TokenStream::new();
    };
    let fields = structure.fields.iter().filter(|f| f.required);
    let checks = fields.map(|field| {
        let name = ident(&field.name);
        let bound_to = |edge: &Edge| edge.bind.as_ref().is_some_and(|b| b.text == field.name);
        let parameter = parameters.iter().find(|p| bound_to(&p.edge)).map(|p| p.name.clone());
        let property = body.and_then(|b| {
            let properties = &cx.schema(b.content).properties;
            // A list that takes the rest comes before one that takes a part of it.
            properties.iter().filter(|p| bound_to(&p.edge)).min_by_key(|p| p.edge.only.is_some()).map(|p| p.name.clone())
        });
        let wire = parameter.or(property).unwrap_or_else(|| field.name.clone());
        let what = match field.ty {
            Ty::List(_) => "is required: a list with at least one element",
            _ => "is required: a string that isn't empty",
        };
        quote!(if request.#name.is_empty() { return ::core::result::Result::Err(::gateway::error::Fault::new(#what).at(#wire)); })
    });
    quote!(#(#checks)*)
}

fn read_parameter(cx: &Context<'_>, parameter: &Parameter) -> Option<TokenStream> {
    parameter.edge.bind.as_ref()?;
    let name = &parameter.name;
    let value = match parameter.location.as_str() {
        "path" => {
            quote!(call.path.iter().find(|(name, _)| *name == #name).map(|(_, value)| value.as_str()))
        }
        "query" => {
            quote!(call.query.iter().find(|(name, _)| name == #name).map(|(_, value)| value.as_str()))
        }
        _ => quote!(call.headers.get(#name).and_then(|value| value.to_str().ok())),
    };
    let statements = read_text(cx, &parameter.edge);
    Some(
        quote!(if let ::core::option::Option::Some(text) = #value { let out = &mut request; #statements }),
    )
}

/// Statements that read `text`, a parameter or header, into `out`.
fn read_text(cx: &Context<'_>, edge: &Edge) -> TokenStream {
    let shape = cx.shape_of(edge.content);
    let statements = read::edge(cx, edge, shape);
    if cx.wire.shape(shape).types.number && !cx.wire.shape(shape).types.text {
        return quote!(if let ::core::result::Result::Ok(number) = text.parse::<i64>() {
            let wire = &mut ::gateway::wire::read::Number::Whole(number);
            #statements
        });
    }
    quote!({ let wire = &mut ::gateway::wire::read::Text(::std::borrow::Cow::Borrowed(text)); #statements })
}

fn encode_request(
    cx: &Context<'_>,
    operation: &Operation,
    body: Option<&Edge>,
    ty: &str,
    name: &str,
) -> TokenStream {
    let name = ident(name);
    let target = elided(cx, ty, "'r");
    let write_body = body.map(|edge| {
        let write = cx.writer(edge.content, false);
        let prepare = (ty == "ChatRequest").then(|| quote!(cx.prepare(v);));
        quote! {
            #prepare
            let mut writer = ::gateway::wire::write::Writer::new(::std::vec::Vec::with_capacity(1024));
            if !#write(v, &mut writer, cx)? {
                return ::core::result::Result::Err(::gateway::error::Fault::new("the provider has no form for this request"));
            }
            outgoing.body = writer.finish();
        }
    });
    let parameters = operation.parameters.iter().filter_map(|p| {
        let path = p.edge.bind.as_ref().filter(|_| p.constant.is_none())?;
        let wire = &p.name;
        let found = access::get(cx, path, &quote!(v), false);
        let bucket = match p.location.as_str() {
            "path" => quote!(path),
            "query" => quote!(query),
            _ => quote!(headers),
        };
        let limits = &cx.schema(p.edge.content).limits;
        let most = limits.maximum.filter(|_| matches!(path.ty, Ty::Integer)).map(|most| {
            let most = most as i64;
            quote!(let x = x.min(#most);)
        });
        Some(quote!(if let ::core::option::Option::Some(x) = #found { #most outgoing.#bucket.push((#wire, x.to_string())); }))
    });
    quote! {
        fn #name<'r>(v: &'r #target, cx: &mut ::gateway::table::Encoding<'_>) -> ::core::result::Result<::gateway::table::Outgoing, ::gateway::error::Fault> {
            let mut outgoing = ::gateway::table::Outgoing::default();
            let _ = (&v, &cx);
            #write_body
            #(#parameters)*
            ::core::result::Result::Ok(outgoing)
        }
    }
}

/// A hub type with this lifetime, if it has one.
fn elided(cx: &Context<'_>, ty: &str, lifetime: &str) -> TokenStream {
    super::canonical::struct_type(ty, cx.canonical)
        .to_string()
        .replace("'a", lifetime)
        .parse()
        .unwrap_or_default()
}

fn replies(
    cx: &Context<'_>,
    edge: Option<&Edge>,
    ty: &str,
    decode: &str,
    encode: &str,
) -> TokenStream {
    let (decode, encode) = (ident(decode), ident(encode));
    let (target, given) = (
        super::canonical::struct_type(ty, cx.canonical),
        elided(cx, ty, "'r"),
    );
    let Some(edge) = edge else {
        let missing = "this dialect describes no such reply";
        return quote! {
            fn #decode<'a>(_body: &'a [u8]) -> ::core::result::Result<#target, ::gateway::error::Fault> {
                ::core::result::Result::Err(::gateway::error::Fault::new(#missing))
            }
            fn #encode<'r>(_v: &'r #given, _cx: &mut ::gateway::table::Encoding<'_>) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
                ::core::result::Result::Err(::gateway::error::Fault::new(#missing))
            }
        };
    };
    let shape = cx.shape_of(edge.content);
    let wire = cx.parsed_type(shape);
    let statements = read::edge(cx, edge, shape);
    let write = cx.writer(edge.content, false);
    let proof = proof(cx, edge);
    quote! {
        fn #decode<'a>(body: &'a [u8]) -> ::core::result::Result<#target, ::gateway::error::Fault> {
            let mut parsed: #wire = ::gateway::wire::read::parse(body)?;
            let mut reading = ::gateway::wire::read::Reading::lenient();
            let mut reply: #target = ::core::default::Default::default();
            let (wire, out, cx) = (&mut parsed, &mut reply, &mut reading);
            #proof
            #statements
            ::core::result::Result::Ok(reply)
        }
        fn #encode<'r>(v: &'r #given, cx: &mut ::gateway::table::Encoding<'_>) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
            let mut writer = ::gateway::wire::write::Writer::new(::std::vec::Vec::with_capacity(1024));
            if !#write(v, &mut writer, cx)? {
                return ::core::result::Result::Err(::gateway::error::Fault::new("this reply has no form here"));
            }
            ::core::result::Result::Ok(writer.finish())
        }
    }
}

/// A reply that has none of the properties that say something isn't this dialect's.
fn proof(cx: &Context<'_>, edge: &Edge) -> Option<TokenStream> {
    let schema = cx.schema(edge.content);
    let shape = cx.shape_of(edge.content);
    if schema.properties.is_empty() || cx.wire.is_mixed(shape) || cx.wire.is_whole(shape) {
        return None;
    }
    let object = cx.wire.shape(shape).object.as_ref()?;
    let telling = schema.properties.iter().filter(|p| {
        let inner = cx.schema(p.edge.content);
        inner.spot != Spot::Nothing
            && (p.edge.bind.is_none() || !matches!(inner.spot, Spot::Value(_)))
    });
    let there: Vec<TokenStream> = telling
        .filter_map(|p| object.idents.get(&p.name))
        .map(|name| {
            let name = ident(name);
            quote!(wire.#name.is_none())
        })
        .collect();
    let names: Vec<&str> = schema.properties.iter().map(|p| p.name.as_str()).collect();
    let what = format!(
        "the reply has none of the properties that it should have: {}",
        names.join(", ")
    );
    (!there.is_empty()).then(|| quote!(if #(#there)&&* { return ::core::result::Result::Err(::gateway::error::Fault::new(#what)); }))
}

fn errors(cx: &Context<'_>) -> TokenStream {
    let reply = cx.dialect.error.as_ref();
    let body = reply.and_then(|e| e.body.as_ref());
    let read_body = body.map(|edge| {
        let shape = cx.shape_of(edge.content);
        let wire = cx.parsed_type(shape);
        let statements = read::edge(cx, edge, shape);
        quote! {
            if let ::core::result::Result::Ok(mut parsed) = ::gateway::wire::read::parse::<#wire>(body) {
                let read = (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
                    let mut reading = ::gateway::wire::read::Reading::lenient();
                    let (wire, out, cx) = (&mut parsed, &mut error, &mut reading);
                    let _ = &cx;
                    #statements
                    ::core::result::Result::Ok(())
                })();
                // What can't be read of an error leaves the status to speak.
                let _ = read;
            }
        }
    });
    let headers: Vec<TokenStream> = reply.iter().flat_map(|e| &e.headers).filter(|h| h.edge.bind.is_some()).map(|h| {
        let name = &h.name;
        let statements = read::edge(cx, &h.edge, cx.shape_of(h.edge.content));
        quote! {
            if let ::core::option::Option::Some(text) = headers.get(#name).and_then(|value| value.to_str().ok()) {
                let mut text = ::gateway::wire::read::Text(::std::borrow::Cow::Owned(text.to_owned()));
                let mut reading = ::gateway::wire::read::Reading::lenient();
                let (wire, out, cx) = (&mut text, &mut error, &mut reading);
                let read = (|| -> ::core::result::Result<(), ::gateway::error::Fault> { let _ = &cx; #statements ::core::result::Result::Ok(()) })();
                let _ = read;
            }
        }
    }).collect();
    let statuses = reply.iter().flat_map(|e| &e.statuses).map(|(case, code)| {
        let kind = super::canonical::literal(&case.value, &case.path.ty);
        quote!(#kind => #code,)
    });
    let write_body = body.map(|edge| {
        let write = cx.writer(edge.content, false);
        quote!(let written = #write(v, &mut writer, cx);)
    });
    let write_body = write_body.unwrap_or_else(|| quote!(let written: ::core::result::Result<bool, ::gateway::error::Fault> = ::core::result::Result::Ok(false);));
    let write_headers: Vec<TokenStream> = reply
        .iter()
        .flat_map(|e| &e.headers)
        .filter_map(|h| write_header(cx, h))
        .collect();
    quote! {
        fn decode_error<'a>(status: u16, headers: &::hyper::HeaderMap, body: &'a [u8]) -> ::gateway::canonical::Error<'a> {
            let mut error = ::gateway::canonical::Error::default();
            let _ = (&headers, &body);
            #read_body
            #(#headers)*
            ::gateway::table::settle_error(error, status)
        }

        fn encode_error(error: &::gateway::canonical::Error<'_>) -> ::gateway::table::Reply {
            let status: u16 = match error.kind {
                #(#statuses)*
                _ => ::gateway::table::status_of(error),
            };
            let mut error = error.clone();
            error.status = ::core::option::Option::Some(i64::from(status));
            let (v, mut encoding) = (&error, ::gateway::table::Encoding::new(&[]));
            let cx = &mut encoding;
            let _ = &cx;
            let mut writer = ::gateway::wire::write::Writer::default();
            #write_body
            let body = ::gateway::table::error_body(v, written, writer);
            let mut headers = ::std::vec::Vec::new();
            #(#write_headers)*
            ::gateway::table::Reply { status, headers, body }
        }
    }
}

fn write_header(cx: &Context<'_>, header: &Parameter) -> Option<TokenStream> {
    use crate::model::schema::Codec;
    let path = header.edge.bind.as_ref()?;
    let name = &header.name;
    let found = access::get(cx, path, &quote!(v), false);
    let value = match (&cx.schema(header.edge.content).codec, &path.ty) {
        (Some(Codec::RetryAfter), _) => quote!(::gateway::codec::number::retry_after_encode(x)),
        (Some(Codec::Seconds), _) => quote!(::gateway::codec::number::seconds_encode(x)),
        _ => quote!(x.to_string()),
    };
    Some(quote!(if let ::core::option::Option::Some(x) = #found { headers.push((#name, #value)); }))
}
