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

/// Reads `scenery/spec.yaml#/components/schemas/List/properties/page/properties/cursor`.
fn read_list_page_cursor<'a>(
    wire: &mut ListPageCursor<'a>,
    out: &mut ::gateway::canonical::ModelsResponse<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.next {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                {
                    let target = &mut out.next;
                    if target.is_none() {
                        *target = ::core::option::Option::Some(value);
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("next"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Reads `scenery/spec.yaml#/components/schemas/List/properties/result`.
fn read_list_result<'a>(
    wire: &mut ListResult<'a>,
    out: &mut ::gateway::canonical::ModelsResponse<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.models {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            {
                let out = &mut *(&mut out.models);
                {
                    let items = &mut *wire;
                    for (i, wire) in items.0.iter_mut().enumerate() {
                        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
                            let mut element: ::gateway::canonical::Model<'_> = ::core::default::Default::default();
                            let known = {
                                let out = &mut element;
                                read_list_result_models(wire, out, cx)?
                            };
                            if known {
                                out.push(element);
                            }
                            ::core::result::Result::Ok(())
                        })()
                            .map_err(|fault| fault.at_index(i))?;
                    }
                }
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("models"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Reads `scenery/spec.yaml#/components/schemas/List/properties/result/properties/models/items`.
fn read_list_result_models<'a>(
    wire: &mut ListResultModels<'a>,
    out: &mut ::gateway::canonical::Model<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.id {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            if let ::core::option::Option::Some(value) = wire.take_text() {
                out.id = value;
            }
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("id"))?;
    }
    ::core::result::Result::Ok(true)
}

/// Reads `scenery/spec.yaml#/paths/~1models/get/responses/200/content/application~1json/schema`.
fn read_responses_n200_application_1json_schema<'a>(
    wire: &mut ModelsGetResponses200ApplicationJsonSchema<'a>,
    out: &mut ::gateway::canonical::ModelsResponse<'a>,
    cx: &mut ::gateway::wire::read::Reading,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&wire, &out, &cx);
    if let ::core::option::Option::Some(wire) = &mut wire.result {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            read_list_result(wire, out, cx)?;
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("result"))?;
    }
    if let ::core::option::Option::Some(wire) = &mut wire.page {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> {
            read_list_page(wire, out, cx)?;
            ::core::result::Result::Ok(())
        })()
            .map_err(|fault| fault.at("page"))?;
    }
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

/// Writes `scenery/spec.yaml#/components/schemas/List/properties/result`.
fn write_list_result(
    v: &::gateway::canonical::ModelsResponse<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    w.fixed("ok", "true");
    {
        let held = &v.models[..];
        if (held).is_empty() {
            w.fixed("models", "[]");
        } else {
            let mark = w.mark();
            w.key("models");
            let written: ::core::result::Result<bool, ::gateway::error::Fault> = write_list_result_models(
                held,
                w,
                cx,
            );
            if !written.map_err(|fault| fault.at("models"))? || false {
                w.rollback(mark);
                w.fixed("models", "[]");
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/components/schemas/List/properties/result/properties/models`.
fn write_list_result_models(
    v: &[::gateway::canonical::Model<'_>],
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(91u8);
    for (i, v) in v.iter().enumerate() {
        let mark = w.mark();
        w.element();
        if !(|
            w: &mut ::gateway::wire::write::Writer,
            cx: &mut ::gateway::table::Encoding<'_>,
        | -> ::core::result::Result<bool, ::gateway::error::Fault> {
            write_list_result_models_2(v, w, cx)
        })(w, cx)
            .map_err(|fault| fault.at_index(i))?
        {
            w.rollback(mark);
        }
    }
    w.close(93u8);
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/components/schemas/List/properties/result/properties/models/items`.
fn write_list_result_models_2(
    v: &::gateway::canonical::Model<'_>,
    w: &mut ::gateway::wire::write::Writer,
    cx: &mut ::gateway::table::Encoding<'_>,
) -> ::core::result::Result<bool, ::gateway::error::Fault> {
    let _ = (&v, &cx);
    w.open(123u8);
    match ::core::option::Option::Some(&*v.id) {
        ::core::option::Option::Some(x) => {
            w.key("id");
            w.text(x);
        }
        ::core::option::Option::None => {
            if cx.open {
                w.fixed("id", "\"\"");
            } else {
                return ::core::result::Result::Err(
                    ::gateway::error::Fault::new("needs a value, and there is none")
                        .at("id"),
                );
            }
        }
    }
    w.close(125u8);
    ::core::result::Result::Ok(true)
}

/// Writes `scenery/spec.yaml#/paths/~1models/get/responses/200/content/application~1json/schema`.
fn write_responses_n200_application_1json_schema(
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
