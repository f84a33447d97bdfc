//! Makes the application from a configuration.

use std::{fs, path::Path, sync::Arc, time::Duration};

use chrono::Utc;
use hypo_adapters::{
    helm::{AddressPolicy, Helm},
    identity::Certificates,
    kubernetes::KubeClusters,
    sealed::SealedFolder,
};
use hypo_app::App;
use hypo_engine::{CrashAt, Inject, NoInjection};
use hypo_orchestrator::{Orchestrator, Running, Settings, World, project::OrderProjection};
use hypo_shared::ErrorCode;
use hypo_store::{Store, saga_log::StoredSagas};

use super::config::Config;
use crate::cli::{Error, Result};

/// The application and the background tasks beneath it.
pub struct Composed {
    pub app: App,
    pub running: Running,
    pub store: Store,
}

/// Opens the store, brings its schema up to date, and starts everything that runs in the background.
pub async fn compose(config: &Config, home: &Path, demo: bool) -> Result<Composed> {
    fs::create_dir_all(home).map_err(|error| Error::file(home, error))?;
    let url = config.store.url.clone().unwrap_or_else(|| format!("sqlite://{}", home.join("hypo.db").display()));
    let store = Store::connect(&url).await.map_err(stored)?;
    store.migrate().await.map_err(stored)?;
    let sealed = home.join("secrets");
    let secrets = SealedFolder::open(&sealed).map_err(|error| Error::file(&sealed, error))?;
    let seconds = Duration::from_secs;
    let world = World {
        store: store.clone(),
        clusters: Arc::new(KubeClusters::default()),
        secrets: Arc::new(secrets),
        identities: Arc::new(Certificates),
        clock: Utc::now,
        settings: Settings {
            ready_within: seconds(config.orders.ready_within),
            cause_stands: seconds(config.orders.cause_stands),
            drift_every: seconds(config.orders.drift_every),
            probe_every: seconds(config.orders.probe_every),
        },
    };
    let log = Arc::new(StoredSagas::new(store.clone()).projection(Arc::new(OrderProjection)));
    let crash = CrashAt::from_env().map_err(|error| Error::new(ErrorCode::ConfigInvalid, error.to_string()))?;
    let inject: Arc<dyn Inject> = match crash {
        Some(crash) => Arc::new(crash),
        None => Arc::new(NoInjection),
    };
    let engine = hypo_engine::Config { lease: seconds(config.orders.lease.max(1)), ..hypo_engine::Config::default() };
    let (orchestrator, running) = Orchestrator::start(world, log, engine, inject);
    let policy = AddressPolicy { allow_private: config.packages.allow_private_addresses };
    let helm = Helm::new(config.packages.helm.clone(), policy);
    let settings = hypo_app::Settings { demo, ..hypo_app::Settings::default() };
    Ok(Composed { app: App::new(orchestrator, Arc::new(helm), settings), running, store })
}

fn stored(error: hypo_store::Error) -> Error {
    Error::new(error.code(), error.to_string())
}
