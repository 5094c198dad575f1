//! A dialect, two handfuls of providers and the routes, as the compiler would make them.
//!
//! The dialect is as plain as can be: `{"model", "text", "stream"}` in, `{"provider", "model", "text"}` out.

use std::borrow::Cow;

use gateway::canonical::*;
use gateway::error::Fault;
use gateway::generated::ledger::FIELDS;
use gateway::table::*;
use serde_json::{Value, json};

use super::streams;

/// What the gateway's own callers speak.
pub static PLAIN: Dialect = Dialect {
    name: "plain",
    auth: &[Scheme::Bearer, Scheme::Header("x-caller-key")],
    chat: Some(&CHAT),
    models: Some(&CURSOR),
    model: None,
    embeds: &[],
    count: None,
    decode_error,
    encode_error,
};

/// The same as another dialect: what passes between the two is translated.
static AFAR: Dialect = Dialect {
    name: "afar",
    auth: &[Scheme::Bearer],
    chat: Some(&CHAT),
    models: Some(&CURSOR),
    model: None,
    embeds: &[],
    count: None,
    decode_error,
    encode_error,
};

/// The same with models on numbered pages.
static NUMBERED: Dialect = Dialect {
    name: "numbered",
    auth: &[],
    chat: Some(&CHAT),
    models: Some(&NUMBER),
    model: None,
    embeds: &[],
    count: None,
    decode_error,
    encode_error,
};

/// The same with a stream that can't say that something has failed.
static MUTE: Dialect = Dialect {
    name: "mute",
    auth: &[],
    chat: Some(&Chat {
        streams: &streams::MUTE,
        ..CHAT_OF_PLAIN
    }),
    models: None,
    model: None,
    embeds: &[],
    count: None,
    decode_error,
    encode_error,
};

static LEDGER: Ledger = Ledger::new([Verdict::Bound; FIELDS]);

static CHAT: Chat = CHAT_OF_PLAIN;

const CHAT_OF_PLAIN: Chat = Chat {
    model: Some("model"),
    skim: None,
    decode_request,
    encode_request,
    decode_response,
    encode_response,
    told: &[],
    used: &[],
    read_told: decode_response,
    streams: &streams::STREAMS,
    group: Group {
        merge: false,
        first: None,
        last: None,
        lead: Kinds::NONE,
        strict_pairs: false,
        pieces: None,
        hoists_system: false,
        later_system: None,
        wire_role: [0, 1, 2, 3],
        alone: Kinds::NONE,
    },
    ledger: &LEDGER,
    holds: &[
        (Role::System, TEXT),
        (Role::User, TEXT),
        (Role::Assistant, TEXT),
        (Role::Tool, TEXT),
    ],
    result_holds: TEXT,
    reply_holds: TEXT,
    signs: Kinds::NONE,
    no_empty: Kinds::NONE,
    cache_marks: None,
    choice_names: Capacity::None,
    tool_name: None,
    new_id: "",
};

const TEXT: Kinds = Kinds::NONE.with(PartKind::Text);

static CURSOR: Models = models(Paging::Cursor { says_more: false });
static NUMBER: Models = models(Paging::Number);

const fn models(paging: Paging) -> Models {
    Models {
        encode_request: encode_page,
        decode_request: |_| Ok(ModelsRequest::default()),
        decode_response: decode_page,
        encode_response: encode_list,
        paging,
    }
}

static GENERATE: Endpoint = endpoint("POST", "/v1/models/{model}/say", &AFAR);
static LIST: Endpoint = endpoint("GET", "/v1/models", &AFAR);
static LIST_BY_NUMBER: Endpoint = endpoint("GET", "/v1/models", &NUMBERED);

const fn endpoint(method: &'static str, path: &'static str, dialect: &'static Dialect) -> Endpoint {
    Endpoint {
        method,
        path,
        query: &[],
        headers: &[],
        dialect,
        embed: None,
    }
}

/// One provider for each way to authenticate, and one that pages by number.
pub static PROVIDERS: [Provider; 5] = [
    provider("bearer", Some(Scheme::Bearer), &LIST),
    provider("header", Some(Scheme::Header("x-provider-key")), &LIST),
    provider("query", Some(Scheme::Query("key")), &LIST),
    provider("open", None, &LIST),
    provider("numbered", None, &LIST_BY_NUMBER),
];

const fn provider(id: &'static str, auth: Option<Scheme>, list: &'static Endpoint) -> Provider {
    Provider {
        id,
        url: "",
        key: id,
        auth,
        optional: false,
        extra_headers: &[("x-extra", "always")],
        list: Some(copy(list)),
        generate: Some(copy(&GENERATE)),
        generate_also: &[],
        generate_stream: None,
        embed: None,
        count_tokens: None,
        adjust: &[],
    }
}

const fn copy(endpoint: &'static Endpoint) -> Endpoint {
    Endpoint {
        method: endpoint.method,
        path: endpoint.path,
        query: endpoint.query,
        headers: endpoint.headers,
        dialect: endpoint.dialect,
        embed: endpoint.embed,
    }
}

pub static ROUTES: [Route; 6] = [
    route("GET", "/health", Operation::Health, true),
    route("GET", "/llms", Operation::ListAllModels, false),
    route("GET", "/llms/{provider}", Operation::ListModels, false),
    route("POST", "/llms/{provider}/generate", Operation::Chat, false),
    Route {
        dialect: &MUTE,
        ..route("POST", "/mute/{provider}/generate", Operation::Chat, false)
    },
    route("*", "/proxy/{provider}/{path}", Operation::Proxy, false),
];

const fn route(
    method: &'static str,
    path: &'static str,
    operation: Operation,
    public: bool,
) -> Route {
    Route {
        method,
        path,
        operation,
        dialect: &PLAIN,
        header: None,
        spans: None,
        reply: None,
        embed: None,
        stream: None,
        public,
    }
}

fn read(body: &[u8]) -> Result<Value, Fault> {
    serde_json::from_slice(body).map_err(|error| Fault::new(format!("not JSON: {error}")))
}

fn text(value: &Value, name: &'static str) -> Result<String, Fault> {
    let found = value.get(name).and_then(Value::as_str);
    let found = found.ok_or_else(|| Fault::new("expected a string").at(name))?;
    Ok(found.to_owned())
}

fn decode_request<'a>(call: &Call<'a>) -> Result<ChatRequest<'a>, Fault> {
    let body = read(call.body)?;
    let part = Part {
        text: Some(Cow::Owned(text(&body, "text")?)),
        ..Part::default()
    };
    Ok(ChatRequest {
        model: Cow::Owned(text(&body, "model")?),
        items: vec![Item {
            part,
            opens: true,
            ..Item::default()
        }],
        stream: body.get("stream") == Some(&Value::Bool(true)),
        server_sent_events: body.get("events") == Some(&Value::Bool(true)),
        ..ChatRequest::default()
    })
}

fn encode_request<'r>(
    request: &'r ChatRequest<'r>,
    encoding: &mut Encoding<'_>,
) -> Result<Outgoing, Fault> {
    if request.model == "lossy" {
        for (field, what) in [
            ("top_k", LossKind::Dropped),
            ("seed", LossKind::Dropped),
            ("top_k", LossKind::Dropped),
            ("reasoning.effort", LossKind::Nearest),
        ] {
            let field = Cow::Borrowed(field);
            encoding.losses.push(Loss { field, what });
        }
    }
    Ok(Outgoing {
        path: vec![("model", request.model.to_string())],
        body: json!({"text": request.items[0].part.text})
            .to_string()
            .into_bytes(),
        ..Outgoing::default()
    })
}

fn decode_response(body: &[u8]) -> Result<ChatResponse<'_>, Fault> {
    let body = read(body)?;
    let part = Part {
        text: Some(Cow::Owned(text(&body, "text")?)),
        ..Part::default()
    };
    Ok(ChatResponse {
        model: Cow::Owned(text(&body, "model").unwrap_or_default()),
        candidates: vec![Candidate {
            parts: vec![part],
            ..Candidate::default()
        }],
        ..ChatResponse::default()
    })
}

fn encode_response<'r>(
    response: &'r ChatResponse<'r>,
    _: &mut Encoding<'_>,
) -> Result<Vec<u8>, Fault> {
    let text = &response.candidates[0].parts[0].text;
    let body = json!({"provider": response.provider, "model": response.model, "text": text});
    Ok(body.to_string().into_bytes())
}

fn encode_page<'r>(
    request: &'r ModelsRequest<'r>,
    _: &mut Encoding<'_>,
) -> Result<Outgoing, Fault> {
    let after = request
        .after
        .as_ref()
        .map(|after| ("after", after.to_string()));
    let page = request.page.map(|page| ("page", page.to_string()));
    Ok(Outgoing {
        query: after.into_iter().chain(page).collect(),
        ..Outgoing::default()
    })
}

fn decode_page(body: &[u8]) -> Result<ModelsResponse<'_>, Fault> {
    let body = read(body)?;
    let models = body["models"].as_array();
    let models = models.ok_or_else(|| Fault::new("expected a list").at("models"))?;
    let model = |model: &Value| Model {
        id: Cow::Owned(model["id"].as_str().unwrap_or_default().to_owned()),
        operations: match model["does"].as_str() {
            Some("chat") => vec![ModelOperations::Chat],
            Some(_) => vec![ModelOperations::Embed],
            None => Vec::new(),
        },
        ..Model::default()
    };
    Ok(ModelsResponse {
        models: models.iter().map(model).collect(),
        next: body["next"]
            .as_str()
            .map(|next| Cow::Owned(next.to_owned())),
        total: body["total"].as_i64(),
        ..ModelsResponse::default()
    })
}

fn encode_list<'r>(list: &'r ModelsResponse<'r>, _: &mut Encoding<'_>) -> Result<Vec<u8>, Fault> {
    let ids: Vec<_> = list.models.iter().map(|model| &model.id).collect();
    let body = json!({"provider": list.provider, "models": ids});
    Ok(body.to_string().into_bytes())
}

fn decode_error<'a>(status: u16, headers: &hyper::HeaderMap, body: &'a [u8]) -> Error<'a> {
    let wait = headers
        .get("retry-after")
        .and_then(|wait| wait.to_str().ok());
    let message = read(body).and_then(|body| text(&body, "error")).ok();
    Error {
        kind: match status {
            401 => ErrorKind::Authentication,
            429 => ErrorKind::RateLimit,
            400..500 => ErrorKind::InvalidRequest,
            _ => ErrorKind::Internal,
        },
        message: message.map(Cow::Owned),
        status: Some(status.into()),
        retry_after: wait.and_then(|wait| wait.parse().ok()),
        ..Error::default()
    }
}

fn encode_error(error: &Error<'_>) -> Reply {
    let status = match error.kind {
        ErrorKind::InvalidRequest => status_of(error, true),
        ErrorKind::Authentication => 401,
        ErrorKind::TooLarge => 413,
        ErrorKind::RateLimit => 429,
        ErrorKind::UpstreamBad => 502,
        ErrorKind::Overloaded => 503,
        ErrorKind::Timeout => 504,
        _ => 500,
    };
    Reply {
        status,
        headers: Vec::from_iter(
            error
                .retry_after
                .map(|wait| ("retry-after", wait.to_string())),
        ),
        body: json!({"error": error.message}).to_string().into_bytes(),
    }
}
