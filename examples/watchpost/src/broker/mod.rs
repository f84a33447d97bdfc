//! The broker: topics with a bounded memory over HTTP.
//!
//! `POST /topics/NAME` publishes one JSON message. `GET /topics/NAME?after=SEQ|latest&wait_ms=&max=` answers what came
//! after SEQ, waiting up to 10 s for the first; `missed` says how many a slow reader has lost.
//!
//! Setting: `BROKER_KEEP`, messages kept per topic (default 2000).

mod topic;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::StatusCode,
    routing::get,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use topic::Topic;

use crate::{
    config,
    error::Failure,
    log::Log,
    metrics::label,
    net::{Status, serve},
};

const TOPICS: usize = 64;

/// An answer to a reader.
#[derive(Debug, Serialize, Deserialize)]
pub struct Batch {
    pub messages: Vec<Value>,
    /// What to ask for next.
    pub next: u64,
    /// Messages that were forgotten before this reader came.
    pub missed: u64,
}

#[derive(Clone)]
struct Broker {
    topics: Arc<Mutex<BTreeMap<String, Arc<Topic>>>>,
    keep: usize,
    status: Status,
}

pub async fn run(log: &Log) -> Result<(), Failure> {
    let keep = config::optional("BROKER_KEEP", 2000_usize)?;
    let status = Status::default();
    let broker = Broker { topics: Arc::default(), keep: keep.max(1), status: status.clone() };
    let routes = Router::new().route("/topics/{name}", get(read).post(publish)).with_state(broker);
    status.ready("");
    serve(log, status, 7000, routes).await
}

impl Broker {
    /// The topic of that name, made when it is new; `None` when there are too many.
    fn topic(&self, name: &str) -> Option<Arc<Topic>> {
        let mut topics = self.topics.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(topic) = topics.get(name) {
            return Some(topic.clone());
        }
        if topics.len() >= TOPICS || name.len() > 64 {
            return None;
        }
        let topic = Arc::new(Topic::new(self.keep));
        topics.insert(name.to_owned(), topic.clone());
        Some(topic)
    }
}

async fn publish(
    State(broker): State<Broker>,
    Path(name): Path<String>,
    Json(message): Json<Value>,
) -> (StatusCode, Json<Value>) {
    let Some(topic) = broker.topic(&name) else {
        return (StatusCode::INSUFFICIENT_STORAGE, Json(json!({ "error": "too many topics" })));
    };
    let seq = topic.publish(message);
    broker.status.metrics.add("watchpost_messages_total", &label("topic", &name), 1.0);
    (StatusCode::ACCEPTED, Json(json!({ "seq": seq })))
}

#[derive(Deserialize)]
struct Wanted {
    after: String,
    #[serde(default)]
    wait_ms: u64,
    #[serde(default = "hundred")]
    max: usize,
}

const fn hundred() -> usize {
    100
}

async fn read(
    State(broker): State<Broker>,
    Path(name): Path<String>,
    Query(wanted): Query<Wanted>,
) -> Result<Json<Batch>, StatusCode> {
    let topic = broker.topic(&name).ok_or(StatusCode::NOT_FOUND)?;
    let after = match wanted.after.as_str() {
        "latest" => topic.last(),
        number => number.parse().map_err(|_| StatusCode::BAD_REQUEST)?,
    };
    let wait = Duration::from_millis(wanted.wait_ms.min(10_000));
    let batch = topic.after(after, wanted.max.clamp(1, 1000), wait).await;
    if batch.missed > 0 {
        broker.status.metrics.add("watchpost_messages_missed_total", &label("topic", &name), batch.missed as f64);
    }
    Ok(Json(batch))
}
