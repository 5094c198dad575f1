//! Decoders: functions that move a wire value into the canonical struct around it.
//!
//! A function is `fn(wire: &mut Wire, out: &mut Target, cx: &mut Reading) -> Result<bool, Fault>`; `false`: nothing in it
//! was known, so the element is skipped.

use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};

use super::condition;
use super::context::Context;
use super::value;
use crate::model::canonical::Ty;
use crate::model::schema::{AsPart, Codec, Edge, Only, Path, Property, Schema, SchemaId, Spot};
use crate::model::shape::ShapeId;
use crate::model::tests;
use crate::names::ident;

/// One reader; `opened`: of the inside of a `Whole`, whose JSON it is given too.
pub fn function(
    cx: &Context<'_>,
    id: SchemaId,
    shape: ShapeId,
    opened: bool,
    name: &Ident,
) -> TokenStream {
    let schema = cx.schema(id);
    let wire = if opened {
        cx.opened_type(shape)
    } else {
        cx.parsed_type(shape)
    };
    let json = opened.then(|| quote!(json: &'a str,));
    let target = cx.target_type(&schema.spot);
    let doc = format!("Reads `{}`.", schema.place);
    let body = body(cx, schema, shape, opened);
    let lifetime = (opened || cx.wire.type_borrows(shape) || target.to_string().contains("'a"))
        .then(|| quote!(<'a>));
    quote! {
        #[doc = #doc]
        fn #name #lifetime(wire: &mut #wire, #json out: &mut #target, cx: &mut ::gateway::wire::read::Reading) -> ::core::result::Result<bool, ::gateway::error::Fault> {
            #body
        }
    }
}

fn body(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    let choice = choice(cx, schema, shape, opened);
    let is_whole = cx.wire.shape(shape).whole;
    let open = (is_whole && !opened)
        .then(|| quote!(let json = wire.json; let wire = &mut wire.value; let _ = json;));
    let properties = properties(cx, schema, shape);
    let variants = variants(cx, schema, shape);
    quote! {
        let _ = (&wire, &out, &cx);
        #choice
        #open
        #properties
        #variants
    }
}

/// Which variant it is, found before anything is moved out.
fn choice(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> Option<TokenStream> {
    if schema.variants.is_empty() {
        return None;
    }
    let arms = tests::of(&cx.dialect.schemas, &schema.variants)
        .into_iter()
        .map(|(i, tests)| {
            let test = if opened {
                condition::all_opened(&cx.wire, &tests, &quote!((&*wire)), shape)
            } else {
                condition::all(&cx.wire, &tests, &quote!((&*wire)), shape)
            };
            quote!(if #test { #i } else)
        });
    Some(quote!(let variant: usize = #(#arms)* { usize::MAX };))
}

fn properties(cx: &Context<'_>, schema: &Schema, shape: ShapeId) -> TokenStream {
    if schema.properties.is_empty() {
        return TokenStream::new();
    }
    let (computed, plain): (Vec<&Property>, Vec<&Property>) = schema
        .properties
        .iter()
        .partition(|p| p.edge.expr.is_some());
    let earlier = |property: &Property| {
        let same = |other: &&Property| {
            other.edge.bind.as_ref().map(|b| &b.text)
                == property.edge.bind.as_ref().map(|b| &b.text)
                && other.edge.only == property.edge.only
                && other.edge.bind.is_some()
                && !other.edge.deprecated
                && other.name != property.name
        };
        if property.edge.deprecated {
            schema.properties.iter().find(same)
        } else {
            None
        }
    };
    let guards = plain.iter().enumerate().filter_map(|(i, p)| {
        let other = field(cx, shape, &earlier(p)?.name)?;
        let guard = format_ident!("skip_{i}");
        Some(quote!(let #guard = wire.#other.is_some();))
    });
    let statements: Vec<TokenStream> = plain
        .iter()
        .enumerate()
        .map(|(i, p)| {
            let statement = property(cx, p, shape);
            if earlier(p).is_some_and(|other| field(cx, shape, &other.name).is_some()) {
                let guard = format_ident!("skip_{i}");
                return quote!(if !#guard { #statement });
            }
            statement
        })
        .collect();
    let computed = computed.iter().map(|p| computed_property(cx, p, shape));
    let inside = quote!(#(#guards)* #(#statements)* #(#computed)*);
    if cx.wire.is_mixed(shape) {
        return quote!(if let ::gateway::wire::read::Mixed::Object(wire) = &mut *wire { #inside });
    }
    inside
}

fn field(cx: &Context<'_>, shape: ShapeId, name: &str) -> Option<Ident> {
    cx.wire
        .shape(shape)
        .object
        .as_ref()
        .and_then(|o| o.idents.get(name))
        .map(|n| ident(n))
}

fn property(cx: &Context<'_>, property: &Property, shape: ShapeId) -> TokenStream {
    let Some(inner) = cx
        .wire
        .shape(shape)
        .object
        .as_ref()
        .and_then(|o| o.field(&property.name))
    else {
        return TokenStream::new();
    };
    let Some(field) = field(cx, shape, &property.name) else {
        return TokenStream::new();
    };
    let name = &property.name;
    let statements = edge(cx, &property.edge, inner);
    if statements.is_empty() {
        return statements;
    }
    // A closure, so that a fault on the way gets its place.
    quote! {
        if let ::core::option::Option::Some(wire) = &mut wire.#field {
            (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #statements ::core::result::Result::Ok(()) })().map_err(|fault| fault.at(#name))?;
        }
    }
}

/// `x-expr`: solved for the first name once the others are read.
fn computed_property(cx: &Context<'_>, property: &Property, shape: ShapeId) -> TokenStream {
    let (Some(expr), Some(field)) = (&property.edge.expr, field(cx, shape, &property.name)) else {
        return TokenStream::new();
    };
    let first = ident(&expr.first);
    let others = expr.others.iter().map(|(plus, name)| {
        let name = ident(name);
        if *plus {
            quote!(- out.#name.unwrap_or(0))
        } else {
            quote!(+ out.#name.unwrap_or(0))
        }
    });
    let read = quote!(if let ::core::option::Option::Some(n) = wire.#field.as_mut().and_then(|n| n.take_integer()) { out.#first = ::core::option::Option::Some(n #(#others)*); });
    let default = cx
        .schema(property.edge.content)
        .default
        .as_ref()
        .and_then(serde_json::Value::as_i64);
    let Some(default) = default else { return read };
    let others2 = expr.others.iter().map(|(plus, name)| {
        let name = ident(name);
        if *plus {
            quote!(- out.#name.unwrap_or(0))
        } else {
            quote!(+ out.#name.unwrap_or(0))
        }
    });
    let some = expr.others.iter().map(|(_, name)| {
        let name = ident(name);
        quote!(out.#name.is_some())
    });
    quote!(#read else if #(#some)||* { out.#first = ::core::option::Option::Some(#default #(#others2)*); })
}

fn variants(cx: &Context<'_>, schema: &Schema, shape: ShapeId) -> TokenStream {
    if schema.variants.is_empty() {
        return quote!(::core::result::Result::Ok(true));
    }
    let expected = condition::expectation(&tests::of(&cx.dialect.schemas, &schema.variants));
    let arms = schema.variants.iter().enumerate().map(|(i, variant)| {
        let statements = variant_statements(cx, variant, shape);
        quote!(#i => { #statements })
    });
    quote! {
        match variant {
            #(#arms)*
            _ => {
                cx.unknown(#expected)?;
                return ::core::result::Result::Ok(false);
            }
        }
        ::core::result::Result::Ok(true)
    }
}

/// A variant reads from the value that its union has: `wire` is inside of a `Whole` by now.
fn variant_statements(cx: &Context<'_>, variant: &Edge, shape: ShapeId) -> TokenStream {
    edge_with(cx, variant, shape, cx.wire.shape(shape).whole)
}

/// Statements that move `wire`, of this shape, into `out`, the struct (or list, or value) around it.
pub fn edge(cx: &Context<'_>, edge: &Edge, shape: ShapeId) -> TokenStream {
    edge_with(cx, edge, shape, false)
}

fn edge_with(cx: &Context<'_>, edge: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    if edge.read_only {
        return TokenStream::new();
    }
    // A case of several values says nothing when read.
    let cases = edge
        .cases
        .iter()
        .filter(|case| !case.value.is_array())
        .map(|case| {
            let target = lvalue(cx, &case.path, &quote!(out));
            let value = super::canonical::literal(&case.value, &case.path.ty);
            assign(cx, &case.path, &target, &value)
        });
    let content = bound(cx, edge, shape, opened);
    quote!(#(#cases)* #content)
}

fn bound(cx: &Context<'_>, edge: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(edge.content);
    let Some(path) = &edge.bind else {
        return content(cx, edge.content, shape, opened);
    };
    match &schema.spot {
        Spot::Nothing => TokenStream::new(),
        Spot::Value(ty) => {
            let value = value::read(cx, schema, edge.content, shape, ty, opened);
            let set = set_value(cx, path);
            quote!(if let ::core::option::Option::Some(value) = #value { #set })
        }
        Spot::Parts if matches!(edge.only, Some(Only::Role(_))) => {
            let Some(Only::Role(role)) = &edge.only else {
                return TokenStream::new();
            };
            let role = super::canonical::enum_value("Role", role);
            let target = lvalue(cx, path, &quote!(out));
            let inner = content(cx, edge.content, shape, opened);
            quote! {
                let mut parts: ::std::vec::Vec<::gateway::canonical::Part<'_>> = ::std::vec::Vec::new();
                { let out = &mut parts; #inner }
                ::gateway::canonical::lead(&mut #target, #role, parts);
            }
        }
        _ => {
            let target = lvalue(cx, path, &quote!(out));
            let inner = content(cx, edge.content, shape, opened);
            quote!({ let out = &mut *(&mut #target); #inner })
        }
    }
}

/// The value where a path leads, as something that can be assigned to or borrowed mutably.
fn lvalue(cx: &Context<'_>, path: &Path, base: &TokenStream) -> TokenStream {
    let mut expression = base.clone();
    for (i, step) in path.steps.iter().enumerate() {
        let name = ident(&step.field);
        let structure = cx.canonical.get(&step.owner);
        let field = structure.and_then(|s| s.field(&step.field));
        let optional = field
            .is_some_and(|f| !f.required && f.default.is_none() && !matches!(f.ty, Ty::List(_)));
        let leads = field.is_some_and(|f| matches!(f.ty, Ty::Struct(_)));
        expression = quote!(#expression.#name);
        if step.first {
            expression = quote!((*::gateway::canonical::first(&mut #expression)));
        } else if optional && leads {
            expression = quote!((*#expression.get_or_insert_default()));
        }
        let _ = i;
    }
    expression
}

/// Whether the last field of a path is an `Option`.
fn is_optional(cx: &Context<'_>, path: &Path) -> bool {
    let Some(step) = path.steps.last() else {
        return false;
    };
    if step.first {
        return false;
    }
    let field = cx
        .canonical
        .get(&step.owner)
        .and_then(|s| s.field(&step.field));
    // A turn's role is known once its message is read.
    (step.owner == "Turn" && step.field == "role")
        || field.is_some_and(|f| !f.required && f.default.is_none() && !matches!(f.ty, Ty::List(_)))
}

fn set_value(cx: &Context<'_>, path: &Path) -> TokenStream {
    if Context::is_self(path) {
        return quote!(if out.is_none() {
            *out = ::core::option::Option::Some(value);
        });
    }
    let target = lvalue(cx, path, &quote!(out));
    if is_optional(cx, path) {
        return quote!({ let target = &mut #target; if target.is_none() { *target = ::core::option::Option::Some(value); } });
    }
    quote!(#target = value;)
}

fn assign(cx: &Context<'_>, path: &Path, target: &TokenStream, value: &TokenStream) -> TokenStream {
    if is_optional(cx, path) {
        quote!(#target = ::core::option::Option::Some(#value);)
    } else {
        quote!(#target = #value;)
    }
}

/// Statements that read a content into `out`, which is what its spot says.
pub fn content(cx: &Context<'_>, id: SchemaId, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(id);
    match &schema.spot {
        Spot::Nothing => TokenStream::new(),
        Spot::Struct(name) => structure(cx, schema, id, shape, name, opened),
        Spot::Value(ty) => {
            let value = value::read(cx, schema, id, shape, ty, opened);
            quote!(if let ::core::option::Option::Some(value) = #value { if out.is_none() { *out = ::core::option::Option::Some(value); } })
        }
        Spot::List(_) | Spot::Parts | Spot::Turns => list(cx, schema, shape, opened),
    }
}

fn structure(
    cx: &Context<'_>,
    schema: &Schema,
    id: SchemaId,
    shape: ShapeId,
    name: &str,
    opened: bool,
) -> TokenStream {
    if schema.codec == Some(Codec::DataUrl) {
        return quote!(
            if let ::core::option::Option::Some(text) = wire.take_text() {
                *out = ::gateway::codec::data_url::decode(text);
            }
        );
    }
    if schema.types.list
        && !schema.types.object
        && let Some(items) = &schema.items
    {
        // Scenery: every element belongs to the struct around the list.
        let element = edge(cx, items, cx.wire.shape(shape).list.unwrap_or_default());
        let body = quote!(for (i, wire) in items.0.iter_mut().enumerate() {
            (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #element ::core::result::Result::Ok(()) })().map_err(|fault| fault.at_index(i))?;
        });
        return in_list(cx, shape, opened, &body);
    }
    if schema.properties.is_empty() && schema.variants.is_empty() {
        return TokenStream::new();
    }
    let _ = name;
    let call = call(cx, id, shape, opened);
    quote!(#call;)
}

/// Calls the reader of a schema; an expression of type `bool`.
fn call(cx: &Context<'_>, id: SchemaId, shape: ShapeId, opened: bool) -> TokenStream {
    let opened = opened && cx.wire.shape(shape).whole;
    let function = cx.reader(id, shape, opened);
    if opened {
        quote!(#function(wire, json, out, cx)?)
    } else {
        quote!(#function(wire, out, cx)?)
    }
}

/// Runs `body` with `items`, if the value is a list.
fn in_list(cx: &Context<'_>, shape: ShapeId, opened: bool, body: &TokenStream) -> TokenStream {
    let wire = if cx.wire.shape(shape).whole && !opened {
        quote!(&mut wire.value)
    } else {
        quote!(&mut *wire)
    };
    if cx.wire.is_mixed(shape) {
        return quote!(if let ::gateway::wire::read::Mixed::List(items) = #wire { #body });
    }
    quote!({ let items = #wire; #body })
}

fn list(cx: &Context<'_>, schema: &Schema, shape: ShapeId, opened: bool) -> TokenStream {
    if !schema.variants.is_empty() {
        let arms = tests::of(&cx.dialect.schemas, &schema.variants)
            .into_iter()
            .map(|(i, tests)| {
                let test = if opened {
                    condition::all_opened(&cx.wire, &tests, &quote!((&*wire)), shape)
                } else {
                    condition::all(&cx.wire, &tests, &quote!((&*wire)), shape)
                };
                let statements = edge_with(cx, &schema.variants[i], shape, opened);
                quote!(if #test { #statements } else)
            });
        let expected = condition::expectation(&tests::of(&cx.dialect.schemas, &schema.variants));
        return quote!(#(#arms)* { cx.unknown(#expected)?; });
    }
    if let Some(part) = &schema.part {
        return text_part(cx, schema, shape, part, opened);
    }
    let Some(items) = &schema.items else {
        return TokenStream::new();
    };
    if schema.single {
        return element(cx, items, shape, opened);
    }
    let inner = cx.wire.shape(shape).list.unwrap_or_default();
    let element = element(cx, items, inner, false);
    let body = quote!(for (i, wire) in items.0.iter_mut().enumerate() {
        (|| -> ::core::result::Result<(), ::gateway::error::Fault> { #element ::core::result::Result::Ok(()) })().map_err(|fault| fault.at_index(i))?;
    });
    in_list(cx, shape, opened, &body)
}

/// A text that is one part.
fn text_part(
    cx: &Context<'_>,
    schema: &Schema,
    shape: ShapeId,
    part: &AsPart,
    opened: bool,
) -> TokenStream {
    let kind = cx.kind(&part.kind);
    let means_none = schema.absent.iter().any(|value| value.as_str() == Some(""));
    let keep_empty = if part.kind == "text" && !means_none {
        quote!(!text.is_empty() || cx.keeps_empty())
    } else {
        quote!(!text.is_empty())
    };
    let text = if schema.codec == Some(Codec::Json) {
        value::json_text(cx, shape, opened)
    } else {
        quote!(wire.take_text())
    };
    quote! {
        if let ::core::option::Option::Some(text) = #text && (#keep_empty) {
            out.push(::gateway::canonical::Part { kind: #kind, text: ::core::option::Option::Some(text), ..::core::default::Default::default() });
        }
    }
}

/// Reads one element and appends it to `out`.
fn element(cx: &Context<'_>, items: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    if let Spot::Value(_) = &items.outer {
        let schema = cx.schema(items.content);
        if let Spot::Value(ty) = &schema.spot {
            let value = value::read(cx, schema, items.content, shape, ty, opened);
            return quote!(if let ::core::option::Option::Some(value) = #value { out.push(value); });
        }
        return TokenStream::new();
    }
    let is_turn = matches!(&items.outer, Spot::Struct(name) if name == "Turn");
    let target = cx.target_type(&items.outer);
    let target: TokenStream = target
        .to_string()
        .replace("'a", "'_")
        .parse()
        .unwrap_or_default();
    let keep = if is_turn {
        quote!(element.push_into(out);)
    } else {
        quote!(out.push(element);)
    };
    let known = known(cx, items, shape, opened);
    quote! {
        let mut element: #target = ::core::default::Default::default();
        let known = { let out = &mut element; #known };
        if known { #keep }
    }
}

/// A block that reads an element into `out` and says whether it was known.
fn known(cx: &Context<'_>, items: &Edge, shape: ShapeId, opened: bool) -> TokenStream {
    let schema = cx.schema(items.content);
    let by_function = items.bind.is_none()
        && !items.read_only
        && matches!(schema.spot, Spot::Struct(_))
        && schema.codec != Some(Codec::DataUrl)
        && !(schema.properties.is_empty() && schema.variants.is_empty())
        && !(schema.types.list && !schema.types.object);
    if by_function {
        let cases = items
            .cases
            .iter()
            .filter(|case| !case.value.is_array())
            .map(|case| {
                let target = lvalue(cx, &case.path, &quote!(out));
                let value = super::canonical::literal(&case.value, &case.path.ty);
                assign(cx, &case.path, &target, &value)
            });
        let call = call(cx, items.content, shape, opened);
        return quote!(#(#cases)* #call);
    }
    let statements = edge_with(cx, items, shape, opened);
    quote!(#statements true)
}
