//! Vectors and counts: the same for the same text, so that what went in can be known from what comes out.

use hyper::Response;

use crate::canonical::embed::{join, join_tokens};
use crate::canonical::{EmbedInput, EmbedResponse, TokenCount, Usage, Vector, VectorEncoding};
use crate::error::Fault;
use crate::server::Body;
use crate::table::Encoding;
use crate::wire::Raw;

use super::{Asked, json, words};

/// How long a vector is if nobody says it.
const DIMENSIONS: i64 = 8;
const MOST_DIMENSIONS: i64 = 4096;
const ID: &str = "mock-vectors";

/// A vector for each input.
pub(super) fn vectors(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let none = || Fault::new("this provider has no embeddings");
    let spoken = asked.found.endpoint.embed.ok_or_else(none)?;
    let mut request = (spoken.decode_request)(&asked.call())?;
    join_tokens(&mut request.inputs);
    if let Some(most) = spoken.most.filter(|most| request.inputs.len() > *most) {
        let what = format!("at most {most} inputs fit in one request");
        return Err(Fault::new(what).at("inputs"));
    }
    let encoding = request.encoding()?;
    let length = |input: &EmbedInput<'_>| {
        let length = input.dimensions.or(request.dimensions);
        length.unwrap_or(DIMENSIONS).clamp(1, MOST_DIMENSIONS)
    };
    let vectors = request.inputs.iter().map(|input| Vector {
        values: Some(Raw(list(&said(input), length(input)).into())),
        ..Vector::default()
    });
    let tokens = request.inputs.iter().map(words::in_input).sum();
    let reply = EmbedResponse {
        id: ID.into(),
        model: request.model.clone(),
        vectors: vectors.collect(),
        usage: Some(Usage {
            input: Some(tokens),
            total: Some(tokens),
            ..Usage::default()
        }),
        ..EmbedResponse::default()
    };
    let wanted = match encoding {
        VectorEncoding::Base64 => VectorEncoding::Base64,
        // Whoever wants whole numbers gets what stands for them here.
        _ => VectorEncoding::Float,
    };
    let count = reply.vectors.len();
    let mut reply = join(vec![(reply, count)], wanted)?;
    reply.encoding = encoding;
    let body = (spoken.encode_response)(&reply, &mut Encoding::new(&[]))?;
    Ok(json(body))
}

/// How many words a conversation has.
pub(super) fn count(asked: &Asked<'_>) -> Result<Response<Body>, Fault> {
    let none = || Fault::new("this provider counts no tokens");
    let spoken = asked.found.endpoint.dialect.count.ok_or_else(none)?;
    let request = (spoken.decode_request)(&asked.call())?;
    let count = TokenCount {
        input: words::in_request(&request),
        ..TokenCount::default()
    };
    let body = (spoken.encode_response)(&count, &mut Encoding::new(&[]))?;
    Ok(json(body))
}

fn said(input: &EmbedInput<'_>) -> String {
    let texts = input.parts.iter().filter_map(|part| part.text.as_deref());
    let tokens = input.tokens.iter().map(|Raw(ids)| &**ids);
    texts.chain(tokens).collect::<Vec<_>>().join("\n")
}

/// Numbers between -1 and 1, by the text alone. All of them are exact as 32-bit floats.
fn list(text: &str, length: i64) -> String {
    const PRIME: u64 = 0x0100_0000_01b3;
    let mut state = 0xcbf2_9ce4_8422_2325_u64;
    let mut turn = |byte: u8| {
        state = (state ^ u64::from(byte)).wrapping_mul(PRIME);
        (state >> 40) as i16
    };
    for byte in text.bytes() {
        turn(byte);
    }
    let numbers = (0..length).map(|_| f32::from(turn(0)) / 32_768.0);
    let numbers: Vec<_> = numbers.map(|number| format!("{number:?}")).collect();
    format!("[{}]", numbers.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_have_vectors_of_their_own() {
        assert_eq!(list("a", 3), list("a", 3));
        assert_ne!(list("a", 3), list("b", 3));
        assert_eq!(list("a", 3).split(',').count(), 3);
    }
}
