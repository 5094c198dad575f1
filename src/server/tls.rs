//! The certificate: read at start, and again when its files change.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use rustls::ServerConfig;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::task::JoinHandle;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tracing::{info, warn};

/// The certificate in use; its files are looked at as long as this lives.
#[derive(Debug)]
pub(super) struct Certificates {
    config: Arc<ServerConfig>,
    watcher: JoinHandle<()>,
}

/// How often the files are looked at.
const LOOK: Duration = Duration::from_secs(1);

const HTTP_2: &[u8] = b"h2";
const HTTP_1: &[u8] = b"http/1.1";

impl Certificates {
    /// Reads both files. The error is one line for the operator.
    pub(super) fn load(certificate: &Path, key: &Path) -> Result<Self, String> {
        let files = Files {
            certificate: certificate.to_owned(),
            key: key.to_owned(),
        };
        let seen = files.changed();
        let current = Arc::new(Current(RwLock::new(Arc::new(files.read()?))));
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| format!("TLS: {error}"))?
            .with_no_client_auth()
            .with_cert_resolver(current.clone());
        config.alpn_protocols = vec![HTTP_2.to_vec(), HTTP_1.to_vec()];
        Ok(Self {
            config: Arc::new(config),
            watcher: tokio::spawn(watch(files, seen, current)),
        })
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        TlsAcceptor::from(self.config.clone())
    }
}

impl Drop for Certificates {
    fn drop(&mut self) {
        self.watcher.abort();
    }
}

/// Whether the handshake chose HTTP/2.
pub(super) fn chose_http2<T>(stream: &TlsStream<T>) -> bool {
    stream.get_ref().1.alpn_protocol() == Some(HTTP_2)
}

#[derive(Debug)]
struct Current(RwLock<Arc<CertifiedKey>>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(
            self.0
                .read()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        )
    }
}

#[derive(Debug)]
struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

type Changed = [Option<SystemTime>; 2];

impl Files {
    fn read(&self) -> Result<CertifiedKey, String> {
        let (certificate, key) = (&self.certificate, &self.key);
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| format!("SERVER_TLS_CERT_PATH: {}: {error}", certificate.display()))?;
        if chain.is_empty() {
            return Err(format!(
                "SERVER_TLS_CERT_PATH: {}: there is no certificate in it",
                certificate.display()
            ));
        }
        let private = PrivateKeyDer::from_pem_file(key)
            .map_err(|error| format!("SERVER_TLS_KEY_PATH: {}: {error}", key.display()))?;
        CertifiedKey::from_der(chain, private, &ring::default_provider()).map_err(|error| {
            let certificate = certificate.display();
            format!("SERVER_TLS_CERT_PATH, SERVER_TLS_KEY_PATH: {certificate}: {error}")
        })
    }

    fn changed(&self) -> Changed {
        [&self.certificate, &self.key]
            .map(|file| fs::metadata(file).and_then(|m| m.modified()).ok())
    }
}

/// Takes a new certificate when its files change. One that can't be read leaves the old one in use; it is tried again
/// when the files change again, so the two need not be replaced in one instant.
async fn watch(files: Files, mut seen: Changed, current: Arc<Current>) {
    loop {
        sleep(LOOK).await;
        let changed = files.changed();
        if changed == seen {
            continue;
        }
        seen = changed;
        match files.read() {
            Ok(new) => {
                *current.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(new);
                info!("the certificate has been read again");
            }
            Err(error) => warn!(error, "the certificate in use stays"),
        }
    }
}
