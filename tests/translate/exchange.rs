//! One exchange: a client's bytes in, the provider's request compared, its reply sent, the client's answer compared.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use gateway::config::Config;
use gateway::generated::providers::PROVIDERS;
use serde_json::{Value, json};

use super::case::Step;
use super::compare::{Differences, Frame};
use super::files::{Body, plain};
use super::golden;
use super::support::{Answer, Asked, Client, Gateway, Reply, Upstream};

/// A client's name, and its request line.
const CLIENTS: [(&str, &str); 7] = [
    ("chat", "POST /v1/chat/completions"),
    ("responses", "POST /v1/responses"),
    ("messages", "POST /v1/messages"),
    ("gemini", "POST /v1beta/models/{model}:{method}"),
    ("cohere", "POST /v2/chat"),
    ("ollama", "POST /api/chat"),
    ("plain", "POST /llms/{provider}/generate"),
];

/// What a provider is asked for where a case doesn't care.
const MODELS: [(&str, &str); 7] = [
    ("openai", "gpt-4.1"),
    ("groq", "openai/gpt-oss-20b"),
    ("cloudflare", "@cf/meta/llama-4-scout"),
    ("google", "gemini-3-flash"),
    ("cohere", "command-a-reasoning"),
    ("ollama", "qwen3"),
    ("anthropic", "claude-haiku-4-5"),
];

/// What cuts a reply: not at all, byte by byte, and anywhere.
const CUTS: [Option<u64>; 4] = [None, Some(0), Some(1), Some(5)];

/// A gateway, and the provider behind it for all exchanges.
pub struct Stage {
    gateway: Gateway,
    upstream: Upstream,
    reply: Arc<Mutex<(String, Reply)>>,
}

impl Stage {
    pub async fn start() -> Self {
        let reply = Arc::new(Mutex::new((String::new(), Reply::default())));
        let next = reply.clone();
        let upstream = Upstream::start(move |asked| {
            let (provider, reply) = &*next.lock().unwrap();
            match asked.path().starts_with(&format!("/{provider}/")) {
                true => reply.clone(),
                false => Reply::json(500, json!({"error": "not in this case"})),
            }
        })
        .await;
        let variables = environment(&upstream);
        let gateway = Gateway::start(Config::load(&variables).unwrap()).await;
        Self {
            gateway,
            upstream,
            reply,
        }
    }

    /// Plays a step with its reply cut in several ways; all must come to the same.
    pub async fn play(&self, step: &Step) -> Differences {
        let is_stream = step.reply().is_some_and(|reply| reply.is_stream());
        let cuts = if is_stream { &CUTS[..] } else { &CUTS[..1] };
        let mut differences = Differences::default();
        for cut in cuts {
            *self.reply.lock().unwrap() = (step.provider.clone(), step.replies(*cut));
            let answer = self.ask(step).await;
            let asked = self.upstream.asked();
            step.check_asked(&asked, &mut differences);
            step.check_answer(&answer, &mut differences);
            if !differences.is_empty() {
                if std::env::var("UPDATE_GOLDEN").is_ok() && step.set.known.is_none() {
                    golden::update(step, step.of_provider(&asked), &answer);
                }
                break;
            }
        }
        differences
    }

    async fn ask(&self, step: &Step) -> Answer {
        let mut headers = String::new();
        for (name, value) in &step.set.headers {
            headers.push_str(&format!("{name}: {value}\r\n"));
        }
        let mut client = Client::connect(self.gateway.address).await;
        client.request(&step.line(), &headers, &step.body()).await;
        client.answer().await
    }
}

impl Step {
    fn line(&self) -> String {
        let line = self.set.line.clone().unwrap_or_else(|| {
            let found = CLIENTS.iter().find(|(name, _)| *name == self.client);
            found.expect("a known client, or a line").1.to_owned()
        });
        let streams = self.streams();
        let method = if streams {
            "streamGenerateContent"
        } else {
            "generateContent"
        };
        let line = line
            .replace("{model}", &format!("{}/{}", self.provider, self.model()))
            .replace("{method}", method)
            .replace("{provider}", &self.provider);
        let own = if self.client == "gemini" && streams {
            "alt=sse"
        } else {
            ""
        };
        match self.set.query.as_deref().unwrap_or(own) {
            "" => line,
            query => format!("{line}?{query}"),
        }
    }

    /// The request with model and stream where it has none; a stream that is null is left out.
    fn body(&self) -> String {
        let request = self.request();
        if self.line().starts_with("GET ") {
            return String::new();
        }
        let Ok(Value::Object(given)) = serde_json::from_str(&request.text) else {
            return request.text;
        };
        if self.client == "gemini" {
            return Value::Object(given).to_string();
        }
        let mut body = serde_json::Map::new();
        let prefix = if self.client == "plain" {
            ""
        } else {
            &format!("{}/", self.provider)
        };
        body.insert(
            "model".to_owned(),
            format!("{prefix}{}", self.model()).into(),
        );
        if self.streams() || self.client == "ollama" {
            body.insert("stream".to_owned(), self.streams().into());
        }
        body.extend(given);
        if body.get("stream").is_some_and(Value::is_null) {
            body.shift_remove("stream");
        }
        Value::Object(body).to_string()
    }

    pub fn model(&self) -> &str {
        let found = MODELS
            .iter()
            .find(|(provider, _)| *provider == self.provider);
        let own = self.set.model.as_deref();
        own.or(found.map(|(_, model)| *model))
            .unwrap_or("some-model")
    }

    fn streams(&self) -> bool {
        let shown = || self.answer().is_some_and(|answer| answer.is_stream());
        self.set.stream.unwrap_or_else(shown)
    }

    /// The case's reply, or the least that the provider's dialect can say.
    fn replies(&self, cuts: Option<u64>) -> Reply {
        let provider = PROVIDERS.iter().find(|known| known.id == self.provider);
        let dialect = provider.and_then(|known| known.generate.as_ref());
        let dialect = dialect.map_or("", |endpoint| endpoint.dialect.name);
        let body = self.reply().unwrap_or_else(|| plain("reply", dialect));
        let mut headers =
            BTreeMap::from([("content-type".to_owned(), body.media_type().to_owned())]);
        headers.extend(self.set.reply_headers.clone());
        let text = match self.set.crlf {
            Some(true) => body.text.replace('\n', "\r\n"),
            _ => body.text,
        };
        let text = text.replace("{label}", &self.label);
        Reply {
            status: self.set.replies.unwrap_or(200),
            headers: headers.into_iter().collect(),
            body: text.into_bytes(),
            cuts,
            broken: self.set.broken.unwrap_or(false),
            ..Reply::default()
        }
    }

    fn check_asked(&self, asked: &[Asked], differences: &mut Differences) {
        let refused = self.set.status.is_some_and(|status| status >= 400) && self.reply().is_none();
        let Some(asked) = self.of_provider(asked) else {
            if !refused {
                differences.add("the provider was not asked");
            }
            return;
        };
        if refused {
            differences.add(format!("the provider was asked: {}", asked.body));
        }
        if let Some(line) = &self.set.asks {
            let target = asked.target.replacen(&format!("/{}", self.provider), "", 1);
            differences.of("the line", &format!("{} {target}", asked.method), line);
        }
        for (name, value) in &self.set.sends {
            let sent = asked.header(name).unwrap_or_default().to_owned();
            differences.of(&format!("sent header {name}"), &sent, value);
        }
        if let Some(upstream) = self.upstream() {
            let sent = serde_json::from_str(&asked.body).unwrap_or(Value::Null);
            differences.json("upstream", &sent, &self.with_model(&upstream, &sent));
        }
    }

    fn check_answer(&self, answer: &Answer, differences: &mut Differences) {
        let status = self.set.status.unwrap_or(200);
        differences.of("status", &answer.status, &status);
        if answer.status != status {
            differences.add(&*answer.body);
        }
        let dropped = (
            "x-gateway-dropped".to_owned(),
            self.set.dropped.clone().unwrap_or_default(),
        );
        let mut headers = self.set.answers.clone();
        headers.extend([dropped]);
        for (name, value) in &headers {
            let came = answer.header(name).unwrap_or_default().to_owned();
            if value != "*" || came.is_empty() {
                differences.of(&format!("header {name}"), &came, value);
            }
        }
        let value = |text: &str| serde_json::from_str(text).unwrap_or_else(|_| text.into());
        let came: Value = value(&answer.body);
        for (pointer, expected) in &self.set.holds {
            let held = came.pointer(pointer).unwrap_or(&Value::Null);
            differences.json(pointer, held, expected);
        }
        let Some(expected) = self.answer() else {
            return;
        };
        if expected.is_stream() && answer.status == 200 {
            let media_type = answer.header("content-type").unwrap_or_default().to_owned();
            differences.of("media type", &media_type.as_str(), &expected.media_type());
            let came = Frame::all(expected.form(), &answer.body);
            differences.frames(&came, &Frame::all(expected.form(), &expected.text));
        } else {
            differences.json("answer", &came, &value(&expected.text));
        }
    }

    /// What this provider was asked, if the others were too.
    fn of_provider<'a>(&self, asked: &'a [Asked]) -> Option<&'a Asked> {
        let path = format!("/{}/", self.provider);
        asked.iter().find(|asked| asked.path().starts_with(&path))
    }

    /// The model need not be written in what is expected.
    fn with_model(&self, upstream: &Body, sent: &Value) -> Value {
        let mut expected: Value = serde_json::from_str(&upstream.text).unwrap_or(Value::Null);
        if let (Some(expected), true) = (expected.as_object_mut(), sent.get("model").is_some()) {
            let model = self.model().into();
            expected.entry("model").or_insert(model);
        }
        expected
    }
}

fn environment(upstream: &Upstream) -> BTreeMap<String, String> {
    let mut variables = BTreeMap::from([
        ("SERVER_HOST".to_owned(), "127.0.0.1".to_owned()),
        ("SERVER_PORT".to_owned(), "0".to_owned()),
    ]);
    for provider in PROVIDERS {
        let url = format!("http://{}/{}", upstream.address, provider.id);
        variables.insert(format!("{}_API_URL", provider.key), url);
        if provider.auth.is_some() {
            let key = format!("k3y-of-{}", provider.id);
            variables.insert(format!("{}_API_KEY", provider.key), key);
        }
    }
    variables
}
