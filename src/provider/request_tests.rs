use super::*;
use crate::canonical::Error;
use crate::config::{ProviderConfig, Secret};
use crate::provider::Ready;
use crate::table::{Dialect, Provider, Reply};

static DIALECT: Dialect = Dialect {
    name: "plain",
    auth: &[],
    chat: None,
    models: None,
    model: None,
    embeds: &[],
    count: None,
    decode_error: |_, _, _| Error::default(),
    encode_error: |_| Reply {
        status: 500,
        headers: Vec::new(),
        body: Vec::new(),
    },
};

static ENDPOINT: Endpoint = Endpoint {
    method: "POST",
    path: "/v1/models/{model}:say",
    query: &[("alt", "x y")],
    headers: &[("x-version", "1")],
    dialect: &DIALECT,
    embed: None,
};

const fn provider(id: &'static str, auth: Option<Scheme>) -> Provider {
    Provider {
        id,
        url: "",
        key: "ACME",
        auth,
        optional: false,
        extra_headers: &[("X-Extra", "yes")],
        list: None,
        generate: None,
        generate_stream: None,
        generate_also: &[],
        embed: None,
        count_tokens: None,
        adjust: &[],
    }
}

static BEARER: Provider = provider("bearer", Some(Scheme::Bearer));
static HEADER: Provider = provider("header", Some(Scheme::Header("X-Acme-Key")));
static QUERY: Provider = provider("query", Some(Scheme::Query("key")));
/// Needs no key, and has none, or was given one all the same.
static NONE: Provider = provider("none", None);
static OPEN: Provider = provider("open", None);

fn config(provider: &'static Provider) -> ProviderConfig {
    ProviderConfig {
        provider,
        url: Ok("http://acme.example/base/".to_owned()),
        token: (provider.id != NONE.id).then(|| Secret::new("s3cret/+")),
    }
}

fn to_model(model: &str) -> Outgoing {
    Outgoing {
        path: vec![("model", model.to_owned())],
        body: b"{}".to_vec(),
        ..Outgoing::default()
    }
}

fn build(provider: &'static Provider, model: &str) -> Result<(Request<Bytes>, Address), Fault> {
    let config = config(provider);
    let target = Target::of(&config).expect("it has a key");
    operation(
        target,
        &ENDPOINT,
        to_model(model),
        "application/json",
        Vec::new(),
    )
}

#[test]
fn a_model_stays_in_its_segment() {
    for (model, expected) in [
        ("plain", "plain"),
        ("../../x?y#z", "..%2F..%2Fx%3Fy%23z"),
        ("@a/b:c", "%40a%2Fb%3Ac"),
        ("..", ".."),
    ] {
        let (request, address) = build(&NONE, model).expect("it can be said");
        let url = format!("http://acme.example/base/v1/models/{expected}:say?alt=x%20y");
        assert_eq!(request.uri().to_string(), url);
        assert_eq!(address.to_string(), url);
    }
    let fault = build(&NONE, "").expect_err("nothing is no segment");
    assert_eq!(fault.place(), "model");
}

#[test]
fn dots_alone_are_no_segment() {
    let mut url = String::new();
    let values = [("model", "..".to_owned())];
    let fault = fill(&mut url, "{model}", &values).expect_err("it would climb");
    assert_eq!(fault.place(), "model");
}

#[test]
fn the_credential_goes_where_it_belongs_and_is_not_shown() {
    for (provider, header, in_url) in [
        (&BEARER, Some(("authorization", "Bearer s3cret/+")), false),
        (&HEADER, Some(("x-acme-key", "s3cret/+")), false),
        (&QUERY, None, true),
        (&NONE, None, false),
        (&OPEN, Some(("authorization", "Bearer s3cret/+")), false),
    ] {
        let (request, address) = build(provider, "m").expect("it can be said");
        let found = ["authorization", "x-acme-key"]
            .into_iter()
            .find_map(|name| Some((name, request.headers().get(name)?.to_str().ok()?)));
        assert_eq!(found, header);
        assert_eq!(request.headers()["x-extra"], "yes");
        assert_eq!(request.headers()["x-version"], "1");
        assert_eq!(request.headers()["content-type"], "application/json");
        let uri = request.uri().to_string();
        assert_eq!(uri.ends_with("&key=s3cret%2F%2B"), in_url, "{uri}");
        assert!(!format!("{address} {address:?} {:?}", request.headers()).contains("s3cret"));
    }
}

#[test]
fn relayed_paths_stay_under_the_base() {
    let config = config(&QUERY);
    let target = Target::of(&config).expect("it has a key");
    for (path, query, expected) in [
        ("v1/x", None, "/base/v1/x?key=s3cret%2F%2B"),
        (
            "v1//x%2Fy/",
            Some("a=1&a=%20"),
            "/base/v1//x%2Fy/?a=1&a=%20&key=s3cret%2F%2B",
        ),
        (
            "v1",
            Some("key=mine&b&KEY=x&%6bey=y"),
            "/base/v1?b&key=s3cret%2F%2B",
        ),
    ] {
        let address = Address::of_relay(target, path, query).expect("it stays");
        assert_eq!(
            address.to_string(),
            format!("http://acme.example/base/{path}")
        );
        let uri = address.uri();
        assert_eq!(
            uri.path_and_query().map(ToString::to_string).as_deref(),
            Some(expected)
        );
    }
    for path in ["..", "v1/../..", "v1/%2e%2e/x", "v1/..%2fx", "a/./b"] {
        let fault = Address::of_relay(target, path, None).expect_err(path);
        assert_eq!(fault.place(), "path");
    }
}

/// A path without variables, for all ways to say the key.
const fn chatting(auth: Option<Scheme>) -> Provider {
    Provider {
        generate: Some(Endpoint {
            method: "POST",
            path: "/v1/say",
            query: &[],
            headers: &[],
            dialect: &DIALECT,
            embed: None,
        }),
        ..provider("chatting", auth)
    }
}

#[test]
fn what_is_ready_is_what_would_be_made() {
    static BEARER: Provider = chatting(Some(Scheme::Bearer));
    static HEADER: Provider = chatting(Some(Scheme::Header("X-Acme-Key")));
    static QUERY: Provider = chatting(Some(Scheme::Query("key")));
    static OPEN: Provider = chatting(None);
    for provider in [&BEARER, &HEADER, &QUERY, &OPEN] {
        let config = config(provider);
        let ready = Ready::new(&config);
        assert!(!format!("{ready:?}").contains("s3cret"));
        let made = Target::of(&config).expect("it has a key");
        let endpoint = provider.generate.as_ref().expect("it has one");
        for query in [None, Some(""), Some("a=1")] {
            let say = |target: Target<'_>| {
                let address = Address::of_endpoint(target, endpoint, None, query);
                let address = address.expect("it can be said");
                let mut headers = hyper::HeaderMap::new();
                sign(target, |name, value| drop(headers.insert(name, value)))
                    .expect("it can be said");
                (
                    address.uri().clone(),
                    address.masked(),
                    address.to_string(),
                    headers,
                )
            };
            let said = say(made);
            assert_eq!(said, say(made.with(&ready)), "{query:?}");
            let (_, masked, shown, headers) = said;
            assert!(
                headers
                    .values()
                    .all(|value| !value.as_bytes().starts_with(b"s3") || value.is_sensitive())
            );
            assert!(
                !masked.contains("s3cret") && shown == "http://acme.example/base/v1/say",
                "{masked} {shown}"
            );
        }
    }
}

#[test]
fn a_provider_without_its_key_can_not_be_called() {
    let mut keyless = config(&BEARER);
    keyless.token = None;
    assert_eq!(
        Target::of(&keyless).err(),
        Some(crate::provider::Missing::Key)
    );
    let mut lost = config(&NONE);
    lost.url = Err("ACME_ACCOUNT is not set".to_owned());
    let missing = Target::of(&lost).err();
    assert_eq!(
        missing,
        Some(crate::provider::Missing::Address("ACME_ACCOUNT is not set"))
    );
}
