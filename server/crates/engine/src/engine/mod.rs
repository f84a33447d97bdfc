//! Claims sagas, carries each one in a task of its own, keeps their leases.

mod leases;

use std::{sync::Arc, time::Duration};

use hypo_shared::SagaId;
use tokio::{
    sync::{broadcast, mpsc},
    task::JoinSet,
};
use tokio_util::sync::CancellationToken;

use crate::{Claim, EngineHandle, Inject, NoInjection, Registry, SagaLog, driver};
pub(crate) use leases::Lease;
use leases::Leases;

/// How an engine behaves. The defaults are meant for production.
#[derive(Clone, Debug)]
pub struct Config {
    /// Names this process in leases; has to be different for every start of a process.
    pub owner: String,
    /// How long a claim holds without renewal. A dead process's sagas move on after this.
    pub lease: Duration,
    /// Sagas claimed in one statement.
    pub batch: usize,
    /// Sagas carried at the same time.
    pub concurrent: usize,
    /// How often the log is asked when nothing wakes the engine.
    pub poll: Duration,
    /// How long an interrupted attempt may still run before it is dropped.
    pub grace: Duration,
    /// How long a parked step waits before the next try.
    pub park: Duration,
    /// A saga that waits longer than this gives its lease back meanwhile.
    pub linger: Duration,
    /// Reported progress is written at most this often.
    pub progress: Duration,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            owner: uuid::Uuid::now_v7().to_string(),
            lease: Duration::from_secs(5),
            batch: 50,
            concurrent: 256,
            poll: Duration::from_secs(1),
            grace: Duration::from_secs(10),
            park: Duration::from_secs(3),
            linger: Duration::from_secs(1),
            progress: Duration::from_millis(300),
        }
    }
}

/// What every driver needs.
pub(crate) struct Shared<C> {
    pub registry: Arc<Registry<C>>,
    pub ports: Arc<C>,
    pub log: Arc<dyn SagaLog>,
    pub inject: Arc<dyn Inject>,
    pub config: Config,
    pub changed: broadcast::Sender<SagaId>,
}

/// One engine. Any number may work on one log, in one process or many.
pub struct Engine<C> {
    shared: Shared<C>,
    handle: EngineHandle,
    nudges: mpsc::UnboundedReceiver<SagaId>,
}

impl<C: Send + Sync + 'static> Engine<C> {
    /// An engine that does nothing until [`Engine::run`].
    pub fn new(registry: Arc<Registry<C>>, ports: Arc<C>, log: Arc<dyn SagaLog>, config: Config) -> Self {
        let (nudge, nudges) = mpsc::unbounded_channel();
        let (changed, _) = broadcast::channel(1024);
        let handle = EngineHandle { builder: registry.clone(), log: log.clone(), nudge, changed: changed.clone() };
        Self { shared: Shared { registry, ports, log, inject: Arc::new(NoInjection), config, changed }, handle, nudges }
    }

    /// Asks `inject` at every crash point.
    #[must_use]
    pub fn inject(mut self, inject: Arc<dyn Inject>) -> Self {
        self.shared.inject = inject;
        self
    }

    /// To start and steer sagas; valid before, during and after [`Engine::run`].
    #[must_use]
    pub fn handle(&self) -> EngineHandle {
        self.handle.clone()
    }

    /// Carries sagas until `shutdown` fires. Then attempts in flight are dropped, as in a crash, and the leases are
    /// given back so that another process goes on at once.
    pub async fn run(self, shutdown: CancellationToken) {
        let Engine { shared, handle: _handle, mut nudges } = self;
        let shared = Arc::new(shared);
        let leases = Arc::new(Leases::default());
        let stop_renewing = CancellationToken::new();
        let renewing = tokio::spawn(leases::keep(shared.clone(), leases.clone(), stop_renewing.clone()));
        let mut woken = shared.log.woken();
        let mut drivers: JoinSet<()> = JoinSet::new();
        while !shutdown.is_cancelled() {
            let room = shared.config.concurrent.saturating_sub(drivers.len()).min(shared.config.batch);
            let claimed = claim(&shared, room).await;
            let more = room > 0 && claimed.len() == room;
            for claim in claimed {
                let lease = leases.hold(claim.saga.id, claim.saga.epoch);
                let (shared, leases, shutdown) = (shared.clone(), leases.clone(), shutdown.clone());
                drivers.spawn(async move {
                    let (id, epoch) = (claim.saga.id, claim.saga.epoch);
                    driver::drive(shared, claim, lease, shutdown).await;
                    leases.drop_held(id, epoch);
                });
            }
            if more {
                continue;
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                Some(id) = nudges.recv() => leases.nudge(id),
                _ = woken.changed() => {}
                Some(ended) = drivers.join_next(), if !drivers.is_empty() => report(ended),
                () = tokio::time::sleep(shared.config.poll) => {}
            }
            while let Some(ended) = drivers.try_join_next() {
                report(ended);
            }
        }
        while let Some(ended) = drivers.join_next().await {
            report(ended);
        }
        stop_renewing.cancel();
        let _ = renewing.await;
    }
}

async fn claim<C>(shared: &Shared<C>, room: usize) -> Vec<Claim> {
    if room == 0 {
        return Vec::new();
    }
    match shared.log.claim(&shared.config.owner, shared.config.lease, room).await {
        Ok(claims) => claims,
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "Sagas could not be claimed.");
            tokio::time::sleep(shared.config.poll.min(Duration::from_millis(200))).await;
            Vec::new()
        }
    }
}

/// A driver catches the panics of actions; a panic that gets here is the engine's own, and the lease runs out.
fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(error = &error as &dyn std::error::Error, "A saga driver ended badly.");
    }
}
