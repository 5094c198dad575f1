//! STAND-IN for `dialect::prepare` and `stream::Transcoder`, until they land.

use crate::canonical::{ChatRequest, ChatResponse, Error, Usage};
use crate::error::Fault;
use crate::table::{Dialect, Edit, Loss, Provider, StreamSpec};

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

#[derive(Debug)]
pub struct Transcoder {
    begun: bool,
}

impl Transcoder {
    pub fn new(_from: &'static StreamSpec, _to: &'static StreamSpec) -> Self {
        Self { begun: false }
    }
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<u8>) -> Result<(), Fault> {
        self.begun = true;
        out.extend_from_slice(bytes);
        Ok(())
    }
    pub fn finish(&mut self, _out: &mut Vec<u8>) -> Result<(), Fault> {
        Ok(())
    }
    pub fn fail(&mut self, _error: Error<'static>, _out: &mut Vec<u8>) {}
    pub fn begun(&self) -> bool {
        self.begun
    }
    pub fn usage(&self) -> Option<&Usage> {
        None
    }
}
