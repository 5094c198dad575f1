//! Error replies: never a failure when read, always a body when written.

use proc_macro2::TokenStream;
use quote::quote;

use super::context::Context;
use super::{access, read};
use crate::model::dialect::Parameter;

pub fn errors(cx: &Context<'_>) -> TokenStream {
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
    let own: Vec<(TokenStream, u16)> = reply
        .iter()
        .flat_map(|e| &e.statuses)
        .map(|(case, code)| (super::canonical::literal(&case.value, &case.path.ty), *code))
        .collect();
    let statuses = own.iter().enumerate().filter_map(|(at, (kind, code))| {
        let again = own[..at]
            .iter()
            .any(|(known, _)| known.to_string() == kind.to_string());
        (!again).then(|| quote!(#kind => #code,))
    });
    let read_statuses = own.iter().map(|(kind, code)| quote!((#kind, #code)));
    let passes = reply.is_some_and(|e| e.passes);
    let write_body = body.map(|edge| {
        let write = cx.writer(edge.content, false);
        quote!(let written = #write(v, &mut writer, cx);)
    });
    let write_body = write_body.unwrap_or_else(|| quote!(let written: ::core::result::Result<bool, ::gateway::error::Fault> = ::core::result::Result::Ok(false);));
    let write_headers: Vec<TokenStream> = reply
        .iter()
        .flat_map(|e| &e.headers)
        .filter(|h| !h.edge.deprecated)
        .filter_map(|h| write_header(cx, h))
        .collect();
    quote! {
        fn decode_error<'a>(status: u16, headers: &::hyper::HeaderMap, body: &'a [u8]) -> ::gateway::canonical::Error<'a> {
            let mut error = ::gateway::canonical::Error::default();
            let _ = (&headers, &body);
            #read_body
            #(#headers)*
            ::gateway::table::settle_error(error, status, &[#(#read_statuses),*])
        }

        fn error_status(error: &::gateway::canonical::Error<'_>) -> u16 {
            match error.kind {
                #(#statuses)*
                _ => ::gateway::table::status_of(error, #passes),
            }
        }

        fn encode_error(error: &::gateway::canonical::Error<'_>) -> ::gateway::table::Reply {
            let status = error_status(error);
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
        (Some(Codec::Milliseconds), _) => {
            quote!(::gateway::codec::number::milliseconds_encode(x))
        }
        (Some(Codec::Seconds), _) => quote!(::gateway::codec::number::seconds_encode(x)),
        _ => quote!(x.to_string()),
    };
    Some(quote!(if let ::core::option::Option::Some(x) = #found { headers.push((#name, #value)); }))
}
