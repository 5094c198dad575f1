//! What can't be embedded is told in the caller's dialect.

use serde_json::{Value, json};

use super::House;
use super::pairs::assert_dropped;
use super::support::{Gateway, Reply, Upstream};

#[tokio::test]
async fn what_cannot_be_said_is_refused() {
    let house = House::open().await;
    let image = json!([{"content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]}]);
    for (path, body, status, place, words) in [
        (
            "/v1/embeddings",
            json!({"model": "groq/x", "input": "a"}),
            400,
            "/error/message",
            &["groq", "embeddings", "openai, google, cloudflare, cohere"][..],
        ),
        (
            "/api/embed",
            json!({"model": "anthropic/x", "input": "a"}),
            501,
            "/error",
            &["anthropic", "ollama, openai"],
        ),
        (
            "/v1/embeddings",
            json!({"model": "x", "input": "a"}),
            404,
            "/error/message",
            &["provider/model"],
        ),
        (
            "/v1/embeddings",
            json!({"model": "cohere/x", "input": [[1, 2]]}),
            400,
            "/error/message",
            &["inputs[0].tokens", "ids of tokens"],
        ),
        (
            "/v1/embeddings",
            json!({"model": "cohere/x"}),
            400,
            "/error/message",
            &["input", "required"],
        ),
        (
            "/v1beta/models/cohere/x:batchEmbedContents",
            json!({}),
            400,
            "/error/message",
            &["requests", "required"],
        ),
        (
            "/v1beta/models/cohere/x:embedContent",
            json!({}),
            400,
            "/error/message",
            &["content", "required"],
        ),
        (
            "/v2/embed",
            json!({"model": "openai/x", "inputs": image, "input_type": "image"}),
            400,
            "/message",
            &["image"],
        ),
        (
            "/v1beta/models/openai/x:batchEmbedContents",
            json!({"requests": [{"model": "models/x", "content": {"parts": []}}]}),
            400,
            "/error/message",
            &["inputs[0]", "empty"],
        ),
        (
            "/v2/embed",
            json!({"model": "openai/x", "texts": ["a"], "embedding_types": ["int8"]}),
            400,
            "/message",
            &["encodings", "float"],
        ),
        (
            "/v2/embed",
            json!({"model": "openai/x", "texts": ["a"], "embedding_types": ["int8", "float"]}),
            400,
            "/message",
            &["encodings", "one"],
        ),
    ] {
        let answer = house.post(path, "", &body).await;
        assert_eq!(answer.status, status, "{body}: {}", answer.body);
        let said = answer.json();
        let text = said
            .pointer(place)
            .and_then(Value::as_str)
            .unwrap_or_default();
        for word in words {
            assert!(text.contains(word), "{body}: {text:?} lacks {word:?}");
        }
        assert!(house.upstream.asked().is_empty(), "{body}");
    }
}

#[tokio::test]
async fn images_are_embedded_where_they_can_be() {
    let house = House::open().await;
    let data = "iVBORw0KGgo=";
    let url = format!("data:image/png;base64,{data}");
    let content =
        json!([{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": url}}]);
    let parts = json!([{"text": "a"}, {"inlineData": {"mimeType": "image/png", "data": data}}]);
    for (path, body, place, expected) in [
        (
            "/v2/embed",
            json!({"model": "google/x", "inputs": [{"content": content}], "input_type": "search_query"}),
            "/requests/0/content/parts",
            &parts,
        ),
        (
            "/v2/embed",
            json!({"model": "google/x", "images": [url], "input_type": "image"}),
            "/requests/0/content/parts/0",
            &parts[1],
        ),
        (
            "/v1beta/models/cohere/x:batchEmbedContents",
            json!({"requests": [{"content": {"parts": parts}}]}),
            "/inputs/0/content",
            &content,
        ),
    ] {
        house.post(path, "", &body).await;
        let sent: Value = serde_json::from_str(&house.upstream.asked()[0].body).unwrap();
        assert_eq!(sent.pointer(place), Some(expected), "{sent}");
        assert!(sent.get("texts").is_none(), "{sent}");
    }
}

#[tokio::test]
async fn whole_numbers_come_from_who_has_them() {
    let house = House::open().await;
    let body = json!({"model": "cohere/x", "texts": ["abc"], "input_type": "clustering", "embedding_types": ["int8"]});
    let answer = house.post("/v2/embed", "", &body).await;
    assert_eq!(answer.good("int8")["embeddings"]["int8"], json!([[3, -1]]));
}

#[tokio::test]
async fn losses_are_told_and_the_strict_are_refused() {
    let house = House::open().await;
    let body = json!({"model": "google/x", "input": "a", "user": "u"});
    let answer = house.post("/v1/embeddings", "", &body).await;
    answer.good("dropped");
    assert_dropped(&answer, Some("user"), "user");
    assert_eq!(house.upstream.asked().len(), 1);
    let answer = house
        .post("/v1/embeddings", "x-gateway-strict: true\r\n", &body)
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"]["param"], "user", "{}", answer.body);
    let answer = house
        .post("/v1/embeddings", "x-gateway-explain: true\r\n", &body)
        .await;
    let told = answer.good("explained");
    assert_eq!(
        told["losses"],
        json!([{"field": "user", "what": "dropped"}])
    );
    assert_eq!(told["body"]["requests"][0]["model"], "models/x");
    assert!(house.upstream.asked().is_empty());
}

#[tokio::test]
async fn a_provider_that_says_something_else_is_a_bad_gateway() {
    let vector = |numbers: Value| json!({"object": "embedding", "index": 0, "embedding": numbers});
    for (data, format) in [
        (json!([vector(json!([1]))]), "float"),
        (json!([vector(json!([1])), vector(json!("x"))]), "float"),
        (json!([vector(json!(["a"])), vector(json!([1]))]), "base64"),
        (json!(null), "float"),
    ] {
        let upstream =
            Upstream::answering(Reply::json(200, json!({"data": data, "model": "m"}))).await;
        let gateway = Gateway::before(upstream.address).await;
        let house = House { gateway, upstream };
        let texts: Vec<_> = (0..2).map(|at| at.to_string()).collect();
        let path = "/api/embed";
        let body = json!({"model": "openai/x", "input": texts});
        let answer = match format {
            "float" => house.post(path, "", &body).await,
            _ => {
                let body =
                    json!({"model": "openai/x", "texts": texts, "embedding_types": ["base64"]});
                house.post("/v2/embed", "", &body).await
            }
        };
        // Of a provider behind a provider, one dialect has another status.
        let status = if format == "float" { 502 } else { 500 };
        assert_eq!(answer.status, status, "{data}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_refusal_of_the_provider_is_passed_on() {
    let error = json!({"message": "no such model"});
    let upstream = Upstream::answering(Reply::json(404, &error)).await;
    let gateway = Gateway::before(upstream.address).await;
    let house = House { gateway, upstream };
    let texts: Vec<_> = (0..300).map(|at| at.to_string()).collect();
    let body = json!({"model": "cohere/x", "input": texts});
    let answer = house.post("/v1/embeddings", "", &body).await;
    assert_eq!(answer.status, 404, "{}", answer.body);
    assert_eq!(answer.json()["error"]["message"], "no such model");
}
