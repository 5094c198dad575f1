//! A gateway that has nothing but the mock, which keeps what it is sent.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use gateway::app;
use gateway::config::Config;
use gateway::generated::providers::PROVIDERS;
use gateway::generated::routes::ROUTES;
use gateway::mock::{Behaviour, Mock, Running};

pub struct Pair {
    pub gateway: SocketAddr,
    pub mock: SocketAddr,
    _gateway: app::Running,
    _mock: Running,
}

/// More than all clients send.
const KEPT: usize = 100_000;

impl Pair {
    pub async fn start() -> Self {
        let behaviour = Behaviour {
            keep: KEPT,
            ..Behaviour::default()
        };
        let mock = Mock::new(PROVIDERS, behaviour);
        let mock = mock.start("127.0.0.1", 0).await.unwrap();
        let settings = [("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", "0")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut config = Config::load(&BTreeMap::from(settings)).unwrap();
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
