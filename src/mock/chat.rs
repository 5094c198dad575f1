//! A conversation: read, answered, written whole or in pieces.

use hyper::Response;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};

use crate::canonical::{ChatRequest, ChatResponse, Error, Event, EventKind, events_in_pieces};
use crate::dialect::{Restore, prepare_response};
use crate::error::Fault;
use crate::server::Body;
use crate::stream::{Head, Writer};
use crate::table::{Chat, Encoding};

use super::pieces::Pieces;
use super::records::Ticket;
use super::words::{self, Break, Manner};
use super::{Asked, json, misread, planned, reply};

/// The answer to a conversation. One in pieces takes the ticket.
pub(super) fn answer(
    asked: &Asked<'_>,
    ticket: &mut Option<Ticket>,
) -> Result<Response<Body>, Box<Error<'static>>> {
    let dialect = asked.found.endpoint.dialect;
    let none = || misread(&Fault::new("this provider has no chat"));
    let chat = dialect.chat.ok_or_else(none)?;
    let call = asked.call();
    let request = (chat.decode_request)(&call).map_err(|fault| misread(&fault))?;
    let manner = words::manner(&words::said(&request));
    if let Some(status) = manner.fail {
        return Err(planned(status));
    }
    if let (Some(Break::Error(status)), false) = (manner.broken, request.stream) {
        return Err(planned(status));
    }
    let reply = replied(asked, chat, &request).map_err(|fault| misread(&fault))?;
    let Some(ticket) = ticket.take_if(|_| request.stream) else {
        let body = (chat.encode_response)(&reply, &mut Encoding::new(&[]));
        return Ok(json(body.map_err(|fault| misread(&fault))?));
    };
    pieces(asked, chat, &request, &reply, &manner, ticket).map_err(|fault| misread(&fault))
}

fn replied(
    asked: &Asked<'_>,
    chat: &Chat,
    request: &ChatRequest<'_>,
) -> Result<ChatResponse<'static>, Fault> {
    let dialect = asked.found.endpoint.dialect;
    let mut reply = reply::to(request, chat.new_id, dialect.name);
    prepare_response(
        &mut reply,
        asked.found.provider,
        &request.model,
        dialect,
        &Restore::default(),
    )?;
    Ok(reply)
}

fn pieces(
    asked: &Asked<'_>,
    chat: &Chat,
    request: &ChatRequest<'_>,
    reply: &ChatResponse<'_>,
    manner: &Manner,
    ticket: Ticket,
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
    let delay = manner.slow.unwrap_or(asked.behaviour.piece_delay);
    let mut pieces = Pieces::new(delay, ticket);
    let mut events = events_in_pieces(reply, asked.behaviour.piece_size);
    if let Some(how) = manner.broken {
        broken(&mut events, how);
    }
    for event in events {
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

/// Lets events end after half of them.
fn broken(events: &mut Vec<Event<'_>>, how: Break) {
    events.truncate(events.len() / 2);
    if let Break::Error(status) = how {
        events.push(Event {
            event: EventKind::Error,
            error: Some(planned(status)),
            ..Event::default()
        });
    }
}
