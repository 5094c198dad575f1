// Made from string_or_list/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `string_or_list/spec.yaml#/components/schemas/Line/properties/text/oneOf/1/items`.
fn read_line_text_n1<'a>(
    wire: &mut LineText1<'a>,
    out: &mut ::gateway::canonical::Part<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.words {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                {
                    let target = &mut out.text;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("words"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `string_or_list/spec.yaml#/components/schemas/Line/properties/text`.
fn write_line_text(
    v: &[&::gateway::canonical::Part<'_>],
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    let pick: usize = if ::gateway::canonical::sole(
            v,
            ::gateway::canonical::PartKind::Text,
        )
        .is_some()
    {
        0usize
    } else if true {
        1usize
    } else if ::gateway::canonical::sole(v, ::gateway::canonical::PartKind::Text)
        .is_some()
    {
        0usize
    } else if true {
        1usize
    } else {
        usize::MAX
    };
    match pick {
        0usize => write_line_text_n0(v, w, cx),
        1usize => write_line_text_n1(v, w, cx),
        _ => ::core::result::Result::Ok(false),
    }
}

/// Writes `string_or_list/spec.yaml#/components/schemas/Line/properties/text/oneOf/0`.
fn write_line_text_n0(
    v: &[&::gateway::canonical::Part<'_>],
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    match v {
        [] => w.text(""),
        [one] => w.text(one.text.as_deref().unwrap_or_default()),
        many => {
            let texts: ::std::vec::Vec<&str> = many
                .iter()
                .filter_map(|part| part.text.as_deref())
                .collect();
            w.text(&texts.join(""));
        }
    }
    ::core::result::Result::Ok(true)
}
