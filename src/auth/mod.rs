//! STAND-IN for who may call.

use std::sync::Arc;

/// Decides who may call.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<()>);

/// Why a caller may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Denied {
    /// 401: there is no token, or it isn't valid; the text is for the caller.
    Unauthorized(String),
    /// 503: nobody can say now.
    Unavailable(String),
}

impl Gate {
    /// May the bearer of this token call?
    pub async fn check(&self, _token: Option<&str>) -> Result<(), Denied> {
        Ok(())
    }
}
