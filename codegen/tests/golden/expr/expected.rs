// Made from expr/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `expr/spec.yaml#/components/schemas/Answer/properties/usage`.
fn read_answer_usage(
    wire: &mut AnswerUsage,
    out: &mut ::gateway::canonical::Usage,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.cached {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_integer() {
                {
                    let target = &mut out.cached;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("cached"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.out {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_integer() {
                {
                    let target = &mut out.output;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("out"))?;
    }
    if let ::core::option::Option::Some(n) = wire
        .fresh
        .as_mut()
        .and_then(|n| n.take_integer())
    {
        out.input = ::core::option::Option::Some(n + out.cached.unwrap_or(0));
    }
    ::core::result::Result::Ok(true)
}

/// Writes `expr/spec.yaml#/components/schemas/Answer/properties/usage`.
fn write_answer_usage(
    v: &::gateway::canonical::Usage,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    match v.input {
        ::core::option::Option::Some(n) => {
            let n = n - v.cached.unwrap_or(0);
            let n = n.max(0i64);
            w.key("fresh");
            w.integer(n);
        }
        ::core::option::Option::None => {}
    }
    match v.cached {
        ::core::option::Option::Some(x) => {
            w.key("cached");
            w.integer(x);
        }
        ::core::option::Option::None => {}
    }
    match v.output {
        ::core::option::Option::Some(x) => {
            w.key("out");
            w.integer(x);
        }
        ::core::option::Option::None => {}
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
