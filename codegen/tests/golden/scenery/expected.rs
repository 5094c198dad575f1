// Made from scenery/spec.yaml by codegen. Do not edit: edit the spec.

/// Reads `scenery/spec.yaml#/components/schemas/List/properties/page`.
fn read_list_page<'a>(
    wire: &mut ListPage<'a>,
    out: &mut ::gateway::canonical::ModelsResponse<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.cursor {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            read_list_page_cursor(wire, out, cx)?;
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("cursor"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/components/schemas/List`.
fn write_list(
    v: &::gateway::canonical::ModelsResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    if true {
        let mark = w.mark();
        w.frame("result");
        let inner = w.mark();
        let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_list_result(
            v,
            w,
            cx,
        );
        let written = written.map_err(|fault| fault.at("result"))?;
        if !written || !(true || w.said_since(inner)) {
            w.rollback(mark);
        }
        if !written {
            return ::core::result::Result::Ok(false);
        }
    }
    if true {
        let mark = w.mark();
        w.frame("page");
        let inner = w.mark();
        let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_list_page(
            v,
            w,
            cx,
        );
        let written = written.map_err(|fault| fault.at("page"))?;
        if !written || !(false || w.said_since(inner)) {
            w.rollback(mark);
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/components/schemas/List/properties/page`.
fn write_list_page(
    v: &::gateway::canonical::ModelsResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    if true {
        let mark = w.mark();
        w.frame("cursor");
        let inner = w.mark();
        let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_list_page_cursor(
            v,
            w,
            cx,
        );
        let written = written.map_err(|fault| fault.at("cursor"))?;
        if !written || !(false || w.said_since(inner)) {
            w.rollback(mark);
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/components/schemas/List/properties/page/properties/cursor`.
fn write_list_page_cursor(
    v: &::gateway::canonical::ModelsResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    match v.next.as_deref() {
        ::core::option::Option::Some(x) => {
            w.key("next");
            w.text(x);
        }
        ::core::option::Option::None => {}
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}
