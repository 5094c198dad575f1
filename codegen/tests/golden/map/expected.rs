// Made from map/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `map/spec.yaml#/components/schemas/Answer`.
fn read_answer<'a>(
    wire: &mut Answer<'a>,
    out: &mut ::gateway::canonical::ChatResponse<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.text {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            {
                let out = &mut *(&mut (*::gateway::canonical::first(&mut out.candidates))
                    .parts);
                if let ::core::option::Option::Some(text) = wire.take_text()
                    && (!text.is_empty() || cx.keeps_empty())
                {
                    out.push(::gateway::canonical::Part {
                        kind: ::gateway::canonical::PartKind::Text,
                        text: ::core::option::Option::Some(text),
                        ..::core::default::Default::default()
                    });
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("text"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.why {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = match wire.take_text() {
                ::core::option::Option::Some(text) => {
                    match &*text {
                        "end" | "done" => {
                            ::core::option::Option::Some(
                                ::gateway::canonical::FinishReason::Stop,
                            )
                        }
                        "cut" => {
                            ::core::option::Option::Some(
                                ::gateway::canonical::FinishReason::Length,
                            )
                        }
                        "" => ::core::option::Option::None,
                        _ => {
                            ::core::option::Option::Some(
                                ::gateway::canonical::FinishReason::Stop,
                            )
                        }
                    }
                }
                ::core::option::Option::None => ::core::option::Option::None,
            } {
                {
                    let target = &mut (*::gateway::canonical::first(&mut out.candidates))
                        .finish;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("why"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `map/spec.yaml#/components/schemas/Answer`.
fn write_answer(
    v: &::gateway::canonical::ChatResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    {
        let held = ::gateway::canonical::refs(
            v.candidates.first().map_or(&[][..], |x| &x.parts[..]),
        );
        let held = &held[..];
        let held = ::gateway::canonical::of_kinds(held, ::gateway::table::Kinds(1u16));
        if (&held[..]).is_empty() {
            if cx.open {
                w.fixed("text", "\"\"");
            } else {
                w.fixed("text", "\"\"");
            }
        } else {
            let mark = w.mark();
            w.key("text");
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_answer_text(
                &held[..],
                w,
                cx,
            );
            if !written.map_err(|fault| fault.at("text"))? || false {
                w.rollback(mark);
                if cx.open {
                    w.fixed("text", "\"\"");
                } else {
                    w.fixed("text", "\"\"");
                }
            }
        }
    }
    match v.candidates.first().and_then(|x| x.finish) {
        ::core::option::Option::Some(x) => {
            if let ::core::option::Option::Some(json) = (match x {
                ::gateway::canonical::FinishReason::Stop => {
                    ::core::option::Option::Some("\"end\"")
                }
                ::gateway::canonical::FinishReason::Length => {
                    ::core::option::Option::Some("\"cut\"")
                }
                ::gateway::canonical::FinishReason::ToolCalls => {
                    ::core::option::Option::None
                }
            }) {
                w.key("why");
                w.json(json);
            }
        }
        ::core::option::Option::None => {}
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
