//! One token: its header, its signature and its claims. Shows nothing of it in any error.

use jsonwebtoken::errors::ErrorKind;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde::Deserialize;

use super::Denied;

/// What the header says about how to verify the token.
#[derive(Debug)]
pub struct Head {
    /// One that the issuer announced.
    pub algorithm: Algorithm,
    /// The key, if it names one.
    pub key_id: Option<String>,
}

/// What every token has to say.
pub struct Expected {
    issuer: String,
    audience: String,
}

/// Reads the header, and refuses what can't be verified whatever the key.
pub fn head(token: &str, announced: &[Algorithm]) -> Result<Head, Denied> {
    if token.len() > LONGEST {
        return Err(Denied::unauthorized("the token is longer than 16 KiB"));
    }
    // An `alg` that isn't known, `none` among them, doesn't parse either.
    let header = decode_header(token).map_err(|_| {
        Denied::unauthorized("the token is not a JWT signed with a known algorithm")
    })?;
    if !announced.contains(&header.alg) {
        return Err(Denied::unauthorized(
            "the token's alg is not one that the issuer announces",
        ));
    }
    // RFC 7515, 4.1.11: what is critical has to be understood, and no extension is understood here.
    if header.crit.is_some() {
        return Err(Denied::unauthorized(
            "the token's header has critical extensions",
        ));
    }
    if header
        .typ
        .as_deref()
        .is_some_and(|kind| !is_bearer_type(kind))
    {
        return Err(Denied::unauthorized(
            "the token's typ is not one of an ID or access token",
        ));
    }
    Ok(Head {
        algorithm: header.alg,
        key_id: header.kid,
    })
}

impl Expected {
    /// Tokens of this issuer for this audience.
    pub fn new(issuer: &str, audience: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            audience: audience.to_owned(),
        }
    }

    /// Is the token signed by one of these keys, and does it say what it has to?
    pub fn verify(&self, token: &str, head: &Head, keys: &[&DecodingKey]) -> Result<(), Denied> {
        let rules = self.rules(head.algorithm);
        let mut fault = ErrorKind::InvalidSignature;
        for key in keys {
            match decode::<Claims>(token, key, &rules) {
                Ok(_) => return Ok(()),
                Err(error) => fault = error.into_kind(),
            }
        }
        Err(Denied::unauthorized(explain(&fault)))
    }

    fn rules(&self, algorithm: Algorithm) -> Validation {
        let mut rules = Validation::new(algorithm);
        rules.leeway = LEEWAY;
        rules.validate_nbf = true;
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        rules.set_required_spec_claims(&["exp", "iss", "aud"]);
        rules
    }
}

/// The library takes a list of issuers for one that matches; here it has to be one string.
#[derive(Deserialize)]
struct Claims {
    #[serde(rename = "iss")]
    _issuer: String,
}

/// Other signed messages of the same issuer for the same audience (a logout token, say) are no proof of a login.
fn is_bearer_type(kind: &str) -> bool {
    let kind = kind.to_ascii_lowercase();
    let kind = kind.strip_prefix("application/").unwrap_or(&kind);
    matches!(kind, "jwt" | "at+jwt")
}

fn explain(fault: &ErrorKind) -> String {
    match fault {
        ErrorKind::InvalidSignature => "the token's signature is not the issuer's".into(),
        ErrorKind::ExpiredSignature => "the token has expired".into(),
        ErrorKind::ImmatureSignature => "the token is not valid yet".into(),
        ErrorKind::InvalidIssuer => "the token is of another issuer".into(),
        ErrorKind::InvalidAudience => "the token is for another audience".into(),
        ErrorKind::MissingRequiredClaim(claim) => format!("the token has no usable {claim} claim"),
        _ => "the token is not a valid JWT".into(),
    }
}

/// Seconds of difference between the issuer's clock and this one.
const LEEWAY: u64 = 30;
const LONGEST: usize = 16 * 1024;
