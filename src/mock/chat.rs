//! A conversation: read, answered, written whole or in pieces.

use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use crate::canonical::{ChatRequest, ChatResponse, events_in_pieces};
use crate::dialect::{Restore, prepare_response};
use crate::error::Fault;
use crate::server::Body;
use crate::stream::{Head, Writer};
use crate::table::{Chat, Encoding};

use super::pieces::Pieces;
use super::{Asked, json, reply};

pub(super) fn answer(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let dialect = asked.found.endpoint.dialect;
    let none = || Fault::new("this provider has no chat");
    let chat = dialect.chat.ok_or_else(none)?;
    let request = (chat.decode_request)(&asked.call())?;
    let mut reply = reply::to(&request, chat.new_id);
    prepare_response(
        &mut reply,
        asked.found.provider,
        &request.model,
        dialect,
        &Restore::default(),
    )?;
    match request.stream {
        true => pieces(asked, chat, &request, &reply),
        false => Ok(json((chat.encode_response)(
            &reply,
            &mut Encoding::new(&[]),
        )?)),
    }
}

fn pieces(
    asked: &Asked<'_>,
    chat: &Chat,
    request: &ChatRequest<'_>,
    reply: &ChatResponse<'_>,
) -> Result<Response<Body>, Fault> {
    let events = request.server_sent_events;
    let mut specs = chat.streams.iter();
    let none = || Fault::new("this provider has no such stream").at("stream");
    let spec = specs
        .find(|spec| spec.when.is_none_or(|when| when == events))
        .ok_or_else(none)?;
    let head = Head {
        id: reply.id.to_string(),
        provider: Some(asked.found.provider.id.to_owned()),
        model: reply.model.to_string(),
        created: reply.created,
    };
    let mut writer = Writer::new(spec, head, request.include_usage);
    let mut pieces = Pieces::new(asked.behaviour.piece_delay);
    for event in events_in_pieces(reply, asked.behaviour.piece_size) {
        let mut out = Vec::new();
        writer.write(&event, &mut out)?;
        pieces.push(out);
    }
    let mut response = Response::new(Body::stream(pieces));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(spec.media_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}
