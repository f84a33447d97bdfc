//! Makes the application from a configuration.

use std::{fs, path::Path, sync::Arc, time::Duration};

use chrono::Utc;
use hypo_adapters::{
    callback::HttpCallbacks,
    files::HttpFiles,
    guard::Guard,
    helm::{AddressPolicy, Helm},
    identity::Certificates,
    kubernetes::KubeClusters,
    peer::HttpPeers,
    sealed::SealedFolder,
};
use hypo_app::{App, Outside, hubs};
use hypo_engine::{CrashAt, DeliveryConfig, Inject, NoInjection, Retry};
use hypo_orchestrator::{Orchestrator, Running, Settings, World, project::OrderProjection};
use hypo_shared::ErrorCode;
use hypo_store::{Store, saga_log::StoredSagas};

use super::config::{Config, Events};
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
    // Rows that are older than their documents.
    hypo_store::mirror::backfill(&store, Utc::now()).await.map_err(stored)?;
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
    let (orchestrator, mut running) = Orchestrator::start(world, log, engine, inject);
    let policy = AddressPolicy { allow_private: config.packages.allow_private_addresses };
    let helm = Helm::new(config.packages.helm.clone(), policy);
    let settings = hypo_app::Settings { demo, ..hypo_app::Settings::default() };
    let guard = guard(&config.events)?;
    let outside = Outside {
        packages: Arc::new(helm),
        callbacks: Arc::new(HttpCallbacks::new(guard.clone(), seconds(config.events.timeout.max(1)))),
        files: Arc::new(HttpFiles::new(guard.clone())),
        peers: Arc::new(HttpPeers::new(guard)),
    };
    let app = App::new(orchestrator, outside, settings);
    let (telling, how) = (app.clone(), delivering(&config.events));
    running.add(|shutdown| hubs::run(telling, how, shutdown));
    let orders = app.clone();
    running.add(|shutdown| hypo_app::ordering::run(orders, shutdown));
    let jobs = app.clone();
    running.add(|shutdown| hypo_app::jobs::run(jobs, shutdown));
    Ok(Composed { app, running, store })
}

/// Where callbacks, peers and files may lead.
fn guard(events: &Events) -> Result<Guard> {
    let allowed = events.allow_addresses.iter().map(|range| range.parse()).collect::<std::result::Result<_, _>>();
    let allowed = allowed
        .map_err(|error: hypo_adapters::guard::NoNet| Error::new(ErrorCode::ConfigInvalid, error.to_string()))?;
    Ok(Guard { http: events.allow_http, allowed })
}

/// How events are delivered. A lease outlasts an attempt and what is written after it.
fn delivering(events: &Events) -> hubs::Delivering {
    let timeout = events.timeout.max(1);
    let retry = Retry {
        attempts: events.attempts.max(1),
        first_ms: events.first_wait_ms,
        max_ms: events.longest_wait_ms,
        timeout_ms: Some(timeout * 1000 + 500),
    };
    let queue = DeliveryConfig { lease: Duration::from_secs(timeout + 2), retry, ..DeliveryConfig::default() };
    hubs::Delivering { queue, keep: Duration::from_secs(u64::from(events.keep_days) * 86_400) }
}

fn stored(error: hypo_store::Error) -> Error {
    Error::new(error.code(), error.to_string())
}
