//! Settings to tokens: one struct for each section, one for what each provider has, and the calls that read them.
//!
//! What a text means is decided by `::gateway::env`; the code made here only names variables, types and defaults.

use proc_macro2::{Ident, TokenStream};
use quote::quote;

use super::setting::{docs, enumeration, parser, rust_type, sentence};
use crate::model::settings::{Kind, Section, Setting, Settings};
use crate::names::{Scope, ident, snake, upper_camel};

/// The module `settings`.
pub fn emit(settings: &Settings) -> TokenStream {
    let mut scope = Scope::default();
    for taken in ["Settings", "ProviderSettings"] {
        scope.unique(taken);
    }
    let mut items = TokenStream::new();
    let mut fields = Vec::new();
    for section in settings.plain() {
        let name = ident(&scope.unique(&upper_camel(&section.name)));
        let read: Vec<Read> = section
            .settings
            .iter()
            .map(|one| Read::plain(section, one, &mut scope))
            .collect();
        items.extend(read.iter().map(|one| one.enum_item.clone()));
        items.extend(structure(section, &name, &read));
        fields.push((ident(&snake(&section.name)), name, section.title.clone()));
    }
    let keyed: Vec<Read> = settings
        .keyed()
        .enumerate()
        .map(|(i, one)| Read::keyed(i, one, &mut scope))
        .collect();
    let enums = keyed.iter().map(|one| &one.enum_item);
    let provider = provider_structure(&keyed);
    let whole = whole(settings, &fields);
    quote! { #whole #items #(#enums)* #provider }
}

/// One field and how it is read.
struct Read {
    docs: TokenStream,
    field: Ident,
    ty: TokenStream,
    value: TokenStream,
    enum_item: TokenStream,
}

impl Read {
    fn plain(section: &Section, setting: &Setting, scope: &mut Scope) -> Self {
        let env = &setting.env;
        Self::new(&section.name, setting, quote!(#env), scope)
    }

    /// The variable's name is the one at this place in the array that the reading function is given.
    fn keyed(index: usize, setting: &Setting, scope: &mut Scope) -> Self {
        Self::new("provider", setting, quote!(names[#index]), scope)
    }

    fn new(owner: &str, setting: &Setting, env: TokenStream, scope: &mut Scope) -> Self {
        let (ty, enum_item) = match &setting.kind {
            Kind::Enum(values) => {
                let name = ident(&scope.unique(&upper_camel(&format!("{owner}_{}", setting.name))));
                (quote!(#name), enumeration(&name, setting, values))
            }
            kind => (rust_type(kind), TokenStream::new()),
        };
        let about = match &setting.default {
            Some(default) => format!("`{}`; `{default}` if not set.", setting.env),
            None => format!("`{}`", setting.env),
        };
        let docs = docs(&[sentence(&setting.description), about]);
        let (ty, value) = match (&setting.kind, &setting.default) {
            (Kind::Secret, Some(default)) => (ty, quote!(reader.secret_or(#env, #default))),
            (Kind::Secret, None) => (
                quote!(::core::option::Option<#ty>),
                quote!(reader.secret(#env)),
            ),
            (_, default) => {
                let parse = parser(setting, &ty);
                // No words and an absent list are the same thing.
                let default = default
                    .clone()
                    .or_else(|| (setting.kind == Kind::List).then(String::new));
                match default {
                    Some(default) => (ty, quote!(reader.or(#env, #default, #parse))),
                    None => (
                        quote!(::core::option::Option<#ty>),
                        quote!(reader.optional(#env, #parse)),
                    ),
                }
            }
        };
        Self {
            docs,
            field: ident(&snake(&setting.name)),
            ty,
            value,
            enum_item,
        }
    }

    fn declared(&self) -> TokenStream {
        let Self {
            docs, field, ty, ..
        } = self;
        quote!(#docs pub #field: #ty,)
    }

    fn assigned(&self) -> TokenStream {
        let Self { field, value, .. } = self;
        quote!(#field: #value,)
    }
}

fn whole(settings: &Settings, fields: &[(Ident, Ident, String)]) -> TokenStream {
    let declared = fields.iter().map(|(field, ty, title)| {
        let docs = docs(&[sentence(title)]);
        quote!(#docs pub #field: #ty,)
    });
    let assigned = fields
        .iter()
        .map(|(field, ty, _)| quote!(#field: #ty::read(reader),));
    let names = settings.variables().into_iter().map(|(env, _)| env);
    let providers = settings.providers.iter().map(|provider| {
        let id = &provider.id;
        let envs = settings.keyed().map(|setting| provider.env(&setting.env));
        let variables = provider
            .variables
            .iter()
            .map(|(name, env)| quote!((#name, #env)));
        quote!(ProviderSettings::read(reader, #id, [#(#envs),*], &[#(#variables),*]),)
    });
    quote! {
        /// Everything that the environment says, typed.
        #[derive(Debug, Clone, PartialEq)]
        pub struct Settings {
            #(#declared)*
            /// One for each provider, in the order of the spec.
            pub providers: ::std::vec::Vec<ProviderSettings>,
        }

        impl Settings {
            /// Every variable that means something.
            pub const NAMES: &'static [&'static str] = &[#(#names),*];

            /// Reads all variables, or tells all that is wrong with them.
            pub fn load(
                lookup: &dyn ::gateway::env::Lookup,
            ) -> ::core::result::Result<Self, ::std::vec::Vec<::gateway::env::SettingFault>> {
                let (settings, faults) = Self::read(lookup);
                if faults.is_empty() {
                    ::core::result::Result::Ok(settings)
                } else {
                    ::core::result::Result::Err(faults)
                }
            }

            /// Reads all variables. Where one is wrong its default stands, so use none of it if there are faults.
            pub fn read(
                lookup: &dyn ::gateway::env::Lookup,
            ) -> (Self, ::std::vec::Vec<::gateway::env::SettingFault>) {
                let mut reader = ::gateway::env::Reader::new(lookup);
                let settings = Self::read_from(&mut reader);
                (settings, reader.into_faults())
            }

            fn read_from(reader: &mut ::gateway::env::Reader<'_>) -> Self {
                Self {
                    #(#assigned)*
                    providers: ::std::vec::Vec::from([#(#providers)*]),
                }
            }
        }
    }
}

fn structure(section: &Section, name: &Ident, read: &[Read]) -> TokenStream {
    let docs = docs(&[sentence(&section.title), section.place.to_string()]);
    let declared = read.iter().map(Read::declared);
    let assigned = read.iter().map(Read::assigned);
    quote! {
        #docs
        #[derive(Debug, Clone, PartialEq)]
        pub struct #name {
            #(#declared)*
        }

        impl #name {
            fn read(reader: &mut ::gateway::env::Reader<'_>) -> Self {
                Self { #(#assigned)* }
            }
        }
    }
}

fn provider_structure(keyed: &[Read]) -> TokenStream {
    let declared = keyed.iter().map(Read::declared);
    let assigned = keyed.iter().map(Read::assigned);
    let count = keyed.len();
    quote! {
        /// What the environment says about one provider.
        #[derive(Debug, Clone, PartialEq)]
        pub struct ProviderSettings {
            /// The provider.
            pub id: &'static str,
            #(#declared)*
            /// What fills each `{NAME}` of its address: name, variable, value.
            pub variables: ::std::vec::Vec<(
                &'static str,
                &'static str,
                ::core::option::Option<::std::string::String>,
            )>,
        }

        impl ProviderSettings {
            fn read(
                reader: &mut ::gateway::env::Reader<'_>,
                id: &'static str,
                names: [&'static str; #count],
                variables: &[(&'static str, &'static str)],
            ) -> Self {
                let variables = variables
                    .iter()
                    .map(|(name, env)| (*name, *env, reader.optional(env, ::gateway::env::url_part)))
                    .collect();
                Self { id, #(#assigned)* variables }
            }
        }
    }
}
