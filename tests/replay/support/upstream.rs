//! A provider on a real socket that answers as a closure says, in pieces where it should.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// Listens until it is dropped, and remembers what it was asked.
pub struct Upstream {
    pub address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

/// One request as it came.
#[derive(Debug, Clone)]
pub struct Asked {
    pub method: String,
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What is answered.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Seed of the places where the body is cut into writes of their own.
    pub cuts: Option<u64>,
    /// The connection is closed before the body's end.
    pub broken: bool,
    /// The body's end doesn't come as long as anybody waits for it.
    pub endless: bool,
    pub delay: Duration,
}

impl Reply {
    pub fn json(status: u16, body: impl ToString) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: body.to_string().into_bytes(),
            ..Self::default()
        }
    }

    pub fn stream(media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status: 200,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: body.into(),
            cuts: Some(1),
            ..Self::default()
        }
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl Upstream {
    pub async fn start(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (told, answer) = (asked.clone(), Arc::new(answer));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (told, answer) = (told.clone(), answer.clone());
                tokio::spawn(serve(stream, told, answer));
            }
        });
        Self {
            address,
            asked,
            task,
        }
    }

    /// Answers everything alike.
    pub async fn answering(reply: Reply) -> Self {
        Self::start(move |_| reply.clone()).await
    }

    /// What was asked since this was called last.
    pub fn asked(&self) -> Vec<Asked> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Asked {
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(key, _)| key == name);
        found.map(|(_, value)| value.as_str())
    }

    pub fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }

    pub fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

async fn serve(
    mut stream: TcpStream,
    told: Arc<Mutex<Vec<Asked>>>,
    answer: Arc<impl Fn(&Asked) -> Reply>,
) {
    let _ = stream.set_nodelay(true);
    let mut buffer = Vec::new();
    while let Some(asked) = request(&mut stream, &mut buffer).await {
        let reply = answer(&asked);
        told.lock().unwrap().push(asked);
        tokio::time::sleep(reply.delay).await;
        if write(&mut stream, &reply).await.is_err() || reply.broken {
            return;
        }
    }
}

async fn write(stream: &mut TcpStream, reply: &Reply) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Said\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let Some(seed) = reply.cuts else {
        head.push_str(&format!("content-length: {}\r\n\r\n", reply.body.len()));
        let mut bytes = head.into_bytes();
        bytes.extend_from_slice(&reply.body);
        return stream.write_all(&bytes).await;
    };
    head.push_str("transfer-encoding: chunked\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    for piece in pieces(&reply.body, seed) {
        let mut bytes = format!("{:x}\r\n", piece.len()).into_bytes();
        bytes.extend_from_slice(piece);
        bytes.extend_from_slice(b"\r\n");
        stream.write_all(&bytes).await?;
        match seed {
            LINES => tokio::time::sleep(Duration::from_millis(2)).await,
            _ => tokio::task::yield_now().await,
        }
    }
    if reply.endless {
        // Nothing more is asked on this connection.
        stream.read_u8().await?;
    }
    match reply.broken {
        true => Ok(()),
        false => stream.write_all(b"0\r\n\r\n").await,
    }
}

/// In the place of a seed: the body is cut behind each line, and the next comes a little later.
pub const LINES: u64 = u64::MAX;

/// The bytes cut at places that only the seed decides; with none, after every byte.
fn pieces(bytes: &[u8], seed: u64) -> impl Iterator<Item = &[u8]> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut rest = bytes;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        // Mostly small, sometimes one byte, sometimes several frames.
        let most = match seed {
            0 => 1,
            _ => [1, 7, 60, 900][(state >> 60) as usize % 4],
        };
        let length = match seed {
            LINES => rest
                .split_inclusive(|&byte| byte == b'\n')
                .next()
                .map_or(0, <[u8]>::len),
            _ => (1 + (state >> 20) as usize % most).min(rest.len()),
        };
        let (piece, after) = rest.split_at(length);
        rest = after;
        (!piece.is_empty()).then_some(piece)
    })
}

async fn request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Option<Asked> {
    let end = loop {
        if let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    };
    let head: Vec<u8> = buffer.drain(..end).collect();
    let head = String::from_utf8(head).ok()?;
    let mut lines = head.split("\r\n");
    let mut line = lines.next()?.split(' ');
    let headers = lines.filter_map(|line| line.split_once(": "));
    let mut asked = Asked {
        method: line.next()?.to_owned(),
        target: line.next()?.to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
            .collect(),
        body: String::new(),
    };
    let length = asked.header("content-length");
    let length: usize = length.map_or(0, |length| length.parse().unwrap_or(0));
    while buffer.len() < length {
        if stream.read_buf(buffer).await.ok()? == 0 {
            return None;
        }
    }
    asked.body = String::from_utf8(buffer.drain(..length).collect()).ok()?;
    Some(asked)
}
