//! A conversation through the gateway: what goes out, and how what comes back is told.

use std::time::Duration;

use crate::support::gateway::KEY;
use crate::support::process::nobody;
use crate::support::upstream::reply;
use crate::support::{Client, Gateway, Upstream};

const ASK: &str = r#"{"model":"m","text":"hello"}"#;

#[tokio::test]
async fn there_and_back() {
    let mut upstream =
        Upstream::answering(reply("200 OK", "", r#"{"text":"hi","model":"m-1"}"#)).await;
    let gateway = Gateway::before(upstream.address).await;
    for (provider, line, header) in [
        (
            "bearer",
            "/base/v1/models/m/say",
            Some(("authorization", format!("Bearer {KEY}"))),
        ),
        (
            "header",
            "/base/v1/models/m/say",
            Some(("x-provider-key", KEY.to_owned())),
        ),
        (
            "query",
            "/base/v1/models/m/say?key=k3y-of-the-gateway",
            None,
        ),
        ("open", "/base/v1/models/m/say", None),
    ] {
        let mut client = Client::connect(gateway.address).await;
        let answer = client
            .post(&format!("/llms/{provider}/generate"), ASK)
            .await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let body = format!(r#"{{"provider":"{provider}","model":"m-1","text":"hi"}}"#);
        assert_eq!(answer.body, body);
        assert!(answer.header("x-request-id").is_some());
        assert_eq!(answer.header("x-gateway-dropped"), None);

        let asked = upstream.asked().await;
        assert_eq!(asked.line(), format!("POST {line} HTTP/1.1"));
        assert_eq!(asked.body, br#"{"text":"hello"}"#);
        for name in ["authorization", "x-provider-key"] {
            let expected = header.as_ref().filter(|(key, _)| *key == name);
            assert_eq!(
                asked.header(name),
                expected.map(|(_, value)| &**value),
                "{provider}"
            );
        }
        for (name, value) in [
            ("x-extra", "always"),
            ("content-type", "application/json"),
            ("accept", "application/json"),
            ("host", &*upstream.address.to_string()),
        ] {
            assert_eq!(asked.header(name), Some(value), "{provider}");
        }
        assert!(
            asked
                .header("user-agent")
                .is_some_and(|agent| agent.starts_with("inference-gateway/"))
        );
    }
}

#[tokio::test]
async fn a_model_can_not_leave_its_segment() {
    let mut upstream = Upstream::answering(reply("200 OK", "", r#"{"text":"hi"}"#)).await;
    let gateway = Gateway::before(upstream.address).await;
    for (model, segment) in [
        ("../../x?y#z", "..%2F..%2Fx%3Fy%23z"),
        ("@cf/meta/llama 3", "%40cf%2Fmeta%2Fllama%203"),
        ("a:b%2f", "a%3Ab%252f"),
    ] {
        let mut client = Client::connect(gateway.address).await;
        let body = format!(r#"{{"model":"{model}","text":"hello"}}"#);
        assert_eq!(client.post("/llms/open/generate", &body).await.status, 200);
        let line = format!("POST /base/v1/models/{segment}/say HTTP/1.1");
        assert_eq!(upstream.asked().await.line(), line);
    }
    for model in ["..", ".", ""] {
        let mut client = Client::connect(gateway.address).await;
        let body = format!(r#"{{"model":"{model}","text":"hello"}}"#);
        let answer = client.post("/llms/open/generate", &body).await;
        assert_eq!(answer.status, 400, "{model:?}");
        assert!(answer.body.contains("model: "), "{}", answer.body);
    }
    assert!(upstream.was_left_alone());
}

#[tokio::test]
async fn what_is_lost_is_told() {
    let upstream = Upstream::answering(reply("200 OK", "", r#"{"text":"hi"}"#)).await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    let answer = client
        .post("/llms/open/generate", r#"{"model":"lossy","text":"x"}"#)
        .await;
    assert_eq!(answer.header("x-gateway-dropped"), Some("seed,top_k"));
}

#[tokio::test]
async fn what_the_caller_got_wrong() {
    let mut upstream = Upstream::answering(reply("200 OK", "", "{}")).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.providers[0].token = None;
        config.providers[1].url = Err("HEADER_ACCOUNT_ID is not set".to_owned());
    })
    .await;
    // One connection for all: a refusal is no reason to close it.
    let mut client = Client::connect(gateway.address).await;
    for (provider, body, error) in [
        (
            "none",
            ASK,
            "Provider not found. Please check the list of supported providers.",
        ),
        (
            "bearer",
            ASK,
            "Provider requires an API key. Please configure the provider's API key.",
        ),
        (
            "header",
            ASK,
            "Provider isn't configured: HEADER_ACCOUNT_ID is not set.",
        ),
        (
            "open",
            r#"{"model":1,"text":"x"}"#,
            "model: expected a string",
        ),
        ("open", r#"{"model":"m"}"#, "text: expected a string"),
    ] {
        let answer = client
            .post(&format!("/llms/{provider}/generate"), body)
            .await;
        assert_eq!(answer.status, 400, "{provider} {body}");
        assert_eq!(answer.body, format!(r#"{{"error":"{error}"}}"#));
    }
    assert!(upstream.was_left_alone());
}

#[tokio::test]
async fn what_the_provider_says_is_told_as_it_should_be() {
    let said = |text: &str| format!(r#"{{"error":"{text}"}}"#);
    let refused = "The provider refused the gateway's credential.";
    let leak = format!("bad key {KEY}");
    for (from, headers, body, status, told, retry) in [
        (
            "429 Slow Down",
            "retry-after: 7\r\n",
            said("slow"),
            429,
            "slow",
            Some("7"),
        ),
        ("429 Slow Down", "", said("slow"), 429, "slow", None),
        (
            "400 Bad",
            "",
            said("no such field"),
            400,
            "no such field",
            None,
        ),
        (
            "404 None",
            "",
            said("no such model"),
            404,
            "no such model",
            None,
        ),
        (
            "418 Teapot",
            "retry-after: 7\r\n",
            String::new(),
            418,
            "The provider refused the request.",
            None,
        ),
        ("400 Bad", "", said(&leak), 400, "bad key ***", None),
        ("401 Who", "", said(&leak), 502, refused, None),
        ("403 No", "", said(&leak), 502, refused, None),
        ("500 Oops", "", said("on fire"), 502, "on fire", None),
        (
            "503 Later",
            "",
            "<html>".to_owned(),
            502,
            "The provider failed.",
            None,
        ),
        (
            "302 There",
            "location: /x\r\n",
            String::new(),
            502,
            "The provider failed.",
            None,
        ),
        (
            "200 OK",
            "",
            "<html>".to_owned(),
            502,
            "The provider's reply can't be understood.",
            None,
        ),
        (
            "200 OK",
            "",
            "{}".to_owned(),
            502,
            "The provider's reply can't be understood.",
            None,
        ),
    ] {
        let upstream = Upstream::answering(reply(from, headers, &body)).await;
        let gateway = Gateway::before(upstream.address).await;
        let mut client = Client::connect(gateway.address).await;
        let answer = client.post("/llms/bearer/generate", ASK).await;
        assert_eq!(
            (answer.status, answer.body),
            (status, said(told)),
            "{from} {body}"
        );
        assert_eq!(
            answer.head.to_lowercase().contains("retry-after: 7"),
            retry.is_some()
        );
        assert!(!answer.head.contains(KEY));
    }
}

#[tokio::test]
async fn a_provider_that_is_not_there_is_slow_or_breaks() {
    let short = Duration::from_millis(300);
    let silent = Upstream::start(|peer, _| peer.tell_closed()).await;
    let hasty = Upstream::start(|peer, _| async move { drop(peer) }).await;
    let garbled = Upstream::answering("SMTP ready\r\n\r\n").await;
    let cut = Upstream::answering("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{\"text\"").await;
    let halting = Upstream::start(|mut peer, _| async move {
        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")
            .await;
        peer.tell_closed().await;
    })
    .await;
    for (what, address, status) in [
        ("nobody", nobody().await, 502),
        ("closes at once", hasty.address, 502),
        ("no http", garbled.address, 502),
        ("cut", cut.address, 502),
        ("no head", silent.address, 504),
        ("no more", halting.address, 504),
    ] {
        let gateway = Gateway::with(address, |config| {
            config.client.first_byte_timeout = short;
            config.client.idle_timeout = short;
        })
        .await;
        let mut client = Client::connect(gateway.address).await;
        let answer = client.post("/llms/open/generate", ASK).await;
        assert_eq!(answer.status, status, "{what}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_provider_that_can_not_be_connected_to_is_too_slow() {
    // A listener whose queue is full takes no more connections, and refuses none.
    let full = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = full.local_addr().unwrap();
    let mut queue = Vec::new();
    let short = Duration::from_millis(300);
    while let Ok(stream) = std::net::TcpStream::connect_timeout(&address, short) {
        queue.push(stream);
    }
    let gateway = Gateway::with(address, |config| {
        config.client.connect_timeout = short;
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    assert_eq!(client.post("/llms/open/generate", ASK).await.status, 504);
}
