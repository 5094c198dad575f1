// Made from words/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `words/spec.yaml#/components/schemas/Ask`.
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
    if let ::core::option::Option::Some(wire) = &mut wire.options {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            {
                let items = &mut *wire;
                for (i, wire) in items.0.iter_mut().enumerate() {
                    (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
                        read_ask_options(wire, out, cx)?;
                        ::core::result::Result::Ok(())
                    })()
                        .map_err(|fault| fault.at_index(i))?;
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("options"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.turns {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            {
                let out = &mut *(&mut out.items);
                {
                    let items = &mut *wire;
                    for (i, wire) in items.0.iter_mut().enumerate() {
                        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
                            let mut element: ::gateway::canonical::Turn<'_> = ::core::default::Default::default();
                            let known = {
                                let out = &mut element;
                                read_line(wire, out, cx)?
                            };
                            if known {
                                element.push_into(out);
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
