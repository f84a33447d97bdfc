//! One running cluster: its state behind one lock, clock, faults and ledger beside it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::{
    clock::Clock,
    config::TwinConfig,
    controllers::owned::Retry,
    faults::Faults,
    kinds::Registry,
    ledger::Ledger,
    net::Net,
    rng::Rng,
    runtime::{PodRun, proxy::Proxies},
    store::Store,
};

/// Everything the API shows, plus what the kubelets know.
pub struct State {
    pub store: Store,
    pub registry: Registry,
    pub config: Arc<TwinConfig>,
    /// Cluster time of the current operation.
    pub now: DateTime<Utc>,
    pub rng: Rng,
    pub net: Net,
    /// What kubelets know of their pods, by uid.
    pub pods: HashMap<String, PodRun>,
    /// Pauses of controllers after refusals, by uid of the owner.
    pub retries: HashMap<String, Retry>,
    /// Listeners of Services with real pods.
    pub proxies: Proxies,
    /// Garbage was looked for at this count of deletions.
    pub collected: u64,
    /// Where real pods live on disk.
    pub pods_dir: Option<std::path::PathBuf>,
}

/// A cluster shared by connections, controllers and processes.
pub struct Cluster {
    pub config: Arc<TwinConfig>,
    pub clock: Clock,
    pub faults: Faults,
    pub ledger: Ledger,
    pub control_token: String,
    /// Wakes the controllers.
    pub wake: Notify,
    /// Turns true when the cluster stops.
    pub stop: tokio::sync::watch::Sender<bool>,
    state: Mutex<State>,
}

impl Cluster {
    pub fn new(config: Arc<TwinConfig>, state: State, ledger: Ledger, control_token: String) -> Self {
        Self {
            clock: Clock::new(config.clock),
            config,
            faults: Faults::default(),
            ledger,
            control_token,
            wake: Notify::new(),
            stop: tokio::sync::watch::Sender::new(false),
            state: Mutex::new(state),
        }
    }

    /// The state, with its time set to now. Never held across an await.
    pub fn state(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.now = self.clock.now();
        state
    }
}

/// Waits until a cluster stops (or is gone).
pub async fn stopped(stop: &mut tokio::sync::watch::Receiver<bool>) {
    drop(stop.wait_for(|stop| *stop).await);
}
