//! The camera gateway at the edge: takes a picture per camera and tick and publishes it to the broker.
//!
//! Settings: the file `CAMERAS_FILE` (default `/etc/watchpost/cameras.json`) with the broker's address and the cameras.

pub mod scene;

use std::time::Duration;

use axum::Router;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::{MissedTickBehavior, interval};

use crate::{
    config::{self, Peer},
    error::Failure,
    log::Log,
    metrics::label,
    net::{Client, Status, serve, stop_signal},
    time::now_ms,
};

/// The mounted file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Settings {
    /// `host:port` of the broker.
    broker: String,
    /// Pictures per second and camera.
    rate: f64,
    cameras: Vec<Camera>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Camera {
    name: String,
    /// Decides the whole film of this camera.
    seed: u64,
}

/// A picture on the wire; `pixels` are `width` × `height` brightnesses, row by row, as hexadecimal bytes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Frame {
    pub camera: String,
    pub number: u64,
    pub taken_ms: u64,
    pub width: usize,
    pub height: usize,
    pub pixels: String,
}

pub async fn run(log: &Log) -> Result<(), Failure> {
    let path = config::optional("CAMERAS_FILE", "/etc/watchpost/cameras.json".to_owned())?;
    let settings: Settings = config::file(&path)?;
    if !(0.01..=100.0).contains(&settings.rate) || settings.cameras.is_empty() {
        return Err(Failure::Config(format!("{path}: needs a camera and a rate between 0.01 and 100")));
    }
    let broker: Peer = settings.broker.parse()?;
    log.info("cameras known", &[("count", settings.cameras.len().into()), ("broker", broker.to_string().into())]);
    let status = Status::default();
    status.ready("");
    status.peer("broker", false);
    let client = Client::new(broker, None);
    tokio::select! {
        done = serve(log, status.clone(), 7001, Router::new()) => done,
        () = film(log, &status, &client, &settings) => Ok(()),
        () = stop_signal() => Ok(()),
    }
}

async fn film(log: &Log, status: &Status, client: &Client, settings: &Settings) {
    let mut tick = interval(Duration::from_secs_f64(1.0 / settings.rate));
    tick.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let mut number = 0;
    let mut lost = false;
    loop {
        tick.tick().await;
        for camera in &settings.cameras {
            let frame = scene::frame(&camera.name, camera.seed, number, now_ms());
            let labels = label("camera", &camera.name);
            match client.post::<Value>("/topics/frames", &frame).await {
                Ok(_) => {
                    status.metrics.add("watchpost_frames_sent_total", &labels, 1.0);
                    log.debug("frame sent", &[("camera", camera.name.clone().into()), ("number", number.into())]);
                    if lost || number == 0 {
                        log.info("broker reached", &[("camera", camera.name.clone().into())]);
                    }
                    lost = false;
                    status.peer("broker", true);
                }
                Err(error) => {
                    // Pictures are not kept: an old one is worth nothing. The line is written once per outage.
                    status.metrics.add("watchpost_frames_lost_total", &labels, 1.0);
                    status.peer("broker", false);
                    if !lost {
                        log.warn("broker not reached, frames are lost", &[("reason", error.to_string().into())]);
                    }
                    lost = true;
                }
            }
        }
        number += 1;
    }
}
