//! Listeners for events: who is told, of what, and how that goes.
//!
//! A hub belongs to a tenant and hears the events of that tenant's documents. [`run`] is the background work: it
//! reads the outbox, puts what a hub wants in the hub's line, and hands the lines to the outside, one event at a time
//! and in order per hub.

mod control;
mod deliver;
mod dispatch;
mod manage;
mod wants;

use chrono::{DateTime, Utc};
use hypo_engine::{DeliveryConfig, DeliveryDriver};
use hypo_model::ports::secrets::SecretRef;
use hypo_store::{hubs as rows, saga_log::Deliveries};
use std::{sync::Arc, time::Duration};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use control::{DeadLetter, dead_letters, pause, replay, resume, rotate_secret};
pub use manage::{NewHub, find, list, register, remove};
pub(crate) use wants::Topic;

use crate::App;

/// Kind of the secret that signs a hub's deliveries; its name is the hub's id.
const SECRET: &str = "hub";

/// A listener and how it is doing.
#[derive(Clone, Debug, PartialEq)]
pub struct Hub {
    pub id: Uuid,
    /// Base path of its API.
    pub base: String,
    pub topic: Option<Uuid>,
    pub callback: String,
    pub query: Option<String>,
    pub format: Format,
    pub paused: bool,
    pub created_by: String,
    pub created_at: DateTime<Utc>,
    pub line: rows::Line,
}

/// How events are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// TMF630 and TMF688.
    #[default]
    Tmf,
    /// CloudEvents 1.0, structured mode.
    CloudEvents,
}

impl Format {
    const fn word(self) -> &'static str {
        match self {
            Format::Tmf => "tmf",
            Format::CloudEvents => "cloudEvents",
        }
    }

    fn of(word: &str) -> Self {
        if word == Format::CloudEvents.word() { Format::CloudEvents } else { Format::Tmf }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Format::Tmf => "application/json",
            Format::CloudEvents => "application/cloudevents+json",
        }
    }
}

/// How deliveries are made.
#[derive(Clone, Debug)]
pub struct Delivering {
    pub queue: DeliveryConfig,
    /// How long events are kept for readers that come back.
    pub keep: Duration,
}

/// Tells hubs until `shutdown` fires. Any number of processes may do this on one store.
pub async fn run(app: App, how: Delivering, shutdown: CancellationToken) {
    let queue = Arc::new(Deliveries::new(app.store().clone()));
    let driver = DeliveryDriver::new(queue, how.queue).channel(Arc::new(deliver::HubChannel { app: app.clone() }));
    let dispatcher = dispatch::Dispatcher::new(app, how.keep);
    tokio::join!(driver.run(shutdown.clone()), dispatcher.run(shutdown));
}

fn secret_of(hub: &rows::Hub) -> SecretRef {
    SecretRef { tenant: hub.tenant, kind: SECRET.to_owned(), name: hub.id.to_string() }
}

fn view(hub: rows::Hub, line: rows::Line) -> Hub {
    Hub {
        id: hub.id,
        base: hub.base,
        topic: hub.topic,
        callback: hub.callback,
        query: hub.query,
        format: Format::of(&hub.format),
        paused: hub.paused,
        created_by: hub.created_by,
        created_at: hub.created_at,
        line,
    }
}
