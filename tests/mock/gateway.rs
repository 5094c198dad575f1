//! The whole gateway in front of the mock: every provider, whole and in both forms of stream.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use ::gateway::app;
use ::gateway::config::Config;
use ::gateway::generated::routes::ROUTES;
use serde_json::{Value, json};

use super::{Behaviour, PROVIDERS, Running, ask, mock};

/// A gateway that has nothing but the mock.
struct Pair {
    address: SocketAddr,
    _mock: Running,
    _gateway: app::Running,
}

impl Pair {
    async fn start(behaviour: Behaviour) -> Self {
        let mock = mock(behaviour).await;
        let settings = [("SERVER_HOST", "127.0.0.1"), ("SERVER_PORT", "0")];
        let settings = settings.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut config = Config::load(&BTreeMap::from(settings)).unwrap();
        mock.stand_in(&mut config.providers);
        let gateway = app::start(config, ROUTES).await.unwrap();
        Self {
            address: gateway.address,
            _mock: mock,
            _gateway: gateway,
        }
    }

    /// Says this to a provider.
    async fn generate(&self, id: &str, more: Value) -> super::Answer {
        let mut body = json!({"model": "mock-large",
            "messages": [{"role": "user", "content": "a text of more than one piece"}]});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let line = format!("POST /llms/{id}/generate");
        ask(self.address, &line, "", &body.to_string()).await
    }
}

/// Has no list of its models.
const LISTLESS: &str = "perplexity";
const ECHO: &str = "echo: a text of more than one piece";

#[tokio::test]
async fn all_providers_list_their_models() {
    let pair = Pair::start(Behaviour::default()).await;
    let answer = ask(pair.address, "GET /llms", "", "").await;
    let body = answer.json();
    let lists = body.as_array().unwrap();
    let ids: Vec<_> = lists
        .iter()
        .map(|list| list["provider"].as_str().unwrap())
        .collect();
    let known: Vec<_> = PROVIDERS.iter().map(|provider| provider.id).collect();
    assert_eq!(ids, known);
    for list in lists.iter().filter(|list| list["provider"] != LISTLESS) {
        let models = list["models"].as_array().unwrap().iter();
        let models: Vec<_> = models.map(|model| model["id"].as_str().unwrap()).collect();
        assert_eq!(models, ["mock-small", "mock-large"], "{list}");
        let id = list["provider"].as_str().unwrap();
        let own = ask(pair.address, &format!("GET /llms/{id}"), "", "").await;
        assert_eq!(own.json(), *list, "{id}");
    }
}

#[tokio::test]
async fn all_providers_answer() {
    let pair = Pair::start(Behaviour::default()).await;
    for provider in PROVIDERS {
        let answer = pair.generate(provider.id, json!({})).await;
        assert_eq!(answer.status, 200, "{}: {}", provider.id, answer.body);
        let response = json!({"role": "assistant", "model": "mock-large", "content": ECHO});
        let expected = json!({"provider": provider.id, "response": response});
        assert_eq!(answer.json(), expected, "{}", provider.id);
    }
}

#[tokio::test]
async fn all_providers_stream_lines() {
    let pair = Pair::start(Behaviour::default()).await;
    for provider in PROVIDERS {
        let answer = pair.generate(provider.id, json!({"stream": true})).await;
        assert_eq!(
            answer.header("content-type"),
            Some("application/x-ndjson"),
            "{}",
            answer.body
        );
        let lines = answer
            .body
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap());
        let pieces: Vec<_> = lines.collect();
        let text = pieces.iter().filter_map(|piece| piece["content"].as_str());
        assert_eq!(
            text.collect::<String>(),
            ECHO,
            "{}: {}",
            provider.id,
            answer.body
        );
        assert!(pieces.len() > 1, "{}: {}", provider.id, answer.body);
        for piece in pieces {
            assert_eq!(
                (&piece["role"], &piece["model"]),
                (&json!("assistant"), &json!("mock-large"))
            );
        }
    }
}

#[tokio::test]
async fn all_providers_stream_events() {
    let pair = Pair::start(Behaviour::default()).await;
    for provider in PROVIDERS {
        let more = json!({"stream": true, "ssevents": true});
        let answer = pair.generate(provider.id, more).await;
        assert_eq!(
            answer.header("content-type"),
            Some("text/event-stream"),
            "{}",
            answer.body
        );
        let mut names: Vec<_> = answer
            .body
            .lines()
            .filter_map(|line| line.strip_prefix("event: "))
            .collect();
        names.dedup();
        let expected = [
            "message-start",
            "stream-start",
            "content-start",
            "content-delta",
            "content-end",
            "message-end",
            "stream-end",
        ];
        assert_eq!(names, expected, "{}: {}", provider.id, answer.body);
        let data = answer
            .body
            .lines()
            .filter_map(|line| line.strip_prefix("data: "));
        let data = data.map(|data| serde_json::from_str::<Value>(data).unwrap());
        let text: String = data
            .filter_map(|data| Some(data["content"].as_str()?.to_owned()))
            .collect();
        assert_eq!(text, ECHO, "{}: {}", provider.id, answer.body);
    }
}

#[tokio::test]
async fn failures_arrive_as_the_gateway_s_errors() {
    for (status, expected) in [(429, 429), (404, 404), (401, 502), (503, 502)] {
        let behaviour = Behaviour {
            fail_every: 1,
            fail_status: status,
            ..Behaviour::default()
        };
        let pair = Pair::start(behaviour).await;
        for provider in PROVIDERS {
            let id = provider.id;
            let answer = pair.generate(id, json!({})).await;
            assert_eq!(answer.status, expected, "{id} {status}: {}", answer.body);
            assert!(answer.json()["error"].is_string(), "{id}: {}", answer.body);
            let waits = (status == 429).then_some("1");
            assert_eq!(answer.header("retry-after"), waits, "{id} {status}");
        }
    }
}

#[tokio::test]
async fn who_embeds_and_who_counts() {
    let pair = Pair::start(Behaviour::default()).await;
    for (id, embeds, counts) in [
        ("openai", true, false),
        ("google", true, true),
        ("cohere", true, false),
        ("ollama", true, false),
        ("cloudflare", true, false),
        ("groq", false, false),
        ("anthropic", false, true),
    ] {
        let model = format!("{id}/mock-large");
        let body = json!({"model": model, "input": ["a text", "another"], "dimensions": 4, "encoding_format": "float"});
        let answer = ask(pair.address, "POST /v1/embeddings", "", &body.to_string()).await;
        assert_eq!(answer.status == 200, embeds, "{id}: {}", answer.body);
        if embeds {
            let said = answer.json();
            let vector = |at: usize| said["data"][at]["embedding"].as_array().unwrap().clone();
            assert_eq!((vector(0).len(), vector(1).len()), (4, 4), "{id}");
            assert_ne!(vector(0), vector(1), "{id}");
        }
        let messages = json!([{"role": "user", "content": "three words here"}]);
        let body = json!({"model": model, "messages": messages});
        let answer = ask(
            pair.address,
            "POST /v1/messages/count_tokens",
            "",
            &body.to_string(),
        )
        .await;
        assert_eq!(answer.status == 200, counts, "{id}: {}", answer.body);
        if counts {
            assert_eq!(answer.json(), json!({"input_tokens": 3}), "{id}");
        }
    }
}
