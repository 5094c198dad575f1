//! Requests for vectors: taken apart to what one call can hold, and their replies put together again.

use std::borrow::Cow;

use crate::codec::floats;
use crate::error::Fault;
use crate::wire::Raw;

use super::{EmbedInput, EmbedRequest, EmbedResponse, Usage, Vector, VectorEncoding};

/// Ids of tokens that came one by one become one input.
pub fn join_tokens(inputs: &mut Vec<EmbedInput<'_>>) {
    let mut joined: Vec<EmbedInput<'_>> = Vec::with_capacity(inputs.len());
    let mut ids: Vec<String> = Vec::new();
    let close = |ids: &mut Vec<String>, joined: &mut Vec<EmbedInput<'_>>| {
        if !ids.is_empty() {
            joined.push(EmbedInput {
                tokens: Some(Raw(Cow::Owned(format!("[{}]", ids.join(","))))),
                ..EmbedInput::default()
            });
            ids.clear();
        }
    };
    for input in inputs.drain(..) {
        match input.token {
            Some(id) => ids.push(id.to_string()),
            None => {
                close(&mut ids, &mut joined);
                joined.push(input);
            }
        }
    }
    close(&mut ids, &mut joined);
    *inputs = joined;
}

/// One request for each run of inputs that want the same; what they want is said once.
pub fn alike<'a>(mut request: EmbedRequest<'a>) -> Vec<EmbedRequest<'a>> {
    let wants = |input: &EmbedInput<'_>| (input.purpose, input.dimensions);
    let inputs = std::mem::take(&mut request.inputs);
    let mut requests: Vec<EmbedRequest<'a>> = Vec::new();
    let mut before = None;
    for mut input in inputs {
        let now = wants(&input);
        (input.purpose, input.dimensions, input.model) = (None, None, None);
        match requests.last_mut() {
            Some(last) if before == Some(now) => last.inputs.push(input),
            _ => requests.push(EmbedRequest {
                purpose: now.0.or(request.purpose),
                dimensions: now.1.or(request.dimensions),
                inputs: vec![input],
                ..request.clone()
            }),
        }
        before = Some(now);
    }
    requests
}

/// Requests of so many inputs at most, in order. Each input says what the request says, for who wants it there.
pub fn split<'a>(mut request: EmbedRequest<'a>, most: Option<usize>) -> Vec<EmbedRequest<'a>> {
    for input in &mut request.inputs {
        input.model = Some(request.model.clone());
        (input.purpose, input.dimensions) = (request.purpose, request.dimensions);
    }
    let most = most.unwrap_or(usize::MAX).max(1);
    let mut requests = Vec::new();
    while request.inputs.len() > most {
        let rest = request.inputs.split_off(most);
        let inputs = std::mem::replace(&mut request.inputs, rest);
        requests.push(EmbedRequest {
            inputs,
            ..request.clone_settings()
        });
    }
    requests.push(request);
    requests
}

impl<'a> EmbedRequest<'a> {
    /// The form of vectors that is asked for. Nobody but who has them all can give several.
    pub fn encoding(&self) -> Result<VectorEncoding, Fault> {
        match self.encodings[..] {
            [] => Ok(VectorEncoding::Float),
            [one] => Ok(one),
            _ => Err(Fault::new("only one encoding can be asked for at a time").at("encodings")),
        }
    }

    /// All but the inputs.
    fn clone_settings(&self) -> Self {
        Self {
            model: self.model.clone(),
            inputs: Vec::new(),
            dimensions: self.dimensions,
            encodings: self.encodings.clone(),
            purpose: self.purpose,
            truncate: self.truncate,
            max_tokens: self.max_tokens,
            user: self.user.clone(),
        }
    }
}

/// One reply for all: the vectors in the order of the inputs and in the form that was asked for, usage summed.
/// `replies` come with the number of inputs that each answers.
pub fn join<'a>(
    replies: Vec<(EmbedResponse<'a>, usize)>,
    encoding: VectorEncoding,
) -> Result<EmbedResponse<'a>, Fault> {
    let mut whole = EmbedResponse::default();
    for (at, (mut reply, inputs)) in replies.into_iter().enumerate() {
        if reply.vectors.len() != inputs {
            let found = reply.vectors.len();
            let what = format!("{found} vectors came for {inputs} inputs");
            return Err(Fault::new(what).at("vectors"));
        }
        if reply.vectors.iter().all(|vector| vector.index.is_some()) {
            reply.vectors.sort_by_key(|vector| vector.index);
        }
        for mut vector in std::mem::take(&mut reply.vectors) {
            recode(&mut vector, reply.encoding, encoding)?;
            vector.index = i64::try_from(whole.vectors.len()).ok();
            whole.vectors.push(vector);
        }
        if let Some(usage) = reply.usage.take() {
            add(whole.usage.get_or_insert_default(), &usage);
        }
        if at == 0 {
            (whole.id, whole.model) = (reply.id, reply.model);
        }
    }
    whole.encoding = encoding;
    Ok(whole)
}

fn recode(
    vector: &mut Vector<'_>,
    said: VectorEncoding,
    wanted: VectorEncoding,
) -> Result<(), Fault> {
    use VectorEncoding::{Base64, Float};
    match wanted {
        Float => {
            if let Some(text) = vector.base64.take() {
                let list = floats::from_base64(&text);
                let list = list.ok_or_else(|| Fault::new("base64 of no 32-bit floats"));
                vector.values = Some(Raw(Cow::Owned(list.map_err(|fault| fault.at("base64"))?)));
            }
        }
        Base64 => {
            if let Some(Raw(list)) = vector.values.take() {
                let text = floats::to_base64(&list);
                let text = text.ok_or_else(|| Fault::new("a list of something but numbers"));
                vector.base64 = Some(Cow::Owned(text.map_err(|fault| fault.at("values"))?));
            }
        }
        other if other != said => {
            return Err(Fault::new("vectors in another encoding than was asked for"));
        }
        _ => {}
    }
    match vector.values.is_some() || vector.base64.is_some() {
        true => Ok(()),
        false => Err(Fault::new("a vector without numbers")),
    }
}

fn add(sum: &mut Usage, more: &Usage) {
    for (sum, more) in [
        (&mut sum.input, more.input),
        (&mut sum.cached, more.cached),
        (&mut sum.output, more.output),
        (&mut sum.total, more.total),
    ] {
        if let Some(more) = more {
            *sum = Some(sum.unwrap_or(0).saturating_add(more));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::{Part, Purpose};

    fn text(text: &'static str) -> EmbedInput<'static> {
        EmbedInput {
            parts: vec![Part::of_text(text)],
            ..EmbedInput::default()
        }
    }

    fn token(id: i64) -> EmbedInput<'static> {
        EmbedInput {
            token: Some(id),
            ..EmbedInput::default()
        }
    }

    fn said(inputs: &[EmbedInput<'_>]) -> String {
        let each = inputs.iter().map(|input| match &input.tokens {
            Some(Raw(ids)) => ids.to_string(),
            None => input
                .parts
                .iter()
                .filter_map(|part| part.text.as_deref())
                .collect(),
        });
        each.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_run_of_ids_is_one_input() {
        for (mut inputs, expected) in [
            (vec![token(1), token(2)], "[1,2]"),
            (
                vec![text("a"), token(1), text("b"), token(2), token(3)],
                "a [1] b [2,3]",
            ),
            (vec![], ""),
        ] {
            join_tokens(&mut inputs);
            assert_eq!(said(&inputs), expected);
        }
    }

    #[test]
    fn requests_hold_so_many_inputs_and_what_they_share() {
        let of = |purpose, input| EmbedInput { purpose, ..input };
        let query = Some(Purpose::Query);
        let request = EmbedRequest {
            model: "m".into(),
            dimensions: Some(2),
            inputs: vec![
                of(query, text("a")),
                of(query, text("b")),
                of(query, text("c")),
                text("d"),
            ],
            ..EmbedRequest::default()
        };
        let runs = alike(request);
        let shared: Vec<_> = runs
            .iter()
            .map(|run| (said(&run.inputs), run.purpose))
            .collect();
        assert_eq!(
            shared,
            [("a b c".to_owned(), query), ("d".to_owned(), None)]
        );
        let parts = split(runs[0].clone(), Some(2));
        let each: Vec<_> = parts.iter().map(|part| said(&part.inputs)).collect();
        assert_eq!(each, ["a b", "c"]);
        let input = &parts[1].inputs[0];
        assert_eq!(
            (input.model.as_deref(), input.purpose, input.dimensions),
            (Some("m"), query, Some(2))
        );
    }

    #[test]
    fn replies_are_joined_in_order() {
        let vector = |index: Option<i64>, list: &'static str| Vector {
            index,
            values: Some(Raw(list.into())),
            ..Vector::default()
        };
        let reply = |vectors, input| EmbedResponse {
            vectors,
            usage: Some(Usage {
                input: Some(input),
                ..Usage::default()
            }),
            ..EmbedResponse::default()
        };
        let first = reply(vec![vector(Some(1), "[2]"), vector(Some(0), "[1]")], 3);
        let second = reply(vec![vector(None, "[3]")], 4);
        let joined = join(vec![(first.clone(), 2), (second, 1)], VectorEncoding::Float);
        let joined = joined.unwrap_or_default();
        let lists: Vec<_> = joined
            .vectors
            .iter()
            .map(|vector| vector.values.clone().map(|raw| raw.0))
            .collect();
        assert_eq!(
            lists,
            [Some("[1]".into()), Some("[2]".into()), Some("[3]".into())]
        );
        assert_eq!(joined.usage.and_then(|usage| usage.input), Some(7));
        assert!(join(vec![(first.clone(), 3)], VectorEncoding::Float).is_err());
        assert!(join(vec![(first, 2)], VectorEncoding::Int8).is_err());
    }
}
