//! The reconciler `orders`: looks at what is due and behind, and does one step of each.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use hypo_engine::{ReconcileError, Reconciler, ReconcilerHost};
use hypo_store::{ordering, saga_log::Leases};
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::{cancel, ends, follow, place};
use crate::{App, Error, Result};

const NAME: &str = "orders";
/// How long it sleeps when nothing changes; dates come with that precision.
const PERIOD: Duration = Duration::from_secs(1);
/// Changes within this time are looked at together.
const TOGETHER: Duration = Duration::from_millis(50);
/// Rows of one kind in one activation.
const MOST: u64 = 200;
/// Passes of one activation: one step makes the next one due.
const PASSES: usize = 8;

/// Runs the reconciler of orders until `shutdown` fires; the next start goes on.
pub async fn run(app: App, shutdown: CancellationToken) {
    let owner = format!("orders-{}", uuid::Uuid::now_v7().simple());
    let changes = app.store().changes();
    let host = ReconcilerHost::new(&owner).leases(Leases::between_processes(app.store()));
    let host = host.add(Arc::new(Orders { app }));
    let waker = wake(host.handle(), changes, shutdown.clone());
    futures::join!(host.run(shutdown), waker);
}

async fn wake(handle: hypo_engine::ReconcilerHandle, mut changes: watch::Receiver<u64>, shutdown: CancellationToken) {
    loop {
        tokio::select! {
            () = shutdown.cancelled() => return,
            changed = changes.changed() => if changed.is_err() { return },
        }
        tokio::time::sleep(TOGETHER).await;
        changes.mark_unchanged();
        handle.wake(NAME);
    }
}

struct Orders {
    app: App,
}

#[async_trait]
impl Reconciler for Orders {
    fn name(&self) -> &'static str {
        NAME
    }

    fn period(&self) -> Duration {
        PERIOD
    }

    async fn run(&self) -> Result<Value, ReconcileError> {
        let (mut done, mut failed) = (0, 0);
        for _ in 0..PASSES {
            let (steps, problems) = pass(&self.app).await.map_err(|error| ReconcileError(error.to_string()))?;
            done += steps;
            failed += problems;
            if steps == 0 {
                break;
            }
        }
        let tasks = cancel::tasks(&self.app).await.map_err(|error| ReconcileError(error.to_string()))?;
        Ok(json!({"steps": done, "problems": failed, "cancelTasks": tasks}))
    }
}

/// One step of everything that has one to do. What fails does not hold up the rest.
async fn pass(app: &App) -> Result<(usize, usize)> {
    let (read, now) = (app.store().read(), app.now());
    let (mut done, mut failed) = (0, 0);
    let mut count = |what: &str, id: uuid::Uuid, outcome: Result<()>| match outcome {
        Ok(()) => done += 1,
        Err(error) => {
            failed += 1;
            report(what, id, &error);
        }
    };
    for item in ordering::due(read, now, MOST).await? {
        count("start", item.order, place::start(app, &item).await);
    }
    for item in ordering::behind(read, MOST).await? {
        count("follow", item.order, follow::item(app, &item).await);
    }
    for shown in ordering::shown_behind(read, MOST).await? {
        count("show", shown.id, follow::shown(app, &shown).await);
    }
    for end in ordering::ended(read, now, MOST).await? {
        // It stays until the service has ended: no step that makes another one due.
        if let Err(error) = ends::end(app, &end).await {
            report("end", end.service, &error);
        }
    }
    Ok((done, failed))
}

fn report(what: &str, id: uuid::Uuid, error: &Error) {
    tracing::warn!(
        step = what, subject.id = %id, error = %error, error.detail = error.detail,
        "A step of an order failed; it is tried again."
    );
}
