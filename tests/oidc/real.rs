//! Against the real provider: its own tokens, its rotation, its absence.

use std::net::TcpListener;

use crate::node::Provider;
use crate::{AUDIENCE, Outcome, brisk, check, comes_to, gate};

#[tokio::test]
async fn real_tokens_pass_and_those_for_others_dont() {
    let Some(provider) = Provider::start(0) else {
        return;
    };
    let gate = gate(&provider.issuer, brisk());
    let cases = [
        (AUDIENCE, "RS256", Outcome::Passes),
        (AUDIENCE, "PS256", Outcome::Passes),
        (AUDIENCE, "ES256", Outcome::Passes),
        (AUDIENCE, "EdDSA", Outcome::Passes),
        ("other", "RS256", Outcome::Gets401),
        ("other", "EdDSA", Outcome::Gets401),
    ];
    for (audience, algorithm, outcome) in cases {
        let token = provider.token(audience, algorithm).await;
        let found = check(&gate, &token).await;
        assert_eq!(found.0, outcome, "{audience} {algorithm}: {}", found.1);
    }
}

#[tokio::test]
async fn a_rotated_key_is_learned_and_the_old_one_forgotten() {
    let Some(provider) = Provider::start(0) else {
        return;
    };
    let gate = gate(&provider.issuer, brisk());
    let old = provider.token(AUDIENCE, "RS256").await;
    assert_eq!(check(&gate, &old).await.0, Outcome::Passes);

    provider.rotate().await;
    assert_eq!(
        check(&gate, &old).await.0,
        Outcome::Passes,
        "nothing has told the gate yet"
    );
    let new = provider.token(AUDIENCE, "RS256").await;
    let found = check(&gate, &new).await;
    assert_eq!(
        found.0,
        Outcome::Passes,
        "at once, without a restart: {}",
        found.1
    );
    assert_eq!(check(&gate, &old).await.0, Outcome::Gets401);
}

#[tokio::test]
async fn an_absent_issuer_means_503_until_it_comes() {
    let port = {
        let free = TcpListener::bind("127.0.0.1:0").expect("a port");
        free.local_addr().expect("an address").port()
    };
    let gate = gate(&format!("http://127.0.0.1:{port}"), brisk());
    for token in ["", "no token at all", "a.b.c"] {
        assert_eq!(check(&gate, token).await.0, Outcome::Gets503, "{token}");
    }
    let Some(provider) = Provider::start(port) else {
        return;
    };
    let token = provider.token(AUDIENCE, "RS256").await;
    comes_to(&gate, &token, Outcome::Passes).await;
    assert_eq!(check(&gate, "a.b.c").await.0, Outcome::Gets401);
}
