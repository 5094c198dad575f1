//! Streams: frames to and from events.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::access;
use super::condition;
use super::context::Context;
use super::facts::{kinds_of_parts, parts_edges};
use super::{fits, read};
use crate::model::dialect::{Frame, Stream};
use crate::model::schema::{Codec, Edge, Schema, Spot};
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

fn is_fragment(frame: &Frame) -> bool {
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

fn kinds(
    cx: &Context<'_>,
    frames: &[Frame],
    of: impl Fn(&Context<'_>, &Frame) -> BTreeSet<String>,
) -> TokenStream {
    let all: BTreeSet<String> = frames.iter().flat_map(|frame| of(cx, frame)).collect();
    cx.kinds(all.iter().map(String::as_str))
}

/// Kinds of parts that a frame can speak of; none if it speaks of no part or of any.
fn spoken_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if is_fragment(frame) {
        return parts_edges(cx, &frame.edge)
            .iter()
            .flat_map(|edge| kinds_of_parts(cx, edge))
            .collect();
    }
    let mut found = BTreeSet::new();
    event_kinds(cx, &frame.edge, &mut found);
    found
}

/// Kinds that the cases of an event frame name, or that the part in it can be.
fn event_kinds(cx: &Context<'_>, edge: &Edge, found: &mut BTreeSet<String>) {
    if edge.deprecated {
        return;
    }
    for case in edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind" || c.path.text == "part.kind")
    {
        found.extend(case.texts().map(str::to_owned));
    }
    let schema = cx.schema(edge.content);
    match &edge.bind {
        Some(path) if path.text == "part" => found.extend(part_kinds(cx, edge)),
        Some(path) if path.text == "kind" => found.extend(named_kinds(cx, schema)),
        Some(_) => {}
        None => {
            for inner in schema
                .properties
                .iter()
                .map(|p| &p.edge)
                .chain(&schema.variants)
            {
                event_kinds(cx, inner, found);
            }
        }
    }
}

/// Kinds that a wire value names: a property bound to `kind`.
fn named_kinds(cx: &Context<'_>, schema: &Schema) -> Vec<String> {
    let rows = super::value::rows(cx, schema, "PartKind");
    let constant = schema.constant.as_ref();
    let admitted = |wire: &Vec<serde_json::Value>| {
        constant.is_none_or(|c| wire.contains(c)) && wire.iter().any(|w| !w.is_null())
    };
    rows.into_iter()
        .filter(|(_, wire, _)| admitted(wire))
        .map(|(kind, ..)| kind)
        .collect()
}

/// Kinds that a part bound as a whole can be.
fn part_kinds(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    super::facts::kinds_of_part(cx, edge)
}

/// Kinds whose text or arguments a delta frame carries in pieces.
fn pieces_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if !frame.holds.iter().any(|hold| hold == "delta") {
        return BTreeSet::new();
    }
    if is_fragment(frame) {
        return parts_edges(cx, &frame.edge)
            .iter()
            .flat_map(|edge| pieces_of_parts(cx, edge))
            .collect();
    }
    let spoken = spoken_of(cx, frame);
    let mut found = BTreeSet::new();
    deltas(cx, &frame.edge, &spoken, &mut found);
    found
}

/// By cases: a variant that brings `text` does so for its kind.
fn deltas(cx: &Context<'_>, edge: &Edge, kinds: &BTreeSet<String>, found: &mut BTreeSet<String>) {
    let own: BTreeSet<String> = edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind")
        .flat_map(|c| c.texts().map(str::to_owned))
        .collect();
    let kinds = if own.is_empty() { kinds } else { &own };
    let all = BTreeSet::from(["text", "thinking", "refusal", "tool_call"].map(str::to_owned));
    let kinds = if kinds.is_empty() { &all } else { kinds };
    match edge.bind.as_ref().map(|b| b.text.as_str()) {
        Some("text") => found.extend(kinds.iter().filter(|k| *k != "tool_call").cloned()),
        Some("arguments") => found.extend(kinds.iter().filter(|k| *k == "tool_call").cloned()),
        Some(_) => {}
        None => {
            let schema = cx.schema(edge.content);
            for inner in schema
                .properties
                .iter()
                .map(|p| &p.edge)
                .chain(&schema.variants)
                .filter(|e| !e.deprecated)
            {
                deltas(cx, inner, kinds, found);
            }
        }
    }
}

fn pieces_of_parts(cx: &Context<'_>, edge: &Edge) -> BTreeSet<String> {
    let schema = cx.schema(edge.content);
    let mut found = BTreeSet::new();
    if let Some(part) = schema
        .part
        .as_ref()
        .filter(|_| schema.codec != Some(Codec::Json))
    {
        found.insert(part.kind.clone());
    }
    for variant in schema.variants.iter().filter(|v| !v.deprecated) {
        found.extend(pieces_of_parts(cx, variant));
    }
    if let Some(items) = &schema.items {
        let of_kind = |edge: &Edge, found: &mut BTreeSet<String>| {
            let bound = fits::bound(cx, edge);
            for kind in edge
                .cases
                .iter()
                .filter(|c| c.path.text == "kind")
                .flat_map(|c| c.texts())
            {
                let field = if kind == "tool_call" {
                    "arguments"
                } else {
                    "text"
                };
                if bound.contains_key(field) && !is_whole(cx, edge, field) {
                    found.insert(kind.to_owned());
                }
            }
        };
        of_kind(items, &mut found);
        for variant in cx
            .schema(items.content)
            .variants
            .iter()
            .filter(|v| !v.deprecated)
        {
            of_kind(variant, &mut found);
        }
    }
    found
}

/// Whether a field is written as a JSON value, which can't come in pieces.
fn is_whole(cx: &Context<'_>, edge: &Edge, field: &str) -> bool {
    let schema = cx.schema(edge.content);
    let inner = schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants);
    if edge.bind.as_ref().is_some_and(|b| b.text == field) {
        return schema.codec == Some(Codec::Json) || schema.raw;
    }
    inner
        .filter(|e| !e.deprecated)
        .any(|e| is_whole(cx, e, field))
}

/// Kinds whose signature a delta frame carries.
fn signed_of(cx: &Context<'_>, frame: &Frame) -> BTreeSet<String> {
    if !frame.holds.iter().any(|hold| hold == "delta") {
        return BTreeSet::new();
    }
    let mut found = BTreeSet::new();
    if is_fragment(frame) {
        for edge in parts_edges(cx, &frame.edge) {
            let items = cx.schema(edge.content).items.as_ref();
            if items.is_some_and(|items| fits::bound(cx, items).contains_key("signature")) {
                found.extend(kinds_of_parts(cx, edge));
            }
        }
        return found;
    }
    signatures(cx, &frame.edge, None, &mut found);
    found
}

fn signatures(cx: &Context<'_>, edge: &Edge, kind: Option<&str>, found: &mut BTreeSet<String>) {
    let kind = edge
        .cases
        .iter()
        .filter(|c| c.path.text == "kind")
        .find_map(|c| c.value.as_str())
        .or(kind);
    if edge.bind.as_ref().is_some_and(|b| b.text == "signature") {
        found.extend(kind.map(str::to_owned));
    }
    let schema = cx.schema(edge.content);
    for inner in schema
        .properties
        .iter()
        .map(|p| &p.edge)
        .chain(&schema.variants)
        .filter(|e| !e.deprecated)
    {
        signatures(cx, inner, kind, found);
    }
}
