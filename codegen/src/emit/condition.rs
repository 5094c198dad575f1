//! Tests on wire values as expressions, and what a client is told when none of them holds.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::wire::Wire;
use crate::model::schema::Types;
use crate::model::shape::ShapeId;
use crate::model::tests::{Test, What};
use crate::names::ident;

/// A boolean expression: whether the tests hold of `value`, a reference to a wire value of this shape.
pub fn all(wire: &Wire<'_>, tests: &[Test], value: &TokenStream, shape: ShapeId) -> TokenStream {
    if tests.is_empty() {
        return quote!(true);
    }
    let tests = tests
        .iter()
        .map(|test| one(wire, &test.path, &test.what, value, shape));
    quote!(#(#tests)&&*)
}

/// The same for a value whose `Whole` has been opened already.
pub fn all_opened(
    wire: &Wire<'_>,
    tests: &[Test],
    value: &TokenStream,
    shape: ShapeId,
) -> TokenStream {
    let opened = wire.opened(shape);
    all(&opened, tests, value, shape)
}

/// Whether `value` is this constant.
pub fn constant(
    wire: &Wire<'_>,
    constant: &Value,
    value: &TokenStream,
    shape: ShapeId,
) -> TokenStream {
    one_of(wire, std::slice::from_ref(constant), value, shape)
}

fn one(
    wire: &Wire<'_>,
    path: &[String],
    what: &What,
    value: &TokenStream,
    shape: ShapeId,
) -> TokenStream {
    let Some((name, rest)) = path.split_first() else {
        return here(wire, what, value, shape);
    };
    let Some(object) = wire.shape(shape).object.as_ref() else {
        return quote!(false);
    };
    let (Some(inner), Some(field)) = (object.field(name), object.idents.get(name)) else {
        return quote!(false);
    };
    let field = ident(field);
    let test = match what {
        _ if !rest.is_empty() => {
            let deeper = one(wire, rest, what, &quote!(inner), inner);
            quote!(object.#field.as_ref().is_some_and(|inner| #deeper))
        }
        What::Present => quote!(object.#field.is_some()),
        What::Absent => quote!(object.#field.is_none()),
        What::OneOf(_, true) | What::NoneOf(_) => {
            let test = here(wire, what, &quote!(inner), inner);
            quote!(object.#field.as_ref().is_none_or(|inner| #test))
        }
        _ => {
            let test = here(wire, what, &quote!(inner), inner);
            quote!(object.#field.as_ref().is_some_and(|inner| #test))
        }
    };
    in_object(wire, value, shape, &test)
}

/// A test on `object`, where `value` may be one among other types.
fn in_object(
    wire: &Wire<'_>,
    value: &TokenStream,
    shape: ShapeId,
    test: &TokenStream,
) -> TokenStream {
    let value = if wire.is_whole(shape) {
        quote!(&(#value).value)
    } else {
        value.clone()
    };
    if wire.is_mixed(shape) {
        return quote!(matches!(#value, ::gateway::wire::read::Mixed::Object(object) if #test));
    }
    quote!({ let object = #value; #test })
}

/// A test on the value itself.
fn here(wire: &Wire<'_>, what: &What, value: &TokenStream, shape: ShapeId) -> TokenStream {
    match what {
        What::Json(types) => json(wire, *types, value, shape),
        What::OneOf(values, _) => one_of(wire, values, value, shape),
        What::NoneOf(values) => {
            let any = one_of(wire, values, value, shape);
            quote!(!(#any))
        }
        What::Prefix(prefix) => text(wire, value, shape, &quote!(text.starts_with(#prefix))),
        What::Present => quote!(true),
        What::Absent => quote!(false),
    }
}

fn one_of(wire: &Wire<'_>, values: &[Value], value: &TokenStream, shape: ShapeId) -> TokenStream {
    if let Some(Value::Bool(flag)) = values.first() {
        let types = wire.shape(shape).types;
        return match () {
            () if wire.is_mixed(shape) => {
                quote!(matches!(#value, ::gateway::wire::read::Mixed::Flag(flag) if *flag == #flag))
            }
            () if types.boolean => quote!(*#value == #flag),
            () => quote!(false),
        };
    }
    let texts: Vec<&str> = values.iter().filter_map(Value::as_str).collect();
    let numbers: Vec<i64> = values.iter().filter_map(Value::as_i64).collect();
    let is_number = wire.shape(shape).types.number && !wire.is_mixed(shape);
    if !numbers.is_empty() && is_number {
        return quote!(matches!(#value, ::gateway::wire::read::Number::Whole(#(#numbers)|*)));
    }
    if texts.is_empty() {
        return quote!(false);
    }
    text(wire, value, shape, &quote!(matches!(text, #(#texts)|*)))
}

/// A test on `text`, if the value is one.
fn text(wire: &Wire<'_>, value: &TokenStream, shape: ShapeId, test: &TokenStream) -> TokenStream {
    let whole = wire.is_whole(shape);
    let value = if whole {
        quote!((#value).value)
    } else {
        quote!(#value)
    };
    if !wire.shape(shape).types.text {
        return quote!(false);
    }
    quote!(#value.as_text().is_some_and(|text| #test))
}

fn json(wire: &Wire<'_>, types: Types, value: &TokenStream, shape: ShapeId) -> TokenStream {
    let merged = wire.shape(shape);
    let value = if wire.is_whole(shape) {
        quote!(&(#value).value)
    } else {
        value.clone()
    };
    if !wire.is_mixed(shape) {
        return quote!(true);
    }
    let kinds = [
        (types.text, quote!(Text(_))),
        (types.number, quote!(Number(_))),
        (types.boolean, quote!(Flag(_))),
        (
            types.list && (merged.list.is_some() || !merged.raw),
            quote!(List(_)),
        ),
        (
            types.object || types.list && merged.list.is_none() && merged.raw,
            quote!(Object(_)),
        ),
    ];
    let kinds: Vec<_> = kinds
        .into_iter()
        .filter(|(admitted, _)| *admitted)
        .map(|(_, kind)| quote!(::gateway::wire::read::Mixed::#kind))
        .collect();
    if kinds.is_empty() {
        return quote!(false);
    }
    quote!(matches!(#value, #(#kinds)|*))
}

/// What a client is told when no variant fits.
pub fn expectation(variants: &[(usize, Vec<Test>)]) -> String {
    let paths: Vec<&Vec<String>> = variants
        .iter()
        .flat_map(|(_, tests)| tests.iter().map(|t| &t.path))
        .filter(|p| p.len() == 1)
        .collect();
    let shared = paths.into_iter().find(|path| {
        let told = |tests: &Vec<Test>| {
            tests
                .iter()
                .any(|t| t.path == **path && matches!(t.what, What::OneOf(..)))
        };
        variants.iter().filter(|(_, tests)| told(tests)).count() > 1
    });
    if let Some(path) = shared {
        let mut values: Vec<String> = Vec::new();
        let mut in_order: Vec<&(usize, Vec<Test>)> = variants.iter().collect();
        in_order.sort_by_key(|(i, _)| *i);
        for test in in_order
            .iter()
            .flat_map(|(_, tests)| tests)
            .filter(|test| test.path == *path)
        {
            if let What::OneOf(list, _) = &test.what {
                values.extend(list.iter().filter_map(Value::as_str).map(str::to_owned));
            }
        }
        values.dedup();
        return format!("expected '{}' to be one of: {}", path[0], values.join(", "));
    }
    let types: Vec<&str> = variants
        .iter()
        .flat_map(|(_, tests)| tests)
        .filter_map(|t| {
            if let What::Json(types) = t.what {
                Some(words(types))
            } else {
                None
            }
        })
        .flatten()
        .collect();
    if types.is_empty() {
        return "this is none of the forms that are expected here".to_owned();
    }
    let mut types = types;
    types.sort_unstable();
    types.dedup();
    format!(
        "expected {}, in one of the forms that the API describes",
        types.join(" or ")
    )
}

fn words(types: Types) -> Vec<&'static str> {
    let all = [
        (types.text, "a string"),
        (types.number, "a number"),
        (types.boolean, "a boolean"),
        (types.list, "a list"),
        (types.object, "an object"),
    ];
    all.into_iter()
        .filter(|(admitted, _)| *admitted)
        .map(|(_, word)| word)
        .collect()
}
