// Made from rename/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `rename/spec.yaml#/components/schemas/List/properties/data/items`.
fn read_list_data<'a>(
    wire: &mut ListData<'a>,
    out: &mut ::gateway::canonical::Model<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.name {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                out.id = value;
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("name"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.made {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_integer() {
                {
                    let target = &mut out.created;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("made"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `rename/spec.yaml#/components/schemas/List`.
fn write_list(
    v: &::gateway::canonical::ModelsResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    {
        let held = &v.models[..];
        if (held).is_empty() {
            w.fixed("data", "[]");
        } else {
            let mark = w.mark();
            w.key("data");
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_list_data(
                held,
                w,
                cx,
            );
            if !written.map_err(|fault| fault.at("data"))? || false {
                w.rollback(mark);
                w.fixed("data", "[]");
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `rename/spec.yaml#/components/schemas/List/properties/data/items`.
fn write_list_data_2(
    v: &::gateway::canonical::Model<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    match ::core::option::Option::Some(&*v.id) {
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
    match v.created {
        ::core::option::Option::Some(x) => {
            w.key("made");
            w.integer(x);
        }
        ::core::option::Option::None => {}
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
