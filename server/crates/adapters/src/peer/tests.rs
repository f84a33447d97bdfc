use std::{
    io::Error as IoError,
    sync::{Arc, Mutex},
};

use futures::stream;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::bytes::Bytes;

use super::*;

/// A peer that answers each request once all of it is there, or never, and remembers what it was sent.
struct Peer {
    target: Target,
    peers: HttpPeers,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Peer {
    async fn start(answers: bool) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base_url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let ledger = Arc::clone(&heard);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, answers, Arc::clone(&ledger)));
            }
        });
        let guard = Guard { http: true, allowed: vec!["127.0.0.0/8".parse().unwrap()] };
        let target = Target { key: "p".to_owned(), base_url, credentials: Credentials::None };
        Self { target, peers: HttpPeers::new(guard), heard }
    }

    async fn send(&self, method: &str, body: hypo_model::ports::peers::Body) -> Result<u16, Error> {
        let request = Request {
            method: method.to_owned(),
            path: "/tmf-api/a/v4/b".to_owned(),
            headers: vec![("content-type".to_owned(), b"text/plain".to_vec())],
            body,
            timeout: Duration::from_millis(150),
        };
        self.peers.send(&self.target, request).await.map(|answer| answer.status)
    }
}

async fn serve(mut stream: TcpStream, answers: bool, heard: Arc<Mutex<Vec<String>>>) {
    let mut all = String::new();
    let mut buffer = [0; 4096];
    while let Ok(count @ 1..) = stream.read(&mut buffer).await {
        all.push_str(&String::from_utf8_lossy(&buffer[..count]));
        let chunked = all.contains("transfer-encoding: chunked");
        if answers && all.contains("\r\n\r\n") && (!chunked || all.ends_with("0\r\n\r\n")) {
            heard.lock().unwrap().push(std::mem::take(&mut all));
            stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await.unwrap();
        }
    }
}

fn bytes(text: &'static str) -> hypo_model::ports::peers::Body {
    stream::once(async move { Ok(Bytes::from_static(text.as_bytes())) }).boxed()
}

#[tokio::test]
async fn a_caller_that_stalls_or_breaks_off_does_not_open_the_breaker() {
    let peer = Peer::start(true).await;
    for round in 0..4 {
        let stalled = bytes("begun").chain(stream::pending()).boxed();
        assert_eq!(peer.send("POST", stalled).await.unwrap_err().code, ErrorCode::InvalidInput, "{round}");
        let broken = bytes("begun").chain(stream::iter([Err(IoError::other("gone"))])).boxed();
        assert_eq!(peer.send("PATCH", broken).await.unwrap_err().code, ErrorCode::InvalidInput, "{round}");
        let never = stream::pending().boxed();
        assert_eq!(peer.send("DELETE", never).await.unwrap_err().code, ErrorCode::InvalidInput, "{round}");
    }
    assert_eq!(peer.send("POST", bytes("whole")).await, Ok(200));
}

#[tokio::test]
async fn a_peer_that_does_not_answer_does() {
    let peer = Peer::start(false).await;
    for _ in 0..5 {
        let failed = peer.send("POST", bytes("whole")).await.unwrap_err();
        assert_eq!((failed.code, failed.retry_after), (ErrorCode::PeerUnreachable, None));
    }
    let refused = peer.send("POST", bytes("whole")).await.unwrap_err();
    assert!(refused.retry_after.is_some(), "{refused:?}");
}

#[tokio::test]
async fn a_delete_takes_its_body_along_when_it_has_one() {
    let peer = Peer::start(true).await;
    assert_eq!(peer.send("DELETE", bytes("why")).await, Ok(200));
    assert_eq!(peer.send("DELETE", stream::empty().boxed()).await, Ok(200));
    assert_eq!(peer.send("GET", bytes("nothing to send")).await, Ok(200));
    let heard = peer.heard.lock().unwrap();
    assert!(heard[0].starts_with("DELETE") && heard[0].contains("why"), "{}", heard[0]);
    assert!(heard[1].starts_with("DELETE") && !heard[1].contains("transfer-encoding"), "{}", heard[1]);
    assert!(heard[2].starts_with("GET") && heard[2].ends_with("\r\n\r\n"), "{}", heard[2]);
}
