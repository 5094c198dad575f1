//! The form of the answer.

use crate::canonical::{ChatRequest, ResponseFormat, ResponseFormatKind};
use crate::generated::ledger::Field;
use crate::table::{Loss, LossKind};

use super::report;

/// `schema-as-json`: what shall follow a schema shall at least be JSON.
pub(super) fn schema_as_json(request: &mut ChatRequest<'_>, field: Field, losses: &mut Vec<Loss>) {
    let format = request.response_format.as_mut();
    if let Some(format) = format.filter(|it| it.kind == ResponseFormatKind::JsonSchema) {
        *format = ResponseFormat {
            kind: ResponseFormatKind::Json,
            ..ResponseFormat::default()
        };
        report(losses, field, LossKind::Nearest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::canonical::nearest::{self, support};
    use crate::table::{Capacity, Pass};
    use crate::wire::Raw;

    #[test]
    fn a_schema_becomes_any_json() {
        use ResponseFormatKind::{Json, JsonSchema, Text};
        const FIELD: Field = Field::RESPONSE_FORMAT_JSON_SCHEMA;
        for (kind, expected, lost) in [
            (JsonSchema, Json, true),
            (Json, Json, false),
            (Text, Text, false),
        ] {
            let mut asked = ChatRequest {
                response_format: Some(ResponseFormat {
                    kind,
                    schema: Some(Raw("{}".into())),
                    ..ResponseFormat::default()
                }),
                ..ChatRequest::default()
            };
            let table = support::table(&[(FIELD, Pass::SchemaAsJson)]);
            let mut losses = Vec::new();
            let done = nearest::request(&mut asked, &table, Capacity::One, &mut losses);
            assert_eq!(done, Ok(()));
            let format = asked.response_format.unwrap_or_default();
            assert_eq!((format.kind, format.schema.is_none()), (expected, lost));
            let expected = if lost {
                support::nearest(FIELD)
            } else {
                vec![]
            };
            assert_eq!(losses, expected);
        }
    }
}
