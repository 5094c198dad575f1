//! What is measured: each step of each dialect, and of each ordered pair, with its input made beforehand.

use std::fmt;
use std::hint::black_box;

use gateway::canonical::{ChatRequest, events_in_pieces, rejoin};
use gateway::dialect::{Prepared, Restore, prepare, prepare_response};
use gateway::error::Fault;
use gateway::generated::providers::PROVIDERS;
use gateway::generated::routes::ROUTES;
use gateway::stream::{Decoder, Head, Transcoder, Writer};
use gateway::table::{Call, Chat, Dialect, Encoding, Outgoing, Provider, StreamSpec};
use hyper::HeaderMap;

use super::talk::{self, SIZES, Size};

/// Bytes of text in a chunk of a stream.
const PIECE: usize = 20;
/// Bytes that a chunk may be padded by.
const MOST_PADDING: usize = 12;
/// The size that pairs are measured with, and that of the answer that is streamed.
const PAIR: Size = SIZES[1];

/// One step with its input.
pub struct Case {
    /// What is done.
    pub step: &'static str,
    /// By whom, and how much.
    pub name: String,
    /// How many operations a run is: chunks of a stream, otherwise one.
    pub operations: usize,
    run: Box<dyn Fn() + Send + Sync>,
}

impl Case {
    /// Does it once.
    pub fn run(&self) {
        (self.run)();
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// One end of a conversation.
#[derive(Clone, Copy)]
struct Side {
    dialect: &'static Dialect,
    chat: &'static Chat,
    /// A provider that speaks it, or else one without quirks.
    provider: &'static Provider,
}

/// Every case, or those of one name. What a dialect can't say is left out.
pub fn all(only: Option<&str>) -> Vec<Case> {
    let wanted = |name: &str| only.is_none_or(|only| only == name);
    let sides = sides();
    let mut cases = Vec::new();
    for side in &sides {
        for size in SIZES {
            let name = format!("{} {}", side.dialect.name, size.name);
            if wanted(&name) {
                cases.extend(request_cases(side, size, &name).into_iter().flatten());
                cases.extend(reply_cases(side, size, &name).into_iter().flatten());
            }
        }
        if wanted(side.dialect.name) {
            cases.extend(stream_cases(side).into_iter().flatten());
        }
    }
    for from in &sides {
        let others = sides
            .iter()
            .filter(|to| to.dialect.name != from.dialect.name);
        for to in others {
            let name = format!("{} to {}", from.dialect.name, to.dialect.name);
            if wanted(&name) {
                cases.extend(pair_cases(*from, *to, &name).into_iter().flatten());
            }
        }
    }
    cases
}

fn sides() -> Vec<Side> {
    let called = ROUTES.iter().map(|route| route.dialect);
    let asked = PROVIDERS
        .iter()
        .filter_map(|it| Some(it.generate.as_ref()?.dialect));
    let mut sides: Vec<Side> = called.chain(asked).filter_map(side).collect();
    sides.sort_by_key(|side| side.dialect.name);
    sides.dedup_by_key(|side| side.dialect.name);
    sides
}

fn side(dialect: &'static Dialect) -> Option<Side> {
    let speaks = |provider: &&Provider| {
        let endpoint = provider.generate.as_ref();
        endpoint.is_some_and(|endpoint| endpoint.dialect.name == dialect.name)
    };
    let plain = || PROVIDERS.iter().min_by_key(|it| it.adjust.len());
    let chat = dialect.chat?;
    let provider = PROVIDERS.iter().find(speaks).or_else(plain)?;
    Some(Side {
        dialect,
        chat,
        provider,
    })
}

fn case(
    step: &'static str,
    name: &str,
    operations: usize,
    run: impl Fn() + Send + Sync + 'static,
) -> Case {
    let (name, run) = (name.to_owned(), Box::new(run));
    Case {
        step,
        name,
        operations,
        run,
    }
}

fn request_cases(side: &Side, size: Size, what: &str) -> Result<[Case; 2], Fault> {
    let chat = side.chat;
    let (request, prepared) = fit(side, size)?;
    let wire = encode(chat, &request, &prepared)?;
    decode(chat, &wire)?;
    Ok([
        case("decode request", what, 1, move || {
            let _ = black_box(decode(chat, black_box(&wire)));
        }),
        case("encode request", what, 1, move || {
            let _ = black_box(encode(chat, black_box(&request), &prepared));
        }),
    ])
}

fn reply_cases(side: &Side, size: Size, what: &str) -> Result<[Case; 2], Fault> {
    let (chat, answer) = (side.chat, talk::answer(size));
    let wire = (chat.encode_response)(&answer, &mut Encoding::new(&[]))?;
    (chat.decode_response)(&wire)?;
    Ok([
        case("decode reply", what, 1, move || {
            let _ = black_box((chat.decode_response)(black_box(&wire)));
        }),
        case("encode reply", what, 1, move || {
            let mut encoding = Encoding::new(&[]);
            let _ = black_box((chat.encode_response)(black_box(&answer), &mut encoding));
        }),
    ])
}

fn stream_cases(side: &Side) -> Option<[Case; 3]> {
    let spec = side.chat.streams.first()?;
    let chunks = chunks(spec).ok()?;
    let (name, count) = (side.dialect.name, chunks.len());
    let answer = talk::answer(PAIR);
    let lengths = (1..=MOST_PADDING).cycle();
    let padded: Vec<_> = chunks
        .iter()
        .zip(lengths)
        .map(|(chunk, length)| padded(chunk, length))
        .collect();
    Some([
        case("decode stream, a chunk", name, count, move || {
            decode_stream(spec, &chunks);
        }),
        case("decode padded stream, a chunk", name, count, move || {
            decode_stream(spec, &padded);
        }),
        case("encode stream, a chunk", name, count, move || {
            let mut writer = Writer::new(spec, head(), true);
            for event in events_in_pieces(&answer, PIECE) {
                let mut out = Vec::new();
                let _ = black_box(writer.write(&event, &mut out));
                black_box(out);
            }
        }),
    ])
}

fn decode_stream(spec: &'static StreamSpec, chunks: &[Vec<u8>]) {
    let mut decoder = Decoder::new(spec).with_id("answer-1");
    let mut sink = |event: &gateway::canonical::Event<'_>| {
        black_box(event);
    };
    for chunk in chunks {
        decoder.push(black_box(chunk), &mut sink);
    }
    decoder.end(&mut sink);
}

/// With a member of this length that nobody reads, as some providers add against guesses from sizes.
fn padded(chunk: &[u8], length: usize) -> Vec<u8> {
    let mut padded = chunk.to_vec();
    if let Some(open) = chunk.iter().position(|&byte| byte == b'{')
        && chunk.get(open + 1) == Some(&b'"')
    {
        let padding = format!("\"padding\":\"{}\",", "x".repeat(length));
        padded.splice(open + 1..=open, padding.bytes());
    }
    padded
}

/// All that happens to a request between a caller and a provider, to its reply, and to a stream.
fn pair_cases(from: Side, to: Side, what: &str) -> Result<Vec<Case>, Fault> {
    let (request, prepared) = fit(&from, PAIR)?;
    let asked = encode(from.chat, &request, &prepared)?;
    cross(from, to, &asked)?;
    let answered = (to.chat.encode_response)(&talk::answer(PAIR), &mut Encoding::new(&[]))?;
    back(from, to, &answered)?;
    let mut cases = vec![
        case("translate request", what, 1, move || {
            let _ = black_box(cross(from, to, black_box(&asked)));
        }),
        case("translate reply", what, 1, move || {
            let _ = black_box(back(from, to, black_box(&answered)));
        }),
    ];
    if let (Some(read), Some(written)) = (to.chat.streams.first(), from.chat.streams.first()) {
        let chunks = chunks(read)?;
        cases.push(case(
            "translate stream, a chunk",
            what,
            chunks.len(),
            move || {
                let decoder = Decoder::new(read).with_id("answer-1");
                let mut transcoder = Transcoder::new(decoder, Writer::new(written, head(), true));
                for chunk in &chunks {
                    let mut out = Vec::new();
                    transcoder.push(black_box(chunk), &mut out);
                    black_box(out);
                }
                let mut out = Vec::new();
                transcoder.end(&mut out);
                black_box(out);
            },
        ));
    }
    Ok(cases)
}

fn cross(from: Side, to: Side, asked: &Outgoing) -> Result<Outgoing, Fault> {
    let headers = HeaderMap::new();
    let mut request = (from.chat.decode_request)(&call(asked, &headers))?;
    rejoin(&mut request.items, &from.chat.group);
    let prepared = prepare(&mut request, to.provider, to.dialect)?;
    encode(to.chat, &request, &prepared)
}

fn back(from: Side, to: Side, answered: &[u8]) -> Result<Vec<u8>, Fault> {
    let mut reply = (to.chat.decode_response)(answered)?;
    let restore = Restore::default();
    prepare_response(
        &mut reply,
        to.provider,
        "some-model",
        from.dialect,
        &restore,
    )?;
    (from.chat.encode_response)(&reply, &mut Encoding::new(&[]))
}

fn fit(side: &Side, size: Size) -> Result<(ChatRequest<'static>, Prepared), Fault> {
    let mut request = talk::request(size);
    let prepared = prepare(&mut request, side.provider, side.dialect)?;
    Ok((request, prepared))
}

fn encode(chat: &Chat, request: &ChatRequest<'_>, prepared: &Prepared) -> Result<Outgoing, Fault> {
    (chat.encode_request)(request, &mut Encoding::new(&prepared.edits))
}

/// Reads a request; it doesn't outlive its headers, so nothing of it is returned.
fn decode(chat: &Chat, wire: &Outgoing) -> Result<(), Fault> {
    let headers = HeaderMap::new();
    (chat.decode_request)(&call(wire, &headers)).map(|request| {
        black_box(request);
    })
}

fn call<'a>(wire: &'a Outgoing, headers: &'a HeaderMap) -> Call<'a> {
    Call {
        path: &wire.path,
        query: &[],
        headers,
        body: &wire.body,
        stream: None,
    }
}

/// A stream as a provider sends it, by what each event becomes.
fn chunks(spec: &'static StreamSpec) -> Result<Vec<Vec<u8>>, Fault> {
    let answer = talk::answer(PAIR);
    let mut writer = Writer::new(spec, head(), true);
    let mut chunks = Vec::new();
    for event in events_in_pieces(&answer, PIECE) {
        let mut out = Vec::new();
        writer.write(&event, &mut out)?;
        chunks.push(out);
    }
    chunks.retain(|chunk| !chunk.is_empty());
    Ok(chunks)
}

fn head() -> Head {
    Head {
        id: "answer-1".to_owned(),
        provider: None,
        model: "some-model".to_owned(),
        created: 1_700_000_000,
    }
}
