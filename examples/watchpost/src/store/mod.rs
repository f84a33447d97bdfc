//! The store: an append-only log on a volume. What it has acknowledged survives `kill -9` and a lost node's restart.
//!
//! `POST /events` appends, `GET /counts` sums per camera. Settings: `STORE_PASSWORD`, `STORE_DIR` (default
//! `/var/lib/watchpost`).

mod journal;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::State,
    http::{HeaderMap, StatusCode},
    routing::{get, post},
};
use journal::Journal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{
    config,
    detector::Event,
    error::Failure,
    log::Log,
    net::{Status, serve},
};

/// Sums of one camera.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    pub frames: u64,
    pub objects: u64,
    /// Objects in the newest picture.
    pub now: usize,
    pub newest: u64,
    pub taken_ms: u64,
}

/// `GET /counts`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Counts {
    pub total: u64,
    pub cameras: BTreeMap<String, Count>,
}

#[derive(Clone)]
struct Store {
    journal: Arc<Mutex<Journal>>,
    password: Arc<str>,
    status: Status,
}

pub async fn run(log: &Log) -> Result<(), Failure> {
    let password = config::required("STORE_PASSWORD")?;
    let dir = config::mounted(&config::optional("STORE_DIR", "/var/lib/watchpost".to_owned())?);
    let journal = Journal::open(&dir).map_err(|error| Failure::Volume(format!("{}: {error}", dir.display())))?;
    log.info("journal read", &[("events", journal.counts().total.into()), ("dropped.bytes", journal.dropped.into())]);
    let status = Status::default();
    status.metrics.set("watchpost_events_stored", "", journal.counts().total as f64);
    let store = Store { journal: Arc::new(Mutex::new(journal)), password: password.into(), status: status.clone() };
    let routes = Router::new().route("/events", post(append)).route("/counts", get(counts)).with_state(store);
    status.ready("");
    serve(log, status, 7100, routes).await
}

impl Store {
    fn admits(&self, headers: &HeaderMap) -> bool {
        headers.get("x-watchpost-password").is_some_and(|word| word.as_bytes() == self.password.as_bytes())
    }
}

async fn append(
    State(store): State<Store>,
    headers: HeaderMap,
    Json(events): Json<Vec<Event>>,
) -> (StatusCode, Json<Value>) {
    if !store.admits(&headers) {
        return (StatusCode::UNAUTHORIZED, Json(json!({ "error": "wrong password" })));
    }
    let journal = store.journal.clone();
    let written = tokio::task::spawn_blocking(move || {
        let mut journal = journal.lock().unwrap_or_else(PoisonError::into_inner);
        journal.append(&events).map(|added| (added, journal.counts().total))
    })
    .await;
    match written {
        Ok(Ok((added, total))) => {
            store.status.metrics.set("watchpost_events_stored", "", total as f64);
            (StatusCode::OK, Json(json!({ "added": added, "total": total })))
        }
        Ok(Err(error)) => {
            store.status.ready("the volume");
            (StatusCode::INSUFFICIENT_STORAGE, Json(json!({ "error": error.to_string() })))
        }
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Json(json!({ "error": "interrupted" }))),
    }
}

async fn counts(State(store): State<Store>, headers: HeaderMap) -> Result<Json<Counts>, StatusCode> {
    if !store.admits(&headers) {
        return Err(StatusCode::UNAUTHORIZED);
    }
    Ok(Json(store.journal.lock().unwrap_or_else(PoisonError::into_inner).counts().clone()))
}
