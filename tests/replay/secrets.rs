//! Where credentials go, and that they go nowhere else.

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gateway::config::{Config, ProviderConfig, Secret};
use gateway::generated::providers::PROVIDERS as TABLE;
use gateway::observe::subscriber;
use gateway::table::{Endpoint, Provider, Scheme};
use serde_json::json;

use crate::support::gateway::{environment, key, question, streamed};
use crate::support::{Asked, Gateway, Reply, Upstream};
use crate::words::{self, begin, media_type, piece, provider, word};

const CALLERS: &str = "authorization: Bearer t0ken-of-the-caller\r\ncookie: crumb=c00kie\r\n";

/// The ways to authenticate, each as a provider of its own that speaks as one of the spec does.
static ACME: [Provider; 4] = [
    acme("bearer", Some(Scheme::Bearer)),
    acme("xheader", Some(Scheme::Header("x-acme-key"))),
    acme("query", Some(Scheme::Query("acme_key"))),
    acme("none", None),
];

const fn acme(id: &'static str, auth: Option<Scheme>) -> Provider {
    const SPOKEN: &gateway::table::Dialect = &gateway::generated::dialects::openai_chat::DIALECT;
    const fn endpoint(method: &'static str, path: &'static str) -> Endpoint {
        Endpoint {
            method,
            path,
            query: &[("api-version", "1")],
            headers: &[],
            dialect: SPOKEN,
            embed: None,
        }
    }
    Provider {
        id,
        url: "",
        key: "ACME",
        auth,
        optional: false,
        extra_headers: &[("x-acme-version", "2"), ("x-acme-client", "gateway")],
        list: Some(endpoint("GET", "/models")),
        generate: Some(endpoint("POST", "/chat")),
        generate_also: &[],
        generate_stream: None,
        embed: None,
        count_tokens: None,
        adjust: &[],
    }
}

#[tokio::test]
async fn each_way_to_authenticate() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let mut config = Config::load(&environment(upstream.address)).unwrap();
    config.providers = ACME
        .iter()
        .map(|provider| acme_config(provider, upstream.address))
        .collect();
    let gateway = Gateway::start(config).await;
    for provider in &ACME {
        let id = provider.id;
        let body = question("m").to_string();
        for (line, secret_query) in [
            (
                format!("POST /llms/{id}/generate"),
                "api-version=1&acme_key=k3y%2Fof%20acme",
            ),
            (
                format!("POST /proxy/{id}/any/path?x=1&acme_key=mine"),
                "x=1&acme_key=k3y%2Fof%20acme",
            ),
        ] {
            let callers = format!("{CALLERS}x-acme-key: t0ken-of-the-caller\r\n");
            let answer = gateway.send(&line, &callers, &body).await;
            assert_eq!(answer.status, 200, "{id}: {}", answer.body);
            assert!(!answer.head.contains("k3y"), "{}", answer.head);
            let asked = upstream.asked().pop().unwrap();
            let only = |name: &str| (id == name).then_some("k3y/of acme");
            assert_eq!(
                asked.header("authorization"),
                only("bearer").map(|_| "Bearer k3y/of acme")
            );
            assert_eq!(asked.header("x-acme-key"), only("xheader"));
            match id {
                "query" => assert_eq!(asked.query(), secret_query),
                _ => assert!(!asked.query().contains("k3y"), "{}", asked.target),
            }
            assert_eq!(asked.header("x-acme-version"), Some("2"));
            assert_eq!(asked.header("x-acme-client"), Some("gateway"));
            check_caller(&asked);
        }
    }
}

fn acme_config(provider: &'static Provider, address: std::net::SocketAddr) -> ProviderConfig {
    ProviderConfig {
        provider,
        url: Ok(format!("http://{address}/acme")),
        token: provider.auth.map(|_| Secret::new("k3y/of acme")),
    }
}

fn check_caller(asked: &Asked) {
    for (name, value) in &asked.headers {
        assert!(
            !value.contains("t0ken") && !value.contains("c00kie"),
            "{name}: {value}"
        );
    }
    assert_eq!(asked.header("cookie"), None);
}

#[tokio::test]
async fn the_providers_of_the_spec() {
    let upstream = Upstream::start(|asked| word(asked, "hi")).await;
    let gateway = Gateway::before_all(upstream.address).await;
    for id in TABLE.iter().map(|provider| provider.id) {
        for line in [
            format!("POST /llms/{id}/generate"),
            format!("POST /proxy/{id}/x"),
        ] {
            gateway
                .send(&line, CALLERS, &question("m").to_string())
                .await;
            let asked = upstream.asked().pop().unwrap();
            let bearer = format!("Bearer {}", key(id));
            let (name, value) = match id {
                "anthropic" => ("x-api-key", Some(key(id))),
                "google" => ("x-goog-api-key", Some(key(id))),
                "azure" => ("api-key", Some(key(id))),
                "ollama" => ("authorization", None),
                _ => ("authorization", Some(bearer)),
            };
            assert_eq!(asked.header(name), value.as_deref(), "{id}");
            let version = (id == "anthropic").then_some("2023-06-01");
            assert_eq!(asked.header("anthropic-version"), version, "{id}");
            check_caller(&asked);
        }
    }
}

/// Takes what is logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Everything happens that can, at the level that says most, and then the log is searched. It is the log of all tests
/// here: one that belongs to a thread would miss what tracing learned before it came.
#[tokio::test]
async fn no_log_holds_a_key_a_token_or_a_prompt() {
    let log = Log::default();
    let writer = log.clone();
    let logs = subscriber(false, Some("trace"), move || writer.clone()).unwrap();
    tracing::subscriber::set_global_default(logs).unwrap();
    everything().await;
    let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    for said in [
        "/llms/{provider}/generate",
        "the provider's reply can't be understood",
        "no reply from the provider",
        "the provider answered with an error",
        "a list of models can't be read",
    ] {
        assert!(text.contains(said), "{said}");
    }
    for secret in ["k3y", "t0ken", "c00kie", "hello", "s3cret"] {
        let line = text.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
}

async fn everything() {
    let upstream = Upstream::start(|asked| {
        let from = provider(asked);
        let echo = format!(
            "s3cret {}",
            asked.header("authorization").unwrap_or_default()
        );
        let (_, case) = asked.body.split_once("case-").unwrap_or(("", "fine"));
        match case.split(['"', '/', ':']).next().unwrap_or_default() {
            "refused" => Reply::json(401, words::error(asked, &echo)),
            "wrong" => Reply::json(400, words::error(asked, &echo)),
            "failed" => Reply::json(500, words::error(asked, &echo)),
            "garbled" => Reply::json(200, json!([echo])),
            "broken" => Reply {
                broken: true,
                ..Reply::stream(
                    media_type(from),
                    begin(from) + &piece(from, &echo) + "data: s3cret{\n\n{s3cret\n",
                )
            },
            "slow" => Reply {
                delay: Duration::from_secs(5),
                ..word(asked, &echo)
            },
            _ => word(asked, &echo),
        }
    })
    .await;
    let mut config = Config::load(&environment(upstream.address)).unwrap();
    config.client.first_byte_timeout = Duration::from_millis(300);
    let acme = ACME
        .iter()
        .map(|provider| acme_config(provider, upstream.address));
    config.providers.extend(acme);
    let ids: Vec<&str> = config
        .providers
        .iter()
        .map(|config| config.provider.id)
        .collect();
    let gateway = Gateway::start(config).await;
    for id in ids {
        for case in [
            "fine", "refused", "wrong", "failed", "garbled", "broken", "slow",
        ] {
            let model = format!("case-{case}");
            for body in [question(&model), streamed(&model, true)] {
                // Google's model is in the path.
                let body = body
                    .to_string()
                    .replace("hello", &format!("hello case-{case}/"));
                let mut client = crate::support::Client::connect(gateway.address).await;
                client
                    .request(
                        &format!("POST /llms/{id}/generate?token=t0ken"),
                        CALLERS,
                        &body,
                    )
                    .await;
                client.answer().await;
                if case == "slow" {
                    break;
                }
            }
        }
        let body = r#"{"model":"m","messages":[{"role":"user","content":["s3cret"]}]}"#;
        gateway
            .send(&format!("POST /llms/{id}/generate"), CALLERS, body)
            .await;
        gateway.send(&format!("GET /llms/{id}"), CALLERS, "").await;
        gateway
            .send(
                &format!("GET /proxy/{id}/a?secret=s3cret&acme_key=s3cret"),
                CALLERS,
                "",
            )
            .await;
        gateway
            .send(&format!("GET /proxy/{id}/../s3cret"), CALLERS, "")
            .await;
    }
    gateway.send("GET /llms", CALLERS, "").await;
    gateway.send("GET /s3cret", CALLERS, "").await;
    drop(upstream);
    gateway.generate("openai", &question("m")).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
}
