//! A provider on a raw socket, which does what its script says.

use std::future::Future;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::soon;

/// Listens, and tells what it was asked.
pub struct Upstream {
    pub address: SocketAddr,
    asked: mpsc::UnboundedReceiver<Asked>,
    task: JoinHandle<()>,
}

/// One request as it came.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    pub head: String,
    pub body: Vec<u8>,
}

/// One connection, after its first request has come.
pub struct Peer {
    pub stream: TcpStream,
    told: mpsc::UnboundedSender<Asked>,
}

impl Upstream {
    /// Each request starts the script anew, on the connection that it came on.
    pub async fn start<S, F>(script: S) -> Self
    where
        S: Fn(Peer, Asked) -> F + Clone + Send + 'static,
        F: Future<Output = ()> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (told, asked) = mpsc::unbounded_channel();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (script, told) = (script.clone(), told.clone());
                tokio::spawn(async move {
                    let mut peer = Peer { stream, told };
                    if let Some(asked) = peer.request().await {
                        script(peer, asked).await;
                    }
                });
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    /// Answers every request with these bytes, and closes.
    pub async fn answering(reply: impl Into<String>) -> Self {
        let reply = reply.into();
        Self::start(move |mut peer, _| {
            let reply = reply.clone();
            async move { peer.send(&reply).await }
        })
        .await
    }

    /// The next request, or what a script told instead.
    pub async fn asked(&mut self) -> Asked {
        soon("the upstream is asked", self.asked.recv())
            .await
            .unwrap()
    }

    /// Whether nothing was asked so far.
    pub fn was_left_alone(&mut self) -> bool {
        self.asked.try_recv().is_err()
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Peer {
    pub async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// Waits until the gateway closes the connection, and says so to the test.
    pub async fn tell_closed(mut self) {
        let mut rest = Vec::new();
        let closed = self.stream.read_to_end(&mut rest).await;
        let head = match closed {
            Ok(_) | Err(_) if rest.is_empty() => "closed",
            _ => "more came",
        };
        let _ = self.told.send(Asked {
            head: head.to_owned(),
            body: rest,
        });
    }

    /// Reads one request and tells it to the test.
    pub async fn request(&mut self) -> Option<Asked> {
        let mut bytes = Vec::new();
        let end = loop {
            if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
            if self.stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        };
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut asked = Asked {
            head,
            body: bytes.split_off(end),
        };
        // A test that sends a body in chunks has a script that reads them.
        let length = asked.header("content-length");
        let length: usize = length.map_or(0, |length| length.parse().unwrap());
        while asked.body.len() < length {
            if self.stream.read_buf(&mut asked.body).await.ok()? == 0 {
                break;
            }
        }
        let _ = self.told.send(asked.clone());
        Some(asked)
    }
}

impl Asked {
    /// The first line.
    pub fn line(&self) -> &str {
        self.head.lines().next().unwrap_or_default()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}

/// A whole reply.
pub fn reply(status: &str, headers: &str, body: &str) -> String {
    format!(
        "HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}

/// One chunk of a chunked body.
pub fn chunk(text: &str) -> String {
    format!("{:x}\r\n{text}\r\n", text.len())
}
