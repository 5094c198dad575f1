// Made from map/spec.yaml by codegen. Do not edit: edit the spec.

fn decode_response<'a>(
    body: &'a [u8],
) -> ::core::result::Result<
    ::gateway::canonical::ChatResponse<'a>,
    ::gateway::error::Fault,
> {
    let mut parsed: ChatPostResponses200ApplicationJsonSchema<'a> = ::gateway::wire::read::parse(
        body,
    )?;
    let mut reading = ::gateway::wire::read::Reading::lenient();
    let mut reply: ::gateway::canonical::ChatResponse<'a> = ::core::default::Default::default();
    let (wire, out, cx) = (&mut parsed, &mut reply, &mut reading);
    if wire.text.is_none() {
        return ::core::result::Result::Err(
            ::gateway::error::Fault::new(
                "the reply has none of the properties that it should have: text, why",
            ),
        );
    }
    read_responses_n200_application_1json_schema(wire, out, cx)?;
    ::core::result::Result::Ok(reply)
}

/// Writes `map/spec.yaml#/paths/~1chat/post/requestBody/content/application~1json/schema`.
fn write_post_request_body_application_1json_schema(
    v: &::gateway::canonical::ChatRequest<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
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
        let held = ::gateway::canonical::group(&v.items[..], &GROUP)?;
        if (&held[..]).is_empty() {
            w.fixed("turns", "[]");
        } else {
            let mark = w.mark();
            w.key("turns");
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_ask_turns(
                &held[..],
                w,
                cx,
            );
            if !written.map_err(|fault| fault.at("turns"))? || false {
                w.rollback(mark);
                w.fixed("turns", "[]");
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
