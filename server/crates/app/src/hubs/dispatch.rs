//! From the outbox to the lines of the hubs. Level-triggered: what is to be done follows from the positions of the
//! hubs and the end of the outbox, so a round too many does no harm and a crash loses nothing.

use std::{
    collections::{BTreeMap, HashMap},
    time::Duration,
};

use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Scope,
    events::{self, Cursor, Record, RecordFilter, Records},
    hubs::{self, CHANNEL, Hub},
    saga_log::{NewDelivery, enqueue},
};
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::{Format, wants::Wants};
use crate::{App, Result, events::Event};

/// Events looked at in one transaction.
const BATCH: u64 = 200;
/// Between two rounds when nothing wakes the dispatcher.
const POLL: Duration = Duration::from_secs(1);
/// Events a hub does not want before its position is written down nevertheless.
const SKIPPED: usize = 1000;
/// Commits within this time are looked at together.
const TOGETHER: Duration = Duration::from_millis(10);
/// Between two looks for events that are too old.
const SWEEP: Duration = Duration::from_secs(3600);

pub struct Dispatcher {
    app: App,
    keep: Duration,
    /// How far hubs have been looked at beyond their stored positions, and over how many events.
    seen: HashMap<Uuid, (Cursor, usize)>,
    swept: Option<Instant>,
}

impl Dispatcher {
    pub fn new(app: App, keep: Duration) -> Self {
        Self { app, keep, seen: HashMap::new(), swept: None }
    }

    pub async fn run(mut self, shutdown: CancellationToken) {
        let mut woken = self.app.store().changes();
        while !shutdown.is_cancelled() {
            let more = tokio::select! {
                () = shutdown.cancelled() => return,
                done = self.round() => done,
            };
            match more {
                Ok(true) => continue,
                Ok(false) => {}
                Err(error) => tracing::warn!(error = %error, "Events could not be put in line."),
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                _ = woken.changed() => tokio::time::sleep(TOGETHER).await,
                () = tokio::time::sleep(POLL) => {}
            }
            woken.mark_unchanged();
        }
    }

    /// One look at every hub; `true` when there is more to do right away.
    async fn round(&mut self) -> Result<bool> {
        let read = self.app.store().read();
        let all = hubs::list(read, Scope::Platform, None, None).await?;
        self.seen.retain(|id, _| all.iter().any(|hub| hub.id == *id));
        let mut groups: BTreeMap<(TenantId, Cursor), Vec<Hub>> = BTreeMap::new();
        for hub in all.into_iter().filter(|hub| !hub.paused) {
            let at = self.seen.get(&hub.id).map_or(hub.position, |(seen, _)| hub.position.max(*seen));
            groups.entry((hub.tenant, at)).or_default().push(hub);
        }
        let mut more = false;
        for ((tenant, at), hubs) in groups {
            more |= self.tell(tenant, at, &hubs).await?;
        }
        self.sweep().await?;
        Ok(more)
    }

    /// Puts the events behind `at` in the lines of hubs that have come as far as that.
    async fn tell(&mut self, tenant: TenantId, at: Cursor, hubs: &[Hub]) -> Result<bool> {
        let app = self.app.clone();
        let read = app.store().read();
        let batch = match events::records(read, tenant, at, &RecordFilter::default(), BATCH).await {
            // Sweeping stops at the positions of hubs; a restored store may be older than its hubs all the same.
            Err(error) if error.code() == ErrorCode::CursorInvalid => {
                Records { records: Vec::new(), next: events::head(read).await?, more: false }
            }
            other => other?,
        };
        if batch.next == at {
            return Ok(false);
        }
        let happened: Vec<(Record, Event)> =
            batch.records.into_iter().map(|record| (record.clone(), Event::of(record))).collect();
        let mut picked: Vec<(&Hub, Vec<Value>)> = Vec::new();
        for hub in hubs {
            let payloads = payloads(hub, &Wants::of(read, hub).await?, &happened);
            let skipped = self.seen.get(&hub.id).map_or(0, |(_, count)| *count) + happened.len();
            if payloads.is_empty() && skipped < SKIPPED {
                self.seen.insert(hub.id, (batch.next, skipped));
            } else {
                picked.push((hub, payloads));
            }
        }
        if picked.is_empty() {
            return Ok(batch.more);
        }
        let now = app.now();
        hypo_store::write!(app.store(), |tx| {
            for (hub, payloads) in &picked {
                // Somebody else was here first, or the hub is gone: the next round looks again.
                if !hubs::advance(tx, hub.id, hub.position, batch.next).await? {
                    continue;
                }
                for payload in payloads {
                    let delivery = NewDelivery {
                        tenant,
                        channel: CHANNEL.to_owned(),
                        target: hub.id.to_string(),
                        payload: payload.clone(),
                        at: now,
                    };
                    enqueue(tx, &delivery).await?;
                }
            }
            Ok(())
        })?;
        for (hub, _) in picked {
            self.seen.remove(&hub.id);
        }
        Ok(batch.more)
    }

    /// Once an hour: removes events that are older than they are kept, up to what every hub has been told.
    async fn sweep(&mut self) -> Result<()> {
        if self.swept.is_some_and(|at| at.elapsed() < SWEEP) {
            return Ok(());
        }
        self.swept = Some(Instant::now());
        let Ok(keep) = chrono::Duration::from_std(self.keep) else { return Ok(()) };
        let before = self.app.now() - keep;
        let removed = hypo_store::write!(self.app.store(), |tx| events::prune(tx, before).await)?;
        if removed > 0 {
            tracing::info!(events.removed = removed, "Old events were removed.");
        }
        Ok(())
    }
}

/// What a hub gets of these events, ready to be sent.
fn payloads(hub: &Hub, wants: &Wants, happened: &[(Record, Event)]) -> Vec<Value> {
    happened
        .iter()
        .filter_map(|(record, event)| {
            let body = wants.pick(record, &event.body)?;
            let body = match Format::of(&hub.format) {
                Format::Tmf => body,
                Format::CloudEvents => event.cloud(&body),
            };
            Some(json!({"eventId": event.id, "eventType": event.event_type, "body": body}))
        })
        .collect()
}
