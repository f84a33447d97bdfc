//! The leases one engine holds, and their renewal.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use hypo_shared::SagaId;
use tokio::{sync::Notify, time::Instant};
use tokio_util::sync::CancellationToken;

use super::Shared;

/// What a driver knows of its lease.
#[derive(Clone)]
pub(crate) struct Lease {
    /// Fires when somebody else holds the saga.
    pub lost: CancellationToken,
    /// There may be wishes.
    pub nudge: Arc<Notify>,
}

#[derive(Default)]
pub(crate) struct Leases(Mutex<HashMap<SagaId, (u64, Lease)>>);

impl Leases {
    fn held(&self) -> MutexGuard<'_, HashMap<SagaId, (u64, Lease)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn hold(&self, id: SagaId, epoch: u64) -> Lease {
        let lease = Lease { lost: CancellationToken::new(), nudge: Arc::new(Notify::new()) };
        // A lease that ran out while this process was paused can come back to it under a new epoch.
        if let Some((_, old)) = self.held().insert(id, (epoch, lease.clone())) {
            old.lost.cancel();
        }
        lease
    }

    pub fn drop_held(&self, id: SagaId, epoch: u64) {
        let mut held = self.held();
        if held.get(&id).is_some_and(|(known, _)| *known == epoch) {
            held.remove(&id);
        }
    }

    pub fn nudge(&self, id: SagaId) {
        if let Some((_, lease)) = self.held().get(&id) {
            lease.nudge.notify_one();
        }
    }
}

/// Renews every lease at a third of its time. When the log has not answered for a whole lease, all are given up.
pub(crate) async fn keep<C: Send + Sync>(shared: Arc<Shared<C>>, leases: Arc<Leases>, stop: CancellationToken) {
    let every = shared.config.lease / 3;
    let mut renewed = Instant::now();
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(every) => {}
        }
        let asked: Vec<(SagaId, u64)> = leases.held().iter().map(|(id, (epoch, _))| (*id, *epoch)).collect();
        if asked.is_empty() {
            renewed = Instant::now();
            continue;
        }
        match shared.log.renew(&asked, shared.config.lease).await {
            Ok(kept) => {
                renewed = Instant::now();
                let held = leases.held();
                for (id, epoch) in asked {
                    let Some((known, lease)) = held.get(&id) else { continue };
                    match kept.iter().find(|kept| kept.id == id) {
                        Some(kept) if kept.has_wishes => lease.nudge.notify_one(),
                        Some(_) => {}
                        None if *known == epoch => lease.lost.cancel(),
                        None => {}
                    }
                }
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "Leases could not be renewed.");
                if renewed.elapsed() > shared.config.lease {
                    leases.held().values().for_each(|(_, lease)| lease.lost.cancel());
                }
            }
        }
    }
}
