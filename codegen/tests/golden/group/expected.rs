// Made from group/spec.yaml by codegen. Do not edit: edit the spec.

/// How items become turns.
pub const GROUP: ::gateway::table::Group = ::gateway::table::Group {
    merge: true,
    first: ::core::option::Option::Some(::gateway::canonical::Role::User),
    last: ::core::option::Option::None,
    lead: ::gateway::table::Kinds(8u16),
    strict_pairs: true,
    hoists_system: false,
    later_system: ::core::option::Option::Some(::gateway::canonical::Role::User),
    wire_role: [0u8, 1u8, 2u8, 1u8],
    single_results: false,
};

/// Writes `group/spec.yaml#/components/schemas/Line/properties/text`.
fn write_line_text(
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
