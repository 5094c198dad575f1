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
        assert_eq!(said["data"][0]["embedding"], bytes(&first));
        assert_eq!(said["model"], "@cf/x");
        let asked = house.upstream.asked();
        let asked: Value = serde_json::from_str(&asked[0].body).unwrap();
        let lists = [sent.to_owned(), input.to_string()];
        assert!(lists.contains(&asked["input"].to_string()), "{asked}");
    }
}
