//! The project's published Rust client of this API: every call that it has, for every provider.

#![allow(clippy::unwrap_used)]

#[path = "replay/support/mod.rs"]
mod support;
#[path = "replay/words.rs"]
#[allow(dead_code)]
mod words;

use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use inference_gateway_sdk::{
    GatewayError, InferenceGatewayAPI, InferenceGatewayClient, Message, MessageRole, Provider,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Value, json};

use support::gateway::PROVIDERS;
use support::{Asked, Gateway, Reply, Upstream};
use words::word;

#[tokio::test]
async fn every_call_for_every_provider() {
    let upstream = Upstream::start(answer).await;
    let gateway = Gateway::before(upstream.address).await;
    for client in [
        InferenceGatewayClient::new(&gateway.url()),
        InferenceGatewayClient::new(&gateway.url()).with_token("whatever"),
    ] {
        every_call(&client).await;
    }
}

#[tokio::test]
async fn with_a_token_where_one_is_needed() {
    let issuer = Issuer::start().await;
    let upstream = Upstream::start(answer).await;
    let settings = [
        ("ENABLE_AUTH", "true"),
        ("OIDC_ISSUER_URL", &*issuer.name),
        ("OIDC_CLIENT_ID", "gateway"),
    ];
    let gateway = Gateway::with(upstream.address, &settings).await;
    every_call(&InferenceGatewayClient::new(&gateway.url()).with_token(issuer.token())).await;
    upstream.asked();
    for client in [
        InferenceGatewayClient::new(&gateway.url()),
        InferenceGatewayClient::new(&gateway.url()).with_token("forged"),
    ] {
        assert!(client.health_check().await.unwrap());
        let refused = [
            client.list_models().await.err(),
            client.list_models_by_provider(Provider::OpenAI).await.err(),
            client
                .generate_content(Provider::OpenAI, "m", question())
                .await
                .err(),
        ];
        for error in refused {
            let Some(GatewayError::Unauthorized(text)) = error else {
                panic!("{error:?}");
            };
            assert!(text.starts_with("Unauthorized: "), "{text}");
        }
    }
    assert_eq!(upstream.asked().len(), 0);
}

#[tokio::test]
async fn errors_are_told_apart() {
    let upstream = Upstream::start(|asked| Reply::json(400, words::error(asked, "no luck"))).await;
    let gateway = Gateway::with(upstream.address, &[("GROQ_API_KEY", "")]).await;
    let client = InferenceGatewayClient::new(&gateway.url());
    let asked = client
        .generate_content(Provider::OpenAI, "m", question())
        .await;
    assert!(
        matches!(&asked, Err(GatewayError::BadRequest(text)) if text == "no luck"),
        "{asked:?}"
    );
    let no_key = "Provider requires an API key. Please configure the provider's API key.";
    let asked = client
        .generate_content(Provider::Groq, "m", question())
        .await;
    assert!(
        matches!(&asked, Err(GatewayError::BadRequest(text)) if text == no_key),
        "{asked:?}"
    );
    let listed = client.list_models_by_provider(Provider::Groq).await;
    assert!(
        matches!(&listed, Err(GatewayError::BadRequest(text)) if text == no_key),
        "{listed:?}"
    );
    let asked = client
        .generate_content(Provider::OpenAI, "m", Vec::new())
        .await;
    assert!(
        matches!(&asked, Err(GatewayError::BadRequest(text)) if text.starts_with("messages: ")),
        "{asked:?}"
    );
    let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = nobody.local_addr().unwrap();
    drop(nobody);
    let gateway = Gateway::before(address).await;
    let client = InferenceGatewayClient::new(&gateway.url());
    let asked = client
        .generate_content(Provider::OpenAI, "m", question())
        .await;
    assert!(
        matches!(&asked, Err(GatewayError::Other(error)) if error.to_string().contains("502")),
        "{asked:?}"
    );
}

async fn every_call(client: &InferenceGatewayClient) {
    assert!(client.health_check().await.unwrap());
    let lists = client.list_models().await.unwrap();
    let providers: Vec<String> = lists.iter().map(|list| list.provider.to_string()).collect();
    assert_eq!(providers, PROVIDERS.map(|(id, _)| id));
    for list in &lists {
        assert_eq!(list.models.len(), 1, "{}", list.provider);
    }
    for (id, _) in PROVIDERS {
        let provider = || Provider::try_from(id).unwrap();
        let list = client.list_models_by_provider(provider()).await.unwrap();
        assert_eq!(list.provider, provider());
        assert_eq!(list.models[0].name, "a-model", "{id}");
        let said = client
            .generate_content(provider(), "a-model", question())
            .await
            .unwrap();
        assert_eq!(said.provider, provider());
        assert_eq!(said.response.role, MessageRole::Assistant);
        assert_eq!(said.response.content, "It's noon \u{1f55b}", "{id}");
        let model = match id {
            "cohere" => "a-model",
            _ => "m-1",
        };
        assert_eq!(said.response.model, model);
    }
}

fn question() -> Vec<Message> {
    let message = |role, content: &str| Message {
        role,
        content: content.to_owned(),
    };
    vec![
        message(MessageRole::System, "Answer in one line."),
        message(MessageRole::User, "What time is it?"),
        message(MessageRole::Assistant, "Where?"),
        message(MessageRole::User, "In Brest."),
    ]
}

/// Lists of one model, and one answer.
fn answer(asked: &Asked) -> Reply {
    if asked.method == "POST" {
        for said in [
            "Answer in one line.",
            "What time is it?",
            "Where?",
            "In Brest.",
        ] {
            assert!(asked.body.contains(said), "{}", asked.body);
        }
        return word(asked, "It's noon \u{1f55b}");
    }
    Reply::json(200, list(words::provider(asked)))
}

fn list(provider: &str) -> Value {
    match provider {
        "anthropic" => json!({"has_more": false, "first_id": "a-model", "last_id": "a-model",
            "data": [{"type": "model", "id": "a-model", "display_name": "a-model"}]}),
        "google" => json!({"models": [{"name": "models/a-model"}]}),
        "cohere" => json!({"models": [{"name": "a-model", "endpoints": ["chat"]}]}),
        "ollama" => json!({"models": [{"name": "a-model", "model": "a-model"}]}),
        "cloudflare" => json!({"success": true, "errors": [], "messages": [], "result": [
            {"id": "1", "name": "a-model", "task": {"name": "Text Generation"}}], "result_info": {"total_count": 1}}),
        _ => json!({"object": "list", "data": [{"id": "a-model", "object": "model"}]}),
    }
}

/// Who gives tokens.
struct Issuer {
    name: String,
    key: KeyPair,
    _upstream: Upstream,
}

impl Issuer {
    async fn start() -> Self {
        let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).unwrap();
        let public = URL_SAFE_NO_PAD.encode(key.der_bytes());
        let upstream = Upstream::start(move |asked| {
            let name = format!("http://{}", asked.header("host").unwrap());
            Reply::json(
                200,
                match asked.path() {
                    "/keys" => {
                        json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "a", "x": public}]})
                    }
                    _ => json!({"issuer": name, "jwks_uri": format!("{name}/keys"),
                    "id_token_signing_alg_values_supported": ["EdDSA"]}),
                },
            )
        })
        .await;
        Self {
            name: format!("http://{}", upstream.address),
            key,
            _upstream: upstream,
        }
    }

    fn token(&self) -> String {
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .unwrap()
            .as_secs();
        let claims = json!({"iss": self.name, "aud": "gateway", "exp": now + 600});
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some("a".to_owned());
        encode(
            &header,
            &claims,
            &EncodingKey::from_ed_der(&self.key.serialize_der()),
        )
        .unwrap()
    }
}
