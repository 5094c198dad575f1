// Made from tests/settings/fixture.yaml by codegen. Do not edit: edit the spec.

/// Everything that the environment says, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Everything.
    pub kitchen: Kitchen,
    /// One for each provider, in the order of the spec.
    pub providers: ::std::vec::Vec<ProviderSettings>,
}

impl Settings {
    /// Every variable that means something.
    pub const NAMES: &'static [&'static str] = &[
        "ANY_TEXT",
        "IS_OPEN",
        "DOORS",
        "BOIL_TIME",
        "POT",
        "SUPPLIER",
        "INTERCOM",
        "RECIPE",
        "SPICES",
        "HEAT",
        "SAFE",
        "SAFE_FILE",
        "ANNA_API_URL",
        "ANNA_API_KEY",
        "ANNA_API_KEY_FILE",
        "BIG_BOB_API_URL",
        "BIG_BOB_API_KEY",
        "BIG_BOB_API_KEY_FILE",
        "BIG_BOB_ZONE",
        "BIG_BOB_FLOOR",
    ];
    /// Reads all variables, or tells all that is wrong with them.
    pub fn load(
        lookup: &dyn ::gateway::env::Lookup,
    ) -> ::core::result::Result<Self, ::std::vec::Vec<::gateway::env::SettingFault>> {
        let (settings, faults) = Self::read(lookup);
        if faults.is_empty() {
            ::core::result::Result::Ok(settings)
        } else {
            ::core::result::Result::Err(faults)
        }
    }
    /// Reads all variables. Where one is wrong its default stands, so use none of it if there are faults.
    pub fn read(
        lookup: &dyn ::gateway::env::Lookup,
    ) -> (Self, ::std::vec::Vec<::gateway::env::SettingFault>) {
        let mut reader = ::gateway::env::Reader::new(lookup);
        let settings = Self::read_from(&mut reader);
        (settings, reader.into_faults())
    }
    fn read_from(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            kitchen: Kitchen::read(reader),
            providers: ::std::vec::Vec::from([
                ProviderSettings::read(
                    reader,
                    "anna",
                    ["ANNA_API_URL", "ANNA_API_KEY"],
                    &[],
                ),
                ProviderSettings::read(
                    reader,
                    "big-bob",
                    ["BIG_BOB_API_URL", "BIG_BOB_API_KEY"],
                    &[("ZONE", "BIG_BOB_ZONE"), ("FLOOR", "BIG_BOB_FLOOR")],
                ),
            ]),
        }
    }
}

/// Heat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KitchenHeat {
    /// `low`
    Low,
    /// `2nd`
    N2nd,
    /// `self`
    Self_,
}

impl KitchenHeat {
    /// Every value with its spelling.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("low", Self::Low),
        ("2nd", Self::N2nd),
        ("self", Self::Self_),
    ];
    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::N2nd => "2nd",
            Self::Self_ => "self",
        }
    }
}

/// Everything.
///
/// settings/fixture.yaml#/x-config/sections/0/kitchen
#[derive(Debug, Clone, PartialEq)]
pub struct Kitchen {
    /// Any text.
    ///
    /// `ANY_TEXT`; `plain` if not set.
    pub r#type: ::std::string::String,
    /// Is it open?
    ///
    /// `IS_OPEN`; `no` if not set.
    pub open: bool,
    /// Doors.
    ///
    /// `DOORS`; `2` if not set.
    pub doors: i64,
    /// Time.
    ///
    /// `BOIL_TIME`; `1m30s` if not set.
    pub boil_time: ::core::time::Duration,
    /// Size of the pot.
    ///
    /// `POT`; `2KiB` if not set.
    pub pot: u64,
    /// Who brings things.
    ///
    /// `SUPPLIER`
    pub supplier: ::core::option::Option<::std::string::String>,
    /// Where to ring.
    ///
    /// `INTERCOM`; `::1` if not set.
    pub intercom: ::core::net::IpAddr,
    /// The recipe.
    ///
    /// `RECIPE`
    pub recipe: ::core::option::Option<::std::path::PathBuf>,
    /// Spices.
    ///
    /// `SPICES`
    pub spices: ::std::vec::Vec<::std::string::String>,
    /// Heat.
    ///
    /// `HEAT`; `low` if not set.
    pub heat: KitchenHeat,
    /// What opens the safe.
    ///
    /// `SAFE`
    pub safe: ::core::option::Option<::gateway::env::Secret>,
}

impl Kitchen {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            r#type: reader.or("ANY_TEXT", "plain", ::gateway::env::string),
            open: reader.or("IS_OPEN", "no", ::gateway::env::boolean),
            doors: reader
                .or(
                    "DOORS",
                    "2",
                    |text: &str| ::gateway::env::bounded(
                        text,
                        ::gateway::env::integer,
                        ::core::option::Option::Some("1"),
                        ::core::option::Option::Some("9"),
                    ),
                ),
            boil_time: reader
                .or(
                    "BOIL_TIME",
                    "1m30s",
                    |text: &str| ::gateway::env::bounded(
                        text,
                        ::gateway::env::duration,
                        ::core::option::Option::Some("1s"),
                        ::core::option::Option::None,
                    ),
                ),
            pot: reader.or("POT", "2KiB", ::gateway::env::size),
            supplier: reader.optional("SUPPLIER", ::gateway::env::url),
            intercom: reader.or("INTERCOM", "::1", ::gateway::env::ip),
            recipe: reader.optional("RECIPE", ::gateway::env::path),
            spices: reader.or("SPICES", "", ::gateway::env::list),
            heat: reader
                .or(
                    "HEAT",
                    "low",
                    |text: &str| ::gateway::env::choice(text, KitchenHeat::ALL),
                ),
            safe: reader.secret("SAFE"),
        }
    }
}

/// What the environment says about one provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderSettings {
    /// The provider.
    pub id: &'static str,
    /// Address.
    ///
    /// `{key}_API_URL`
    pub url: ::core::option::Option<::std::string::String>,
    /// Key.
    ///
    /// `{key}_API_KEY`; `s3cr3t-default` if not set.
    pub token: ::gateway::env::Secret,
    /// What fills each `{NAME}` of its address: name, variable, value.
    pub variables: ::std::vec::Vec<
        (&'static str, &'static str, ::core::option::Option<::std::string::String>),
    >,
}

impl ProviderSettings {
    fn read(
        reader: &mut ::gateway::env::Reader<'_>,
        id: &'static str,
        names: [&'static str; 2usize],
        variables: &[(&'static str, &'static str)],
    ) -> Self {
        let variables = variables
            .iter()
            .map(|(name, env)| (
                *name,
                *env,
                reader.optional(env, ::gateway::env::url_part),
            ))
            .collect();
        Self {
            id,
            url: reader.optional(names[0usize], ::gateway::env::url),
            token: reader.secret_or(names[1usize], "s3cr3t-default"),
            variables,
        }
    }
}
