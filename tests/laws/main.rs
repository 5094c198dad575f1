//! The laws of translation, over recorded exchanges.
mod corpus;

use gateway::generated::dialects;
use gateway::table::{Call, Dialect, Encoding};
use hyper::HeaderMap;

const DIALECTS: [(&str, &Dialect); 5] = [
    ("openai_chat", &dialects::openai_chat::DIALECT),
    ("anthropic_messages", &dialects::anthropic::DIALECT),
    ("gemini", &dialects::gemini::DIALECT),
    ("cohere_v2", &dialects::cohere::DIALECT),
    ("ollama_chat", &dialects::ollama::DIALECT),
];

#[test]
fn probe() {
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.unwrap();
        let (mut ok, mut bad, mut rok, mut rbad) = (0, 0, 0, 0);
        for e in corpus::load(file) {
            if let Some(body) = &e.request {
                let bytes = serde_json::to_vec(body).unwrap();
                let path = [("model", "m".to_owned())];
                let call = Call {
                    path: &path,
                    query: &[],
                    headers: &HeaderMap::new(),
                    body: &bytes,
                    stream: None,
                };
                match (chat.decode_request)(&call) {
                    Ok(request) => {
                        ok += 1;
                        let mut encoding = Encoding::new(&[]);
                        match (chat.encode_request)(&request, &mut encoding) {
                            Ok(out) => {
                                if std::env::var("SHOW").as_deref() == Ok(&e.id[..]) {
                                    println!(
                                        "{}\n{}",
                                        String::from_utf8_lossy(&bytes),
                                        String::from_utf8_lossy(&out.body)
                                    );
                                }
                            }
                            Err(f) => println!("{file} {} {} ENCODE {f}", e.id, e.provider),
                        }
                    }
                    Err(f) => {
                        bad += 1;
                        println!("{file} {} {} REQ {f}", e.id, e.provider);
                    }
                }
            }
            if e.status == 200 && !e.stream {
                match (chat.decode_response)(e.body.as_bytes()) {
                    Ok(r) => {
                        rok += 1;
                        let mut encoding = Encoding::new(&[]);
                        match (chat.encode_response)(&r, &mut encoding) {
                            Ok(out) => {
                                if std::env::var("SHOWR").as_deref() == Ok(&e.id[..]) {
                                    println!("{}\n{}", e.body, String::from_utf8_lossy(&out));
                                }
                            }
                            Err(f) => println!("{file} {} {} RENCODE {f}", e.id, e.provider),
                        }
                    }
                    Err(f) => {
                        rbad += 1;
                        println!(
                            "{file} {} {} RESP {f}: {}",
                            e.id,
                            e.provider,
                            &e.body.chars().take(150).collect::<String>()
                        );
                    }
                }
            }
        }
        println!("{file}: requests {ok} ok {bad} bad, replies {rok} ok {rbad} bad");
    }
}
#[test]
fn debug_one() {
    let Ok(id) = std::env::var("ONE") else { return };
    for (file, dialect) in DIALECTS {
        let chat = dialect.chat.unwrap();
        for e in corpus::load(file).into_iter().filter(|e| e.id == id) {
            let bytes = serde_json::to_vec(e.request.as_ref().unwrap()).unwrap();
            let path = [("model", "m".to_owned())];
            let call = Call {
                path: &path,
                query: &[],
                headers: &HeaderMap::new(),
                body: &bytes,
                stream: None,
            };
            let request = (chat.decode_request)(&call).unwrap();
            for t in gateway::canonical::group(&request.items, &chat.group).unwrap() {
                println!(
                    "{:?} {:?}",
                    t.role,
                    t.parts
                        .iter()
                        .map(|p| (p.kind, &p.id, &p.name))
                        .collect::<Vec<_>>()
                );
            }
        }
    }
}
