//! Lists of models: pages, and providers that can't be listed.

use std::time::{Duration, Instant};

use crate::support::upstream::{Asked, Peer, reply};
use crate::support::{Client, Gateway, Upstream};

/// Three pages by cursor and by number, and one that never ends.
async fn library(mut peer: Peer, asked: Asked) {
    let query = asked
        .line()
        .split(['?', ' '])
        .nth(2)
        .unwrap_or_default()
        .to_owned();
    let page = match &*query {
        "HTTP/1.1" => r#"{"models":[{"id":"a"},{"id":"b","does":"chat"}],"next":"x y"}"#,
        "after=x%20y" => r#"{"models":[{"id":"c","does":"embed"}],"next":"z"}"#,
        "after=z" => r#"{"models":[{"id":"d"}]}"#,
        "page=1" => r#"{"models":[{"id":"a"},{"id":"b"}],"total":3}"#,
        "page=2" => r#"{"models":[{"id":"c"}],"total":3}"#,
        _ => r#"{"models":null}"#,
    };
    peer.send(&reply("200 OK", "", page)).await;
}

#[tokio::test]
async fn all_pages_are_read() {
    let upstream = Upstream::start(library).await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    for (provider, models) in [
        ("open", r#"["a","b","d"]"#),
        ("numbered", r#"["a","b","c"]"#),
    ] {
        let answer = client.get(&format!("/llms/{provider}")).await;
        let body = format!(r#"{{"provider":"{provider}","models":{models}}}"#);
        assert_eq!((answer.status, answer.body), (200, body));
    }
}

#[tokio::test]
async fn no_provider_is_asked_without_end() {
    let upstream = Upstream::start(|mut peer: Peer, asked: Asked| async move {
        // Each page names another one.
        let next = asked.line().len();
        let page = format!(
            r#"{{"models":[{{"id":"m"}}],"next":"{}"}}"#,
            "n".repeat(next % 50)
        );
        peer.send(&reply("200 OK", "", &page)).await;
    })
    .await;
    let gateway = Gateway::before(upstream.address).await;
    let mut client = Client::connect(gateway.address).await;
    let answer = client.get("/llms/open").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.body.matches(r#""m""#).count(), 100);
}

#[tokio::test]
async fn nobody_holds_up_the_others() {
    let slow = Duration::from_millis(500);
    let upstream = Upstream::start(library).await;
    let broken = Upstream::answering(reply("500 Oops", "", "")).await;
    let silent = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.client.list_timeout = slow;
        config.providers[0].token = None;
        config.providers[1].url = Ok(format!("http://{}", broken.address));
        config.providers[2].url = Ok(format!("http://{}", silent.address));
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    let began = Instant::now();
    let answer = client.get("/llms").await;
    assert_eq!(answer.status, 200);
    let expected = concat!(
        r#"[{"provider":"bearer","models":[]},{"provider":"header","models":[]},"#,
        r#"{"provider":"query","models":[]},{"provider":"open","models":["a","b","d"]},"#,
        r#"{"provider":"numbered","models":["a","b","c"]}]"#
    );
    assert_eq!(answer.body, expected);
    assert!(began.elapsed() < slow * 3, "{:?}", began.elapsed());

    for (provider, status) in [
        ("bearer", 400),
        ("header", 502),
        ("query", 504),
        ("none", 400),
    ] {
        let answer = client.get(&format!("/llms/{provider}")).await;
        assert_eq!(answer.status, status, "{provider}: {}", answer.body);
    }
}
