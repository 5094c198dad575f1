//! STAND-IN for `dialect::prepare`, until it lands.

use crate::canonical::{ChatRequest, ChatResponse};
use crate::error::Fault;
use crate::table::{Dialect, Edit, Loss, Provider};

pub struct Prepared {
    pub edits: Vec<&'static Edit>,
    pub losses: Vec<Loss>,
}

pub fn prepare(
    _request: &mut ChatRequest<'_>,
    _provider: &'static Provider,
    _dialect: &'static Dialect,
) -> Result<Prepared, Fault> {
    Ok(Prepared {
        edits: Vec::new(),
        losses: Vec::new(),
    })
}

pub fn prepare_response(
    response: &mut ChatResponse<'_>,
    provider: &'static Provider,
    model: &str,
    _dialect: &'static Dialect,
) -> Result<Vec<Loss>, Fault> {
    response.provider = Some(provider.id.into());
    if response.model.is_empty() {
        response.model = model.to_owned().into();
    }
    Ok(Vec::new())
}
