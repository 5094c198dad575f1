// Made from union_by_const/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `union_by_const/spec.yaml#/components/schemas/Line/properties/parts/items`.
fn read_line_parts<'a>(
    wire: &mut LineParts0<'a>,
    out: &mut ::gateway::canonical::Part<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    let variant: usize = if true
        && {
            let object = (&*wire);
            object
                .r#type
                .as_ref()
                .is_some_and(|inner| {
                    inner.as_text().is_some_and(|text| matches!(text, "text"))
                })
        }
    {
        0usize
    } else if true
        && {
            let object = (&*wire);
            object
                .r#type
                .as_ref()
                .is_some_and(|inner| {
                    inner.as_text().is_some_and(|text| matches!(text, "image"))
                })
        }
    {
        1usize
    } else {
        usize::MAX
    };
    match variant {
        0usize => {
            out.kind = ::gateway::canonical::PartKind::Text;
            read_line_parts_n0(wire, out, cx)?;
        }
        1usize => {
            out.kind = ::gateway::canonical::PartKind::Image;
            read_line_parts_n1(wire, out, cx)?;
        }
        _ => {
            cx.unknown("expected 'type' to be one of: text, image")?;
            return ::core::result::Result::Ok(false);
        }
    }
    ::core::result::Result::Ok(true)
}

/// Writes `union_by_const/spec.yaml#/components/schemas/Line/properties/parts/items`.
fn write_line_parts_2(
    v: &::gateway::canonical::Part<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    let pick: usize = if ::core::option::Option::Some(v.kind)
        == ::core::option::Option::Some(::gateway::canonical::PartKind::Text)
        && (cx.open || v.text.as_deref().is_some())
    {
        0usize
    } else if ::core::option::Option::Some(v.kind)
        == ::core::option::Option::Some(::gateway::canonical::PartKind::Image)
        && (cx.open || v.url.as_deref().is_some())
    {
        1usize
    } else if ::core::option::Option::Some(v.kind)
        == ::core::option::Option::Some(::gateway::canonical::PartKind::Text)
        && (cx.open || v.text.as_deref().is_some())
    {
        0usize
    } else if ::core::option::Option::Some(v.kind)
        == ::core::option::Option::Some(::gateway::canonical::PartKind::Image)
        && (cx.open || v.url.as_deref().is_some())
    {
        1usize
    } else {
        usize::MAX
    };
    match pick {
        0usize => write_line_parts_n0(v, w, cx),
        1usize => write_line_parts_n1(v, w, cx),
        _ => ::core::result::Result::Ok(false),
    }
}

/// Writes `union_by_const/spec.yaml#/components/schemas/Line/properties/parts/items/oneOf/1`.
fn write_line_parts_n1(
    v: &::gateway::canonical::Part<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    w.fixed("type", "\"image\"");
    match v.url.as_deref() {
        ::core::option::Option::Some(x) => {
            w.key("url");
            w.text(x);
        }
        ::core::option::Option::None => {
            if cx.open {
                w.fixed("url", "\"\"");
            } else {
                return ::core::result::Result::Err(
                    ::gateway::error::Fault::new("needs a value, and there is none")
                        .at("url"),
                );
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
