// Made from spec/openapi.yaml by codegen. Do not edit: edit the spec.

/// Everything that the environment says, typed.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// General settings.
    pub general: General,
    /// Logs.
    pub log: Log,
    /// OpenID Connect.
    pub oidc: Oidc,
    /// Server.
    pub server: Server,
    /// Calls to providers.
    pub client: Client,
    /// Telemetry.
    pub telemetry: Telemetry,
    /// One for each provider, in the order of the spec.
    pub providers: ::std::vec::Vec<ProviderSettings>,
}

impl Settings {
    /// Every variable that means something.
    pub const NAMES: &'static [&'static str] = &[
        "APPLICATION_NAME",
        "ENVIRONMENT",
        "ENABLE_TELEMETRY",
        "ENABLE_AUTH",
        "LOG_LEVEL",
        "OIDC_ISSUER_URL",
        "OIDC_CLIENT_ID",
        "OIDC_CLIENT_ID_FILE",
        "OIDC_CLIENT_SECRET",
        "OIDC_CLIENT_SECRET_FILE",
        "SERVER_HOST",
        "SERVER_PORT",
        "SERVER_READ_TIMEOUT",
        "SERVER_WRITE_TIMEOUT",
        "SERVER_IDLE_TIMEOUT",
        "SERVER_SHUTDOWN_GRACE",
        "SERVER_MAX_BODY_SIZE",
        "SERVER_TLS_CERT_PATH",
        "SERVER_TLS_KEY_PATH",
        "CLIENT_CONNECT_TIMEOUT",
        "CLIENT_FIRST_BYTE_TIMEOUT",
        "CLIENT_IDLE_TIMEOUT",
        "CLIENT_POOL_SIZE",
        "CLIENT_POOL_IDLE_TIMEOUT",
        "CLIENT_LIST_TIMEOUT",
        "TELEMETRY_METRICS_HOST",
        "TELEMETRY_METRICS_PORT",
        "TELEMETRY_OTLP_ENDPOINT",
        "OLLAMA_API_URL",
        "OLLAMA_API_KEY",
        "OLLAMA_API_KEY_FILE",
        "GROQ_API_URL",
        "GROQ_API_KEY",
        "GROQ_API_KEY_FILE",
        "OPENAI_API_URL",
        "OPENAI_API_KEY",
        "OPENAI_API_KEY_FILE",
        "GOOGLE_API_URL",
        "GOOGLE_API_KEY",
        "GOOGLE_API_KEY_FILE",
        "CLOUDFLARE_API_URL",
        "CLOUDFLARE_API_KEY",
        "CLOUDFLARE_API_KEY_FILE",
        "CLOUDFLARE_ACCOUNT_ID",
        "COHERE_API_URL",
        "COHERE_API_KEY",
        "COHERE_API_KEY_FILE",
        "ANTHROPIC_API_URL",
        "ANTHROPIC_API_KEY",
        "ANTHROPIC_API_KEY_FILE",
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
            general: General::read(reader),
            log: Log::read(reader),
            oidc: Oidc::read(reader),
            server: Server::read(reader),
            client: Client::read(reader),
            telemetry: Telemetry::read(reader),
            providers: ::std::vec::Vec::from([
                ProviderSettings::read(reader, "ollama", ["OLLAMA_API_URL", "OLLAMA_API_KEY"], &[]),
                ProviderSettings::read(reader, "groq", ["GROQ_API_URL", "GROQ_API_KEY"], &[]),
                ProviderSettings::read(reader, "openai", ["OPENAI_API_URL", "OPENAI_API_KEY"], &[]),
                ProviderSettings::read(reader, "google", ["GOOGLE_API_URL", "GOOGLE_API_KEY"], &[]),
                ProviderSettings::read(
                    reader,
                    "cloudflare",
                    ["CLOUDFLARE_API_URL", "CLOUDFLARE_API_KEY"],
                    &[("ACCOUNT_ID", "CLOUDFLARE_ACCOUNT_ID")],
                ),
                ProviderSettings::read(reader, "cohere", ["COHERE_API_URL", "COHERE_API_KEY"], &[]),
                ProviderSettings::read(
                    reader,
                    "anthropic",
                    ["ANTHROPIC_API_URL", "ANTHROPIC_API_KEY"],
                    &[],
                ),
            ]),
        }
    }
}

/// General settings.
///
/// spec/config.yaml#/x-config/sections/0/general
#[derive(Debug, Clone, PartialEq)]
pub struct General {
    /// The name of the application, as telemetry reports it.
    ///
    /// `APPLICATION_NAME`; `inference-gateway` if not set.
    pub application_name: ::std::string::String,
    /// The environment; `development` makes logs readable and is free to use the offline mock, any other word is a production environment.
    ///
    /// `ENVIRONMENT`; `production` if not set.
    pub environment: ::std::string::String,
    /// Enable metrics and traces.
    ///
    /// `ENABLE_TELEMETRY`; `false` if not set.
    pub enable_telemetry: bool,
    /// Enable authentication; every route but the health check then needs a token of the issuer.
    ///
    /// `ENABLE_AUTH`; `false` if not set.
    pub enable_auth: bool,
}

impl General {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            application_name: reader.or(
                "APPLICATION_NAME",
                "inference-gateway",
                ::gateway::env::string,
            ),
            environment: reader.or("ENVIRONMENT", "production", ::gateway::env::string),
            enable_telemetry: reader.or("ENABLE_TELEMETRY", "false", ::gateway::env::boolean),
            enable_auth: reader.or("ENABLE_AUTH", "false", ::gateway::env::boolean),
        }
    }
}

/// The least important events that are logged; no level shows a key, a token or a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// `off`
    Off,
    /// `error`
    Error,
    /// `warn`
    Warn,
    /// `info`
    Info,
    /// `debug`
    Debug,
    /// `trace`
    Trace,
}

impl LogLevel {
    /// Every value with its spelling.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("off", Self::Off),
        ("error", Self::Error),
        ("warn", Self::Warn),
        ("info", Self::Info),
        ("debug", Self::Debug),
        ("trace", Self::Trace),
    ];
    /// How it is written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// Logs.
///
/// spec/config.yaml#/x-config/sections/1/log
#[derive(Debug, Clone, PartialEq)]
pub struct Log {
    /// The least important events that are logged; no level shows a key, a token or a prompt.
    ///
    /// `LOG_LEVEL`; `info` if not set.
    pub level: LogLevel,
}

impl Log {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            level: reader.or("LOG_LEVEL", "info", |text: &str| {
                ::gateway::env::choice(text, LogLevel::ALL)
            }),
        }
    }
}

/// OpenID Connect.
///
/// spec/config.yaml#/x-config/sections/2/oidc
#[derive(Debug, Clone, PartialEq)]
pub struct Oidc {
    /// The issuer whose tokens are accepted.
    ///
    /// `OIDC_ISSUER_URL`; `http://keycloak:8080/realms/inference-gateway-realm` if not set.
    pub issuer_url: ::std::string::String,
    /// The audience that a token must have.
    ///
    /// `OIDC_CLIENT_ID`; `inference-gateway-client` if not set.
    pub client_id: ::gateway::env::Secret,
    /// The client's secret; verifying tokens doesn't need it.
    ///
    /// `OIDC_CLIENT_SECRET`
    pub client_secret: ::core::option::Option<::gateway::env::Secret>,
}

impl Oidc {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            issuer_url: reader.or(
                "OIDC_ISSUER_URL",
                "http://keycloak:8080/realms/inference-gateway-realm",
                ::gateway::env::url,
            ),
            client_id: reader.secret_or("OIDC_CLIENT_ID", "inference-gateway-client"),
            client_secret: reader.secret("OIDC_CLIENT_SECRET"),
        }
    }
}

/// Server.
///
/// spec/config.yaml#/x-config/sections/3/server
#[derive(Debug, Clone, PartialEq)]
pub struct Server {
    /// The address or name to listen on.
    ///
    /// `SERVER_HOST`; `0.0.0.0` if not set.
    pub host: ::std::string::String,
    /// The port to listen on; 0 lets the system choose.
    ///
    /// `SERVER_PORT`; `8080` if not set.
    pub port: i64,
    /// Longest time in which a request's head and body must have come.
    ///
    /// `SERVER_READ_TIMEOUT`; `30s` if not set.
    pub read_timeout: ::core::time::Duration,
    /// Longest time that a write may make no progress; a healthy stream may take any time.
    ///
    /// `SERVER_WRITE_TIMEOUT`; `30s` if not set.
    pub write_timeout: ::core::time::Duration,
    /// How long an idle connection is kept.
    ///
    /// `SERVER_IDLE_TIMEOUT`; `120s` if not set.
    pub idle_timeout: ::core::time::Duration,
    /// How long running requests may go on after a signal to stop.
    ///
    /// `SERVER_SHUTDOWN_GRACE`; `30s` if not set.
    pub shutdown_grace: ::core::time::Duration,
    /// Largest body of a request.
    ///
    /// `SERVER_MAX_BODY_SIZE`; `10MiB` if not set.
    pub max_body_size: u64,
    /// PEM file with the certificate chain; needs SERVER_TLS_KEY_PATH as well.
    ///
    /// `SERVER_TLS_CERT_PATH`
    pub tls_cert_path: ::core::option::Option<::std::path::PathBuf>,
    /// PEM file with the certificate's private key.
    ///
    /// `SERVER_TLS_KEY_PATH`
    pub tls_key_path: ::core::option::Option<::std::path::PathBuf>,
}

impl Server {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            host: reader.or("SERVER_HOST", "0.0.0.0", ::gateway::env::string),
            port: reader.or("SERVER_PORT", "8080", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::integer,
                    ::core::option::Option::Some("0"),
                    ::core::option::Option::Some("65535"),
                )
            }),
            read_timeout: reader.or("SERVER_READ_TIMEOUT", "30s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            write_timeout: reader.or("SERVER_WRITE_TIMEOUT", "30s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            idle_timeout: reader.or("SERVER_IDLE_TIMEOUT", "120s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            shutdown_grace: reader.or("SERVER_SHUTDOWN_GRACE", "30s", ::gateway::env::duration),
            max_body_size: reader.or("SERVER_MAX_BODY_SIZE", "10MiB", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::size,
                    ::core::option::Option::Some("1KiB"),
                    ::core::option::Option::Some("1GiB"),
                )
            }),
            tls_cert_path: reader.optional("SERVER_TLS_CERT_PATH", ::gateway::env::path),
            tls_key_path: reader.optional("SERVER_TLS_KEY_PATH", ::gateway::env::path),
        }
    }
}

/// Calls to providers.
///
/// spec/config.yaml#/x-config/sections/4/client
#[derive(Debug, Clone, PartialEq)]
pub struct Client {
    /// Longest time to connect, TLS included.
    ///
    /// `CLIENT_CONNECT_TIMEOUT`; `10s` if not set.
    pub connect_timeout: ::core::time::Duration,
    /// Longest time from the request to the head of the reply.
    ///
    /// `CLIENT_FIRST_BYTE_TIMEOUT`; `5m` if not set.
    pub first_byte_timeout: ::core::time::Duration,
    /// Longest silence within a reply.
    ///
    /// `CLIENT_IDLE_TIMEOUT`; `2m` if not set.
    pub idle_timeout: ::core::time::Duration,
    /// Idle connections that are kept for each provider.
    ///
    /// `CLIENT_POOL_SIZE`; `64` if not set.
    pub pool_size: i64,
    /// How long an idle connection to a provider is kept.
    ///
    /// `CLIENT_POOL_IDLE_TIMEOUT`; `90s` if not set.
    pub pool_idle_timeout: ::core::time::Duration,
    /// Longest time to list the models of one provider, all pages together.
    ///
    /// `CLIENT_LIST_TIMEOUT`; `10s` if not set.
    pub list_timeout: ::core::time::Duration,
}

impl Client {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            connect_timeout: reader.or("CLIENT_CONNECT_TIMEOUT", "10s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            first_byte_timeout: reader.or("CLIENT_FIRST_BYTE_TIMEOUT", "5m", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            idle_timeout: reader.or("CLIENT_IDLE_TIMEOUT", "2m", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            pool_size: reader.or("CLIENT_POOL_SIZE", "64", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::integer,
                    ::core::option::Option::Some("0"),
                    ::core::option::Option::Some("65535"),
                )
            }),
            pool_idle_timeout: reader.or("CLIENT_POOL_IDLE_TIMEOUT", "90s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
            list_timeout: reader.or("CLIENT_LIST_TIMEOUT", "10s", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::duration,
                    ::core::option::Option::Some("1ms"),
                    ::core::option::Option::None,
                )
            }),
        }
    }
}

/// Telemetry.
///
/// spec/config.yaml#/x-config/sections/5/telemetry
#[derive(Debug, Clone, PartialEq)]
pub struct Telemetry {
    /// The address on which metrics can be scraped.
    ///
    /// `TELEMETRY_METRICS_HOST`; `0.0.0.0` if not set.
    pub metrics_host: ::core::net::IpAddr,
    /// The port on which metrics can be scraped, at /metrics; 0 lets the system choose.
    ///
    /// `TELEMETRY_METRICS_PORT`; `9464` if not set.
    pub metrics_port: i64,
    /// Base address of an OTLP/HTTP receiver of traces; there are no traces without it.
    ///
    /// `TELEMETRY_OTLP_ENDPOINT`
    pub otlp_endpoint: ::core::option::Option<::std::string::String>,
}

impl Telemetry {
    fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
        Self {
            metrics_host: reader.or("TELEMETRY_METRICS_HOST", "0.0.0.0", ::gateway::env::ip),
            metrics_port: reader.or("TELEMETRY_METRICS_PORT", "9464", |text: &str| {
                ::gateway::env::bounded(
                    text,
                    ::gateway::env::integer,
                    ::core::option::Option::Some("0"),
                    ::core::option::Option::Some("65535"),
                )
            }),
            otlp_endpoint: reader.optional("TELEMETRY_OTLP_ENDPOINT", ::gateway::env::url),
        }
    }
}

/// What the environment says about one provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderSettings {
    /// The provider.
    pub id: &'static str,
    /// The address of the provider's API.
    ///
    /// `{key}_API_URL`
    pub url: ::core::option::Option<::std::string::String>,
    /// The key for the provider's API.
    ///
    /// `{key}_API_KEY`
    pub token: ::core::option::Option<::gateway::env::Secret>,
    /// What fills each `{NAME}` of its address: name, variable, value.
    pub variables: ::std::vec::Vec<(
        &'static str,
        &'static str,
        ::core::option::Option<::std::string::String>,
    )>,
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
            .map(|(name, env)| (*name, *env, reader.optional(env, ::gateway::env::url_part)))
            .collect();
        Self {
            id,
            url: reader.optional(names[0usize], ::gateway::env::url),
            token: reader.secret(names[1usize]),
            variables,
        }
    }
}
