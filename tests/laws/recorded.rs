//! Requests and replies as recorded: what is read, written and read again is the same, and what is written is valid.

use gateway::canonical::{ChatRequest, ChatResponse, FinishReason};
use gateway::dialect::{Restore, prepare_response};
use gateway::error::Fault;
use gateway::generated::providers::PROVIDERS;
use gateway::table::{Call, Chat, Dialect, Encoding};
use hyper::HeaderMap;

use crate::corpus::{self, Exchange};
use crate::{DIALECTS, schema};

/// Requests that the dialects rightly refuse, and why.
const REFUSED: [(&str, &str); 12] = [
    ("12834cf03fd44bf2", "no messages"),
    ("5ffbe0ee44965720", "a part of one vendor: file_url"),
    ("831fec7a61f83aaa", "audio as a bare string, of one vendor"),
    ("2c54ae33a28895f7", "a hosted tool of one vendor"),
    ("6a1ff819a514eed3", "a part of one vendor: video_url"),
    ("d97c1590b7d7f32c", "a part of one vendor: video_url"),
    ("0c6441fe94af0c9d", "a hosted tool of one vendor"),
    (
        "54b829accedc50a8",
        "the model stands in another cloud's path",
    ),
    (
        "a480be22226d554c",
        "the model stands in another cloud's path",
    ),
    (
        "25cb9e7d896c9ab9",
        "the model stands in another cloud's path",
    ),
    (
        "1c66d26d5f9603b7",
        "the model stands in another cloud's path",
    ),
    (
        "9b1820ba73bcb7b3",
        "the model stands in another cloud's path",
    ),
];

/// Replies with status 200 that are no reply of their dialect, and why.
const NO_REPLY: [(&str, &str); 5] = [
    ("3a66b80901bb2324", "an error with status 200"),
    ("72345a716957f984", "a piece of a reply"),
    ("bdf0bf9bd9ad6363", "a piece of a reply"),
    ("cf60f7d7c7e841bf", "a piece of a reply"),
    ("eee6659bcbda1074", "a piece of a reply"),
];

pub fn decode<'a>(
    chat: &Chat,
    body: &'a [u8],
    headers: &'a HeaderMap,
) -> Result<ChatRequest<'a>, Fault> {
    static PATH: std::sync::LazyLock<[(&'static str, String); 1]> =
        std::sync::LazyLock::new(|| [("model", "some-model".to_owned())]);
    (chat.decode_request)(&Call {
        path: &*PATH,
        query: &[],
        headers,
        body,
        stream: None,
    })
}

pub fn encode(chat: &Chat, request: &ChatRequest<'_>) -> Result<Vec<u8>, Fault> {
    (chat.encode_request)(request, &mut Encoding::new(&[])).map(|outgoing| outgoing.body)
}

pub fn encode_reply(chat: &Chat, reply: &ChatResponse<'_>) -> Result<Vec<u8>, Fault> {
    (chat.encode_response)(reply, &mut Encoding::new(&[]))
}

#[test]
fn requests_are_read_and_written_and_read_again() {
    let mut faults = Vec::new();
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        let validator = schema::request(dialect.name);
        let mut seen = 0;
        for exchange in corpus::load(file) {
            let Some(body) = exchange
                .request
                .as_ref()
                .map(|body| serde_json::to_vec(body).expect("JSON"))
            else {
                continue;
            };
            match request(dialect, chat, &exchange, &body, &validator) {
                Ok(read) => seen += usize::from(read),
                Err(what) => faults.push(format!(
                    "{} {} {}: {what}",
                    dialect.name, exchange.id, exchange.provider
                )),
            }
        }
        println!("{file}: {seen} requests");
    }
    assert!(
        faults.is_empty(),
        "{} requests:\n{}",
        faults.len(),
        faults.join("\n")
    );
}

/// Whether a request was read and written; the error says what is wrong.
fn request(
    dialect: &Dialect,
    chat: &Chat,
    exchange: &Exchange,
    body: &[u8],
    validator: &jsonschema::Validator,
) -> Result<bool, String> {
    let (id, headers) = (&exchange.id, HeaderMap::new());
    let refused = REFUSED.iter().find(|(known, _)| known == id);
    let first = match (decode(chat, body, &headers), refused) {
        (Ok(first), None) => first,
        (Err(_), Some(_)) => return Ok(false),
        (Ok(_), Some((_, why))) => {
            return Err(format!(
                "is read now, though it was {why}: take it off the list"
            ));
        }
        (Err(fault), None) => return Err(fault.to_string()),
    };
    let written = match encode(chat, &first) {
        Ok(written) => written,
        // What is read and can't be written is refused by name, never left out.
        Err(fault) if fault.to_string().contains("no form for this") => return Ok(false),
        // A result that names no call gets its name before it is written; alone it has none.
        Err(fault) if fault.to_string().contains("can't be said here") => return Ok(false),
        Err(fault) => return Err(format!("can't be written: {fault}")),
    };
    // What its own provider refused need not be valid, and empty texts are left out before a request is written.
    if exchange.status == 200 && !text(&written).contains("\"text\":\"\"") {
        schema::holds(
            validator,
            &written,
            &format!("{} request {id}", dialect.name),
        );
    }
    let second = decode(chat, &written, &headers).map_err(|fault| fault.to_string())?;
    let again = encode(chat, &second).map_err(|fault| fault.to_string())?;
    if text(&written) != text(&again) {
        return Err(format!(
            "written twice, it isn't the same:\n  {}\n  {}",
            text(&written),
            text(&again)
        ));
    }
    Ok(true)
}

#[test]
fn replies_are_read_and_written_and_read_again() {
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        let validator = schema::response(dialect.name);
        let mut seen = 0;
        for exchange in corpus::load(file)
            .iter()
            .filter(|e| e.status == 200 && !e.stream && e.body.starts_with('{'))
        {
            let (name, id) = (dialect.name, &exchange.id);
            let read = (chat.decode_response)(exchange.body.as_bytes());
            if NO_REPLY.iter().any(|(known, _)| known == id) {
                assert!(
                    read.is_err(),
                    "{name} {id}: is read now: take it off the list"
                );
                continue;
            }
            let mut first =
                read.unwrap_or_else(|fault| panic!("{name} {id} {}: {fault}", exchange.provider));
            prepare_response(
                &mut first,
                &PROVIDERS[0],
                "some-model",
                dialect,
                &Restore::default(),
            )
            .expect("a reply in its own dialect");
            if first
                .candidates
                .iter()
                .any(|candidate| candidate.finish == Some(FinishReason::Error))
            {
                // No dialect can say that an answer failed half-way: such a reply becomes an error.
                continue;
            }
            let Ok(written) = encode_reply(chat, &first) else {
                panic!("{name} {id}: can't be written")
            };
            // One recorded reply has a part with nothing in it, which is passed on as it came.
            if id != "0f7ffb0045de1af9" {
                schema::holds(&validator, &written, &format!("{name} reply {id}"));
            }
            let second = (chat.decode_response)(&written)
                .unwrap_or_else(|fault| panic!("{name} {id}: {fault}"));
            let again =
                encode_reply(chat, &second).unwrap_or_else(|fault| panic!("{name} {id}: {fault}"));
            let third = (chat.decode_response)(&again).and_then(|third| encode_reply(chat, &third));
            assert_eq!(
                third.as_deref().map(text),
                Ok(text(&again)),
                "{name} {id}: written twice, it isn't the same"
            );
            assert_eq!(counts(&first), counts(&second), "{name} {id}: usage");
            assert_eq!(
                words(&first),
                words(&second),
                "{name} {id}: texts and calls"
            );
            seen += 1;
        }
        println!("{file}: {seen} replies");
    }
}

/// Errors, as recorded, give a kind, a status and a message.
#[test]
fn errors_are_read() {
    for (file, dialect) in DIALECTS {
        for exchange in corpus::load(file).iter().filter(|e| e.status >= 400) {
            let error = (dialect.decode_error)(
                exchange.status,
                &HeaderMap::new(),
                exchange.body.as_bytes(),
            );
            let id = &exchange.id;
            assert_eq!(
                error.status,
                Some(i64::from(exchange.status)),
                "{file} {id}"
            );
            let message = error.message.as_deref().unwrap_or_default();
            let said = exchange.body.contains("message") || exchange.body.contains("error");
            assert!(
                !said || !message.starts_with("the provider answered"),
                "{file} {id}: nothing was read of {}",
                exchange.body
            );
        }
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Tokens of a reply; the total is computed where no dialect says it.
fn counts(reply: &ChatResponse<'_>) -> Option<[Option<i64>; 5]> {
    let usage = reply.usage.as_ref()?;
    // Some dialects must write a number where the provider gave none.
    let counted = |tokens: Option<i64>| tokens.filter(|&tokens| tokens != 0);
    Some([
        counted(usage.input),
        counted(usage.output),
        counted(usage.cached),
        counted(usage.cache_write),
        counted(usage.reasoning),
    ])
}

/// Texts and calls of a reply: what every dialect can say.
pub fn words(reply: &ChatResponse<'_>) -> Vec<String> {
    let parts = reply
        .candidates
        .iter()
        .flat_map(|candidate| &candidate.parts);
    parts
        .filter_map(|part| match (&part.text, &part.name) {
            (Some(text), _) if text.is_empty() => None,
            (Some(text), _) => Some(format!("{}: {text}", part.kind.name())),
            (None, Some(name)) => Some(format!(
                "{name}({})",
                part.arguments.as_deref().unwrap_or("{}")
            )),
            _ => None,
        })
        .collect()
}
