//! Lists of models: recorded ones, pages, and providers that hold nobody up.

use std::time::{Duration, Instant};

use gateway::generated::providers::PROVIDERS as TABLE;
use serde_json::{Value, json};

use crate::support::corpus;
use crate::support::gateway::PROVIDERS;
use crate::support::{Asked, Gateway, Reply, Upstream};
use crate::words::provider;

/// A page of every provider's list, and more pages where its dialect has them.
pub fn page(asked: &Asked) -> Reply {
    let query = asked.query();
    let has = |pair: &str| query.split('&').any(|given| given == pair);
    let of_cloudflare =
        |id: &str, name: &str| json!({"id": id, "name": name, "task": {"name": "Text Generation"}});
    let body = match (provider(asked), asked.path()) {
        ("openai" | "groq", _) => json!({"object": "list", "data": [
            {"id": "a", "object": "model", "created": 5, "owned_by": "me"}, {"id": "b/c:d", "object": "model"}]}),
        ("anthropic", _) if has("after_id=a") => {
            json!({"has_more": true, "first_id": "b", "last_id": "b",
            "data": [{"type": "model", "id": "b", "display_name": "B", "created_at": "1970-01-01T00:00:05Z"}]})
        }
        ("anthropic", _) if has("after_id=b") => {
            json!({"has_more": false, "first_id": "c", "last_id": "c",
            "data": [{"type": "model", "id": "c", "display_name": "C"}]})
        }
        ("anthropic", _) => json!({"has_more": true, "first_id": "a", "last_id": "a",
            "data": [{"type": "model", "id": "a", "display_name": "A"}]}),
        ("google", _) if has("pageToken=t%2F2") => json!({"models": [
            {"name": "models/b", "displayName": "B", "supportedGenerationMethods": ["generateContent"]}]}),
        ("google", _) => json!({"nextPageToken": "t/2", "models": [
            {"name": "models/a", "displayName": "A", "supportedGenerationMethods": ["generateContent"]},
            {"name": "models/e", "supportedGenerationMethods": ["embedContent"]}]}),
        ("cohere", _) if has("page_token=2") => {
            json!({"models": [{"name": "b", "endpoints": ["chat"]}]})
        }
        ("cohere", _) => {
            json!({"next_page_token": "2", "models": [{"name": "a", "endpoints": ["chat"]}]})
        }
        ("cloudflare", _) if has("page=2") => json!({"success": true, "errors": [], "messages": [],
            "result": [of_cloudflare("2", "@cf/b")], "result_info": {"page": 2, "per_page": 1, "count": 1, "total_count": 2}}),
        ("cloudflare", _) => json!({"success": true, "errors": [], "messages": [],
            "result": [of_cloudflare("1", "@cf/a")], "result_info": {"page": 1, "per_page": 1, "count": 1, "total_count": 2}}),
        ("together", _) => {
            json!([{"id": "a", "object": "model", "type": "chat", "display_name": "A"},
            {"id": "e", "type": "embedding"}, {"id": "b", "type": "language"}])
        }
        _ => json!({"models": [{"name": "llama3.2:1b", "model": "llama3.2:1b",
            "modified_at": "1970-01-01T00:00:05Z", "size": 1}]}),
    };
    Reply::json(200, body)
}

#[tokio::test]
async fn all_pages_of_every_provider() {
    let upstream = Upstream::start(page).await;
    let gateway = Gateway::before_all(upstream.address).await;
    for (provider, ids, asked) in [
        ("openai", ["a", "b/c:d"].as_slice(), 1),
        ("groq", &["a", "b/c:d"], 1),
        ("anthropic", &["a", "b", "c"], 3),
        ("google", &["a", "b"], 2),
        ("cohere", &["a", "b"], 2),
        ("cloudflare", &["@cf/a", "@cf/b"], 2),
        ("ollama", &["llama3.2:1b"], 1),
        ("together", &["a", "b"], 1),
        ("ollama-cloud", &["llama3.2:1b"], 1),
    ] {
        let answer = gateway.get(&format!("/llms/{provider}")).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(answer.status, 200, "{provider}: {body}");
        assert_eq!(body["provider"], provider);
        let models = body["models"].as_array().unwrap();
        let found: Vec<&str> = models
            .iter()
            .map(|model| model["id"].as_str().unwrap())
            .collect();
        assert_eq!(found, ids, "{provider}");
        for model in models {
            assert!(
                model["name"].is_string() && model["object"] == "model",
                "{model}"
            );
        }
        assert_eq!(upstream.asked().len(), asked, "{provider}");
    }
}

#[tokio::test]
async fn items_carry_what_the_provider_gave() {
    let upstream = Upstream::start(page).await;
    let gateway = Gateway::before(upstream.address).await;
    for (provider, at, expected) in [
        (
            "openai",
            0,
            json!({"id": "a", "name": "a", "object": "model", "created": 5, "owned_by": "me"}),
        ),
        (
            "openai",
            1,
            json!({"id": "b/c:d", "name": "b/c:d", "object": "model"}),
        ),
        (
            "anthropic",
            1,
            json!({"id": "b", "name": "B", "object": "model", "created": 5}),
        ),
        (
            "google",
            0,
            json!({"id": "a", "name": "A", "object": "model"}),
        ),
        (
            "ollama",
            0,
            json!({"id": "llama3.2:1b", "name": "llama3.2:1b", "object": "model", "created": 5}),
        ),
    ] {
        let answer = gateway.get(&format!("/llms/{provider}")).await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["models"][at], expected, "{provider}");
    }
}

#[tokio::test]
async fn nobody_holds_up_the_others() {
    let bound = Duration::from_millis(700);
    let upstream = Upstream::start(move |asked| match provider(asked) {
        "groq" => Reply {
            delay: bound * 20,
            ..page(asked)
        },
        "cohere" => Reply::json(500, json!({"message": "on fire"})),
        "cloudflare" => Reply::json(200, "<html>"),
        _ => page(asked),
    })
    .await;
    let settings = [("CLIENT_LIST_TIMEOUT", "700ms"), ("OPENAI_API_KEY", "")];
    let gateway = Gateway::with(upstream.address, &settings).await;
    let began = Instant::now();
    let answer = gateway.get("/llms").await;
    assert!(began.elapsed() < bound * 4, "{:?}", began.elapsed());
    assert_eq!(answer.status, 200);
    let body: Value = serde_json::from_str(&answer.body).unwrap();
    let lists = body.as_array().unwrap().iter();
    let found: Vec<(&str, usize)> = lists
        .map(|list| {
            (
                list["provider"].as_str().unwrap(),
                list["models"].as_array().unwrap().len(),
            )
        })
        .collect();
    let counts = [1, 0, 0, 2, 0, 0, 3];
    let expected: Vec<(&str, usize)> = PROVIDERS.iter().map(|(id, _)| *id).zip(counts).collect();
    assert_eq!(found, expected);
}

/// An optional provider is nobody's business until it is set up. That keeps a list of all short, quick and quiet, and
/// clients that know the others only go on reading it.
#[tokio::test]
async fn optional_providers_are_listed_once_they_are_set_up() {
    let upstream = Upstream::start(page).await;
    let url = format!("http://{}/together", upstream.address);
    let seven: Vec<&str> = PROVIDERS.iter().map(|(id, _)| *id).collect();
    for (settings, more) in [
        (vec![], vec![]),
        (
            vec![("TOGETHER_API_URL", &*url), ("TOGETHER_API_KEY", "k")],
            vec!["together"],
        ),
        (
            vec![("VLLM_API_URL", &*url), ("MISTRAL_API_KEY", "k")],
            vec!["mistral", "vllm"],
        ),
    ] {
        let gateway = Gateway::with(upstream.address, &settings).await;
        let answer = gateway.get("/llms").await;
        let body: Value = serde_json::from_str(&answer.body).unwrap();
        let lists = body.as_array().unwrap().iter();
        let found: Vec<&str> = lists
            .map(|list| list["provider"].as_str().unwrap())
            .collect();
        assert_eq!(found, [&seven[..], &more].concat(), "{settings:?}");
    }
}

/// Recorded lists of providers that speak a dialect of the spec.
#[tokio::test]
async fn recorded_lists() {
    let mut count = 0;
    for exchange in corpus::read("models") {
        let path = exchange.path.split('?').next().unwrap_or_default();
        let to = match (&*exchange.provider, path) {
            ("anthropic", _) => "anthropic",
            ("google", _) => "google",
            ("replicate", _) => continue,
            (id, _) if TABLE.iter().any(|provider| provider.id == id) => id,
            (_, path) if path.ends_with("/models") => "openai",
            _ => continue,
        };
        count += 1;
        // One page at a time: the next is another recording.
        let page: Option<Value> = serde_json::from_str(&exchange.body).ok();
        let reply = match page {
            Some(mut page) => {
                for more in ["nextPageToken", "has_more"] {
                    page.as_object_mut().unwrap().remove(more);
                }
                Reply::json(exchange.status, page)
            }
            None => exchange.reply("application/json"),
        };
        let upstream = Upstream::answering(reply).await;
        let gateway = Gateway::before_all(upstream.address).await;
        let answer = gateway.get(&format!("/llms/{to}")).await;
        if exchange.status != 200 {
            assert_eq!(answer.status, 502, "{}: {}", exchange.id, answer.body);
            continue;
        }
        assert_eq!(answer.status, 200, "{}: {}", exchange.id, answer.body);
        let said: Value = serde_json::from_str(&exchange.body).unwrap();
        let told: Value = serde_json::from_str(&answer.body).unwrap();
        let ids: Vec<&str> = told["models"]
            .as_array()
            .unwrap()
            .iter()
            .map(|m| m["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, expected(&said), "{}", exchange.id);
    }
    println!("{count} recorded lists");
}

/// Ids of the models that can chat, as far as the list says.
fn expected(said: &Value) -> Vec<String> {
    let models = said.get("data").or(said.get("models")).unwrap();
    let chats = |model: &&Value| match model["supportedGenerationMethods"].as_array() {
        Some(methods) => methods.iter().any(|method| method == "generateContent"),
        None => true,
    };
    let id = |model: &'_ Value| match model.get("id") {
        Some(id) => id.as_str().unwrap().to_owned(),
        None => model["name"]
            .as_str()
            .unwrap()
            .trim_start_matches("models/")
            .to_owned(),
    };
    models
        .as_array()
        .unwrap()
        .iter()
        .filter(chats)
        .map(id)
        .collect()
}
