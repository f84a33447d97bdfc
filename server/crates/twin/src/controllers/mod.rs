//! Controller manager, scheduler and kubelets of the simulation. One pass looks at everything once; passes
//! follow each other a tick apart for as long as something moves.

mod claims;
mod collect;
mod cron;
mod daemonsets;
mod deployments;
pub mod endpoints;
pub mod events;
mod hosts;
mod jobs;
mod namespaces;
pub mod owned;
mod replicasets;
mod scheduler;
mod statefulsets;
mod status;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};

pub use hosts::hosts;

use crate::{
    cluster::{Cluster, stopped},
    config::ClockMode,
    runtime,
};

/// What a pass came to.
pub struct Pass {
    /// Some object changed, so another pass should follow.
    pub changed: bool,
    /// When time alone will make something move.
    pub next: Option<DateTime<Utc>>,
}

/// The earliest of two moments.
pub fn sooner(next: &mut Option<DateTime<Utc>>, at: DateTime<Utc>) {
    *next = Some(next.map_or(at, |known| known.min(at)));
}

/// Runs every controller once.
pub fn pass(cluster: &Arc<Cluster>) -> Pass {
    let mut guard = cluster.state();
    let state = &mut *guard;
    let before = state.store.version();
    let mut next = None;
    namespaces::run(state);
    collect::run(state);
    cron::run(state, &mut next);
    deployments::run(state, &mut next);
    statefulsets::run(state, &mut next);
    daemonsets::run(state, &mut next);
    jobs::run(state, &mut next);
    replicasets::run(state, &mut next);
    claims::run(state);
    scheduler::run(state);
    runtime::kubelet::run(state, cluster, &mut next);
    endpoints::run(state);
    status::run(state);
    runtime::proxy::run(state, cluster, &mut next);
    let now = state.now;
    state.retries.retain(|_, retry| retry.at + chrono::Duration::seconds(60) > now);
    Pass { changed: state.store.version() != before, next }
}

/// Passes in Auto until the cluster stops; in Explicit only the control API makes them.
pub async fn run(cluster: Arc<Cluster>) {
    let mut stop = cluster.stop.subscribe();
    if cluster.clock.mode() == ClockMode::Explicit {
        stopped(&mut stop).await;
        shut(&cluster).await;
        return;
    }
    let tick = Duration::from_millis(cluster.config.tick_ms.max(5));
    let mut changed = cluster.state().store.subscribe();
    loop {
        changed.mark_unchanged();
        let done = pass(&cluster);
        if !done.changed {
            changed.mark_unchanged();
            let wait = done
                .next
                .map_or(Duration::from_secs(3600), |at| (at - cluster.clock.now()).to_std().unwrap_or_default());
            tokio::select! {
                () = moved(&mut changed) => {}
                () = cluster.wake.notified() => {}
                () = tokio::time::sleep(wait) => {}
                () = stopped(&mut stop) => break,
            }
        }
        tokio::select! {
            () = tokio::time::sleep(tick) => {}
            () = stopped(&mut stop) => break,
        }
    }
    shut(&cluster).await;
}

async fn moved(changed: &mut tokio::sync::watch::Receiver<u64>) {
    if changed.changed().await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Ends every real process.
async fn shut(cluster: &Arc<Cluster>) {
    let ended = {
        let mut state = cluster.state();
        runtime::proxy::close(&mut state);
        runtime::kubelet::end_all(&mut state)
    };
    for exit in ended {
        exit.await;
    }
}
