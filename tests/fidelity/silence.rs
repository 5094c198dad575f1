//! A streamed answer whose provider is silent is kept alive, in the caller's own way.

use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::support::Gateway;

const FIRST: &str = "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a\"}}]}\n\n";
const LAST: &str = "data: {\"id\":\"1\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// A provider that is silent for a while: before it says anything, in the midst of a frame, and after one.
async fn hesitant() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut peer, _)) = listener.accept().await {
            tokio::spawn(async move {
                let _ = peer.read(&mut [0; 4096]).await;
                let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
                for piece in [head, &FIRST[..20], &FIRST[20..], LAST] {
                    let _ = peer.write_all(piece.as_bytes()).await;
                    tokio::time::sleep(Duration::from_millis(250)).await;
                }
            });
        }
    });
    address
}

#[tokio::test]
async fn a_silent_stream_is_kept_alive() {
    let upstream = hesitant().await;
    let eager = Gateway::with(upstream, &[("SERVER_STREAM_KEEP_ALIVE", "100ms")]).await;
    let patient = Gateway::before(upstream).await;
    let ask = json!({"model": "groq/m", "stream": true, "max_tokens": 9,
        "messages": [{"role": "user", "content": "go"}]});
    let contents = json!({"contents": [{"role": "user", "parts": [{"text": "go"}]}]});
    let comment = ": keep-alive\n\n";
    for (path, body, sign) in [
        (
            "/v1/messages",
            &ask,
            "event: ping\ndata: {\"type\":\"ping\"}\n\n",
        ),
        ("/v2/chat", &ask, comment),
        (
            "/v1beta/models/groq/m:streamGenerateContent?alt=sse",
            &contents,
            comment,
        ),
        ("/v1beta/models/groq/m:streamGenerateContent", &contents, ""),
        ("/api/chat", &ask, ""),
    ] {
        let (kept, plain) = (eager.ask(path, body).await, patient.ask(path, body).await);
        let frames = |text: &str| text.replace(sign, "").replace(comment, "").len();
        if sign.is_empty() {
            assert_eq!(kept.body.len(), plain.body.len(), "{path}: {}", kept.body);
            continue;
        }
        // Two while nothing came and two in the pause after the text; a late timer may cost one.
        let times = kept.body.matches(sign).count()
            + usize::from(sign != comment) * kept.body.matches(comment).count();
        assert!((3..=8).contains(&times), "{path}: {}", kept.body);
        assert!(!plain.body.contains(sign), "{path}: {}", plain.body);
        assert_eq!(
            frames(&kept.body),
            frames(&plain.body),
            "{path}: {} {}",
            kept.body,
            plain.body
        );
    }
}
