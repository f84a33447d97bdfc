//! What every handler shares.

use std::sync::Arc;

use hypo_app::App;

use crate::{
    graphql::Guard,
    http::{HttpConfig, Sockets},
    metrics::Metrics,
};

/// What every handler shares. Clones share it.
#[derive(Clone)]
pub struct ApiState {
    inner: Arc<Inner>,
}

struct Inner {
    app: App,
    guard: Guard,
    config: HttpConfig,
    metrics: Arc<Metrics>,
    sockets: Arc<Sockets>,
}

impl ApiState {
    pub(crate) fn new(app: App, config: HttpConfig) -> Self {
        let metrics = Arc::new(Metrics::default());
        let guard = Guard::new(app.clone(), Arc::clone(&metrics), config.budget);
        Self { inner: Arc::new(Inner { app, guard, config, metrics, sockets: Arc::default() }) }
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.inner.app
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.inner.guard
    }

    pub(crate) fn config(&self) -> &HttpConfig {
        &self.inner.config
    }

    pub(crate) fn metrics(&self) -> &Arc<Metrics> {
        &self.inner.metrics
    }

    pub(crate) fn sockets(&self) -> &Arc<Sockets> {
        &self.inner.sockets
    }
}
