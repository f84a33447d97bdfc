//! What a caller may ask for: one folder or file per aggregate. Every function takes the caller's [`Ctx`] and a
//! [`permit::Permit`] that only the policy table gives; every write leaves an audit row in the same transaction.
#![forbid(unsafe_code)]

pub mod access;
pub mod auth;
pub mod clusters;
pub mod ctx;
mod documents;
mod end_user;
mod error;
pub mod events;
pub mod hubs;
pub mod jobs;
pub mod live;
pub mod offerings;
pub mod ordering;
pub mod orders;
pub mod overview;
pub mod packages;
pub mod page;
pub mod peers;
pub mod permit;
pub mod plans;
pub mod services;
pub mod tmf;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use hypo_model::{
    digest::DigestKey,
    fabric::LinkOptions,
    placement::Weights,
    ports::{
        Callbacks, Clusters, Files, Packages, Peers, Secrets, callbacks::NoCallbacks, files::NoFiles, peers::NoPeers,
    },
};
use hypo_orchestrator::Orchestrator;
use hypo_shared::TenantId;
use hypo_store::{Scope, Store};
use uuid::Uuid;

pub use ctx::Ctx;
pub use error::{Error, Result};

/// The application. Clones share it.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    orchestrator: Orchestrator,
    outside: Outside,
    settings: Settings,
    passwords: auth::Passwords,
    throttle: auth::Throttle,
    known: auth::Known,
    denials: access::audit::Denials,
    pollers: live::metrics::Pollers,
    turns: live::Turns,
}

/// The ports that only the application uses.
#[derive(Clone)]
pub struct Outside {
    pub packages: Arc<dyn Packages>,
    pub callbacks: Arc<dyn Callbacks>,
    pub peers: Arc<dyn Peers>,
    pub files: Arc<dyn Files>,
}

/// Packages alone: no event is sent, no peer is spoken to and no file is written.
impl<P: Packages + 'static> From<Arc<P>> for Outside {
    fn from(packages: Arc<P>) -> Self {
        Self { packages, callbacks: Arc::new(NoCallbacks), peers: Arc::new(NoPeers), files: Arc::new(NoFiles) }
    }
}

/// What sites differ in.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Shown to signed-in users.
    pub version: String,
    /// A demonstration with twins instead of clusters.
    pub demo: bool,
    /// How long a browser session lasts without being used.
    pub session_idle: Duration,
    /// How long it lasts at most.
    pub session_life: Duration,
    /// Between two samples of the metrics API.
    pub metrics_step: Duration,
    pub link: LinkOptions,
    pub weights: Weights,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            demo: false,
            session_idle: Duration::from_secs(12 * 3600),
            session_life: Duration::from_secs(7 * 24 * 3600),
            metrics_step: Duration::from_secs(2),
            link: LinkOptions::default(),
            weights: Weights::default(),
        }
    }
}

impl App {
    /// An application over a running orchestrator.
    #[must_use]
    pub fn new(orchestrator: Orchestrator, outside: impl Into<Outside>, settings: Settings) -> Self {
        let inner = Inner {
            orchestrator,
            outside: outside.into(),
            settings,
            passwords: auth::Passwords::default(),
            throttle: auth::Throttle::default(),
            known: auth::Known::default(),
            denials: access::audit::Denials::default(),
            pollers: live::metrics::Pollers::default(),
            turns: live::Turns::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// `HYP-9002`.
    pub async fn ready(&self) -> Result<()> {
        Ok(self.store().ping().await?)
    }

    /// The orchestrator, for the composition root and the TMF face.
    #[must_use]
    pub fn orchestrator(&self) -> &Orchestrator {
        &self.inner.orchestrator
    }

    /// The settings.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.inner.settings
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.orchestrator.world().store
    }

    pub(crate) fn secrets(&self) -> &dyn Secrets {
        self.inner.orchestrator.world().secrets.as_ref()
    }

    /// The key of what stands in place of a tenant's secret data.
    pub(crate) async fn digest_key(&self, tenant: TenantId) -> Result<DigestKey> {
        Ok(self.orchestrator().world().digest_key(tenant).await?)
    }

    pub(crate) fn clusters(&self) -> &dyn Clusters {
        self.inner.orchestrator.world().clusters.as_ref()
    }

    pub(crate) fn packages(&self) -> &dyn Packages {
        self.inner.outside.packages.as_ref()
    }

    pub(crate) fn callbacks(&self) -> &dyn Callbacks {
        self.inner.outside.callbacks.as_ref()
    }

    pub(crate) fn peers(&self) -> &dyn Peers {
        self.inner.outside.peers.as_ref()
    }

    pub(crate) fn files(&self) -> &dyn Files {
        self.inner.outside.files.as_ref()
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        (self.inner.orchestrator.world().clock)()
    }

    pub(crate) fn passwords(&self) -> &auth::Passwords {
        &self.inner.passwords
    }

    pub(crate) fn throttle(&self) -> &auth::Throttle {
        &self.inner.throttle
    }

    pub(crate) fn known(&self) -> &auth::Known {
        &self.inner.known
    }

    pub(crate) fn denials(&self) -> &access::audit::Denials {
        &self.inner.denials
    }

    pub(crate) fn turns(&self) -> &live::Turns {
        &self.inner.turns
    }

    pub(crate) fn pollers(&self) -> &live::metrics::Pollers {
        &self.inner.pollers
    }
}

/// A new id. The application is the edge where ids are made.
pub(crate) fn new_id<T: From<Uuid>>() -> T {
    T::from(Uuid::now_v7())
}

impl From<ctx::Reach> for Scope {
    fn from(reach: ctx::Reach) -> Self {
        reach.tenant().map_or(Scope::Platform, Scope::Tenant)
    }
}
