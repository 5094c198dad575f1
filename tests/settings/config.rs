//! Settings to configuration: what takes more than one of them to decide.

use std::path::PathBuf;
use std::time::Duration;

use gateway::config::Config;
use gateway::generated::settings::{ProviderSettings, Settings};
use gateway::table::{Provider, Scheme};

use crate::load::variables;

static TABLE: [Provider; 2] = [
    provider("near", "NEAR", "http://near.example/", None),
    provider(
        "far",
        "FAR",
        "https://far.example/{ACCOUNT}/{ZONE}/v1",
        Some(Scheme::Bearer),
    ),
];

const fn provider(
    id: &'static str,
    key: &'static str,
    url: &'static str,
    auth: Option<Scheme>,
) -> Provider {
    Provider {
        id,
        url,
        key,
        auth,
        optional: false,
        extra_headers: &[],
        list: None,
        generate: None,
        generate_stream: None,
        count_tokens: None,
        embed: None,
        generate_also: &[],
        adjust: &[],
    }
}

fn config(pairs: &[(&str, &str)]) -> Config {
    Config::load(&variables(pairs)).expect("these values are right")
}

fn faults(pairs: &[(&str, &str)]) -> Vec<String> {
    let faults = Config::load(&variables(pairs)).expect_err("these values are wrong");
    faults.iter().map(ToString::to_string).collect()
}

#[test]
fn the_defaults_are_those_of_the_seed() {
    let config = config(&[]);
    assert_eq!(config.application_name, "inference-gateway");
    assert_eq!(config.environment, "production");
    assert!(!config.development && config.oidc.is_none() && config.telemetry.is_none());
    let server = &config.server;
    assert_eq!((server.host.as_str(), server.port), ("0.0.0.0", 8080));
    let times = [
        server.read_timeout,
        server.write_timeout,
        server.idle_timeout,
        server.shutdown_grace,
    ];
    assert_eq!(times, [30, 30, 120, 30].map(Duration::from_secs));
    assert_eq!((server.max_body_size, &server.tls), (10 << 20, &None));
    let client = &config.client;
    let times = [
        client.connect_timeout,
        client.first_byte_timeout,
        client.idle_timeout,
        client.pool_idle_timeout,
        client.list_timeout,
    ];
    assert_eq!(times, [10, 300, 120, 90, 10].map(Duration::from_secs));
    assert_eq!(client.pool_size, 64);
}

#[test]
fn what_is_switched_on_is_there() {
    let config = config(&[
        ("ENVIRONMENT", "development"),
        ("ENABLE_AUTH", "true"),
        ("OIDC_ISSUER_URL", "https://issuer.example/"),
        ("ENABLE_TELEMETRY", "true"),
        ("TELEMETRY_METRICS_HOST", "127.0.0.1"),
        ("TELEMETRY_OTLP_ENDPOINT", "http://localhost:4318/"),
        ("SERVER_TLS_CERT_PATH", "/c.pem"),
        ("SERVER_TLS_KEY_PATH", "/k.pem"),
    ]);
    assert!(config.development);
    let oidc = config.oidc.expect("auth is on");
    assert_eq!(oidc.issuer_url, "https://issuer.example/");
    assert_eq!(oidc.client_id.expose(), "inference-gateway-client");
    let telemetry = config.telemetry.expect("telemetry is on");
    assert_eq!(telemetry.metrics.to_string(), "127.0.0.1:9464");
    assert_eq!(
        telemetry.otlp_endpoint.as_deref(),
        Some("http://localhost:4318")
    );
    assert_eq!(
        config.server.tls,
        Some((PathBuf::from("/c.pem"), PathBuf::from("/k.pem")))
    );
}

#[test]
fn half_of_a_tls_configuration_is_refused_with_all_other_mistakes() {
    for (set, missing) in [
        ("SERVER_TLS_CERT_PATH", "SERVER_TLS_KEY_PATH"),
        ("SERVER_TLS_KEY_PATH", "SERVER_TLS_CERT_PATH"),
    ] {
        let told = faults(&[
            (set, "/x.pem"),
            ("SERVER_READ_TIMEOUT", "30 sec"),
            ("SERVER_PORT", "70000"),
        ]);
        let expected = [
            "SERVER_PORT: '70000' is too large; it may be at most 65535".to_owned(),
            "SERVER_READ_TIMEOUT: '30 sec' is not a duration; write it like 30s, 1m30s or 500ms"
                .to_owned(),
            format!("{missing}: is not set, but {set} is; set both for TLS or neither"),
        ];
        assert_eq!(told, expected);
    }
}

#[test]
fn addresses_are_filled_and_a_missing_variable_is_one_providers_trouble() {
    for (url, account, zone, expected) in [
        (
            None,
            Some("a1"),
            Some("z2"),
            Ok("https://far.example/a1/z2/v1"),
        ),
        (
            None,
            None,
            Some("z2"),
            Err("FAR_ACCOUNT is not set, and the address of far needs it"),
        ),
        (
            Some("http://localhost:1"),
            None,
            None,
            Ok("http://localhost:1"),
        ),
        (
            Some("http://localhost:1/{ZONE}"),
            None,
            Some("z2"),
            Ok("http://localhost:1/z2"),
        ),
        (
            Some("http://localhost:1/{X}"),
            None,
            None,
            Err("the address of far has '{X}', which nothing fills"),
        ),
        (
            Some("http://localhost:1/{X"),
            None,
            None,
            Err("the address of far has '{' without '}'"),
        ),
    ] {
        let text = |value: Option<&str>| value.map(str::to_owned);
        let own = |id, url, variables| ProviderSettings {
            id,
            url,
            token: None,
            variables,
        };
        let mut settings = Settings::load(&variables(&[])).expect("the defaults are right");
        settings.providers = vec![
            own(
                "far",
                text(url),
                vec![
                    ("ACCOUNT", "FAR_ACCOUNT", text(account)),
                    ("ZONE", "FAR_ZONE", text(zone)),
                ],
            ),
            own("near", None, Vec::new()),
        ];
        let config = Config::check_for(settings, &TABLE).expect("the gateway starts all the same");
        assert_eq!(
            config.providers[0].url.as_deref(),
            Ok("http://near.example")
        );
        let filled = &config.providers[1].url;
        assert_eq!(
            filled.as_deref().map_err(String::as_str),
            expected,
            "{url:?}"
        );
    }
}

#[test]
fn the_variables_of_a_providers_address_are_settings_by_themselves() {
    assert!(Settings::NAMES.contains(&"CLOUDFLARE_ACCOUNT_ID"));
    let told = faults(&[("CLOUDFLARE_ACCOUNT_ID", "a/b")]);
    let what = "CLOUDFLARE_ACCOUNT_ID: 'a/b' can't stand in a URL; it may have letters, digits and - . _ ~";
    assert_eq!(told, [what]);
}

#[test]
fn a_slip_of_the_finger_is_a_warning() {
    let lines = Config::warnings(&variables(&[
        ("SERVER_PROT", "1"),
        ("LOG_LEVEL", "info"),
        ("PATH", "/bin"),
    ]));
    assert_eq!(
        lines,
        ["SERVER_PROT: is no setting; did you mean SERVER_PORT?"]
    );
}

#[test]
fn no_key_is_shown_by_a_configuration() {
    let settings = Settings::load(&variables(&[
        ("OIDC_CLIENT_SECRET", "hunter2"),
        ("ENABLE_AUTH", "1"),
    ]));
    let mut settings = settings.expect("these values are right");
    let token = Some(gateway::env::Secret::new("hunter2"));
    settings.providers = vec![ProviderSettings {
        id: "near",
        url: None,
        token,
        variables: Vec::new(),
    }];
    let config = Config::check_for(settings, &TABLE).expect("these values are right");
    assert_eq!(
        config.providers[0]
            .token
            .as_ref()
            .map(|token| token.expose()),
        Some("hunter2")
    );
    assert!(!format!("{config:?}").contains("hunter2"));
}
