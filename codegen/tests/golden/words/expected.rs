// Made from words/spec.yaml by codegen. Do not edit: edit the spec.

/// Writes `words/spec.yaml#/components/schemas/Ask`.
fn write_ask(
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
    if true {
        let mark = w.mark();
        w.frame("options");
        let inner = w.mark();
        let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_ask_options(
            v,
            w,
            cx,
        );
        let written = written.map_err(|fault| fault.at("options"))?;
        if !written || !(false || w.said_since(inner)) {
            w.rollback(mark);
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

/// Writes `words/spec.yaml#/components/schemas/Ask/properties/options`.
fn write_ask_options(
    v: &::gateway::canonical::ChatRequest<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(91u8);
    if ::core::option::Option::Some(v.stream) == ::core::option::Option::Some(true) {
        w.word("\"stream\"");
    }
    if ::core::option::Option::Some(v.include_usage)
        == ::core::option::Option::Some(true)
    {
        w.word("\"usage\"");
    }
    w.close(93u8);
    ::core::result::Result::Ok(true)
}
