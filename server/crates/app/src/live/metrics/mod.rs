//! CPU and memory per component by the metrics API: one poller per service however many watch, a ring of frames,
//! and every viewer reads from the ring what it has missed.

mod poller;
mod ring;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_stream::try_stream;
use futures::StreamExt;
use hypo_shared::{ErrorCode, ServiceId};
use serde::{Deserialize, Serialize};

use self::{poller::Poller, ring::Part};
use super::{FrameKind, Frames, cursor};
use crate::{
    App, Ctx, Error, Result,
    permit::{Permit, may},
    services,
};

const KIND: u8 = 3;
/// Where the samples come from.
const SOURCE: &str = "metrics.k8s.io";

/// A frame of samples: one time axis, many series.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub cursor: String,
    pub kind: FrameKind,
    pub step_ms: u64,
    /// Milliseconds since 1970.
    pub t: Vec<f64>,
    pub series: Vec<Series>,
    /// Age of the newest sample when the frame was made.
    pub lag_ms: u64,
    pub source: String,
}

/// Samples of one component on one cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Stable while the poller lives.
    pub key: u32,
    pub component: String,
    /// The cluster's name.
    pub cluster: String,
    /// `cpu` or `memory`.
    pub metric: String,
    /// `millicores` or `bytes`.
    pub unit: String,
    pub simulated: bool,
    /// As long as `t`; `None` is a gap.
    pub v: Vec<Option<f64>>,
}

/// A place: which poller, and the last sample that was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Place {
    epoch: u64,
    seq: u64,
}

/// Running pollers.
#[derive(Debug, Default)]
pub(crate) struct Pollers {
    running: Mutex<HashMap<ServiceId, Weak<Poller>>>,
}

impl Pollers {
    /// The poller of a service, started when nobody watches it yet.
    fn of(&self, app: &App, id: ServiceId) -> Arc<Poller> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.retain(|_, poller| poller.strong_count() > 0);
        if let Some(poller) = running.get(&id).and_then(Weak::upgrade) {
            return poller;
        }
        let poller = Poller::start(app.clone(), id);
        running.insert(id, Arc::downgrade(&poller));
        poller
    }
}

/// Watches the load of a service.
///
/// # Errors
/// `HYP-3003`, `HYP-6008`.
pub async fn watch(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Observe>,
    id: ServiceId,
    resume: Option<&str>,
) -> Result<Frames<Frame>> {
    let mut place: Option<Place> = resume.map(|text| cursor::read(KIND, text)).transpose()?;
    services::visible(app, ctx, id).await?.ok_or_else(|| Error::of(ErrorCode::ServiceNotFound))?;
    let poller = app.pollers().of(app, id);
    let app = app.clone();
    let stream = try_stream! {
        let mut news = poller.news();
        if place.is_some_and(|place| place.epoch != poller.epoch()) {
            place = None;
            yield frame(&app, &poller, FrameKind::Reset, Part::default());
        }
        loop {
            // Everything since the last frame at once: a slow reader gets fewer and longer frames.
            let (part, whole) = poller.since(place.map(|place| place.seq));
            let first = place.is_none();
            if first || !part.t.is_empty() {
                place = Some(Place { epoch: poller.epoch(), seq: part.last });
                let kind = if whole { FrameKind::Snapshot } else { FrameKind::Delta };
                yield frame(&app, &poller, kind, part);
            }
            if news.changed().await.is_err() {
                // The poller has ended: the service is gone.
                break;
            }
        }
    };
    Ok(stream.boxed())
}

fn frame(app: &App, poller: &Poller, kind: FrameKind, part: Part) -> Frame {
    let place = Place { epoch: poller.epoch(), seq: part.last };
    let now = app.now().timestamp_millis();
    #[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit in 64 bits")]
    let lag = part.t.last().map_or(0, |at| now.saturating_sub(*at as i64));
    Frame {
        cursor: cursor::write(KIND, &place),
        kind,
        step_ms: u64::try_from(app.settings().metrics_step.as_millis()).unwrap_or(u64::MAX),
        t: part.t,
        series: part.series,
        lag_ms: u64::try_from(lag).unwrap_or(0),
        source: SOURCE.to_owned(),
    }
}
