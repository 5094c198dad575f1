//! All providers that were asked so far.

use std::sync::{Arc, PoisonError, RwLock};

use hyper::Uri;

use super::connect::Connect;
use super::failure::Failure;
use super::origin::{Bounds, Origin};

/// All origins that were asked so far: as many as are configured, which is few enough to look through.
#[derive(Debug)]
pub(super) struct Pool {
    connect: Connect,
    bounds: Bounds,
    origins: RwLock<Vec<Arc<Origin>>>,
}

impl Pool {
    pub(super) fn new(connect: Connect, bounds: Bounds) -> Self {
        Self {
            connect,
            bounds,
            origins: RwLock::default(),
        }
    }

    /// Where an absolute address leads.
    pub(super) fn origin(&self, uri: &Uri) -> Result<Arc<Origin>, Failure> {
        let (Some(scheme), Some(authority)) = (uri.scheme(), uri.authority()) else {
            return Err(Failure::Unreachable("the address isn't absolute".into()));
        };
        let known = |origins: &[Arc<Origin>]| {
            let mut all = origins.iter();
            all.find(|origin| origin.is_at(scheme, authority)).cloned()
        };
        let origins = self.origins.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = known(&origins) {
            return Ok(origin);
        }
        drop(origins);
        let mut origins = self.origins.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(origin) = known(&origins) {
            return Ok(origin);
        }
        let origin = Origin::new(scheme, authority, self.connect.clone(), self.bounds)?;
        let origin = Arc::new(origin);
        origins.push(origin.clone());
        Ok(origin)
    }
}
