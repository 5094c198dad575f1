//! The binary: `mock`, and a gateway in development that finds nothing to talk to.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;

use super::ask;

/// The binary with this environment, until it is dropped.
struct Process {
    child: Child,
    log: BufReader<ChildStdout>,
}

impl Process {
    fn start(arguments: &[&str], environment: &[(&str, &str)]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_inference-gateway"))
            .args(arguments)
            .env_clear()
            .env("SERVER_HOST", "127.0.0.1")
            .env("SERVER_PORT", "0")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let log = BufReader::new(child.stdout.take().unwrap());
        Self { child, log }
    }

    /// Where it listens, and what it logged before it said so.
    fn address(&mut self) -> (SocketAddr, String) {
        let mut before = String::new();
        loop {
            let mut line = String::new();
            assert!(
                self.log.read_line(&mut line).unwrap() > 0,
                "it ended: {before}"
            );
            if line.contains("listening") {
                let is_part = |c: char| c.is_ascii_digit() || c == '.' || c == ':';
                let (_, rest) = line.rsplit_once("127.0.0.1").unwrap();
                let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
                return (
                    format!("127.0.0.1{}", &rest[..end]).parse().unwrap(),
                    before,
                );
            }
            before.push_str(&line);
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

const HELLO: &str = r#"{"model":"gpt-4o","messages":[{"role":"user","content":"hello"}]}"#;

#[tokio::test]
async fn a_gateway_in_development_answers_without_any_key() {
    let mut process = Process::start(&[], &[("ENVIRONMENT", "development")]);
    let (address, log) = process.address();
    assert_eq!(
        log.lines()
            .filter(|line| line.contains("a mock answers"))
            .count(),
        1,
        "{log}"
    );
    let answer = ask(address, "POST /llms/openai/generate", "", HELLO).await;
    let response = json!({"role": "assistant", "model": "gpt-4o", "content": "echo: hello"});
    assert_eq!(
        answer.json(),
        json!({"provider": "openai", "response": response})
    );
    let relayed = ask(
        address,
        "POST /proxy/groq/openai/v1/chat/completions",
        "",
        HELLO,
    )
    .await;
    assert_eq!(
        relayed.json()["choices"][0]["message"]["content"],
        "echo: hello"
    );
}

#[tokio::test]
async fn no_mock_stands_in_where_it_is_not_meant() {
    for environment in [
        &[][..],
        &[("ENVIRONMENT", "production")],
        &[("ENVIRONMENT", "development"), ("GROQ_API_KEY", "k")],
        &[
            ("ENVIRONMENT", "development"),
            ("OLLAMA_API_URL", "http://127.0.0.1:1"),
        ],
        &[
            ("ENVIRONMENT", "development"),
            ("CLOUDFLARE_ACCOUNT_ID", "a"),
        ],
    ] {
        let mut process = Process::start(&[], environment);
        let (address, log) = process.address();
        assert!(!log.contains("mock"), "{environment:?}: {log}");
        let answer = ask(address, "POST /llms/openai/generate", "", HELLO).await;
        assert_eq!(answer.status, 400, "{environment:?}: {}", answer.body);
        assert!(
            answer.body.contains("requires an API key"),
            "{}",
            answer.body
        );
    }
}

#[tokio::test]
async fn the_mock_is_a_command() {
    let arguments = [
        "mock",
        "--port",
        "0",
        "--delay",
        "1ms",
        "--fail-every",
        "2",
        "--fail-status",
        "429",
    ];
    let mut process = Process::start(&arguments, &[]);
    let (address, _) = process.address();
    for status in [200, 429, 200] {
        let answer = ask(address, "POST /v1/chat/completions", "", HELLO).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    for (arguments, what) in [
        (["mock", "--delay", "soon"], "is not a duration"),
        (
            ["mock", "--fail-status", "200"],
            "is not the status of an error",
        ),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_inference-gateway"))
            .args(arguments)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && text.contains(what), "{text}");
    }
}
