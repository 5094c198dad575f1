//! A gateway as a process of its own, which can be sent signals and whose log can be read.

use std::io::Read;
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::time::sleep;

use super::soon;

pub struct Process(Child);

/// An address at which nobody listens.
pub async fn nobody() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    listener.local_addr().unwrap()
}

/// The real binary with the real spec, listening here, with these settings and no others.
pub fn binary(address: SocketAddr, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_inference-gateway"));
    command
        .env_clear()
        .env("SERVER_HOST", address.ip().to_string())
        .env("SERVER_PORT", address.port().to_string())
        .envs(settings.iter().copied())
        .stdout(Stdio::piped());
    command
}

impl Process {
    /// Starts it and waits until it listens.
    pub async fn start(mut command: Command, address: SocketAddr) -> Self {
        let process = Self(command.spawn().unwrap());
        let listening = async {
            while TcpStream::connect(address).await.is_err() {
                sleep(Duration::from_millis(10)).await;
            }
        };
        soon("the process listens", listening).await;
        process
    }

    pub fn signal(&self, name: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Waits for its end: its exit code, and what it wrote if anybody listened.
    pub async fn end(mut self) -> (Option<i32>, String) {
        let mut stdout = self.0.stdout.take();
        // Read while it runs: a full pipe would stop it.
        let log = tokio::task::spawn_blocking(move || {
            let mut log = String::new();
            if let Some(stdout) = &mut stdout {
                stdout.read_to_string(&mut log).unwrap();
            }
            log
        });
        let ended = async {
            loop {
                if let Some(status) = self.0.try_wait().unwrap() {
                    return status.code();
                }
                sleep(Duration::from_millis(10)).await;
            }
        };
        let code = soon("the process ends", ended).await;
        (code, log.await.unwrap())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
