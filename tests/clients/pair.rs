//! A gateway that has nothing but the mock, which keeps what it is sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use gateway::app;
use gateway::config::{Config, ProviderConfig};
use gateway::generated::providers::PROVIDERS;
use gateway::generated::routes::ROUTES;
use gateway::mock::{Behaviour, Mock, Running};
use gateway::table::Provider;

pub struct Pair {
    pub gateway: SocketAddr,
    pub mock: SocketAddr,
    _gateway: app::Running,
    _mock: Running,
}

/// A provider that speaks nothing but a dialect that others only speak besides.
pub const MADE_UP: &str = "responses-only";
/// What it speaks.
pub const DIALECT: &str = "openai-responses";
/// Whom it is made of.
pub const MODEL: &str = "openai";

fn made_up() -> Provider {
    let model = PROVIDERS
        .iter()
        .find(|provider| provider.id == MODEL)
        .unwrap();
    Provider {
        id: MADE_UP,
        generate: model.generate_also.first().cloned(),
        generate_also: &[],
        ..model.clone()
    }
}

/// More than all clients send.
const KEPT: usize = 100_000;

impl Pair {
    pub async fn start() -> Self {
        let behaviour = Behaviour {
            keep: KEPT,
            ..Behaviour::default()
        };
        let providers: &[Provider] = [PROVIDERS, &[made_up()]].concat().leak();
        let mock = Mock::new(providers, behaviour);
        let mock = mock.start("127.0.0.1", 0).await.unwrap();
        let settings = [("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", "0")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut config = Config::load(&BTreeMap::from(settings)).unwrap();
        config
            .providers
            .extend(providers.last().map(|provider| ProviderConfig {
                provider,
                url: Ok(String::new()),
                token: None,
            }));
        mock.stand_in(&mut config.providers);
        let gateway = app::start(config, ROUTES).await.unwrap();
        Self {
            gateway: gateway.address,
            mock: mock.address,
            _gateway: gateway,
            _mock: mock,
        }
    }

    /// Where they are, as programs take it.
    pub fn environment(&self) -> [(&'static str, String); 2] {
        [
            ("GATEWAY", format!("http://{}", self.gateway)),
            ("MOCK", format!("http://{}", self.mock)),
        ]
    }
}
