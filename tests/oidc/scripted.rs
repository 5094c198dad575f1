//! An issuer that says what a test wants, and counts how often it is asked.

use std::convert::Infallible;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use http_body_util::Full;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use rcgen::{KeyPair, PublicKeyData};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// A running scripted issuer; it ends with this value.
pub struct Issuer {
    /// Its name.
    pub name: String,
    /// What it says.
    pub says: Arc<Mutex<Says>>,
    /// How often its keys were read.
    pub readings: Arc<AtomicUsize>,
    key: KeyPair,
    accepts: JoinHandle<()>,
}

/// What it says.
#[derive(Clone)]
pub struct Says {
    pub status: u16,
    pub discovery: Value,
    pub keys: String,
    pub cache: String,
}

impl Issuer {
    /// One with an Ed25519 key named `a`.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let name = format!("http://{}", listener.local_addr().expect("an address"));
        let key = KeyPair::generate_for(&rcgen::PKCS_ED25519).expect("a key pair");
        let says = Arc::new(Mutex::new(Says {
            status: 200,
            discovery: json!({
                "issuer": name,
                "jwks_uri": format!("{name}/keys"),
                "id_token_signing_alg_values_supported": ["none", "HS256", "EdDSA"],
            }),
            keys: json!({"keys": [jwk(&key, "a")]}).to_string(),
            cache: String::new(),
        }));
        let readings = Arc::new(AtomicUsize::new(0));
        let accepts = tokio::spawn(serve(listener, says.clone(), readings.clone()));
        Self {
            name,
            says,
            readings,
            key,
            accepts,
        }
    }

    /// Changes what it says.
    pub fn say(&self, change: impl FnOnce(&mut Says)) {
        change(&mut self.says.lock().expect("no test panicked with it"));
    }

    /// A token for the gateway by key `a`, with this kid.
    pub fn token(&self, kid: Option<&str>) -> String {
        let claims = json!({"iss": self.name, "aud": crate::AUDIENCE, "exp": crate::now() + 600});
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = kid.map(String::from);
        let key = EncodingKey::from_ed_der(&self.key.serialize_der());
        encode(&header, &claims, &key).expect("a token")
    }

    /// The key `a` under another id.
    pub fn jwk(&self, kid: &str) -> Value {
        jwk(&self.key, kid)
    }

    /// How often its keys were read.
    pub fn readings(&self) -> usize {
        self.readings.load(Ordering::SeqCst)
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        self.accepts.abort();
    }
}

fn jwk(key: &KeyPair, kid: &str) -> Value {
    json!({"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": URL_SAFE_NO_PAD.encode(key.der_bytes())})
}

async fn serve(listener: TcpListener, says: Arc<Mutex<Says>>, readings: Arc<AtomicUsize>) {
    while let Ok((socket, _)) = listener.accept().await {
        let (says, readings) = (says.clone(), readings.clone());
        let answer = service_fn(move |request| {
            let reply = reply(
                &request,
                &says.lock().expect("no test panicked with it"),
                &readings,
            );
            async { Ok::<_, Infallible>(reply) }
        });
        tokio::spawn(
            hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(socket), answer),
        );
    }
}

fn reply(
    request: &Request<hyper::body::Incoming>,
    says: &Says,
    readings: &AtomicUsize,
) -> Response<Full<Bytes>> {
    let body = match request.uri().path() {
        "/.well-known/openid-configuration" => says.discovery.to_string(),
        "/keys" => {
            readings.fetch_add(1, Ordering::SeqCst);
            says.keys.clone()
        }
        other => panic!("asked for {other}"),
    };
    Response::builder()
        .status(says.status)
        .header("cache-control", &says.cache)
        .body(Full::new(Bytes::from(body)))
        .expect("a reply")
}
