// Made from embed/spec.yaml by codegen. Do not edit: edit the spec.

/// Embeddings at `/embed`.
pub static EMBED_0: ::gateway::table::Embed = ::gateway::table::Embed {
    decode_request: decode_embed_request_0,
    encode_request: encode_embed_request_0,
    decode_response: decode_embed_response_0,
    encode_response: encode_embed_response_0,
    model: ::core::option::Option::Some("model"),
    ledger: &LEDGER,
    most: ::core::option::Option::Some(2usize),
    nodes: &[],
    encodings: &[
        ::gateway::canonical::VectorEncoding::Float,
        ::gateway::canonical::VectorEncoding::Base64,
    ],
    holds: ::gateway::table::Kinds(1u16),
    new_id: "",
};

/// Writes `embed/spec.yaml#/components/schemas/Answer/properties/vectors`.
fn write_answer_vectors(
    v: &::gateway::canonical::EmbedResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    if true
        && ::core::option::Option::Some(v.encoding)
            == ::core::option::Option::Some(::gateway::canonical::VectorEncoding::Float)
    {
        {
            let held = &v.vectors[..];
            if (held).is_empty() {} else {
                let mark = w.mark();
                w.key("float");
                let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_answer_vectors_float(
                    held,
                    w,
                    cx,
                );
                if !written.map_err(|fault| fault.at("float"))? || w.is_empty_object() {
                    w.rollback(mark);
                }
            }
        }
    }
    if true
        && ::core::option::Option::Some(v.encoding)
            == ::core::option::Option::Some(::gateway::canonical::VectorEncoding::Base64)
    {
        {
            let held = &v.vectors[..];
            if (held).is_empty() {} else {
                let mark = w.mark();
                w.key("base64");
                let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_answer_vectors_base64(
                    held,
                    w,
                    cx,
                );
                if !written.map_err(|fault| fault.at("base64"))? || w.is_empty_object() {
                    w.rollback(mark);
                }
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `embed/spec.yaml#/components/schemas/Ask`.
fn write_ask(
    v: &::gateway::canonical::EmbedRequest<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    let pick: usize = if (&v.inputs[..])
        .iter()
        .all(|v| {
            let held = ::gateway::canonical::refs(&v.parts[..]);
            let held = ::gateway::canonical::of_kinds(
                &held,
                ::gateway::table::Kinds(15u16),
            );
            let v = &held[..];
            !v.is_empty()
                && v.iter().all(|part| part.kind == ::gateway::canonical::PartKind::Text)
        })
    {
        0usize
    } else if true {
        1usize
    } else if (&v.inputs[..])
        .iter()
        .all(|v| {
            let held = ::gateway::canonical::refs(&v.parts[..]);
            let held = ::gateway::canonical::of_kinds(
                &held,
                ::gateway::table::Kinds(15u16),
            );
            let v = &held[..];
            !v.is_empty()
                && v.iter().all(|part| part.kind == ::gateway::canonical::PartKind::Text)
        })
    {
        0usize
    } else if true {
        1usize
    } else {
        usize::MAX
    };
    if pick == usize::MAX {
        return ::core::result::Result::Ok(false);
    }
    w.open(123u8);
    match ::core::option::Option::Some(&*v.model) {
        ::core::option::Option::Some(x) => {
            w.key("model");
            w.text(x);
        }
        ::core::option::Option::None => {
            if cx.open {
                w.fixed("model", "\"\"");
            } else {
                return ::core::result::Result::Err(
                    ::gateway::error::Fault::new("needs a value, and there is none")
                        .at("model"),
                );
            }
        }
    }
    {
        let held = &v.encodings[..];
        if (held).is_empty() {} else {
            let mark = w.mark();
            w.key("types");
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_ask_types(
                held,
                w,
                cx,
            );
            if !written.map_err(|fault| fault.at("types"))? || w.is_empty_object() {
                w.rollback(mark);
            }
        }
    }
    match v.truncate {
        ::core::option::Option::Some(x) => {
            w.key("cut");
            w.json(
                (match x {
                    ::gateway::canonical::EmbedRequestTruncate::None => {
                        ::core::option::Option::Some("false")
                    }
                    ::gateway::canonical::EmbedRequestTruncate::End => {
                        ::core::option::Option::Some("true")
                    }
                })
                    .unwrap_or("null"),
            );
        }
        ::core::option::Option::None => {}
    }
    match pick {
        0usize => {
            write_ask_n0_fields(v, w, cx)?;
        }
        1usize => {
            write_ask_n1_fields(v, w, cx)?;
        }
        _ => {}
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
