// Made from stream_fragments/spec.yaml by codegen. Do not edit: edit the spec.

/// One form of a streamed reply.
pub mod stream_0 {
    use super::*;
    /// Its table.
    pub const SPEC: ::gateway::table::StreamSpec = ::gateway::table::StreamSpec {
        media_type: "application/x-ndjson",
        framing: ::gateway::table::Framing::Lines,
        when: ::core::option::Option::None,
        serial: false,
        end: ::core::option::Option::None,
        frames: &[
            ::gateway::table::Frame {
                holds: ::gateway::table::Holds(4u8),
                if_usage: false,
                name: ::core::option::Option::None,
                kinds: ::gateway::table::Kinds(1u16),
                encode: ::gateway::table::FrameEncode::Fragment(write_frame_0),
            },
            ::gateway::table::Frame {
                holds: ::gateway::table::Holds(48u8),
                if_usage: false,
                name: ::core::option::Option::None,
                kinds: ::gateway::table::Kinds(0u16),
                encode: ::gateway::table::FrameEncode::Fragment(write_frame_1),
            },
        ],
        pieces: ::gateway::table::Kinds(1u16),
        signs: ::gateway::table::Kinds(0u16),
        holds: ::gateway::table::Kinds(1u16),
        marks: ::gateway::table::Marks {
            errors: &[],
            usage: &["\"out\""],
        },
        meant: &["last", "out", "text"],
        error_status,
        decode,
    };
    fn write_frame_0<'r>(
        v: &'r ::gateway::canonical::ChatResponse<'r>,
        cx: &mut ::gateway::table::Encoding<'_>,
    ) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
        if !(true) {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        let mut writer = ::gateway::wire::write::Writer::new(
            ::std::vec::Vec::with_capacity(256),
        );
        if !write_piece(v, &mut writer, cx)? {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        ::core::result::Result::Ok(writer.finish())
    }
    fn write_frame_1<'r>(
        v: &'r ::gateway::canonical::ChatResponse<'r>,
        cx: &mut ::gateway::table::Encoding<'_>,
    ) -> ::core::result::Result<::std::vec::Vec<u8>, ::gateway::error::Fault> {
        if !(true) {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        let mut writer = ::gateway::wire::write::Writer::new(
            ::std::vec::Vec::with_capacity(256),
        );
        if !write_last(v, &mut writer, cx)? {
            return ::core::result::Result::Ok(::std::vec::Vec::new());
        }
        ::core::result::Result::Ok(writer.finish())
    }
    fn decode<'a>(
        event: ::core::option::Option<&str>,
        data: &'a str,
    ) -> ::core::result::Result<::gateway::table::Decoded<'a>, ::gateway::error::Fault> {
        let mut parsed: Piece2<'a> = ::gateway::wire::read::parse_str(data)?;
        let mut reading = ::gateway::wire::read::Reading::lenient();
        let (wire, cx) = (&mut parsed, &mut reading);
        let _ = (&event, &cx);
        if true
            && {
                let object = (&*wire);
                object.last.as_ref().is_some_and(|inner| *inner == false)
            }
        {
            let mut fragment: ::std::boxed::Box<
                ::gateway::canonical::ChatResponse<'a>,
            > = ::core::default::Default::default();
            {
                let out = &mut *fragment;
                read_piece(wire, out, cx)?;
            }
            return ::core::result::Result::Ok(
                ::gateway::table::Decoded::Fragment(fragment),
            );
        }
        if true
            && {
                let object = (&*wire);
                object.last.as_ref().is_some_and(|inner| *inner == true)
            }
        {
            let mut fragment: ::std::boxed::Box<
                ::gateway::canonical::ChatResponse<'a>,
            > = ::core::default::Default::default();
            {
                let out = &mut *fragment;
                read_last(wire, out, cx)?;
            }
            return ::core::result::Result::Ok(
                ::gateway::table::Decoded::Fragment(fragment),
            );
        }
        ::core::result::Result::Ok(::gateway::table::Decoded::Ignored)
    }
}
