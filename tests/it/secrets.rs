//! Neither keys nor what is said between caller and model get into the log, at its most talkative, whatever happens.

use crate::support::process::{Process, binary, nobody};
use crate::support::upstream::reply;
use crate::support::{Client, Upstream};

const ASK: &str = r#"{"model":"m","messages":[{"role":"user","content":"a-pr0mpt"}]}"#;

#[tokio::test]
async fn no_key_and_no_prompt_in_any_log() {
    let answers = ["200 OK", "400 Bad", "401 Who", "429 Slow Down", "500 Oops"];
    // What a provider says may repeat the prompt and the key.
    let body = r#"{"error":{"message":"a-pr0mpt a-k3y"},"choices":"a-r3ply","candidates":"a-r3ply",
        "content":"a-r3ply","data":"a-r3ply","models":"a-r3ply"}"#;
    let json = "content-type: application/json\r\n";
    for status in answers {
        let upstream = Upstream::answering(reply(status, json, body)).await;
        let url = format!("http://{}", upstream.address);
        let address = nobody().await;
        // A bearer token, a header, a query parameter.
        let settings = [
            ("LOG_LEVEL", "trace"),
            ("OPENAI_API_URL", &*url),
            ("OPENAI_API_KEY", "a-k3y"),
            ("ANTHROPIC_API_URL", &url),
            ("ANTHROPIC_API_KEY", "a-k3y"),
            ("GOOGLE_API_URL", &url),
            ("GOOGLE_API_KEY", "a-k3y"),
            ("COHERE_API_URL", "http://127.0.0.1:1"),
            ("COHERE_API_KEY", "a-k3y"),
        ];
        let process = Process::start(binary(address, &settings), address).await;
        let mut client = Client::connect(address).await;
        for provider in ["openai", "anthropic", "google", "cohere"] {
            let generate = format!("/llms/{provider}/generate");
            client.post(&generate, ASK).await;
            client
                .post(&generate, &ASK.replace("[{", "[{\"x\":1,"))
                .await;
            client
                .post(&generate, &ASK.replace("\"role\"", "\"a-pr0mpt\""))
                .await;
            client
                .post(&generate, &ASK.replace("}]}", "}],\"stream\":true}"))
                .await;
            client.get(&format!("/llms/{provider}")).await;
            client
                .get(&format!("/proxy/{provider}/v1?key=a-k3y&q=a-pr0mpt"))
                .await;
            let headers = "authorization: Bearer a-t0ken\r\n";
            client
                .request(&format!("POST /proxy/{provider}/v1"), headers, "a-pr0mpt")
                .await;
            client.answer().await;
        }
        drop(client);
        process.signal("TERM");
        let (code, log) = process.end().await;
        assert_eq!(code, Some(0));
        assert!(log.lines().count() > 28, "it did log: {log}");
        for secret in ["a-k3y", "a-pr0mpt", "a-r3ply", "a-t0ken"] {
            let line = log.lines().find(|line| line.contains(secret));
            assert_eq!(line, None, "{status}");
        }
    }
}
