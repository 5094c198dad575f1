// Made from sequence/spec.yaml by codegen. Do not edit: edit the spec.

/// One form of a streamed reply.
pub mod stream_0 {
    use super::*;
    /// Its table.
    pub const SPEC: ::gateway::table::StreamSpec = ::gateway::table::StreamSpec {
        media_type: "text/event-stream",
        framing: ::gateway::table::Framing::Events,
        when: ::core::option::Option::None,
        serial: true,
        end: ::core::option::Option::None,
        frames: &[
            ::gateway::table::Frame {
                holds: ::gateway::table::Holds(1u8),
                if_usage: false,
                name: ::core::option::Option::Some("start"),
                kinds: ::gateway::table::Kinds(0u16),
                encode: ::gateway::table::FrameEncode::Event(write_frame_0),
            },
            ::gateway::table::Frame {
                holds: ::gateway::table::Holds(4u8),
                if_usage: false,
                name: ::core::option::Option::Some("more"),
                kinds: ::gateway::table::Kinds(1u16),
                encode: ::gateway::table::FrameEncode::Event(write_frame_1),
            },
        ],
        pieces: ::gateway::table::Kinds(1u16),
        signs: ::gateway::table::Kinds(0u16),
        holds: ::gateway::table::Kinds(1u16),
        marks: ::gateway::table::Marks {
            errors: &[],
            usage: &[],
        },
        meant: &["text", "type"],
        error_status,
        decode,
    };
    fn write_frame_0<'r>(
        v: &'r ::gateway::canonical::Event<'r>,
        cx: &mut ::gateway::table::Encoding<'_>,
    ) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
        if !(true) {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        let mut writer = ::gateway::wire::write::Writer::new(
            ::std::vec::Vec::with_capacity(256),
        );
        if !write_start(v, &mut writer, cx)? {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        ::core::result::Result::Ok(writer.finish())
    }
    fn write_frame_1<'r>(
        v: &'r ::gateway::canonical::Event<'r>,
        cx: &mut ::gateway::table::Encoding<'_>,
    ) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
        if !(true
            && v.kind
                == ::core::option::Option::Some(::gateway::canonical::PartKind::Text))
        {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        let mut writer = ::gateway::wire::write::Writer::new(
            ::std::vec::Vec::with_capacity(256),
        );
        if !write_more(v, &mut writer, cx)? {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        ::core::result::Result::Ok(writer.finish())
    }
    fn decode<'a>(
        event: ::core::option::Option<&str>,
        data: &'a str,
    ) -> ::core::result::Result<::gateway::table::Decoded<'a>, ::gateway::error::Fault> {
        let mut parsed: Start2<'a> = ::gateway::wire::read::parse_str(data)?;
        let mut reading = ::gateway::wire::read::Reading::lenient();
        let (wire, cx) = (&mut parsed, &mut reading);
        let _ = (&event, &cx);
        if true
            && {
                let object = (&*wire);
                object
                    .r#type
                    .as_ref()
                    .is_some_and(|inner| {
                        inner.as_text().is_some_and(|text| matches!(text, "start"))
                    })
            }
        {
            return ::core::result::Result::Ok(::gateway::table::Decoded::Ignored);
        }
        if true
            && {
                let object = (&*wire);
                object
                    .r#type
                    .as_ref()
                    .is_some_and(|inner| {
                        inner.as_text().is_some_and(|text| matches!(text, "more"))
                    })
            }
        {
            let mut found: ::std::boxed::Box<::gateway::canonical::Event<'a>> = ::core::default::Default::default();
            {
                let out = &mut *found;
                out.kind = ::core::option::Option::Some(
                    ::gateway::canonical::PartKind::Text,
                );
                read_more(wire, out, cx)?;
            }
            return ::core::result::Result::Ok(
                ::gateway::table::Decoded::Event(::gateway::table::Holds(4u8), found),
            );
        }
        ::core::result::Result::Ok(::gateway::table::Decoded::Ignored)
    }
}
