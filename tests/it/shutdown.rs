//! The end: what runs may finish, nothing new begins, and the process says how it went.

use std::net::SocketAddr;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use gateway::app;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::support::gateway::config;
use crate::support::process::{Process, binary, nobody};
use crate::support::tables::ROUTES;
use crate::support::upstream::chunk;
use crate::support::{Client, Gateway, Upstream, soon};

const LATER: Duration = Duration::from_millis(400);

/// A stream of three pieces, each of which lets one wait.
async fn three_pieces() -> Upstream {
    Upstream::start(|mut peer, _| async move {
        peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
            .await;
        for at in 1..=3 {
            peer.send(&chunk(&format!("piece {at}"))).await;
            sleep(LATER).await;
        }
        peer.send("0\r\n\r\n").await;
    })
    .await
}

#[tokio::test]
async fn a_stream_finishes_and_nothing_new_begins() {
    let upstream = three_pieces().await;
    let gateway = Gateway::before(upstream.address).await;
    let mut idle = Client::connect(gateway.address).await;
    assert_eq!(idle.get("/health").await.status, 200);
    let mut late = Client::connect(gateway.address).await;
    late.send("GET /health HTTP/1.1\r\n").await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    client.until("piece 1").await;

    let address = gateway.address;
    let stopped = tokio::spawn(gateway.running.shutdown());
    assert_eq!(
        idle.rest().await,
        "",
        "an idle connection is closed at once"
    );
    assert!(
        TcpStream::connect(address).await.is_err(),
        "no new connection"
    );
    late.send("host: x\r\n\r\n").await;
    let answer = late.answer().await;
    assert_eq!(answer.status, 503, "readiness fails: {}", answer.body);
    assert!(!stopped.is_finished());
    client.until("piece 3\r\n0\r\n\r\n").await;
    soon("it has stopped", stopped).await.unwrap();
}

#[tokio::test]
async fn the_grace_ends() {
    let upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let gateway = Gateway::with(upstream.address, |config| {
        config.server.shutdown_grace = LATER
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    client
        .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    sleep(LATER).await;
    let began = Instant::now();
    soon("it has stopped", gateway.running.shutdown()).await;
    assert!(
        began.elapsed() >= LATER && began.elapsed() < LATER * 4,
        "{:?}",
        began.elapsed()
    );
    assert_eq!(client.rest().await, "");
}

/// Not a test: the gateway as a process of its own, with the tables of these tests. The tests below start it.
#[tokio::test]
async fn child() {
    if std::env::var_os("TEST_GATEWAY").is_none() {
        return;
    }
    let address = |name| std::env::var(name).unwrap().parse::<SocketAddr>().unwrap();
    let mut config = config(address("TEST_UPSTREAM"));
    config.server.port = address("TEST_GATEWAY").port();
    let code = app::run(config, &ROUTES).await;
    std::process::exit(i32::from(code != std::process::ExitCode::SUCCESS));
}

async fn child_before(upstream: SocketAddr) -> (Process, SocketAddr) {
    let address = nobody().await;
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "shutdown::child"])
        .env("TEST_UPSTREAM", upstream.to_string())
        .env("TEST_GATEWAY", address.to_string())
        .stdout(Stdio::null());
    (Process::start(command, address).await, address)
}

#[tokio::test]
async fn a_signalled_process_finishes_its_stream_and_exits_with_0() {
    for signal in ["TERM", "INT"] {
        let upstream = three_pieces().await;
        let (process, address) = child_before(upstream.address).await;
        let mut client = Client::connect(address).await;
        client
            .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
            .await;
        client.until("piece 1").await;
        process.signal(signal);
        client.until("piece 3\r\n0\r\n\r\n").await;
        assert_eq!(process.end().await.0, Some(0), "{signal}");
    }
}

#[tokio::test]
async fn a_second_signal_ends_it_at_once() {
    let upstream = Upstream::start(|peer, _| peer.tell_closed()).await;
    let (process, address) = child_before(upstream.address).await;
    let mut client = Client::connect(address).await;
    client
        .send("GET /proxy/open/x HTTP/1.1\r\nhost: x\r\n\r\n")
        .await;
    sleep(LATER).await;
    process.signal("TERM");
    sleep(LATER).await;
    process.signal("TERM");
    assert_eq!(process.end().await.0, Some(1));
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn what_can_not_start_says_why_in_one_line() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (name, settings) in [
        ("SERVER_PORT", vec![("SERVER_PORT", &*port)]),
        (
            "SERVER_TLS_CERT_PATH",
            vec![
                ("SERVER_PORT", "0"),
                ("SERVER_TLS_CERT_PATH", "/nowhere/cert.pem"),
                ("SERVER_TLS_KEY_PATH", "/nowhere/key.pem"),
            ],
        ),
        (
            "SERVER_TLS_KEY_PATH",
            vec![("SERVER_TLS_CERT_PATH", "/nowhere/cert.pem")],
        ),
        ("SERVER_READ_TIMEOUT", vec![("SERVER_READ_TIMEOUT", "soon")]),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_inference-gateway"))
            .env_clear()
            .env("SERVER_HOST", "127.0.0.1")
            .envs(settings)
            .output()
            .unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.code().is_some_and(|code| code != 0), "{text}");
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(text.contains(name), "{text}");
    }
}

#[tokio::test]
async fn the_binary_warns_serves_and_stops() {
    let address = nobody().await;
    for (host, warned) in [("0.0.0.0", true), ("127.0.0.1", false)] {
        let settings = [("SERVER_HOST", host)];
        let process = Process::start(binary(address, &settings), address).await;
        process.signal("TERM");
        let (code, log) = process.end().await;
        assert_eq!(code, Some(0));
        assert_eq!(log.contains("auth is off"), warned, "{log}");
    }
}
