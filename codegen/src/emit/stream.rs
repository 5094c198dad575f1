//! Streams: frames to and from events.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::context::Context;
use super::frames::{kinds, pieces_of, signed_of, spoken_of};
use super::{access, condition, meant, read, told};
use crate::model::dialect::{Frame, Stream};
use crate::model::schema::{Edge, Spot};
use crate::model::tests;

/// A module `stream_<n>` with one form of a streamed reply.
pub fn emit(cx: &Context<'_>, stream: &Stream, number: usize) -> TokenStream {
    let module = format_ident!("stream_{number}");
    let media_type = &stream.media_type;
    let framing = match media_type.as_str() {
        "text/event-stream" => quote!(Events),
        "application/json" => quote!(Array),
        _ => quote!(Lines),
    };
    let when = match stream.when {
        Some(flag) => quote!(::core::option::Option::Some(#flag)),
        None => quote!(::core::option::Option::None),
    };
    let end = option_text(stream.end.as_deref());
    let serial = stream.serial;
    let written: Vec<Frame> = stream
        .frames
        .iter()
        .filter(|f| !f.edge.deprecated)
        .cloned()
        .collect();
    let frames = written
        .iter()
        .enumerate()
        .map(|(i, frame)| frame_row(cx, frame, i));
    let writers = written
        .iter()
        .enumerate()
        .map(|(i, frame)| frame_writer(cx, frame, i));
    let pieces = kinds(cx, &written, pieces_of);
    let signs = kinds(cx, &written, signed_of);
    let holds = kinds(cx, &written, |cx, frame| {
        if speaks_of_parts(frame) {
            spoken_of(cx, frame)
        } else {
            BTreeSet::new()
        }
    });
    let marks = told::marks(cx, stream);
    let meant = meant::names(cx, stream);
    let decode = decode(cx, stream);
    quote! {
        /// One form of a streamed reply.
        pub mod #module {
            use super::*;
            /// Its table.
            pub const SPEC: ::gateway::table::StreamSpec = ::gateway::table::StreamSpec {
                media_type: #media_type,
                framing: ::gateway::table::Framing::#framing,
                when: #when,
                serial: #serial,
                end: #end,
                frames: &[#(#frames,)*],
                pieces: #pieces,
                signs: #signs,
                holds: #holds,
                marks: #marks,
                meant: &[#(#meant,)*],
                error_status,
                decode,
            };
            #(#writers)*
            #decode
        }
    }
}

fn option_text(text: Option<&str>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// Whether a frame is a partial reply.
pub fn is_fragment(frame: &Frame) -> bool {
    frame.edge.outer == Spot::Struct("ChatResponse".to_owned())
}

fn speaks_of_parts(frame: &Frame) -> bool {
    frame
        .holds
        .iter()
        .any(|hold| hold == "open" || hold == "delta")
}

fn frame_row(cx: &Context<'_>, frame: &Frame, number: usize) -> TokenStream {
    let holds = holds(cx, &frame.holds);
    let if_usage = frame.if_usage;
    let name = option_text(frame.event.as_deref());
    let kinds = cx.kinds(spoken_of(cx, frame).iter().map(String::as_str));
    let function = format_ident!("write_frame_{number}");
    let encode = if is_fragment(frame) {
        quote!(Fragment(#function))
    } else {
        quote!(Event(#function))
    };
    quote!(::gateway::table::Frame { holds: #holds, if_usage: #if_usage, name: #name, kinds: #kinds, encode: ::gateway::table::FrameEncode::#encode })
}

fn holds(cx: &Context<'_>, names: &[String]) -> TokenStream {
    let all = cx.canonical.values("EventKind");
    let bits = names
        .iter()
        .filter_map(|name| all.iter().position(|v| v == name))
        .fold(0u8, |bits, i| bits | 1 << i);
    quote!(::gateway::table::Holds(#bits))
}

fn frame_writer(cx: &Context<'_>, frame: &Frame, number: usize) -> TokenStream {
    let function = format_ident!("write_frame_{number}");
    let given = if is_fragment(frame) {
        quote!(::gateway::canonical::ChatResponse<'r>)
    } else {
        quote!(::gateway::canonical::Event<'r>)
    };
    let cases = frame
        .edge
        .cases
        .iter()
        .map(|case| access::holds(cx, case, &quote!(v)));
    let write = cx.writer(frame.edge.content, false);
    let view = match &frame.edge.bind {
        Some(path) => {
            let found = access::get(cx, path, &quote!(v), true);
            quote!(let ::core::option::Option::Some(v) = #found else { return ::core::result::Result::Ok(::std::vec::Vec::new()) };)
        }
        None => TokenStream::new(),
    };
    let has_fields = !cx.schema(frame.edge.content).properties.is_empty()
        || !cx.schema(frame.edge.content).variants.is_empty();
    let body = if has_fields {
        quote!(#write(v, &mut writer, cx)?)
    } else {
        quote!({
            writer.json("{}");
            let _ = (&v, &cx);
            true
        })
    };
    quote! {
        fn #function<'r>(v: &'r #given, cx: &mut ::gateway::table::Encoding<'_>) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
            if !(true #(&& #cases)*) { return ::core::result::Result::Ok(::std::vec::Vec::new()); }
            #view
            let mut writer = ::gateway::wire::write::Writer::new(::std::vec::Vec::with_capacity(256));
            if !#body { return ::core::result::Result::Ok(::std::vec::Vec::new()); }
            ::core::result::Result::Ok(writer.finish())
        }
    }
}

fn decode(cx: &Context<'_>, stream: &Stream) -> TokenStream {
    let union = cx.schema(stream.union);
    let shape = cx.shape_of(stream.union);
    let wire = cx.parsed_type(shape);
    let frame_of = |variant: &Edge| {
        stream
            .frames
            .iter()
            .find(|f| f.edge.place == variant.place && f.edge.content == variant.content)
    };
    let mut arms = Vec::new();
    let tests = tests::of(&cx.dialect.schemas, &union.variants);
    let named = |i: usize| frame_of(&union.variants[i]).is_some_and(|f| f.named);
    let fails = |i: usize| frame_of(&union.variants[i]).is_some_and(|f| f.holds == ["error"]);
    let fragment = |i: usize| frame_of(&union.variants[i]).is_some_and(is_fragment);
    let only_fragment = union
        .variants
        .iter()
        .enumerate()
        .filter(|(i, _)| fragment(*i))
        .count()
        == 1;
    // What has a name of its own is known by it; an error may stand beside anything else; what has no name is told apart
    // by what is in it, and a fragment that lacks some of it is still a fragment.
    let mut order: Vec<_> = tests.iter().collect();
    order.sort_by_key(|(i, _)| (!named(*i), !fails(*i), only_fragment && fragment(*i)));
    for (i, tests) in order {
        let variant = &union.variants[*i];
        let Some(frame) = frame_of(variant) else {
            continue;
        };
        let test = match &frame.event {
            Some(event) if frame.named => quote!(event == ::core::option::Option::Some(#event)),
            _ if only_fragment && fragment(*i) => quote!(true),
            _ => condition::all(&cx.wire, tests, &quote!((&*wire)), shape),
        };
        let body = decode_variant(cx, stream, variant, frame, shape);
        arms.push(quote!(if #test { #body }));
    }
    quote! {
        fn decode<'a>(event: ::core::option::Option<&str>, data: &'a str) -> ::core::result::Result<::gateway::table::Decoded<'a>, ::gateway::error::Fault> {
            let mut parsed: #wire = ::gateway::wire::read::parse_str(data)?;
            let mut reading = ::gateway::wire::read::Reading::lenient();
            let (wire, cx) = (&mut parsed, &mut reading);
            let _ = (&event, &cx);
            #(#arms)*
            ::core::result::Result::Ok(::gateway::table::Decoded::Ignored)
        }
    }
}

fn decode_variant(
    cx: &Context<'_>,
    stream: &Stream,
    variant: &Edge,
    frame: &Frame,
    shape: usize,
) -> TokenStream {
    if variant.read_only {
        return quote!(return ::core::result::Result::Ok(::gateway::table::Decoded::Ignored););
    }
    let statements = read::edge(cx, variant, shape);
    if is_fragment(frame) {
        return quote! {
            let mut fragment: ::std::boxed::Box<::gateway::canonical::ChatResponse<'a>> = ::core::default::Default::default();
            { let out = &mut *fragment; #statements }
            return ::core::result::Result::Ok(::gateway::table::Decoded::Fragment(fragment));
        };
    }
    let same = |f: &&Frame| f.edge.content == variant.content && f.event == frame.event;
    let mut names: Vec<String> = stream
        .frames
        .iter()
        .filter(same)
        .flat_map(|f| f.holds.clone())
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return quote!(return ::core::result::Result::Ok(::gateway::table::Decoded::Ignored););
    }
    let holds = holds(cx, &names);
    quote! {
        let mut found: ::std::boxed::Box<::gateway::canonical::Event<'a>> = ::core::default::Default::default();
        { let out = &mut *found; #statements }
        return ::core::result::Result::Ok(::gateway::table::Decoded::Event(#holds, found));
    }
}
