//! A small HTTP client: one request per connection, JSON bodies, nothing that our own servers do not send.

use std::{io, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::resolve::resolve;
use crate::config::Peer;

const CONNECT: Duration = Duration::from_secs(2);

#[derive(Debug, thiserror::Error)]
pub enum CallError {
    #[error("{peer}: {source}")]
    Wire { peer: String, source: io::Error },
    #[error("{peer} answered {status}")]
    Status { peer: String, status: u16 },
    #[error("{peer} sent something else: {reason}")]
    Content { peer: String, reason: String },
}

/// Calls one peer; the name is resolved anew for each call, since addresses change.
#[derive(Clone)]
pub struct Client {
    pub peer: Peer,
    password: Option<String>,
}

impl Client {
    pub fn new(peer: Peer, password: Option<String>) -> Self {
        Self { peer, password }
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, CallError> {
        self.call("GET", path, "").await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, CallError> {
        let body = serde_json::to_string(body).map_err(|error| self.content(error.to_string()))?;
        self.call("POST", path, &body).await
    }

    async fn call<T: DeserializeOwned>(&self, method: &str, path: &str, body: &str) -> Result<T, CallError> {
        let secret = self.password.as_ref().map(|word| format!("X-Watchpost-Password: {word}\r\n")).unwrap_or_default();
        let request = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n{secret}Content-Type: application/json\r\n\
             Content-Length: {}\r\n\r\n{body}",
            self.peer,
            body.len()
        );
        let answer = self.exchange(request.as_bytes()).await.map_err(|source| self.wire(source))?;
        let (status, body) = split(&answer).ok_or_else(|| self.content("not HTTP".into()))?;
        if !(200..300).contains(&status) {
            return Err(CallError::Status { peer: self.peer.to_string(), status });
        }
        serde_json::from_slice(body).map_err(|error| self.content(error.to_string()))
    }

    async fn exchange(&self, request: &[u8]) -> io::Result<Vec<u8>> {
        let address = resolve(&self.peer).await?;
        let mut stream = timeout(CONNECT, TcpStream::connect(address)).await??;
        stream.write_all(request).await?;
        let mut answer = Vec::new();
        // Long polls last up to 10 s; what takes longer is lost.
        timeout(Duration::from_secs(15), stream.read_to_end(&mut answer)).await??;
        Ok(answer)
    }

    fn wire(&self, source: io::Error) -> CallError {
        CallError::Wire { peer: self.peer.to_string(), source }
    }

    fn content(&self, reason: String) -> CallError {
        CallError::Content { peer: self.peer.to_string(), reason }
    }
}

/// Status and body of an answer whose length is known or that ends with the connection.
fn split(answer: &[u8]) -> Option<(u16, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = str::from_utf8(&answer[..end]).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, &answer[end + 4..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_answers() {
        assert_eq!(split(b"HTTP/1.1 204 No Content\r\nA: b\r\n\r\n"), Some((204, &b""[..])));
        assert_eq!(split(b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n[1]"), Some((200, &b"[1]"[..])));
        assert_eq!(split(b"SSH-2.0\r\n"), None);
    }
}
