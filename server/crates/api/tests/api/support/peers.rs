//! A peer that hears everything and answers as it is told.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures::StreamExt;
use hypo_model::ports::peers::{self, Request, Response, Target};
use hypo_shared::ErrorCode;

#[derive(Clone, Default)]
pub struct Peers {
    heard: Arc<Mutex<Vec<(String, String)>>>,
    away: Arc<Mutex<bool>>,
}

impl Peers {
    /// Method and path of what was sent.
    pub fn heard(&self) -> Vec<(String, String)> {
        self.heard.lock().unwrap().clone()
    }

    /// Answers no more.
    pub fn leave(&self) {
        *self.away.lock().unwrap() = true;
    }
}

#[async_trait]
impl peers::Peers for Peers {
    async fn check(&self, _: &str) -> Result<(), peers::Error> {
        Ok(())
    }

    async fn send(&self, _: &Target, request: Request) -> Result<Response, peers::Error> {
        self.heard.lock().unwrap().push((request.method, request.path));
        if *self.away.lock().unwrap() {
            let message = "away".to_owned();
            return Err(peers::Error { code: ErrorCode::PeerUnreachable, message, retry_after: None });
        }
        Ok(Response { status: 200, headers: Vec::new(), body: futures::stream::empty().boxed() })
    }
}
