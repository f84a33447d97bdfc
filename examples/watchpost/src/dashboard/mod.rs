//! The dashboard: a page with live counts, and the same as JSON at `/api/counts`.
//!
//! Settings: `--store=http://store:7100`, `STORE_PASSWORD`, `TITLE`.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::{Json, Router, response::Html, routing::get};
use serde_json::{Value, json};

use crate::{
    config,
    error::Failure,
    log::Log,
    metrics::label,
    net::{Client, Status, serve, stop_signal},
    store::Counts,
    time::now_ms,
};

const PAGE: &str = include_str!("page.html");

/// The last counts read, and when the store answered last.
#[derive(Clone, Default)]
struct Seen {
    counts: Counts,
    at_ms: u64,
    trouble: String,
}

pub async fn run(log: &Log, options: &[String]) -> Result<(), Failure> {
    let store = config::option(options, "store").ok_or_else(|| Failure::Config("--store=URL is missing".into()))?;
    let store = Client::new(store.parse()?, Some(config::required("STORE_PASSWORD")?));
    let title = config::optional("TITLE", "Watchpost".to_owned())?;
    log.info("starting", &[("store", store.peer.to_string().into())]);
    let status = Status::default();
    status.ready("");
    status.peer("store", false);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let page = PAGE.replace("{{title}}", &escape(&title));
    let api = seen.clone();
    let routes = Router::new()
        .route("/", get(move || async move { Html(page) }))
        .route("/api/counts", get(move || async move { Json(shown(&api)) }));
    tokio::select! {
        done = serve(log, status.clone(), 8080, routes) => done,
        () = follow(log, &status, &store, &seen) => Ok(()),
        () = stop_signal() => Ok(()),
    }
}

async fn follow(log: &Log, status: &Status, store: &Client, seen: &Mutex<Seen>) {
    let mut down = true;
    loop {
        match store.get::<Counts>("/counts").await {
            Ok(counts) => {
                for (camera, count) in &counts.cameras {
                    let labels = label("camera", camera);
                    status.metrics.set("watchpost_objects_seen", &labels, count.objects as f64);
                    status.metrics.set("watchpost_frames_stored", &labels, count.frames as f64);
                }
                if down {
                    log.info("store reached", &[("events", counts.total.into())]);
                }
                down = false;
                status.peer("store", true);
                *seen.lock().unwrap_or_else(PoisonError::into_inner) =
                    Seen { counts, at_ms: now_ms(), trouble: String::new() };
            }
            Err(error) => {
                if !down {
                    log.warn("store not reached, showing the last counts", &[("reason", error.to_string().into())]);
                }
                down = true;
                status.peer("store", false);
                seen.lock().unwrap_or_else(PoisonError::into_inner).trouble = error.to_string();
            }
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}

fn shown(seen: &Mutex<Seen>) -> Value {
    let seen = seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    json!({ "total": seen.counts.total, "cameras": seen.counts.cameras, "asOfMs": seen.at_ms, "trouble": seen.trouble })
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}
