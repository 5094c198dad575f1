//! What the compiler made of its fixtures is compiled here as it is in the gateway, and driven.

#[allow(dead_code, missing_docs, unused, clippy::all)]
#[path = "../codegen/tests/fixtures/in_place.rs"]
#[rustfmt::skip] // What the compiler makes is compared letter by letter.
mod in_place;
#[allow(dead_code, missing_docs, unused, nonstandard_style, uncommon_codepoints, clippy::all)]
#[path = "../codegen/tests/fixtures/names.rs"]
#[rustfmt::skip]
mod names;

use gateway::canonical::{ChatRequest, ChatResponse, EventKind, FinishReason, PartKind, Role};
use gateway::table::{Call, Dialect, Edit, Encoding, Op, Outgoing};
use hyper::HeaderMap;

const ODD: &str = concat!(
    r#"{"type":"Some","self":{"crate":"m"},"Vec":[{"super":"user","match":[{"Err":"hi"}]},"#,
    r#"{"super":"assistant","match":[{"dyn":{"true":"c1","where":"f","impl":{"self":1}}}]}],"#,
    r#""async":true,"_":7,"":2,"2fa":0.5,"ID":1,"id":2,"Id":0.25,"a-b":1.5,"a.b":-1.5,"größe":1.25,"日本":"k","#,
    r#""tools":[{"items":"f","oneOf":{"type":"object"}}]}"#
);

fn decoded<'a>(dialect: &Dialect, headers: &'a HeaderMap, body: &'a str) -> ChatRequest<'a> {
    let call = Call {
        path: &[],
        query: &[],
        headers,
        body: body.as_bytes(),
        stream: None,
    };
    (dialect.chat.expect("it chats").decode_request)(&call).expect("it is a request")
}

fn encoded(dialect: &Dialect, request: &ChatRequest<'_>, edits: &[&'static Edit]) -> Outgoing {
    let chat = dialect.chat.expect("it chats");
    (chat.encode_request)(request, &mut Encoding::new(edits)).expect("it can be written")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("JSON is UTF-8")
}

#[test]
fn every_odd_name_leads_to_its_own_field() {
    let mut headers = HeaderMap::new();
    headers.insert("x-mod", "someone".parse().expect("it is a value"));
    let request = decoded(&names::gateway::DIALECT, &headers, ODD);
    assert_eq!(request.model, "m");
    assert_eq!(request.user.as_deref(), Some("someone"));
    assert!(request.stream);
    assert_eq!(
        (request.max_tokens, request.top_logprobs),
        (Some(7), Some(2))
    );
    assert_eq!(
        (request.seed, request.top_k, request.top_p),
        (Some(1), Some(2), Some(0.25))
    );
    assert_eq!(request.temperature, Some(0.5));
    assert_eq!(
        (request.presence_penalty, request.frequency_penalty),
        (Some(1.5), Some(-1.5))
    );
    assert_eq!(request.repetition_penalty, Some(1.25));
    assert_eq!(request.cache_key.as_deref(), Some("k"));
    let said: Vec<(Role, PartKind)> = request
        .items
        .iter()
        .map(|i| (i.role, i.part.kind))
        .collect();
    assert_eq!(
        said,
        [
            (Role::User, PartKind::Text),
            (Role::Assistant, PartKind::ToolCall)
        ]
    );
    assert_eq!(request.tools[0].name.as_deref(), Some("f"));
}

#[test]
fn every_odd_name_is_written_as_it_stands_in_the_spec() {
    let headers = HeaderMap::new();
    let request = decoded(&names::gateway::DIALECT, &headers, ODD);
    let outgoing = encoded(&names::gateway::DIALECT, &request, &[]);
    assert_eq!(text(&outgoing.body), ODD);
}

#[test]
fn replies_with_odd_names_go_both_ways() {
    let chat = names::gateway::DIALECT.chat.expect("it chats");
    let body = r#"{"Ok":[{"Err":"a"}],"None":"r1","enum":"1st"}"#;
    let reply: ChatResponse<'_> = (chat.decode_response)(body.as_bytes()).expect("it is a reply");
    assert_eq!(reply.id, "r1");
    assert_eq!(reply.candidates[0].finish, Some(FinishReason::Length));
    let written = (chat.encode_response)(&reply, &mut Encoding::new(&[]));
    assert_eq!(text(&written.expect("it can be written")), body);
    let models = names::r#type::DIALECT.models.expect("it lists");
    let list = (models.decode_response)(br#"{"Vec":[{"Self":"x"}]}"#).expect("it is a list");
    assert_eq!(list.models[0].id, "x");
}

#[test]
fn schemas_in_place_are_a_dialect_named_after_the_provider() {
    let dialect = &in_place::acme::DIALECT;
    assert_eq!(dialect.name, "acme");
    let headers = HeaderMap::new();
    let body = r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"stream":true,"temperature":0.5}"#;
    let request = decoded(dialect, &headers, body);
    assert_eq!(text(&encoded(dialect, &request, &[]).body), body);
    let models = dialect.models.expect("it lists");
    let list = (models.decode_response)(br#"{"models":[{"name":"m","size":9}],"next":"p2"}"#);
    let list = list.expect("it is a list");
    assert_eq!(
        (list.next.as_deref(), list.models[0].context),
        (Some("p2"), Some(9))
    );
    let error = (dialect.decode_error)(500, &headers, br#"{"fault":"broken"}"#);
    assert_eq!(error.message.as_deref(), Some("broken"));
}

#[test]
fn a_stream_in_place_yields_its_pieces() {
    let chat = in_place::acme::DIALECT.chat.expect("it chats");
    let [stream] = chat.streams else {
        panic!("there is one stream");
    };
    assert_eq!(stream.media_type, "application/x-ndjson");
    assert!(stream.frames[0].holds.has(EventKind::Delta));
    assert!((stream.decode)(None, r#"{"piece":"hi"}"#).is_ok());
}

#[test]
fn an_edit_reaches_a_property_in_place() {
    static EDIT: Edit = Edit {
        node: 1,
        op: Op::Omit,
    };
    let headers = HeaderMap::new();
    let body = r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"temperature":0.5}"#;
    let request = decoded(&in_place::acme::DIALECT, &headers, body);
    let outgoing = encoded(&in_place::acme::DIALECT, &request, &[&EDIT]);
    assert_eq!(
        text(&outgoing.body),
        r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
    );
}

#[test]
fn what_is_only_read_is_written_for_those_who_take_it() {
    const fn edit(op: Op) -> Edit {
        Edit { node: 2, op }
    }
    static WRITE: Edit = edit(Op::Write);
    static RENAME: Edit = edit(Op::Rename("layers"));
    static FORCE: Edit = edit(Op::Force("9"));
    let headers = HeaderMap::new();
    let body = r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"depth":7}"#;
    let request = decoded(&in_place::acme::DIALECT, &headers, body);
    assert_eq!(request.top_k, Some(7));
    for (edits, written) in [
        (&[][..], ""),
        (&[&RENAME, &FORCE], ""),
        (&[&WRITE], r#","depth":7"#),
        (&[&WRITE, &RENAME], r#","layers":7"#),
        (&[&WRITE, &FORCE], r#","depth":9"#),
    ] {
        let outgoing = encoded(&in_place::acme::DIALECT, &request, edits);
        assert_eq!(text(&outgoing.body), body.replace(r#","depth":7"#, written));
    }
}
