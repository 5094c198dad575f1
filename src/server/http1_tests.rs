//! Connections that rest, through real sockets.

use std::sync::Arc;
use std::time::Duration;

use http_body_util::BodyExt;
use hyper::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use super::super::body::Received;
use super::super::connection;
use super::super::{Body, Handler, Limits, Trigger};

const LONG: Duration = Duration::from_secs(20);
const REST: Duration = Duration::from_millis(20);

/// Says the path and the body. What is held tells whether the connection has a service: it has none while it rests.
#[derive(Clone)]
struct Echo {
    _held: Arc<()>,
}

impl Handler for Echo {
    async fn answer(self, request: Request<Received>) -> Response<Body> {
        let said = request.uri().path().to_owned();
        let body = request.into_body().collect().await.expect("a body");
        let body = String::from_utf8_lossy(&body.to_bytes()).into_owned();
        Response::new(Body::from(bytes::Bytes::from(format!("<{said} {body}>"))))
    }
}

struct Served {
    client: TcpStream,
    held: Arc<()>,
    trigger: Trigger,
    task: JoinHandle<()>,
}

impl Served {
    async fn with(change: impl FnOnce(&mut Limits)) -> Self {
        let mut limits = Limits {
            read: LONG,
            write: LONG,
            idle: LONG,
            rest: REST,
            grace: LONG,
            body: 1 << 20,
        };
        change(&mut limits);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let client = TcpStream::connect(address).await.expect("a connection");
        let accepted = listener.accept().await.expect("a connection").0;
        let held = Arc::new(());
        let (trigger, drain) = Trigger::new();
        let handler = Echo {
            _held: held.clone(),
        };
        let task = tokio::spawn(connection::serve(accepted, None, handler, limits, drain));
        Self {
            client,
            held,
            trigger,
            task,
        }
    }

    async fn send(&mut self, text: &str) {
        self.client
            .write_all(text.as_bytes())
            .await
            .expect("it is taken");
    }

    /// All that comes until it ends so.
    async fn until(&mut self, end: &str) -> String {
        let mut came = Vec::new();
        while !came.ends_with(end.as_bytes()) {
            let byte = timeout(LONG, self.client.read_u8()).await.expect("a byte");
            came.push(byte.expect("a byte"));
        }
        String::from_utf8(came).expect("text")
    }

    async fn end(&mut self) -> String {
        let mut rest = String::new();
        let read = self.client.read_to_string(&mut rest);
        timeout(LONG, read)
            .await
            .expect("an end")
            .expect("no reset");
        rest
    }

    fn rests(&self) -> bool {
        Arc::strong_count(&self.held) == 2
    }

    async fn rested(&self) {
        let rested = async {
            while !self.rests() {
                sleep(REST / 4).await;
            }
        };
        timeout(LONG, rested).await.expect("it rests");
    }
}

fn get(path: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")
}

#[tokio::test]
async fn what_rests_serves_on() {
    // What is sent at once, after each rest, and how what comes ends.
    let whole = [get("/1")];
    let body = ["POST /2 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\nabc".to_owned()];
    let pipelined = [get("/3") + &get("/4")];
    let long = [format!(
        "GET /5 HTTP/1.1\r\nhost: x\r\nx-long: {}\r\n\r\n",
        "x".repeat(3000)
    )];
    let halves = ["GET /6 HTTP/1.1\r\nho", "st: x\r\n\r\n"].map(str::to_owned);
    let late = [
        "POST /7 HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\n\r\na".to_owned(),
        "bc".to_owned(),
    ];
    let behind = [
        get("/8") + "GET /9 HTTP/1.1\r\nho",
        "st: x\r\n\r\n".to_owned(),
    ];
    let mut served = Served::with(|_| ()).await;
    for (pieces, answers) in [
        (&whole[..], &["</1 >"][..]),
        (&body, &["</2 abc>"]),
        (&pipelined, &["</3 >", "</4 >"]),
        (&long, &["</5 >"]),
        (&halves, &["</6 >"]),
        (&late, &["</7 abc>"]),
        (&behind, &["</8 >", "</9 >"]),
    ] {
        for piece in pieces {
            served.send(piece).await;
            sleep(REST * 3).await;
        }
        for answer in answers {
            let came = served.until(answer).await;
            assert!(came.starts_with("HTTP/1.1 200 OK\r\n"), "{came}");
            assert!(!came.contains("connection:"), "{came}");
        }
        served.rested().await;
    }
}

#[tokio::test]
async fn half_a_head_keeps_it_awake_and_its_bound() {
    let mut served = Served::with(|limits| limits.read = REST * 6).await;
    served.send(&get("/1")).await;
    served.until("</1 >").await;
    served.rested().await;
    served.send("GET /2 HT").await;
    sleep(REST * 3).await;
    assert!(!served.rests());
    let answer = served.end().await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
}

#[tokio::test]
async fn an_answer_that_is_not_taken_keeps_it_awake() {
    let mut served = Served::with(|_| ()).await;
    let body = "x".repeat(1 << 20);
    let head = "POST /1 HTTP/1.1\r\nhost: x\r\ncontent-length: ";
    // More than the sockets hold.
    for _ in 0..8 {
        let request = format!("{head}{}\r\n\r\n{body}", body.len());
        let sent = timeout(REST * 20, served.client.write_all(request.as_bytes()));
        if sent.await.is_err() {
            break;
        }
    }
    sleep(REST * 3).await;
    assert!(!served.rests());
    let came = served.until("x>").await;
    assert!(came.len() > body.len());
}

#[tokio::test]
async fn rest_ends_with_the_idle_timeout() {
    let mut served = Served::with(|limits| limits.idle = REST * 10).await;
    served.send(&get("/1")).await;
    served.until("</1 >").await;
    served.rested().await;
    assert_eq!(served.end().await, "");
    timeout(LONG, served.task)
        .await
        .expect("it ends")
        .expect("no panic");
}

#[tokio::test]
async fn rest_ends_with_the_drain() {
    let mut served = Served::with(|_| ()).await;
    served.send(&get("/1")).await;
    served.until("</1 >").await;
    served.rested().await;
    served.trigger.pull();
    assert_eq!(served.end().await, "");
    timeout(LONG, served.task)
        .await
        .expect("it ends")
        .expect("no panic");
}

#[tokio::test]
async fn rest_ends_with_the_peer() {
    let mut served = Served::with(|_| ()).await;
    served.send(&get("/1")).await;
    served.until("</1 >").await;
    served.rested().await;
    served.client.shutdown().await.expect("it is closed");
    assert_eq!(served.end().await, "");
    timeout(LONG, served.task)
        .await
        .expect("it ends")
        .expect("no panic");
}
