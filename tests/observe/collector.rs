//! A collector: takes OTLP over HTTP and decodes it.

use std::convert::Infallible;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::{KeyValue, any_value::Value};
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use tokio::net::TcpListener;

/// A running collector.
#[derive(Clone)]
pub struct Collector {
    /// Its base address.
    pub endpoint: String,
    received: Arc<Mutex<Vec<Bytes>>>,
}

impl Collector {
    /// Listens on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let collector = Self {
            endpoint,
            received: Arc::default(),
        };
        tokio::spawn(collector.clone().accept(listener));
        collector
    }

    /// All bytes that came.
    pub fn bytes(&self) -> Vec<u8> {
        self.received.lock().expect("nobody panicked").concat()
    }

    /// All spans that came, and the name of the service that they are of.
    pub fn spans(&self) -> Vec<(String, Span)> {
        let received = self.received.lock().expect("nobody panicked").clone();
        let mut spans = Vec::new();
        for bytes in received {
            let export = ExportTraceServiceRequest::decode(bytes).expect("an export");
            for resource in export.resource_spans {
                let about = resource.resource.expect("a resource").attributes;
                let service = text(&about, "service.name").expect("a service name");
                let of_scope = resource
                    .scope_spans
                    .into_iter()
                    .flat_map(|scope| scope.spans);
                spans.extend(of_scope.map(|span| (service.clone(), span)));
            }
        }
        spans
    }

    async fn accept(self, listener: TcpListener) {
        while let Ok((socket, _)) = listener.accept().await {
            let collector = self.clone();
            let answer = service_fn(move |request| collector.clone().take(request));
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(socket), answer),
            );
        }
    }

    async fn take(self, request: Request<Incoming>) -> Result<Response<Empty<Bytes>>, Infallible> {
        assert_eq!(request.method(), "POST");
        assert_eq!(request.uri().path(), "/v1/traces");
        assert_eq!(request.headers()["content-type"], "application/x-protobuf");
        let body = request
            .into_body()
            .collect()
            .await
            .expect("a body")
            .to_bytes();
        self.received.lock().expect("nobody panicked").push(body);
        Ok(Response::new(Empty::new()))
    }
}

/// An attribute as text.
pub fn text(attributes: &[KeyValue], key: &str) -> Option<String> {
    let found = attributes.iter().find(|attribute| attribute.key == key)?;
    match found.value.as_ref()?.value.as_ref()? {
        Value::StringValue(text) => Some(text.clone()),
        Value::IntValue(number) => Some(number.to_string()),
        other => panic!("{key} is {other:?}"),
    }
}
