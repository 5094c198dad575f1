//! What is answered without any provider.

use gateway::config::{Oidc, Secret};

use crate::support::process::nobody;
use crate::support::{Client, Gateway};

#[tokio::test]
async fn paths_and_methods() {
    let gateway = Gateway::before(nobody().await).await;
    let mut client = Client::connect(gateway.address).await;
    for (request, status, allow, body) in [
        ("GET /health", 200, None, r#"{"message":"OK"}"#),
        ("GET /health?x=1", 200, None, r#"{"message":"OK"}"#),
        ("GET /health/", 404, None, r#"{"error":"Not found."}"#),
        ("GET /", 404, None, r#"{"error":"Not found."}"#),
        ("GET /llms/a/b/c", 404, None, r#"{"error":"Not found."}"#),
        ("GET /proxy/open", 404, None, r#"{"error":"Not found."}"#),
        (
            "POST /health",
            405,
            Some("GET, HEAD"),
            r#"{"error":"Method not allowed."}"#,
        ),
        (
            "PUT /llms/open/generate",
            405,
            Some("POST"),
            r#"{"error":"Method not allowed."}"#,
        ),
        // A provider would echo the gateway's credential.
        (
            "TRACE /proxy/open/x",
            405,
            Some("GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
            r#"{"error":"Method not allowed."}"#,
        ),
    ] {
        client.request(request, "", "").await;
        let answer = client.answer().await;
        assert_eq!((answer.status, &*answer.body), (status, body), "{request}");
        assert_eq!(answer.header("allow"), allow, "{request}");
        assert_eq!(
            answer.header("content-type"),
            Some("application/json"),
            "{request}"
        );
    }
}

#[tokio::test]
async fn the_head_of_what_can_be_got() {
    let gateway = Gateway::before(nobody().await).await;
    let mut client = Client::connect(gateway.address).await;
    client.request("HEAD /health", "", "").await;
    let head = client.until("\r\n\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 200") && head.contains("content-length: 16\r\n"),
        "{head}"
    );
    // Had a body come, the next answer would not begin here.
    assert_eq!(client.get("/health").await.status, 200);
}

#[tokio::test]
async fn who_can_not_be_checked_is_not_let_in() {
    let nobody = nobody().await;
    let gateway = Gateway::with(nobody, |config| {
        config.oidc = Some(Oidc {
            issuer_url: format!("http://{nobody}"),
            client_id: Secret::new("gateway"),
            client_secret: None,
        });
    })
    .await;
    let mut client = Client::connect(gateway.address).await;
    for (path, status) in [
        ("/health", 200),
        ("/llms", 503),
        ("/llms/open", 503),
        ("/proxy/open/x", 503),
        ("/nowhere", 404),
    ] {
        assert_eq!(client.get(path).await.status, status, "{path}");
    }
}
