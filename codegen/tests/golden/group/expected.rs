// Made from group/spec.yaml by codegen. Do not edit: edit the spec.

/// How items become turns.
pub const GROUP: ::gateway::table::Group = ::gateway::table::Group {
    merge: true,
    first: ::core::option::Option::Some(::gateway::canonical::Role::User),
    last: ::core::option::Option::None,
    lead: ::gateway::table::Kinds(8u16),
    strict_pairs: true,
    pieces: ::core::option::Option::None,
    hoists_system: false,
    later_system: ::core::option::Option::Some(::gateway::canonical::Role::User),
    wire_role: [0u8, 1u8, 2u8, 1u8],
    alone: ::gateway::table::Kinds(0u16),
};

fn decode_request<'a>(
    call: &::gateway::table::Call<'a>,
) -> ::core::result::Result<
    ::gateway::canonical::ChatRequest<'a>,
    ::gateway::error::Fault,
> {
    let mut request: ::gateway::canonical::ChatRequest<'a> = ::core::default::Default::default();
    let mut reading = ::gateway::wire::read::Reading::strict();
    let cx = &mut reading;
    let _ = (&call, &cx);
    {
        let mut parsed: Ask<'a> = ::gateway::wire::read::parse(call.body)?;
        let (wire, out) = (&mut parsed, &mut request);
        read_ask(wire, out, cx)?;
    }
    if let ::core::option::Option::Some(stream) = call.stream {
        request.stream = stream;
    }
    if request.model.is_empty() {
        return ::core::result::Result::Err(
            ::gateway::error::Fault::new("is required: a string that isn't empty")
                .at("model"),
        );
    }
    if request.items.is_empty() {
        return ::core::result::Result::Err(
            ::gateway::error::Fault::new("is required: a list with at least one element")
                .at("turns"),
        );
    }
    ::core::result::Result::Ok(request)
}
