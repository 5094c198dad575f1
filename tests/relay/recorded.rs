//! Recorded requests and replies, byte for byte.

use serde_json::Value;
use std::path::Path;

use crate::support::{Reply, Upstream, corpus};
use crate::{SPOKEN, plain, post, scripted};

#[tokio::test]
async fn requests_pass_but_for_the_models_name() {
    let upstream = Upstream::start(|_| Reply::json(200, "{}")).await;
    let gateway = plain(upstream.address).await;
    for spoken in &SPOKEN {
        let mut passed = 0;
        for (id, body) in bodies(spoken.recordings) {
            let in_path = spoken.path.contains("MODEL");
            // Unusual space and unknown fields are the caller's business.
            let text = |model: &str| {
                let mut body = body.clone();
                if !in_path {
                    body["model"] = model.into();
                }
                body["x_unknown"] = serde_json::json!({"kept": [1.50, "\u{e9}"]});
                let text = serde_json::to_string_pretty(&body).unwrap();
                text.replace("\n", "\r\n\t").replace("1.5\r", "1.500\r")
            };
            let path = spoken
                .path
                .replace("MODEL", &format!("{}/m%2Fx", spoken.provider));
            let sent = text(&format!("{}/m/x", spoken.provider));
            post(&gateway, &path, "", &sent).await;
            let asked = upstream.asked().pop().unwrap();
            assert_eq!(asked.body, text("m/x"), "{} {id}", spoken.recordings);
            passed += 1;
        }
        println!(
            "{}: {passed} recorded requests passed as they are",
            spoken.recordings
        );
    }
}

#[tokio::test]
async fn replies_pass_as_they_are() {
    let (next, upstream) = scripted().await;
    let gateway = plain(upstream.address).await;
    for spoken in &SPOKEN {
        let (mut whole, mut streams) = (0, 0);
        for exchange in corpus::read(spoken.recordings) {
            if exchange.status != 200 || exchange.body.is_empty() {
                continue;
            }
            let reply = exchange.reply(spoken.stream_type);
            *next.lock().unwrap() = reply;
            let (path, body) = match exchange.stream {
                true => (spoken.stream_path, spoken.stream_body),
                false => (spoken.path, spoken.body),
            };
            let model = format!("{}/m", spoken.provider);
            let answer = post(
                &gateway,
                &path.replace("MODEL", &model),
                "",
                &body.replace("MODEL", &model),
            )
            .await;
            assert_eq!(answer.status, 200, "{} {}", spoken.recordings, exchange.id);
            // A stream that was cut when it was recorded ends in an error, which follows all that came.
            let begun = answer.body.starts_with(&exchange.body);
            assert!(
                begun,
                "{} {}:\n{}\n{}",
                spoken.recordings, exchange.id, exchange.body, answer.body
            );
            let added = &answer.body[exchange.body.len()..];
            if !added.is_empty() {
                assert!(
                    exchange.stream && added.contains("error"),
                    "{} {}: {added}",
                    spoken.recordings,
                    exchange.id
                );
                println!(
                    "{} {}: broken off, and said so",
                    spoken.recordings, exchange.id
                );
            }
            match exchange.stream {
                true => streams += 1,
                false => whole += 1,
            }
        }
        println!(
            "{}: {whole} whole replies and {streams} streams passed as they are",
            spoken.recordings
        );
    }
}

/// The bodies of recorded requests.
fn bodies(name: &str) -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(text) = std::fs::read_to_string(folder.join(format!("{name}.jsonl"))) else {
        eprintln!("skipped: no recordings in {}", folder.display());
        return Vec::new();
    };
    let exchanges = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let bodies = exchanges.filter_map(|exchange| {
        let body = exchange["request"]["body"].clone();
        let streams = body["stream"] == true;
        // Streams are asked for elsewhere: here every reply is whole.
        (body.is_object() && !streams).then(|| (exchange["id"].to_string(), body))
    });
    bodies.collect()
}
