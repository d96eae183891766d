//! A department of the test: it keeps what came, and answers as told.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use exchange::signing::{self, Message, SignatureHeaders};
use exchange::{DepartmentRequest, REQUESTS, wire};
use tokio::net::TcpListener;
use vocabulary::Instant;

pub(crate) const SECRET: &[u8] = b"a secret of sixteen bytes or more";

/// How the next message is answered.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Answer {
    Status(u16),
    /// Never.
    Hang,
}

#[derive(Clone, Default)]
pub(crate) struct Office {
    /// What came, as it came.
    came: Arc<Mutex<Vec<(HeaderMap, Bytes)>>>,
    /// Answers to the next messages; then 200.
    answers: Arc<Mutex<VecDeque<Answer>>>,
}

impl Office {
    /// Opens on a free port.
    pub(crate) async fn open() -> (Self, SocketAddr) {
        let office = Self::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        office.serve(listener);
        (office, address)
    }

    /// Opens where nobody listened before.
    pub(crate) async fn open_at(address: SocketAddr) -> Self {
        let office = Self::default();
        office.serve(TcpListener::bind(address).await.unwrap());
        office
    }

    fn serve(&self, listener: TcpListener) {
        let router = Router::new().route(REQUESTS, post(take)).with_state(self.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    }

    pub(crate) fn will(&self, answers: impl IntoIterator<Item = Answer>) {
        self.answers.lock().unwrap().extend(answers);
    }

    pub(crate) fn count(&self) -> usize {
        self.came.lock().unwrap().len()
    }

    /// The bodies in the order of arrival, each with its nonce; every signature was checked.
    pub(crate) fn messages(&self) -> Vec<(String, Bytes)> {
        let header = |headers: &HeaderMap, name: &str| headers[name].to_str().unwrap().to_owned();
        let came = self.came.lock().unwrap();
        came.iter()
            .map(|(headers, body)| {
                assert_eq!(header(headers, signing::KEY_HEADER), "key-1");
                let signed = SignatureHeaders {
                    timestamp: header(headers, signing::TIMESTAMP_HEADER),
                    nonce: header(headers, signing::NONCE_HEADER),
                    signature: header(headers, signing::SIGNATURE_HEADER),
                };
                let message = Message { method: "POST", path: REQUESTS, body };
                let nonce = signing::verify(SECRET, message, &signed, Instant::now(), 300).unwrap();
                (nonce.to_owned(), body.clone())
            })
            .collect()
    }

    pub(crate) fn requests(&self) -> Vec<DepartmentRequest> {
        let messages = self.messages();
        messages.iter().map(|(_, body)| wire::parse_request(body).unwrap()).collect()
    }
}

async fn take(State(office): State<Office>, headers: HeaderMap, body: Bytes) -> StatusCode {
    office.came.lock().unwrap().push((headers, body));
    let answer = office.answers.lock().unwrap().pop_front();
    match answer.unwrap_or(Answer::Status(200)) {
        Answer::Status(status) => StatusCode::from_u16(status).unwrap(),
        Answer::Hang => {
            tokio::time::sleep(Duration::from_secs(600)).await;
            StatusCode::OK
        }
    }
}
