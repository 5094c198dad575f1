//! Clients on loopback: one request, a load of them, streams.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::timeout;

/// Longest time that an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// What is sent.
#[derive(Debug, Clone)]
pub struct Asked {
    pub path: &'static str,
    pub body: Bytes,
}

/// A connection that is kept.
#[derive(Debug)]
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    address: SocketAddr,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> Result<Self, String> {
        let shown = |error: std::io::Error| format!("connect: {error}");
        let stream = TcpStream::connect(address).await.map_err(shown)?;
        stream.set_nodelay(true).map_err(shown)?;
        let opened = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = opened.map_err(|error| error.to_string())?;
        tokio::spawn(connection);
        Ok(Self { sender, address })
    }

    /// The head of an answer with status 200.
    pub async fn ask(&mut self, asked: &Asked) -> Result<Response<Incoming>, String> {
        let request = Request::post(asked.path)
            .header(HOST, self.address.to_string())
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(asked.body.clone()))
            .map_err(|error| error.to_string())?;
        self.sender
            .ready()
            .await
            .map_err(|error| error.to_string())?;
        let answer = timeout(PATIENCE, self.sender.send_request(request)).await;
        let answer = answer.map_err(|_| "no answer in time")?;
        let answer = answer.map_err(|error| error.to_string())?;
        match answer.status() {
            StatusCode::OK => Ok(answer),
            status => {
                let body = whole(answer).await.unwrap_or_default();
                let said: String = String::from_utf8_lossy(&body).chars().take(200).collect();
                Err(format!("{status}: {said}"))
            }
        }
    }

    /// A whole answer.
    pub async fn fetch(&mut self, asked: &Asked) -> Result<Bytes, String> {
        whole(self.ask(asked).await?).await
    }
}

async fn whole(answer: Response<Incoming>) -> Result<Bytes, String> {
    let collected = timeout(PATIENCE, answer.into_body().collect()).await;
    let collected = collected.map_err(|_| "no end of the answer in time")?;
    let collected = collected.map_err(|error| error.to_string())?;
    Ok(collected.to_bytes())
}

/// When a load ends.
#[derive(Debug, Clone, Copy)]
pub enum Until {
    Over(Duration),
    /// So many requests on each connection.
    Each(usize),
}

/// What came of a load.
#[derive(Debug, Default)]
pub struct Loaded {
    pub done: u64,
    pub errors: u64,
    pub first_error: Option<String>,
    pub elapsed: Duration,
    /// Still open.
    pub connections: Vec<Connection>,
}

impl Loaded {
    fn failed(&mut self, error: String) {
        self.errors += 1;
        self.first_error.get_or_insert(error);
    }

    /// The first error, if there was one.
    pub fn ok(&self) -> Result<(), String> {
        match &self.first_error {
            Some(error) => Err(format!("{} errors, the first: {error}", self.errors)),
            None => Ok(()),
        }
    }
}

/// As fast as so many connections can; they take turns with what is asked.
pub async fn load(
    address: SocketAddr,
    asked: &[Asked],
    connections: usize,
    until: Until,
) -> Loaded {
    let asked: Arc<[Asked]> = asked.into();
    let started = Instant::now();
    let mut clients = JoinSet::new();
    for nth in 0..connections {
        clients.spawn(client(address, asked.clone(), nth, started, until));
    }
    let mut all = Loaded::default();
    while let Some(ended) = clients.join_next().await {
        match ended {
            Ok(one) => {
                all.done += one.done;
                all.errors += one.errors;
                all.first_error = all.first_error.or(one.first_error);
                all.connections.extend(one.connections);
            }
            Err(error) => all.failed(error.to_string()),
        }
    }
    all.elapsed = started.elapsed();
    all
}

async fn client(
    address: SocketAddr,
    asked: Arc<[Asked]>,
    nth: usize,
    started: Instant,
    until: Until,
) -> Loaded {
    let mut loaded = Loaded::default();
    let mut connection = match Connection::open(address).await {
        Ok(connection) => connection,
        Err(error) => {
            loaded.failed(error);
            return loaded;
        }
    };
    for turn in nth.. {
        let over = match until {
            Until::Over(time) => started.elapsed() >= time,
            Until::Each(times) => turn - nth >= times,
        };
        if over {
            break;
        }
        match connection.fetch(&asked[turn % asked.len()]).await {
            Ok(_) => loaded.done += 1,
            Err(error) => {
                // One that has failed isn't used again.
                loaded.failed(error);
                return loaded;
            }
        }
    }
    loaded.connections.push(connection);
    loaded
}
