//! The functions of an operation: requests and replies, each read and written.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::{access, ignored, read};
use crate::model::canonical::Ty;
use crate::model::dialect::{Operation, Parameter};
use crate::model::schema::{Edge, Spot};
use crate::names::ident;

pub fn decode_request(
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
        let ignored = ignored::collect(cx, edge, ty);
        quote!({
            let mut parsed: #wire = ::gateway::wire::read::parse(call.body)?;
            #ignored
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
        let leads_to = |edge: &Edge| edge.bind.as_ref().is_some_and(|b| b.steps.first().is_some_and(|s| s.field == field.name));
        let parameter = parameters.iter().find(|p| bound_to(&p.edge)).map(|p| p.name.clone());
        let property = body.and_then(|b| {
            let properties = &cx.schema(b.content).properties;
            // A list that takes the rest comes before one that takes a part of it.
            properties.iter().filter(|p| bound_to(&p.edge)).min_by_key(|p| p.edge.only.is_some()).map(|p| p.name.clone())
        });
        let inner = || {
            let mut properties = cx.schema(body?.content).properties.iter();
            properties.find(|p| leads_to(&p.edge)).map(|p| p.name.clone())
        };
        let wire = parameter.or(property).or_else(inner).unwrap_or_else(|| field.name.clone());
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

pub fn encode_request(
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
        let prepare = match ty {
            "ChatRequest" => quote!(cx.prepare(v);),
            "EmbedRequest" => quote!(cx.asks();),
            _ => TokenStream::new(),
        };
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

pub fn replies(
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
    let answer =
        (ty == "ChatResponse" && cx.makes_ids()).then(|| quote!(cx.answer = v.id.to_string();));
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
            #answer
            let mut writer = ::gateway::wire::write::Writer::new(::std::vec::Vec::with_capacity(1024));
            if !#write(v, &mut writer, cx)? {
                return ::core::result::Result::Err(::gateway::error::Fault::new("this reply has no form here"));
            }
            ::core::result::Result::Ok(writer.finish())
        }
    }
}

/// Reads what little of a reply tells its usage and its model; that nothing else is there is no fault.
pub fn read_told(cx: &Context<'_>, edge: Option<&Edge>) -> TokenStream {
    let target = super::canonical::struct_type("ChatResponse", cx.canonical);
    let body = edge.map(|edge| {
        let shape = cx.shape_of(edge.content);
        let wire = cx.parsed_type(shape);
        let statements = read::edge(cx, edge, shape);
        quote! {
            let mut parsed: #wire = ::gateway::wire::read::parse(body)?;
            let mut reading = ::gateway::wire::read::Reading::lenient();
            let (wire, out, cx) = (&mut parsed, &mut reply, &mut reading);
            #statements
        }
    });
    quote! {
        fn read_told<'a>(body: &'a [u8]) -> ::core::result::Result<#target, ::gateway::error::Fault> {
            let mut reply: #target = ::core::default::Default::default();
            let _ = &body;
            #body
            ::core::result::Result::Ok(reply)
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
