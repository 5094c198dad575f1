//! Installs and runs the real provider.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::client::post;

/// A running provider; it ends with this value.
pub struct Provider {
    /// Its name.
    pub issuer: String,
    control: String,
    process: Child,
}

impl Provider {
    /// Starts one on this port (0: any). Nothing where node or npm is missing or the package can't be had,
    /// except in CI, where that is a failure.
    pub fn start(port: u16) -> Option<Self> {
        static HOME: OnceLock<Result<PathBuf, String>> = OnceLock::new();
        match HOME.get_or_init(install) {
            Ok(home) => Some(Self::run(home, port)),
            Err(why) if std::env::var_os("CI").is_some() => panic!("no OIDC provider: {why}"),
            Err(why) => {
                eprintln!("SKIPPED: no OIDC provider: {why}");
                None
            }
        }
    }

    fn run(home: &Path, port: u16) -> Self {
        let mut process = Command::new("node")
            .arg("provider.mjs")
            .current_dir(home)
            .env("PORT", port.to_string())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("node starts");
        let mut line = String::new();
        BufReader::new(process.stdout.take().expect("it is piped"))
            .read_line(&mut line)
            .expect("a line");
        let said: Value = serde_json::from_str(&line).expect("the provider says where it is");
        let text = |name: &str| said[name].as_str().expect("an address").to_owned();
        Self {
            issuer: text("issuer"),
            control: text("control"),
            process,
        }
    }

    /// A token as a client of the provider gets one.
    pub async fn token(&self, audience: &str, algorithm: &str) -> String {
        let basic = STANDARD.encode("gateway:not-a-secret-of-anyone");
        let headers = [
            ("authorization", &*format!("Basic {basic}")),
            ("content-type", "application/x-www-form-urlencoded"),
        ];
        let form = format!("grant_type=client_credentials&resource=urn:{audience}:{algorithm}");
        let reply = post(&format!("{}/token", self.issuer), &headers, form).await;
        let token = reply["access_token"].as_str();
        token
            .unwrap_or_else(|| panic!("no token: {reply}"))
            .to_owned()
    }

    /// A token that says this, signed with the provider's current key.
    pub async fn sign(&self, header: Value, payload: Value) -> String {
        let body = json!({"header": header, "payload": payload}).to_string();
        let reply = post(&format!("{}/sign", self.control), &[], body).await;
        reply["token"].as_str().expect("a token").to_owned()
    }

    /// The public key for RS256 as PEM, and its id.
    pub async fn public(&self) -> (String, String) {
        let reply = post(&format!("{}/public", self.control), &[], String::new()).await;
        let text = |name: &str| reply[name].as_str().expect("a text").to_owned();
        (text("pem"), text("kid"))
    }

    /// Replaces all keys.
    pub async fn rotate(&self) {
        post(&format!("{}/rotate", self.control), &[], String::new()).await;
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Puts the provider under target/, so that the source tree stays clean.
fn install() -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oidc");
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oidc");
    let fault = |what: &str, fault: std::io::Error| format!("{what}: {fault}");
    std::fs::create_dir_all(&home).map_err(|error| fault("target directory", error))?;
    let lock = std::fs::read(source.join(LOCK)).map_err(|error| fault(LOCK, error))?;
    let ready = std::fs::read(home.join(READY)).is_ok_and(|installed| installed == lock);
    for file in ["package.json", LOCK, "provider.mjs"] {
        std::fs::copy(source.join(file), home.join(file)).map_err(|error| fault(file, error))?;
    }
    succeeds(Command::new("node").arg("--version"))?;
    if !ready {
        let npm = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        succeeds(Command::new("npm").args(npm).current_dir(&home))?;
        std::fs::write(home.join(READY), lock).map_err(|error| fault(READY, error))?;
    }
    Ok(home)
}

fn succeeds(command: &mut Command) -> Result<(), String> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|fault| format!("{command:?}: {fault}"))?;
    if output.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    Err(format!("{command:?} failed: {said}"))
}

const LOCK: &str = "package-lock.json";
const READY: &str = "installed-lock.json";
