//! Forged tokens. All but one fault is right in each: a wrong audience is signed with the issuer's own key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::KeyPair;
use serde_json::{Value, json};

use crate::node::Provider;
use crate::{AUDIENCE, Outcome, brisk, check, gate, now};

#[tokio::test]
async fn every_forgery_is_refused_for_its_own_fault() {
    let Some(provider) = Provider::start(0) else {
        return;
    };
    let gate = gate(&provider.issuer, brisk());
    let right = claims(&provider.issuer);
    for (name, header, changed) in variations() {
        let token = provider.sign(header, merged(&right, &changed)).await;
        let (outcome, text) = check(&gate, &token).await;
        assert_eq!(outcome, Outcome::Passes, "{name}: {text}");
    }
    let honest = provider.sign(json!({"alg": "RS256"}), right.clone()).await;
    let mut forgeries = with_wrong_claims(&provider, &right).await;
    forgeries.extend(with_wrong_headers(&provider, &right).await);
    forgeries.extend(with_wrong_signatures(&provider, &right, &honest).await);
    for (name, token, reason) in &forgeries {
        let (outcome, text) = check(&gate, token).await;
        assert_eq!(outcome, Outcome::Gets401, "{name}: {text}");
        assert!(
            text.contains(reason),
            "{name}: {text:?} doesn't say {reason:?}"
        );
    }
    assert!(forgeries.len() > 30, "only {} forgeries", forgeries.len());
}

/// Tokens that are good, so that a forgery is refused for what is wrong with it only.
fn variations() -> Vec<(&'static str, Value, Value)> {
    vec![
        ("plain", json!({"alg": "RS256"}), json!({})),
        ("typed", json!({"alg": "ES256", "typ": "JWT"}), json!({})),
        (
            "access token",
            json!({"alg": "PS256", "typ": "application/at+jwt"}),
            json!({}),
        ),
        (
            "the only key that fits",
            json!({"alg": "EdDSA", "kid": null}),
            json!({}),
        ),
        (
            "one audience",
            json!({"alg": "RS256"}),
            json!({"aud": AUDIENCE}),
        ),
        (
            "no beginning",
            json!({"alg": "RS256"}),
            json!({"nbf": null}),
        ),
        (
            "clocks differ a little",
            json!({"alg": "RS256"}),
            json!({"exp": now() - 10, "nbf": now() + 10}),
        ),
    ]
}

type Forgery = (&'static str, String, &'static str);

async fn with_wrong_claims(provider: &Provider, right: &Value) -> Vec<Forgery> {
    let issuer = &*provider.issuer;
    let cases: Vec<(&str, Value, &str)> = vec![
        ("wrong audience", json!({"aud": "other"}), "audience"),
        (
            "wrong audiences",
            json!({"aud": ["other", "gateway2", "GATEWAY"]}),
            "audience",
        ),
        (
            "audience within a text",
            json!({"aud": "other gateway"}),
            "audience",
        ),
        ("no audience", json!({"aud": null}), "aud claim"),
        ("empty audience", json!({"aud": []}), "audience"),
        (
            "wrong issuer",
            json!({"iss": "https://evil.example"}),
            "issuer",
        ),
        (
            "issuer with a slash",
            json!({"iss": format!("{issuer}/")}),
            "issuer",
        ),
        (
            "issuer in a list",
            json!({"iss": [issuer, "https://evil.example"]}),
            "not a valid JWT",
        ),
        ("no issuer", json!({"iss": null}), "not a valid JWT"),
        ("expired", json!({"exp": now() - 60}), "expired"),
        ("expired long ago", json!({"exp": 1}), "expired"),
        ("no expiry", json!({"exp": null}), "exp claim"),
        ("expiry as text", json!({"exp": "tomorrow"}), "exp claim"),
        ("negative expiry", json!({"exp": -1}), "exp claim"),
        (
            "not valid yet",
            json!({"nbf": now() + 600}),
            "not valid yet",
        ),
        (
            "beginning as text",
            json!({"nbf": "soon"}),
            "not a valid JWT",
        ),
    ];
    let mut forgeries = Vec::new();
    for (name, changed, reason) in cases {
        let payload = merged(right, &changed);
        let token = provider.sign(json!({"alg": "ES256"}), payload).await;
        forgeries.push((name, token, reason));
    }
    forgeries
}

async fn with_wrong_headers(provider: &Provider, right: &Value) -> Vec<Forgery> {
    let cases = vec![
        (
            "unknown key id",
            json!({"alg": "RS256", "kid": "nobody"}),
            "no key with the token's kid",
        ),
        (
            "key id of no text",
            json!({"alg": "RS256", "kid": 7}),
            "not a JWT",
        ),
        (
            "critical extension",
            json!({"alg": "RS256", "crit": ["exp2"]}),
            "critical",
        ),
        (
            "logout token",
            json!({"alg": "RS256", "typ": "logout+jwt"}),
            "typ",
        ),
        ("not announced", json!({"alg": "RS384"}), "announces"),
        ("not known", json!({"alg": "RS999"}), "known algorithm"),
    ];
    let mut forgeries = Vec::new();
    for (name, header, reason) in cases {
        forgeries.push((name, provider.sign(header, right.clone()).await, reason));
    }
    forgeries
}

async fn with_wrong_signatures(provider: &Provider, right: &Value, honest: &str) -> Vec<Forgery> {
    let (pem, kid) = provider.public().await;
    let parts: Vec<&str> = honest.split('.').collect();
    let admin = part(&merged(right, &json!({"sub": "admin"})));
    let none = part(&json!({"alg": "none", "typ": "JWT", "kid": kid}));
    let none_mixed = part(&json!({"alg": "nOnE", "kid": kid}));
    let hs256 = |secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some(kid.clone());
        encode(&header, right, &EncodingKey::from_secret(secret)).expect("a token")
    };
    vec![
        ("none", format!("{none}.{}.", parts[1]), "known algorithm"),
        (
            "none with a signature",
            format!("{none}.{}.{}", parts[1], parts[2]),
            "known algorithm",
        ),
        (
            "none in odd case",
            format!("{none_mixed}.{}.", parts[1]),
            "known algorithm",
        ),
        (
            "HS256 with the public key",
            hs256(pem.as_bytes()),
            "announces",
        ),
        (
            "HS256 with the trimmed key",
            hs256(pem.trim().as_bytes()),
            "announces",
        ),
        ("HS256 with nothing", hs256(b""), "announces"),
        (
            "tampered payload",
            format!("{}.{admin}.{}", parts[0], parts[2]),
            "signature",
        ),
        (
            "no signature",
            format!("{}.{}.", parts[0], parts[1]),
            "signature",
        ),
        ("spoiled signature", spoiled(honest), "signature"),
        (
            "own key under the issuer's id",
            own_key(right, Some(&kid)),
            "no key with the token's kid and alg",
        ),
        (
            "own key under an own id",
            own_key(right, Some("mine")),
            "no key with the token's kid",
        ),
        ("own key without an id", own_key(right, None), "signature"),
        (
            "two parts",
            format!("{}.{}", parts[0], parts[1]),
            "not a JWT",
        ),
        ("four parts", format!("{honest}.{}", parts[2]), "not a JWT"),
        ("no JSON", "abc.def.ghi".into(), "not a JWT"),
        ("empty", String::new(), "not a JWT"),
        ("huge", "a".repeat(20_000), "longer"),
    ]
}

/// Signed well, but by somebody else's key.
fn own_key(payload: &Value, kid: Option<&str>) -> String {
    let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).expect("a key pair");
    let mut header = Header::new(Algorithm::ES256);
    header.kid = kid.map(String::from);
    let key = EncodingKey::from_ec_der(&key.serialize_der());
    encode(&header, payload, &key).expect("a token")
}

fn spoiled(token: &str) -> String {
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    bytes[10] ^= 1;
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn claims(issuer: &str) -> Value {
    json!({"iss": issuer, "aud": [AUDIENCE, "more"], "sub": "someone", "exp": now() + 600, "nbf": now() - 5})
}

/// These claims with those changed; null takes one away.
fn merged(right: &Value, changed: &Value) -> Value {
    let mut merged = right.clone();
    let claims = merged.as_object_mut().expect("an object");
    for (name, value) in changed.as_object().expect("an object") {
        claims.insert(name.clone(), value.clone());
    }
    claims.retain(|_, value| !value.is_null());
    merged
}
