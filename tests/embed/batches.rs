//! More inputs than a provider takes at once, and inputs that don't want the same.

use serde_json::{Value, json};

use super::House;
use super::vendors::{TOKENS, bytes, numbers};

#[tokio::test]
async fn batches_are_split_and_joined_in_order() {
    let house = House::open().await;
    for (provider, count, list, expected) in [
        ("cohere", 205, "/texts", &[96, 96, 13][..]),
        ("google", 205, "/requests", &[100, 100, 5]),
        ("google", 100, "/requests", &[100]),
        ("openai", 2050, "/input", &[2048, 2]),
        ("ollama", 205, "/input", &[205]),
    ] {
        let texts: Vec<_> = (0..count).map(|at| format!("text {at}")).collect();
        let model = format!("{provider}/x");
        let body = json!({"model": model, "input": texts, "encoding_format": "float"});
        let answer = house.post("/v1/embeddings", "", &body).await;
        let said = answer.good(provider);
        let data = said["data"].as_array().unwrap();
        assert_eq!(data.len(), count);
        for (at, (row, text)) in data.iter().zip(&texts).enumerate() {
            assert_eq!(row["index"], at, "{provider}");
            let first: f64 = numbers(text)[0].parse().unwrap();
            assert_eq!(row["embedding"][0], first, "{provider} {text}");
        }
        if provider != "google" {
            assert_eq!(said["usage"]["prompt_tokens"], count * TOKENS, "{provider}");
        }
        // They are on their way at one time.
        let mut sizes: Vec<_> = house
            .upstream
            .asked()
            .iter()
            .map(|asked| size(&asked.body, list))
            .collect();
        sizes.sort_by(|a, b| b.cmp(a));
        assert_eq!(sizes, expected, "{provider}");
    }
}

fn size(body: &str, list: &str) -> usize {
    let body: Value = serde_json::from_str(body).unwrap();
    body.pointer(list).unwrap().as_array().unwrap().len()
}

#[tokio::test]
async fn inputs_that_want_other_things_are_asked_for_apart() {
    let house = House::open().await;
    let of = |text: &str, purpose: &str| json!({"model": "models/x", "content": {"parts": [{"text": text}]}, "taskType": purpose});
    let body = json!({"requests": [of("a", "RETRIEVAL_QUERY"), of("b", "RETRIEVAL_QUERY"), of("c", "RETRIEVAL_DOCUMENT")]});
    let answer = house
        .post("/v1beta/models/cohere/x:batchEmbedContents", "", &body)
        .await;
    let said = answer.good("two purposes");
    assert_eq!(said["embeddings"].as_array().unwrap().len(), 3);
    assert_eq!(said["usageMetadata"]["promptTokenCount"], 3 * TOKENS);
    let asked = house.upstream.asked();
    let asked = asked
        .iter()
        .map(|asked| serde_json::from_str::<Value>(&asked.body).unwrap());
    let mut asked: Vec<_> = asked
        .map(|body| (body["texts"].to_string(), body["input_type"].clone()))
        .collect();
    asked.sort_by(|a, b| a.0.cmp(&b.0));
    let expected = [
        (r#"["a","b"]"#.to_owned(), json!("search_query")),
        (r#"["c"]"#.to_owned(), json!("search_document")),
    ];
    assert_eq!(asked, expected);
}

#[tokio::test]
async fn ids_of_tokens_are_one_input() {
    let house = House::open().await;
    for (input, sent) in [
        (json!([4438, 656]), "[[4438,656]]"),
        (json!([[4438, 656], [7]]), "[[4438,656],[7]]"),
    ] {
        let body =
            json!({"model": "cloudflare/@cf/x", "input": input, "encoding_format": "base64"});
        let answer = house.post("/v1/embeddings", "", &body).await;
        let said = answer.good(sent);
        let first = match input[0].is_array() {
            true => input[0].to_string(),
            false => input.to_string(),
        };
        let mut rows = said["data"].as_array().unwrap().iter();
        let row = rows.find(|row| row["index"] == 0).unwrap();
        assert_eq!(row["embedding"], bytes(&first));
        assert_eq!(said["model"], "@cf/x");
        let asked = house.upstream.asked();
        let asked: Value = serde_json::from_str(&asked[0].body).unwrap();
        let lists = [sent.to_owned(), input.to_string()];
        assert!(lists.contains(&asked["input"].to_string()), "{asked}");
    }
}

#[tokio::test]
async fn between_two_of_one_dialect_nothing_is_changed_but_the_name() {
    let house = House::open().await;
    for (path, body, sent) in [
        (
            "/v1/embeddings",
            r#"{ "input" : "a", "model":"openai/x" ,"mine":{"b":1,"a":2.50}}"#,
            r#"{ "input" : "a", "model":"x" ,"mine":{"b":1,"a":2.50}}"#,
        ),
        // What the gateway can't read.
        (
            "/v1/embeddings",
            r#"{"input":[{"of":"another kind"}],"model":"openai/x"}"#,
            r#"{"input":[{"of":"another kind"}],"model":"x"}"#,
        ),
        (
            "/v2/embed",
            r#"{"model":"cohere/x","texts":["a"],"input_type":"image","embedding_types":["int8","float"]}"#,
            r#"{"model":"x","texts":["a"],"input_type":"image","embedding_types":["int8","float"]}"#,
        ),
        (
            "/api/embed",
            r#"{"model":"ollama/x","input":["a"],"keep_alive":"5m"}"#,
            r#"{"model":"x","input":["a"],"keep_alive":"5m"}"#,
        ),
        (
            "/v1/messages/count_tokens",
            r#"{"model":"anthropic/x","messages":[{"role":"user","content":[{"type":"of tomorrow"}]}]}"#,
            r#"{"model":"x","messages":[{"role":"user","content":[{"type":"of tomorrow"}]}]}"#,
        ),
    ] {
        let answer = house.raw(path, body).await;
        let asked = house.upstream.asked();
        assert_eq!(asked.len(), 1, "{path}: {}", answer.body);
        assert_eq!(asked[0].body, sent);
        let given = answer_of(&asked[0]);
        assert_eq!(answer.body, given, "{path}");
    }
}

/// What the provider gave, byte for byte.
fn answer_of(asked: &super::support::Asked) -> String {
    String::from_utf8(super::vendors::answer(asked).body).unwrap()
}
