//! No input, however broken, panics; what is refused names a field or says that it isn't JSON.

use hyper::HeaderMap;
use proptest::prelude::*;
use serde_json::Value;

use crate::recorded::decode;
use crate::{DIALECTS, corpus};

/// Every value of every recorded request is replaced by one of another type, one at a time.
#[test]
fn a_wrong_type_is_a_fault_that_names_its_place() {
    let wrong = [
        Value::from(7),
        Value::from("x"),
        Value::from(true),
        serde_json::json!([]),
        serde_json::json!({"a": 1}),
        Value::Null,
    ];
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.expect("a dialect that chats");
        for exchange in corpus::load(file).iter().take(40) {
            let Some(body) = &exchange.request else {
                continue;
            };
            for pointer in pointers(body, String::new()) {
                for value in &wrong {
                    let mut changed = body.clone();
                    if let Some(place) = changed.pointer_mut(&pointer) {
                        *place = value.clone();
                    }
                    let bytes = serde_json::to_vec(&changed).expect("JSON");
                    if let Err(fault) = decode(chat, &bytes, &HeaderMap::new()) {
                        assert!(
                            !fault.to_string().is_empty() && !fault.place().is_empty()
                                || pointer.is_empty(),
                            "{file} {pointer}: {fault}"
                        );
                    }
                    let _ = (chat.decode_response)(&bytes);
                    let _ = (dialect.decode_error)(400, &HeaderMap::new(), &bytes);
                }
            }
        }
    }
}

fn pointers(value: &Value, at: String) -> Vec<String> {
    let mut found = vec![at.clone()];
    match value {
        Value::Object(object) => {
            for (key, inner) in object {
                found.extend(pointers(
                    inner,
                    format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")),
                ));
            }
        }
        Value::Array(list) => {
            for (i, inner) in list.iter().enumerate().take(6) {
                found.extend(pointers(inner, format!("{at}/{i}")));
            }
        }
        _ => {}
    }
    found
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        for (_, dialect) in DIALECTS {
            let chat = dialect.chat.expect("a dialect that chats");
            let _ = decode(chat, &bytes, &HeaderMap::new());
            let _ = (chat.decode_response)(&bytes);
            let _ = (dialect.decode_error)(500, &HeaderMap::new(), &bytes);
            for spec in chat.streams {
                let mut decoder = gateway::stream::Decoder::new(spec);
                decoder.push(&bytes, &mut |_| {});
                decoder.end(&mut |_| {});
            }
        }
    }
}
