//! The issuer's public keys: which of them may verify a token with this header.
//!
//! A key fits an algorithm by its type, curve, size and declared use; the token's word alone never chooses how
//! a key is used. Keys of a kind unknown here are left out, they don't spoil the set.

use jsonwebtoken::jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyOperations, PublicKeyUse};
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use super::Denied;
use super::token::Head;

/// The keys that can verify something.
#[derive(Debug)]
pub struct Keys(Vec<Key>);

#[derive(Debug)]
struct Key {
    id: Option<String>,
    algorithms: Vec<Algorithm>,
    public: DecodingKey,
}

/// A key set as the issuer publishes it.
#[derive(Deserialize)]
pub struct Published {
    keys: Vec<serde_json::Value>,
}

impl Keys {
    /// Those of the published keys that fit one of the announced algorithms.
    pub fn new(published: Published, announced: &[Algorithm]) -> Self {
        let keys = published.keys.into_iter();
        Self(keys.filter_map(|key| Key::new(key, announced)).collect())
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Is the key that the token names among these? A token that names none needs no newer set.
    pub fn knows(&self, head: &Head) -> bool {
        head.key_id.is_none() || self.0.iter().any(|key| key.id == head.key_id)
    }

    /// The keys that the token may be verified with. Without a key id there has to be exactly one that fits:
    /// trying all of them would let a caller choose.
    pub fn fitting(&self, head: &Head) -> Result<Vec<&DecodingKey>, Denied> {
        let fits = |key: &&Key| key.algorithms.contains(&head.algorithm);
        let named = |key: &&Key| head.key_id.is_none() || key.id == head.key_id;
        let keys: Vec<&DecodingKey> = self
            .0
            .iter()
            .filter(fits)
            .filter(named)
            .map(|key| &key.public)
            .collect();
        match (keys.len(), &head.key_id) {
            (0, None) => Err(Denied::unauthorized(
                "no key of the issuer fits the token's alg",
            )),
            (0, Some(_)) => Err(Denied::unauthorized(
                "the issuer has no key with the token's kid and alg",
            )),
            (2.., None) => Err(Denied::unauthorized(
                "the token has no kid, and several keys fit it",
            )),
            _ => Ok(keys),
        }
    }
}

impl Key {
    fn new(published: serde_json::Value, announced: &[Algorithm]) -> Option<Self> {
        let jwk: Jwk = serde_json::from_value(published).ok()?;
        let public = DecodingKey::from_jwk(&jwk).ok()?;
        let algorithms: Vec<Algorithm> = announced
            .iter()
            .copied()
            .filter(|algorithm| fits(&jwk, *algorithm))
            .collect();
        (!algorithms.is_empty()).then_some(Self {
            id: jwk.common.key_id,
            algorithms,
            public,
        })
    }
}

fn fits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    let common = &jwk.common;
    let verifies = matches!(common.public_key_use, None | Some(PublicKeyUse::Signature))
        && common
            .key_operations
            .as_ref()
            .is_none_or(|ops| ops.contains(&KeyOperations::Verify));
    let declared = common.key_algorithm.is_none_or(|declared| {
        Algorithm::try_from(declared).is_ok_and(|declared| declared == algorithm)
    });
    verifies && declared && is_of_type(&jwk.algorithm, algorithm)
}

fn is_of_type(parameters: &AlgorithmParameters, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    match (parameters, algorithm) {
        (AlgorithmParameters::RSA(key), RS256 | RS384 | RS512 | PS256 | PS384 | PS512) => {
            key.n.len() >= SHORTEST_MODULUS
        }
        (AlgorithmParameters::EllipticCurve(key), ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    }
}

/// 2048 bits (RFC 7518, 3.3) in base64url.
const SHORTEST_MODULUS: usize = 342;

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_fits_by_type_curve_size_and_use() {
        let (long, short) = ("A".repeat(342), "A".repeat(171));
        let all = [
            Algorithm::RS256,
            Algorithm::PS256,
            Algorithm::ES256,
            Algorithm::ES384,
            Algorithm::EdDSA,
        ];
        let cases: &[(serde_json::Value, &[Algorithm])] = &[
            (
                json!({"kty":"RSA","n":long,"e":"AQAB"}),
                &[Algorithm::RS256, Algorithm::PS256],
            ),
            (
                json!({"kty":"RSA","n":long,"e":"AQAB","alg":"RS256","use":"sig"}),
                &[Algorithm::RS256],
            ),
            (
                json!({"kty":"RSA","n":long,"e":"AQAB","key_ops":["verify"],"alg":"PS256"}),
                &[Algorithm::PS256],
            ),
            (json!({"kty":"RSA","n":long,"e":"AQAB","use":"enc"}), &[]),
            (
                json!({"kty":"RSA","n":long,"e":"AQAB","key_ops":["encrypt"]}),
                &[],
            ),
            (
                json!({"kty":"RSA","n":long,"e":"AQAB","alg":"RSA-OAEP"}),
                &[],
            ),
            (json!({"kty":"RSA","n":long,"e":"AQAB","alg":"HS256"}), &[]),
            (json!({"kty":"RSA","n":short,"e":"AQAB"}), &[]),
            (
                json!({"kty":"EC","crv":"P-256","x":"AA","y":"AA"}),
                &[Algorithm::ES256],
            ),
            (
                json!({"kty":"EC","crv":"P-384","x":"AA","y":"AA"}),
                &[Algorithm::ES384],
            ),
            (json!({"kty":"EC","crv":"P-521","x":"AA","y":"AA"}), &[]),
            (json!({"kty":"EC","crv":"secp256k1","x":"AA","y":"AA"}), &[]),
            (
                json!({"kty":"OKP","crv":"Ed25519","x":"AA"}),
                &[Algorithm::EdDSA],
            ),
            (json!({"kty":"OKP","crv":"X25519","x":"AA"}), &[]),
            (json!({"kty":"oct","k":"c2VjcmV0"}), &[]),
            (json!({"kty":"new"}), &[]),
            (json!("no key"), &[]),
        ];
        for (published, expected) in cases {
            let key = Key::new(published.clone(), &all);
            let algorithms = key.map(|key| key.algorithms).unwrap_or_default();
            assert_eq!(&algorithms, expected, "{published}");
        }
    }

    #[test]
    fn a_token_is_verified_with_its_key_or_the_only_one() {
        let ed = |id: &str| json!({"kty":"OKP","crv":"Ed25519","x":"AA","kid":id});
        let ec = json!({"kty":"EC","crv":"P-256","x":"AA","y":"AA","kid":"ec"});
        let keys = vec![ed("a"), ed("b"), ed("twin"), ed("twin"), ec];
        let keys = Keys::new(Published { keys }, &[Algorithm::ES256, Algorithm::EdDSA]);
        let cases = [
            (Algorithm::EdDSA, Some("a"), true, Some(1)),
            (Algorithm::EdDSA, Some("twin"), true, Some(2)),
            (Algorithm::EdDSA, Some("c"), false, None),
            (Algorithm::EdDSA, Some("ec"), true, None),
            (Algorithm::EdDSA, None, true, None),
            (Algorithm::ES256, None, true, Some(1)),
            (Algorithm::RS256, None, true, None),
        ];
        for (algorithm, id, known, fitting) in cases {
            let head = Head {
                algorithm,
                key_id: id.map(String::from),
            };
            assert_eq!(keys.knows(&head), known, "{head:?}");
            assert_eq!(
                keys.fitting(&head).ok().map(|keys| keys.len()),
                fitting,
                "{head:?}"
            );
        }
    }
}
