//! What a real provider doesn't do: say false things, break, age its keys in a second.

use std::time::Duration;

use gateway::auth::Pace;
use serde_json::{Value, json};
use tokio::time::sleep;

use crate::scripted::{Issuer, Says};
use crate::{Outcome, brisk, check, comes_to, gate};

#[tokio::test]
async fn many_requests_share_one_reading() {
    let issuer = Issuer::start().await;
    let gate = gate(&issuer.name, brisk());
    let token = issuer.token(Some("a"));
    for _ in 0..20 {
        assert_eq!(check(&gate, &token).await.0, Outcome::Passes);
    }
    assert_eq!(
        check(&gate, &issuer.token(None)).await.0,
        Outcome::Passes,
        "the only key fits"
    );
    assert_eq!(issuer.readings(), 1);
}

#[tokio::test]
async fn unknown_keys_make_it_ask_a_few_times_only() {
    let issuer = Issuer::start().await;
    let gate = gate(&issuer.name, brisk());
    for round in 0..10 {
        let tokens: Vec<String> = (0..8)
            .map(|id| issuer.token(Some(&format!("{round}-{id}"))))
            .collect();
        let checks = tokens.iter().map(|token| check(&gate, token));
        for (outcome, text) in futures_util::future::join_all(checks).await {
            assert_eq!(outcome, Outcome::Gets401, "{text}");
        }
    }
    assert_eq!(
        issuer.readings(),
        1 + Pace::default().burst as usize,
        "80 tokens"
    );
    assert_eq!(
        check(&gate, &issuer.token(Some("a"))).await.0,
        Outcome::Passes
    );
}

/// A name, and what makes a good issuer a bad one.
type Wrong = (&'static str, fn(&mut Says));

#[tokio::test]
async fn a_document_that_is_wrong_means_503_until_it_is_right() {
    let wrongs: &[Wrong] = &[
        ("issuer differs", |says| {
            says.discovery["issuer"] = json!("http://other.example")
        }),
        ("issuer has a slash more", |says| {
            says.discovery["issuer"] = json!(format!(
                "{}/",
                says.discovery["issuer"].as_str().unwrap_or("")
            ));
        }),
        ("no issuer", |says| says.discovery["issuer"] = Value::Null),
        ("no algorithms", |says| {
            says.discovery["id_token_signing_alg_values_supported"] = Value::Null
        }),
        ("symmetric only", |says| {
            says.discovery["id_token_signing_alg_values_supported"] = json!(["none", "HS256"]);
        }),
        ("no address of keys", |says| {
            says.discovery["jwks_uri"] = json!("keys")
        }),
        ("keys elsewhere", |says| {
            says.discovery["jwks_uri"] = json!("http://127.0.0.1:9/keys")
        }),
        ("error status", |says| says.status = 500),
        ("redirect", |says| says.status = 302),
        ("no JSON", |says| says.keys = "<html>".into()),
        ("no keys", |says| says.keys = r#"{"keys":[]}"#.into()),
        ("keys of another kind", |says| {
            says.keys = r#"{"keys":[{"kty":"oct","k":"AAAA"}]}"#.into()
        }),
        ("too large", |says| {
            says.keys = format!("{}{}", says.keys, " ".repeat(1 << 20))
        }),
    ];
    for (name, wrong) in wrongs {
        let issuer = Issuer::start().await;
        let right = issuer.says.lock().expect("nobody panicked").clone();
        issuer.say(wrong);
        let gate = gate(&issuer.name, brisk());
        let token = issuer.token(Some("a"));
        let (outcome, text) = check(&gate, &token).await;
        assert_eq!(outcome, Outcome::Gets503, "{name}: {text}");
        issuer.say(|says| *says = right);
        comes_to(&gate, &token, Outcome::Passes).await;
    }
}

#[tokio::test]
async fn keys_are_read_again_when_they_age_and_not_used_beyond() {
    let issuer = Issuer::start().await;
    let short = Duration::from_millis(400);
    let pace = Pace {
        keep: (short, short),
        ..brisk()
    };
    let gate = gate(&issuer.name, pace);
    let token = issuer.token(Some("a"));
    assert_eq!(check(&gate, &token).await.0, Outcome::Passes);
    sleep(short * 2).await;
    assert_eq!(check(&gate, &token).await.0, Outcome::Passes);
    assert!(issuer.readings() >= 3, "{} readings", issuer.readings());

    issuer.say(|says| says.status = 500);
    assert_eq!(
        check(&gate, &token).await.0,
        Outcome::Passes,
        "the keys are still fresh"
    );
    sleep(short + Duration::from_millis(100)).await;
    assert_eq!(check(&gate, &token).await.0, Outcome::Gets503);
    issuer.say(|says| says.status = 200);
    comes_to(&gate, &token, Outcome::Passes).await;
}

#[tokio::test]
async fn the_issuer_says_how_long_within_bounds() {
    let bounds = (Duration::from_millis(100), Duration::from_secs(600));
    let cases = [
        ("max-age=0", true),
        ("max-age=31536000", false),
        ("", false),
    ];
    for (cache, again) in cases {
        let issuer = Issuer::start().await;
        issuer.say(|says| says.cache = cache.into());
        let gate = gate(
            &issuer.name,
            Pace {
                keep: bounds,
                ..brisk()
            },
        );
        assert_eq!(check(&gate, &issuer.token(None)).await.0, Outcome::Passes);
        sleep(Duration::from_millis(400)).await;
        assert_eq!(
            issuer.readings() > 1,
            again,
            "{cache:?}: {} readings",
            issuer.readings()
        );
        assert!(
            issuer.readings() < 8,
            "{cache:?}: {} readings",
            issuer.readings()
        );
    }
}

#[tokio::test]
async fn while_it_is_down_known_keys_pass_and_unknown_ones_wait() {
    let issuer = Issuer::start().await;
    let gate = gate(&issuer.name, brisk());
    assert_eq!(
        check(&gate, &issuer.token(Some("a"))).await.0,
        Outcome::Passes
    );
    issuer.say(|says| says.status = 503);
    for _ in 0..10 {
        assert_eq!(
            check(&gate, &issuer.token(Some("b"))).await.0,
            Outcome::Gets503
        );
        assert_eq!(
            check(&gate, &issuer.token(Some("a"))).await.0,
            Outcome::Passes
        );
    }
    let both = json!({"keys": [issuer.jwk("a"), issuer.jwk("b")]});
    issuer.say(|says| (says.status, says.keys) = (200, both.to_string()));
    comes_to(&gate, &issuer.token(Some("b")), Outcome::Passes).await;
    let (outcome, text) = check(&gate, &issuer.token(None)).await;
    assert_eq!(outcome, Outcome::Gets401, "two keys fit");
    assert!(text.contains("several keys"), "{text}");
}

#[tokio::test]
async fn pauses_grow_while_it_is_down() {
    let issuer = Issuer::start().await;
    issuer.say(|says| says.keys = "{}".into());
    let pace = Pace {
        first_pause: Duration::from_millis(50),
        longest_pause: Duration::from_secs(60),
        ..Pace::default()
    };
    let _gate = gate(&issuer.name, pace);
    sleep(Duration::from_millis(1200)).await;
    // Pauses of 50, 100, 200, 400, .. ms, each halved at most.
    let readings = issuer.readings();
    assert!((4..=6).contains(&readings), "{readings} readings");
}

#[tokio::test]
async fn a_gate_that_is_gone_asks_no_more() {
    let issuer = Issuer::start().await;
    issuer.say(|says| says.keys = "{}".into());
    let gate = gate(&issuer.name, brisk());
    let token = issuer.token(Some("a"));
    assert_eq!(check(&gate, &token).await.0, Outcome::Gets503);
    drop(gate);
    let readings = issuer.readings();
    sleep(Duration::from_secs(1)).await;
    // One may have been under way.
    assert!(
        issuer.readings() <= readings + 1,
        "{} readings",
        issuer.readings()
    );
}
