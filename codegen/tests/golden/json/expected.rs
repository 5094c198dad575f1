// Made from json/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `json/spec.yaml#/components/schemas/Answer/properties/calls/items`.
fn read_answer_calls<'a>(
    wire: &mut AnswerCalls<'a>,
    out: &mut ::gateway::canonical::Part<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.name {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                {
                    let target = &mut out.name;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("name"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.input {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire
                .take_json()
                .map(::std::borrow::Cow::Borrowed)
            {
                {
                    let target = &mut out.arguments;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("input"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `json/spec.yaml#/components/schemas/Answer/properties/calls/items`.
fn write_answer_calls_2(
    v: &::gateway::canonical::Part<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    match v.name.as_deref() {
        ::core::option::Option::Some(x) => {
            w.key("name");
            w.text(x);
        }
        ::core::option::Option::None => {
            if cx.open {
                w.fixed("name", "\"\"");
            } else {
                return ::core::result::Result::Err(
                    ::gateway::error::Fault::new("needs a value, and there is none")
                        .at("name"),
                );
            }
        }
    }
    match v.arguments.as_deref() {
        ::core::option::Option::Some(x) => {
            w.key("input");
            w.json(&::gateway::codec::json_text::to_object(x));
        }
        ::core::option::Option::None => {
            if cx.open {
                w.fixed("input", "{}");
            } else {
                w.fixed("input", "{}");
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
