//! Where requests go: the providers that are configured, and what a request to one of them looks like.
//!
//! Knows no HTTP client and no body.

pub mod escape;
mod ready;
mod request;

use crate::config::{ProviderConfig, Secret};

pub use ready::{Ready, sign};
pub use request::{Address, operation};

/// The place of the provider of this id.
pub fn find(providers: &[ProviderConfig], id: &str) -> Option<usize> {
    providers.iter().position(|config| config.provider.id == id)
}

/// A provider that can be called: its address is known, and its credential is there if it needs one.
#[derive(Debug, Clone, Copy)]
pub struct Target<'p> {
    /// The configured provider.
    pub config: &'p ProviderConfig,
    base: &'p str,
    token: Option<&'p Secret>,
    ready: Option<&'p Ready>,
}

/// Why a provider can't be called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing<'p> {
    /// It needs a credential.
    Key,
    /// Its address lacks something, which the text names.
    Address(&'p str),
}

impl<'p> Target<'p> {
    /// Checks that the provider can be called.
    pub fn of(config: &'p ProviderConfig) -> Result<Self, Missing<'p>> {
        if config.provider.auth.is_some() && config.token.is_none() {
            return Err(Missing::Key);
        }
        let base = config.url.as_deref().map_err(|why| Missing::Address(why))?;
        Ok(Self {
            config,
            base: base.trim_end_matches('/'),
            token: config.token.as_ref(),
            ready: None,
        })
    }

    /// With what has been made of the provider's configuration already.
    pub fn with(self, ready: &'p Ready) -> Self {
        Self {
            ready: Some(ready),
            ..self
        }
    }
}
