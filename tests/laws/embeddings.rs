//! Recorded requests for vectors and their replies: what is read, written and read again is the same, and the numbers
//! are those that came.

use gateway::canonical::embed::{alike, join, join_tokens, split};
use gateway::canonical::{EmbedRequest, VectorEncoding};
use gateway::codec::floats;
use gateway::error::Fault;
use gateway::generated::dialects;
use gateway::table::{Call, Dialect, Embed, Encoding};
use hyper::HeaderMap;
use serde_json::Value;

use crate::corpus::{self, Exchange};
use crate::schema;

/// Recordings, the dialect that they are in, and where it embeds.
const EMBEDS: [(&str, &Dialect, usize, &str); 3] = [
    (
        "openai_embeddings",
        &dialects::openai_chat::DIALECT,
        0,
        "/v1/embeddings",
    ),
    (
        "gemini_embeddings",
        &dialects::gemini::DIALECT,
        1,
        "/v1beta/models/{model}:batchEmbedContents",
    ),
    ("cohere_embed", &dialects::cohere::DIALECT, 0, "/v2/embed"),
];

/// Exchanges in another form than the dialect's, and why.
const OTHERS: [(&str, &str); 5] = [
    ("009c3da0d5ae0a7f", "a report, no embedding"),
    ("bc767a", "another cloud's form"),
    ("83b4ee", "another cloud's form"),
    ("e5c2ee", "another cloud's form"),
    ("fd540e", "another cloud's form"),
];

fn is_other(exchange: &Exchange) -> bool {
    OTHERS
        .iter()
        .any(|(id, _)| exchange.id.starts_with(&id[..6]))
}

fn decode<'a>(
    embed: &Embed,
    body: &'a [u8],
    headers: &'a HeaderMap,
) -> Result<EmbedRequest<'a>, Fault> {
    static PATH: std::sync::LazyLock<[(&'static str, String); 1]> =
        std::sync::LazyLock::new(|| [("model", "some-model".to_owned())]);
    (embed.decode_request)(&Call {
        path: &*PATH,
        query: &[],
        headers,
        body,
        stream: None,
    })
}

/// The request as it is sent: what its inputs share is said once, and each input says it.
fn settled(mut request: EmbedRequest<'_>) -> Vec<EmbedRequest<'_>> {
    join_tokens(&mut request.inputs);
    // Where the dialect wants them named, they are.
    if request.encodings.is_empty() {
        request.encodings.push(VectorEncoding::Float);
    }
    let runs = alike(request).into_iter();
    runs.flat_map(|run| split(run, None)).collect()
}

#[test]
fn requests_are_read_and_written_and_read_again() {
    for (file, dialect, at, path) in EMBEDS {
        let embed = dialect.embeds[at];
        let (valid, _) = schema::at(dialect.name, path);
        let mut seen = 0;
        for exchange in corpus::load(file).iter().filter(|it| !is_other(it)) {
            let Some(body) = &exchange.request else {
                continue;
            };
            let what = format!("{file} {}", exchange.id);
            let (headers, body) = (HeaderMap::new(), body.to_string());
            let request = decode(embed, body.as_bytes(), &headers)
                .unwrap_or_else(|fault| panic!("{what}: {fault}"));
            let requests = settled(request);
            assert_eq!(requests.len(), 1, "{what}");
            let mut losses = Encoding::new(&[]);
            let written = (embed.encode_request)(&requests[0], &mut losses)
                .unwrap_or_else(|fault| panic!("{what}: {fault}"))
                .body;
            schema::holds(&valid, &written, &what);
            let again = decode(embed, &written, &headers);
            let again = again.unwrap_or_else(|fault| panic!("{what}: {fault}"));
            assert_eq!(settled(again), requests, "{what}");
            seen += 1;
        }
        println!("{file}: {seen} requests");
    }
}

#[test]
fn replies_keep_their_numbers() {
    for (file, dialect, at, path) in EMBEDS {
        let embed = dialect.embeds[at];
        let (_, valid) = schema::at(dialect.name, path);
        let mut seen = 0;
        for exchange in corpus::load(file).iter().filter(|it| !is_other(it)) {
            if exchange.status != 200 {
                continue;
            }
            let what = format!("{file} {}", exchange.id);
            let reply = (embed.decode_response)(exchange.body.as_bytes())
                .unwrap_or_else(|fault| panic!("{what}: {fault}"));
            let recorded = numbers(&exchange.body);
            assert_eq!(reply.vectors.len(), recorded.len(), "{what}");
            let count = reply.vectors.len();
            let encoding = match reply.vectors.iter().all(|vector| vector.values.is_some()) {
                true => reply.encoding,
                false => VectorEncoding::Base64,
            };
            let mut reply = join(vec![(reply, count)], encoding)
                .unwrap_or_else(|fault| panic!("{what}: {fault}"));
            // The reply's own model and id are written, or made up as for a caller.
            for text in [&mut reply.model, &mut reply.id] {
                if text.is_empty() {
                    *text = "made-up".into();
                }
            }
            let written = (embed.encode_response)(&reply, &mut Encoding::new(&[]))
                .unwrap_or_else(|fault| panic!("{what}: {fault}"));
            schema::holds(&valid, &written, &what);
            let text = String::from_utf8(written).expect("UTF-8");
            assert!(numbers(&text) == recorded, "{what}: other numbers");
            let again = (embed.decode_response)(text.as_bytes()).expect("as written");
            let usage = |usage: &Option<gateway::canonical::Usage>| {
                usage.as_ref().and_then(|usage| usage.input)
            };
            // Whoever gives none may have to write one.
            if reply.usage.is_some() {
                assert_eq!(usage(&again.usage), usage(&reply.usage), "{what}");
            }
            seen += 1;
        }
        println!("{file}: {seen} replies");
    }
}

#[test]
fn base64_is_the_same_numbers() {
    let mut seen = 0;
    for exchange in corpus::load("openai_embeddings") {
        let embed = dialects::openai_chat::DIALECT.embeds[0];
        if exchange.status != 200 || is_other(&exchange) {
            continue;
        }
        let Ok(reply) = (embed.decode_response)(exchange.body.as_bytes()) else {
            continue;
        };
        for vector in &reply.vectors {
            if let Some(text) = &vector.base64 {
                let list = floats::from_base64(text).expect("floats");
                assert_eq!(floats::to_base64(&list).as_deref(), Some(&**text));
                seen += 1;
            } else if let Some(values) = &vector.values {
                let text = floats::to_base64(&values.0).expect("numbers");
                let list = floats::from_base64(&text).expect("floats");
                let (list, values): (Vec<f64>, Vec<f64>) = (
                    serde_json::from_str(&list).expect("JSON"),
                    serde_json::from_str(&values.0).expect("JSON"),
                );
                let close = |(a, b): (&f64, &f64)| (*a as f32) == (*b as f32);
                assert!(list.iter().zip(&values).all(close), "{}", exchange.id);
                seen += 1;
            }
        }
    }
    println!("{seen} vectors");
}

/// Every vector of a reply, read without the gateway: lists of numbers, or base64.
fn numbers(body: &str) -> Vec<String> {
    let value: Value = serde_json::from_str(body).expect("JSON");
    let found: Vec<Value> = match &value {
        _ if value["data"].is_array() => {
            let data = value["data"].as_array().into_iter().flatten();
            data.map(|row| row["embedding"].clone()).collect()
        }
        _ if value["embeddings"].is_object() => {
            let kinds = value["embeddings"].as_object().into_iter().flatten();
            let lists = kinds.filter_map(|(_, list)| list.as_array());
            lists.flatten().cloned().collect()
        }
        _ => {
            let list = value["embeddings"].as_array().into_iter().flatten();
            list.map(|row| match row.get("values") {
                Some(values) => values.clone(),
                None => row.clone(),
            })
            .collect()
        }
    };
    found.iter().map(Value::to_string).collect()
}
