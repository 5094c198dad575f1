//! Coding agents as they are: each asks a model of another dialect than its own, is told to call a tool, runs it, and
//! sends what it gave.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::client::Client;
use crate::pair::Pair;
use crate::{programs, soon};

/// An agent and how it is started.
struct Agent {
    name: &'static str,
    /// Who answers; its dialect isn't the agent's.
    model: &'static str,
    /// The tool that shows a file, and its arguments.
    call: &'static str,
    /// The program, under the installed packages.
    program: &'static str,
    arguments: &'static [&'static str],
    /// `GATEWAY` and `MODEL` in these stand for what they name.
    environment: &'static [(&'static str, &'static str)],
    files: &'static [(&'static str, &'static str)],
}

const AGENTS: [Agent; 3] = [
    Agent {
        name: "claude-code",
        model: "openai/gpt-4o",
        call: r#"call:Bash {"command":"cat tide.txt","description":"Shows the tide"}"#,
        program: "@anthropic-ai/claude-code/cli-wrapper.cjs",
        arguments: &["--allowedTools", "Bash", "--output-format", "text", "-p"],
        environment: &[
            ("ANTHROPIC_BASE_URL", "GATEWAY"),
            ("ANTHROPIC_API_KEY", "a-client-key"),
            ("ANTHROPIC_MODEL", "MODEL"),
            ("ANTHROPIC_SMALL_FAST_MODEL", "MODEL"),
            ("CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC", "1"),
        ],
        files: &[],
    },
    Agent {
        name: "codex",
        model: "anthropic/claude-sonnet-4-5",
        call: r#"call:exec_command {"cmd":"cat tide.txt"}"#,
        program: "@openai/codex/bin/codex.js",
        arguments: &["exec", "--skip-git-repo-check"],
        environment: &[
            ("CODEX_HOME", "HOME/.codex"),
            ("GATEWAY_KEY", "a-client-key"),
        ],
        // What only its own vendor runs is switched off.
        files: &[(
            ".codex/config.toml",
            r#"
                model = "MODEL"
                model_provider = "gateway"
                approval_policy = "never"
                sandbox_mode = "danger-full-access"
                web_search = "disabled"
                [agents]
                enabled = false
                [analytics]
                enabled = false
                [model_providers.gateway]
                name = "gateway"
                base_url = "GATEWAY/v1"
                wire_api = "responses"
                env_key = "GATEWAY_KEY"
            "#,
        )],
    },
    Agent {
        name: "gemini-cli",
        model: "cohere/command-a",
        call: r#"call:read_file {"file_path":"tide.txt"}"#,
        program: "@google/gemini-cli/bundle/gemini.js",
        arguments: &["-m", "MODEL", "--yolo", "-p"],
        environment: &[
            ("GOOGLE_GEMINI_BASE_URL", "GATEWAY"),
            ("GEMINI_API_KEY", "a-client-key"),
            ("GEMINI_CLI_TRUST_WORKSPACE", "true"),
        ],
        files: &[(
            ".gemini/settings.json",
            r#"{"security": {"auth": {"selectedType": "gemini-api-key"}},
                "privacy": {"usageStatisticsEnabled": false}, "general": {"disableAutoUpdate": true}}"#,
        )],
    },
];

/// What the tool finds.
const TIDE: &str = "the tide is high at noon";
const PATIENCE: Duration = Duration::from_secs(120);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn agents_use_tools_of_models_of_other_vendors() {
    let Some(packages) = programs::agents() else {
        return;
    };
    let pair = Pair::start().await;
    for agent in &AGENTS {
        let said = agent.run(&packages, &pair).await;
        assert!(said.contains(TIDE), "{}: {said}", agent.name);
        let asked = asked(&pair, agent.model).await;
        let with = |text: &str| {
            asked
                .iter()
                .any(|request| request.to_string().contains(text))
        };
        assert!(asked.len() >= 2 && with(TIDE), "{}: {asked:?}", agent.name);
        println!(
            "{} with {}: {} requests",
            agent.name,
            agent.model,
            asked.len()
        );
    }
}

impl Agent {
    /// All that the agent says.
    async fn run(&self, packages: &Path, pair: &Pair) -> String {
        let home = packages.join("homes").join(self.name);
        let work = home.join("work");
        let _ = std::fs::remove_dir_all(&home);
        std::fs::create_dir_all(&work).unwrap();
        std::fs::write(work.join("tide.txt"), TIDE).unwrap();
        let gateway = format!("http://{}", pair.gateway);
        let filled = |text: &str| {
            let text = text.replace("GATEWAY/", &format!("{gateway}/"));
            let text = text.replace("HOME/", &format!("{}/", home.display()));
            match &*text {
                "GATEWAY" => gateway.clone(),
                _ => text.replace("MODEL", self.model),
            }
        };
        for (path, text) in self.files {
            let path = home.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, filled(text)).unwrap();
        }
        let mut command = Command::new("node");
        command
            .arg(packages.join("node_modules").join(self.program))
            .args(self.arguments.iter().map(|argument| filled(argument)))
            .arg(self.call)
            .current_dir(&work)
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &home);
        for (name, value) in self.environment {
            command.env(name, filled(value));
        }
        finished(self.name, command).await
    }
}

/// What a program writes until it ends. One that doesn't end is ended.
async fn finished(name: &str, mut command: Command) -> String {
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let output = tokio::task::spawn_blocking(move || child.wait_with_output().unwrap());
    let Ok(output) = tokio::time::timeout(PATIENCE, output).await else {
        let _ = Command::new("kill").arg(id).status();
        panic!("{name} doesn't end");
    };
    let output = output.unwrap();
    let said =
        [output.stdout, output.stderr].map(|said| String::from_utf8_lossy(&said).into_owned());
    let said = said.join("\n");
    assert!(output.status.success(), "{name}: {said}");
    said
}

/// The requests that the model's provider got.
async fn asked(pair: &Pair, model: &str) -> Vec<Value> {
    let mut client = Client::connect(pair.mock).await;
    client.request("GET /__mock/requests", "", "").await;
    let answer = soon("the requests", client.answer()).await;
    let all: Vec<Value> = serde_json::from_str(&answer.body).unwrap();
    let provider = model.split('/').next().unwrap();
    all.into_iter()
        .filter(|request| request["provider"] == provider)
        .collect()
}
