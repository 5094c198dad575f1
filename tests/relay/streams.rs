//! Streams that end otherwise than they should.

use crate::support::{Client, Reply};
use crate::{SPOKEN, plain, scripted};

/// The beginning of a stream of each dialect, and what an error in it looks like.
const BEGINNINGS: [(&str, &str, &str); 4] = [
    (
        "openai",
        "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"be\"},\"finish_reason\":null}]}\n\n",
        "data: {\"error\":{",
    ),
    (
        "anthropic",
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"m\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"m\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}}\n\n",
        "event: error\ndata: {\"type\":\"error\",\"error\":{",
    ),
    (
        "google",
        "data: {\"candidates\":[{\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"be\"}]}}]}\r\n\r\n",
        "data: {\"error\":{",
    ),
    (
        "ollama",
        "{\"model\":\"m\",\"created_at\":\"2026-01-01T00:00:00Z\",\"message\":{\"role\":\"assistant\",\"content\":\"be\"},\"done\":false}\n",
        "{\"error\":",
    ),
];

#[tokio::test]
async fn a_stream_that_breaks_off_says_so() {
    let (next, upstream) = scripted().await;
    let gateway = plain(upstream.address).await;
    for (provider, beginning, error) in BEGINNINGS {
        let spoken = SPOKEN
            .iter()
            .find(|spoken| spoken.provider == provider)
            .unwrap();
        let model = format!("{provider}/m");
        for broken in [false, true] {
            for cut in ["", "data: {\"hal"] {
                let sent = format!("{beginning}{cut}");
                let mut reply = Reply::stream(spoken.stream_type, sent.as_bytes());
                reply.broken = broken;
                *next.lock().unwrap() = reply;
                let mut client = Client::connect(gateway.address).await;
                let line = format!("POST {}", spoken.stream_path.replace("MODEL", &model));
                let body = spoken.stream_body.replace("MODEL", &model);
                client.request(&line, "", &body).await;
                let case = format!("{provider} broken={broken} cut={cut}");
                println!("{case}");
                let answer = client.answer().await;
                assert_eq!(answer.status, 200, "{case}");
                assert!(answer.body.starts_with(&sent), "{case}: {}", answer.body);
                let added = answer.body[sent.len()..].trim_start();
                assert!(
                    added.starts_with(error),
                    "{case}: {:?}",
                    &answer.body[sent.len()..]
                );
            }
        }
    }
}
