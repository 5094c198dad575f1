//! Settings to configuration.

use std::net::SocketAddr;
use std::path::PathBuf;

use super::{Client, Config, Oidc, ProviderConfig, Server, Telemetry};
use crate::env::{Lookup, SettingFault, typos};
use crate::generated::providers::PROVIDERS;
use crate::generated::settings::{Client as ClientSettings, Server as ServerSettings};
use crate::generated::settings::{ProviderSettings, Settings};
use crate::table::Provider;

impl Config {
    /// Reads and checks the environment, or tells all that is wrong with it.
    pub fn load(lookup: &dyn Lookup) -> Result<Config, Vec<SettingFault>> {
        let (settings, mut faults) = Settings::read(lookup);
        match Config::check(settings) {
            Ok(config) if faults.is_empty() => return Ok(config),
            Ok(_) => {}
            Err(more) => {
                // A variable that couldn't be read counts as absent here: what follows from that is no news.
                let told: Vec<String> = faults.iter().map(|fault| fault.name.clone()).collect();
                let new = |fault: &SettingFault| {
                    !told
                        .iter()
                        .any(|name| fault.name == *name || fault.what.contains(name))
                };
                faults.extend(more.into_iter().filter(new));
            }
        }
        Err(faults)
    }

    /// Checks what was read.
    pub fn check(settings: Settings) -> Result<Config, Vec<SettingFault>> {
        Self::check_for(settings, PROVIDERS)
    }

    /// Lines about what is no mistake, but was hardly meant.
    pub fn warnings(lookup: &dyn Lookup) -> Vec<String> {
        typos(lookup, Settings::NAMES)
    }

    /// Whether the environment says anything about a provider: a key, an address, or a part of one.
    pub fn names_a_provider(lookup: &dyn Lookup) -> bool {
        let (settings, _) = Settings::read(lookup);
        settings.providers.iter().any(|own| {
            let mut parts = own.variables.iter();
            own.token.is_some() || own.url.is_some() || parts.any(|(.., value)| value.is_some())
        })
    }

    /// The same for a table of providers of one's own. Providers of the table without settings are left out.
    pub fn check_for(
        settings: Settings,
        table: &'static [Provider],
    ) -> Result<Config, Vec<SettingFault>> {
        let mut faults = Faults::default();
        let enabled = &settings.general;
        let config = Config {
            development: enabled.environment.trim() == "development",
            log_level: settings.log.level,
            server: server(settings.server, &mut faults),
            client: client(settings.client, &mut faults),
            oidc: enabled.enable_auth.then_some(Oidc {
                issuer_url: settings.oidc.issuer_url,
                client_id: settings.oidc.client_id,
                client_secret: settings.oidc.client_secret,
            }),
            telemetry: enabled.enable_telemetry.then_some(Telemetry {
                metrics: SocketAddr::new(
                    settings.telemetry.metrics_host,
                    faults.fit("TELEMETRY_METRICS_PORT", settings.telemetry.metrics_port),
                ),
                otlp_endpoint: settings
                    .telemetry
                    .otlp_endpoint
                    .map(|url| url.trim_end_matches('/').to_owned()),
            }),
            providers: providers(settings.providers, table),
            application_name: settings.general.application_name,
            environment: settings.general.environment,
        };
        if faults.0.is_empty() {
            Ok(config)
        } else {
            Err(faults.0)
        }
    }
}

fn server(server: ServerSettings, faults: &mut Faults) -> Server {
    Server {
        host: server.host,
        port: faults.fit("SERVER_PORT", server.port),
        read_timeout: server.read_timeout,
        write_timeout: server.write_timeout,
        idle_timeout: server.idle_timeout,
        shutdown_grace: server.shutdown_grace,
        stream_keep_alive: server.stream_keep_alive,
        max_body_size: faults.fit("SERVER_MAX_BODY_SIZE", server.max_body_size),
        tls: tls(server.tls_cert_path, server.tls_key_path, faults),
    }
}

fn client(client: ClientSettings, faults: &mut Faults) -> Client {
    Client {
        connect_timeout: client.connect_timeout,
        first_byte_timeout: client.first_byte_timeout,
        idle_timeout: client.idle_timeout,
        pool_size: faults.fit("CLIENT_POOL_SIZE", client.pool_size),
        pool_idle_timeout: client.pool_idle_timeout,
        list_timeout: client.list_timeout,
    }
}

/// Half of a TLS configuration must not become a server without TLS.
fn tls(
    certificate: Option<PathBuf>,
    key: Option<PathBuf>,
    faults: &mut Faults,
) -> Option<(PathBuf, PathBuf)> {
    const NAMES: [&str; 2] = ["SERVER_TLS_CERT_PATH", "SERVER_TLS_KEY_PATH"];
    let (missing, set) = match (&certificate, &key) {
        (Some(_), None) => (NAMES[1], NAMES[0]),
        (None, Some(_)) => (NAMES[0], NAMES[1]),
        _ => return certificate.zip(key),
    };
    faults.add(
        missing,
        format!("is not set, but {set} is; set both for TLS or neither"),
    );
    None
}

fn providers(settings: Vec<ProviderSettings>, table: &'static [Provider]) -> Vec<ProviderConfig> {
    let mut configs = Vec::new();
    for provider in table {
        if let Some(own) = settings.iter().find(|own| own.id == provider.id) {
            configs.push(ProviderConfig {
                provider,
                url: url(provider, own),
                token: own.token.clone(),
            });
        }
    }
    configs
}

/// The address with every `{NAME}` filled. What is missing is only this provider's trouble: the others go on.
fn url(provider: &Provider, own: &ProviderSettings) -> Result<String, String> {
    let mut rest = own.url.as_deref().unwrap_or(provider.url);
    let mut filled = String::new();
    while let Some((before, after)) = rest.split_once('{') {
        let (name, after) = after
            .split_once('}')
            .ok_or_else(|| format!("the address of {} has '{{' without '}}'", provider.id))?;
        let variable = own.variables.iter().find(|(known, ..)| *known == name);
        let value = match variable {
            Some((_, _, Some(value))) => value,
            Some((_, env, None)) => {
                return Err(format!(
                    "{env} is not set, and the address of {} needs it",
                    provider.id
                ));
            }
            None => {
                return Err(format!(
                    "the address of {} has '{{{name}}}', which nothing fills",
                    provider.id
                ));
            }
        };
        filled.push_str(before);
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled.trim_end_matches('/').to_owned())
}

/// What is wrong so far.
#[derive(Default)]
struct Faults(Vec<SettingFault>);

impl Faults {
    fn add(&mut self, name: &str, what: String) {
        self.0.push(SettingFault {
            name: name.to_owned(),
            what,
        });
    }

    /// A number in the size that the rest wants. The spec's limits keep it there, as long as nobody widens them.
    fn fit<N: Copy + std::fmt::Display, T: TryFrom<N> + Default>(
        &mut self,
        name: &str,
        number: N,
    ) -> T {
        T::try_from(number).unwrap_or_else(|_| {
            self.add(name, format!("'{number}' is out of range"));
            T::default()
        })
    }
}
