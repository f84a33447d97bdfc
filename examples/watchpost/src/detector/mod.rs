//! The detector: reads pictures from the broker, finds what is bright, writes what it found to the store.
//!
//! Settings: `BROKER_URL`, `STORE_DSN` (`watchpost://store:7100/events`), `STORE_PASSWORD`, `THRESHOLD`.

mod blobs;

use std::time::Duration;

use axum::Router;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    broker::Batch,
    config,
    error::Failure,
    gateway::Frame,
    log::Log,
    metrics::label,
    net::{Client, Status, serve, stop_signal},
};

/// What was seen in one picture. Camera and number together name it: the store keeps it once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    pub camera: String,
    pub number: u64,
    pub taken_ms: u64,
    pub objects: usize,
}

pub async fn run(log: &Log) -> Result<(), Failure> {
    let broker = Client::new(config::required("BROKER_URL")?.parse()?, None);
    let store = Client::new(config::required("STORE_DSN")?.parse()?, Some(config::required("STORE_PASSWORD")?));
    let threshold: u8 = config::optional("THRESHOLD", 128)?;
    log.info("starting", &[("broker", broker.peer.to_string().into()), ("store", store.peer.to_string().into())]);
    let status = Status::default();
    status.ready("");
    status.peer("broker", false);
    status.peer("store", false);
    tokio::select! {
        done = serve(log, status.clone(), 7002, Router::new()) => done,
        () = work(log, &status, &broker, &store, threshold) => Ok(()),
        () = stop_signal() => Ok(()),
    }
}

async fn work(log: &Log, status: &Status, broker: &Client, store: &Client, threshold: u8) {
    let mut after = None;
    let mut down = String::new();
    loop {
        let start = after.map_or_else(|| "latest".to_owned(), |seq: u64| seq.to_string());
        let step = async {
            let batch: Batch = broker
                .get(&format!("/topics/frames?after={start}&wait_ms=2000&max=64"))
                .await
                .map_err(|error| ("broker", error))?;
            let events = look(log, status, &batch, threshold);
            if !events.is_empty() {
                let _: Value = store.post("/events", &events).await.map_err(|error| ("store", error))?;
            }
            Ok::<_, (&str, _)>((batch, events.len()))
        };
        match step.await {
            Ok((batch, count)) => {
                if !down.is_empty() || after.is_none() {
                    log.info("working", &[("from", batch.next.into())]);
                }
                down.clear();
                after = Some(batch.next);
                status.metrics.add("watchpost_events_written_total", "", count as f64);
                status.metrics.add("watchpost_frames_missed_total", "", batch.missed as f64);
                status.peer("broker", true);
                if count > 0 {
                    status.peer("store", true);
                }
            }
            Err((what, error)) => {
                // `after` stays, so the same pictures are read again: the store keeps each event once.
                if down != what {
                    log.warn("waiting", &[("for", what.into()), ("reason", error.to_string().into())]);
                }
                what.clone_into(&mut down);
                status.peer(what, false);
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
        }
    }
}

fn look(log: &Log, status: &Status, batch: &Batch, threshold: u8) -> Vec<Event> {
    let mut events = Vec::new();
    for message in &batch.messages {
        let Ok(frame) = serde_json::from_value::<Frame>(message.clone()) else {
            log.warn("a message is no frame", &[]);
            continue;
        };
        let Some(objects) = blobs::count(&frame, threshold) else {
            log.warn("a frame has the wrong size", &[("camera", frame.camera.into())]);
            continue;
        };
        status.metrics.add("watchpost_frames_seen_total", &label("camera", &frame.camera), 1.0);
        events.push(Event { camera: frame.camera, number: frame.number, taken_ms: frame.taken_ms, objects });
    }
    events
}
