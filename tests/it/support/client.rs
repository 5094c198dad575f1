//! A client on a raw socket: sends what it is told, as slowly as it is told, and cuts when it is told.

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::soon;

pub struct Client {
    pub stream: TcpStream,
    /// Bytes that have come and weren't taken.
    pub buffer: Vec<u8>,
}

/// One answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Client {
    pub async fn connect(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    /// A client whose system takes little that it doesn't read.
    pub async fn narrow(address: SocketAddr) -> Self {
        let socket = TcpSocket::new_v4().unwrap();
        socket.set_recv_buffer_size(4096).unwrap();
        let stream = socket.connect(address).await.unwrap();
        Self {
            stream,
            buffer: Vec::new(),
        }
    }

    pub async fn send(&mut self, text: &str) {
        self.stream.write_all(text.as_bytes()).await.unwrap();
    }

    /// A request with a body, in one write.
    pub async fn request(&mut self, line: &str, headers: &str, body: &str) {
        let length = body.len();
        self.send(&format!(
            "{line} HTTP/1.1\r\nhost: gateway\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        ))
        .await;
    }

    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(&format!("GET {path} HTTP/1.1\r\nhost: gateway\r\n\r\n"))
            .await;
        self.answer().await
    }

    pub async fn post(&mut self, path: &str, body: &str) -> Answer {
        self.request(&format!("POST {path}"), "", body).await;
        self.answer().await
    }

    /// Reads a whole answer.
    pub async fn answer(&mut self) -> Answer {
        let head = self.until("\r\n\r\n").await;
        let status = head[9..12].parse().unwrap();
        let mut answer = Answer {
            status,
            head,
            body: String::new(),
        };
        answer.body = match answer.header("content-length") {
            Some(length) => self.exactly(length.parse().unwrap()).await,
            None if answer.header("transfer-encoding").is_some() => self.chunks().await,
            None => String::new(),
        };
        answer
    }

    /// Reads up to and with this text.
    pub async fn until(&mut self, text: &str) -> String {
        loop {
            let found = self
                .buffer
                .windows(text.len())
                .position(|window| window == text.as_bytes());
            if let Some(at) = found {
                return self.take(at + text.len());
            }
            if self.more().await == 0 {
                let have = String::from_utf8_lossy(&self.buffer);
                panic!("closed before {text:?}: {have:?}");
            }
        }
    }

    /// Reads until the other side closes; a reset counts.
    pub async fn rest(&mut self) -> String {
        while self.more().await > 0 {}
        self.take(self.buffer.len())
    }

    async fn exactly(&mut self, length: usize) -> String {
        while self.buffer.len() < length {
            assert!(self.more().await > 0, "closed within a body");
        }
        self.take(length)
    }

    /// A letter may be cut between two chunks.
    async fn chunks(&mut self) -> String {
        let mut body = Vec::new();
        loop {
            let size = self.until("\r\n").await;
            let size = usize::from_str_radix(size.trim(), 16).unwrap();
            while self.buffer.len() < size + 2 {
                assert!(self.more().await > 0, "closed within a body");
            }
            body.extend(self.buffer.drain(..size));
            self.buffer.drain(..2);
            if size == 0 {
                return String::from_utf8(body).unwrap();
            }
        }
    }

    async fn more(&mut self) -> usize {
        let read = self.stream.read_buf(&mut self.buffer);
        soon("an answer", read).await.unwrap_or(0)
    }

    fn take(&mut self, length: usize) -> String {
        let taken: Vec<u8> = self.buffer.drain(..length).collect();
        String::from_utf8(taken).unwrap()
    }
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().skip(1).find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }
}
