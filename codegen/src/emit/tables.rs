//! Providers, routes and ledgers.

use proc_macro2::TokenStream;
use quote::quote;
use serde_json::Value;

use super::canonical::enum_value;
use super::context::Context;
use super::needs::Known;
use crate::model::canonical::Canonical;
use crate::model::dialect::{Loss, Scheme};
use crate::model::provider::{Adjust, Endpoint, Op, Provider, Route, When};
use crate::names::{ident, screaming, snake, upper_camel};

/// The module `providers`.
pub fn providers(providers: &[Provider], canonical: &Canonical, needs: &Known<'_>) -> TokenStream {
    let rows = providers.iter().map(|p| provider(p, canonical, needs));
    quote! {
        /// Every provider, in the order of the spec.
        pub static PROVIDERS: &[::gateway::table::Provider] = &[#(#rows,)*];
    }
}

/// The module `routes`.
pub fn routes(routes: &[Route]) -> TokenStream {
    let rows = routes.iter().map(|route| {
        let (method, path, public) = (&route.method, &route.path, route.public);
        let (operation, dialect) = (ident(&upper_camel(&route.operation)), dialect(&route.dialect));
        let stream = option(route.stream.as_ref());
        let (header, spans, reply) = (option(route.header.as_ref()), option(route.spans.as_ref()), option(route.reply.as_ref()));
        let embed = embed(&route.dialect, route.embed);
        quote!(::gateway::table::Route { method: #method, path: #path, header: #header, spans: #spans, reply: #reply, operation: ::gateway::table::Operation::#operation, dialect: #dialect, embed: #embed, stream: #stream, public: #public })
    });
    quote! {
        /// Every route, in the order of the spec.
        pub static ROUTES: &[::gateway::table::Route] = &[#(#rows,)*];
    }
}

/// An optional value.
pub fn option<T: quote::ToTokens>(value: Option<&T>) -> TokenStream {
    match value {
        Some(value) => quote!(::core::option::Option::Some(#value)),
        None => quote!(::core::option::Option::None),
    }
}

/// The table of a dialect's embed operation.
fn embed(dialect: &str, at: Option<usize>) -> TokenStream {
    let Some(at) = at else {
        return quote!(::core::option::Option::None);
    };
    let (module, name) = (ident(&snake(dialect)), super::operations::embed_name(at));
    quote!(::core::option::Option::Some(&::gateway::generated::dialects::#module::#name))
}

/// Where a credential goes.
pub fn scheme(scheme: &Scheme) -> TokenStream {
    match scheme {
        Scheme::Bearer => quote!(::gateway::table::Scheme::Bearer),
        Scheme::Header(name) => quote!(::gateway::table::Scheme::Header(#name)),
        Scheme::Query(name) => quote!(::gateway::table::Scheme::Query(#name)),
    }
}

/// The verdicts of a dialect.
pub fn ledger(cx: &Context<'_>) -> TokenStream {
    let verdicts =
        (0..cx.names.entries().len()).map(|number| match cx.dialect.ledger.get(&number) {
            Some(loss) => verdict(loss),
            None if cx.dialect.bound.contains(&number) => quote!(::gateway::table::Verdict::Bound),
            None => quote!(::gateway::table::Verdict::Implied),
        });
    quote!([#(#verdicts,)*])
}

fn dialect(name: &str) -> TokenStream {
    let module = ident(&snake(name));
    quote!(&::gateway::generated::dialects::#module::DIALECT)
}

fn verdict(loss: &Loss) -> TokenStream {
    match loss {
        Loss::Bound => quote!(::gateway::table::Verdict::Bound),
        Loss::Drop(_) => quote!(::gateway::table::Verdict::Drop),
        Loss::Implied(_) => quote!(::gateway::table::Verdict::Implied),
        Loss::Refuse(reason) => quote!(::gateway::table::Verdict::Refuse(#reason)),
        Loss::Nearest(pass, table) => {
            let name = ident(&upper_camel(pass));
            let rows = table.as_ref().and_then(Value::as_object).map(|table| {
                let rows = table.iter().map(|(effort, value)| {
                    let effort = enum_value("ReasoningEffort", effort);
                    let value = match value {
                        Value::Number(number) => {
                            let number = number.as_i64().unwrap_or_default();
                            quote!(#number)
                        }
                        Value::String(other) => {
                            let other = enum_value("ReasoningEffort", other);
                            quote!(::core::option::Option::Some(#other))
                        }
                        _ => quote!(::core::option::Option::None),
                    };
                    quote!((#effort, #value))
                });
                quote!((&[#(#rows,)*]))
            });
            quote!(::gateway::table::Verdict::Nearest(::gateway::table::Pass::#name #rows))
        }
    }
}

fn provider(provider: &Provider, canonical: &Canonical, needs: &Known<'_>) -> TokenStream {
    let (id, url, key) = (&provider.id, &provider.url, screaming(&provider.id));
    let auth = option(provider.auth.as_ref().map(scheme).as_ref());
    let optional = provider.optional;
    let headers = pairs(&provider.extra_headers);
    let endpoint = |name: &str| {
        let found = provider.endpoints.iter().find(|(n, _)| n == name);
        option(found.map(|(_, endpoint)| self::endpoint(endpoint)).as_ref())
    };
    let (list, generate, generate_stream) = (
        endpoint("list"),
        endpoint("generate"),
        endpoint("generate_stream"),
    );
    let also = provider.endpoints.iter();
    let also = also.filter(|(name, _)| name == crate::model::provider::ALSO);
    let also = also.map(|(_, endpoint)| self::endpoint(endpoint));
    let (embed, count_tokens) = (endpoint("embed"), endpoint("count_tokens"));
    let adjust = provider
        .adjust
        .iter()
        .map(|entry| self::adjust(entry, canonical, &needs.emit(provider, entry)));
    quote! {
        ::gateway::table::Provider {
            id: #id,
            url: #url,
            key: #key,
            auth: #auth,
            optional: #optional,
            extra_headers: #headers,
            list: #list,
            generate: #generate,
            generate_stream: #generate_stream,
            generate_also: &[#(#also,)*],
            embed: #embed,
            count_tokens: #count_tokens,
            adjust: &[#(#adjust,)*],
        }
    }
}

fn pairs(pairs: &[(String, String)]) -> TokenStream {
    let rows = pairs.iter().map(|(name, value)| quote!((#name, #value)));
    quote!(&[#(#rows,)*])
}

fn endpoint(endpoint: &Endpoint) -> TokenStream {
    let (method, path) = (&endpoint.method, &endpoint.path);
    let (query, headers, dialect) = (
        pairs(&endpoint.query),
        pairs(&endpoint.headers),
        dialect(&endpoint.dialect),
    );
    let embed = embed(&endpoint.dialect, endpoint.embed);
    quote!(::gateway::table::Endpoint { method: #method, path: #path, query: #query, headers: #headers, dialect: #dialect, embed: #embed })
}

fn adjust(adjust: &Adjust, canonical: &Canonical, needs: &TokenStream) -> TokenStream {
    let models = option(adjust.models.as_ref());
    let field = |number: usize| {
        let number = number as u16;
        quote!(::gateway::generated::ledger::Field(#number))
    };
    let when = adjust.when.iter().map(|when| match when {
        When::Present(number, there) => {
            let (field, condition) = (
                field(*number),
                ident(if *there { "Present" } else { "Absent" }),
            );
            quote!(::gateway::table::Condition::#condition(#field))
        }
        When::Is(case) => {
            let holds = super::access::holds_of(canonical, case, &quote!(request));
            quote!(::gateway::table::Condition::Holds(|request| #holds))
        }
        When::Test(name) => {
            let test = ident(&upper_camel(name));
            quote!(::gateway::table::Condition::#test)
        }
    });
    let lost = adjust.lost.iter().map(|(number, loss)| {
        let (field, verdict) = (field(*number), verdict(loss));
        quote!((#field, #verdict))
    });
    let edits = adjust.edits.iter().map(|(node, op)| {
        let op = self::op(op, canonical);
        quote!(::gateway::table::Edit { node: #node, op: #op })
    });
    let refuse = option(adjust.refuse.as_ref());
    quote!(::gateway::table::Adjust { models: #models, when: &[#(#when,)*], refuse: #refuse, lost: &[#(#lost,)*], edits: &[#(#edits,)*], needs: #needs })
}

fn op(op: &Op, canonical: &Canonical) -> TokenStream {
    let number = |number: &Option<f64>| option(number.as_ref());
    let op = match op {
        Op::Omit => quote!(Omit),
        Op::Write => quote!(Write),
        Op::Rename(name) => {
            let name = super::property::as_written(name);
            quote!(Rename(#name))
        }
        Op::Default(json) => {
            let json = json.to_string();
            quote!(Default(#json))
        }
        Op::Force(json) => {
            let json = json.to_string();
            quote!(Force(#json))
        }
        Op::Clamp(minimum, maximum) => {
            let (minimum, maximum) = (number(minimum), number(maximum));
            quote!(Clamp { minimum: #minimum, maximum: #maximum })
        }
        Op::Below(path, more) => {
            let found = super::access::get_of(canonical, path, &quote!(request));
            quote!(Below(|request| #found.map(|bound| bound as f64 + #more)))
        }
        Op::Hash(length) => quote!(Hash(#length)),
        Op::Map(rows) => {
            let rows = rows.iter().map(|(from, to)| {
                let (from, to) = (from.to_string(), to.to_string());
                quote!((#from, #to))
            });
            quote!(Map(&[#(#rows,)*]))
        }
    };
    quote!(::gateway::table::Op::#op)
}
