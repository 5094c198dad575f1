// Made from flat_turns/spec.yaml by codegen. Do not edit: edit the spec.

/// How items become turns.
pub const GROUP: ::gateway::table::Group = ::gateway::table::Group {
    merge: false,
    first: ::core::option::Option::None,
    last: ::core::option::Option::None,
    lead: ::gateway::table::Kinds(0u16),
    strict_pairs: false,
    pieces: ::core::option::Option::None,
    hoists_system: false,
    later_system: ::core::option::Option::None,
    wire_role: [0u8, 0u8, 1u8, 0u8],
    alone: ::gateway::table::Kinds(4u16),
};

/// Reads `flat_turns/spec.yaml#/components/schemas/Ask`.
fn read_ask<'a>(
    wire: &mut Ask<'a>,
    out: &mut ::gateway::canonical::ChatRequest<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.model {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                out.model = value;
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("model"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.turns {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            {
                let out = &mut *(&mut out.items);
                {
                    let items = &mut *wire;
                    out.reserve(items.0.len());
                    for (i, wire) in items.0.iter_mut().enumerate() {
                        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
                            let mut element: ::gateway::canonical::Turn<'_> = ::core::default::Default::default();
                            let known = {
                                let out = &mut element;
                                read_line(wire, out, cx)?
                            };
                            if known {
                                element.join_into(out);
                            }
                            ::core::result::Result::Ok(())
                        })()
                            .map_err(|fault| fault.at_index(i))?;
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("turns"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `flat_turns/spec.yaml#/components/schemas/Ask`.
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

/// Writes `flat_turns/spec.yaml#/components/schemas/Ask/properties/turns`.
fn write_ask_turns(
    v: &[::gateway::canonical::TurnView<'_, '_>],
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(91u8);
    let begun = w.mark();
    for (i, v) in v.iter().enumerate() {
        let mark = w.mark();
        w.element();
        if !(|
            w: &mut ::gateway::wire::write::Writer,
            cx: &mut ::gateway::table::Encoding<'_>,
        | -> ::core::result::Result<bool, ::gateway::error::Fault> {
            write_line(v, w, cx)
        })(w, cx)
            .map_err(|fault| fault.at_index(i))?
        {
            w.rollback(mark);
            match &v.parts[..] {
                [part,
                ] if matches!(part.kind, ::gateway::canonical::PartKind::ToolCall) => {
                    cx.unsaid(part.kind).map_err(|fault| fault.at_index(i))?
                }
                _ => {
                    return ::core::result::Result::Err(
                        ::gateway::error::Fault::new(
                                "a message of this role can't be said here",
                            )
                            .at_index(i),
                    );
                }
            }
        }
    }
    w.close(93u8);
    ::core::result::Result::Ok(true)
}
