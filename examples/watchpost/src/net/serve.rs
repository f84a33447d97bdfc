//! `/healthz`, `/readyz`, `/metrics` and a graceful end, the same for every component.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{Router, http::StatusCode, routing::get};
use tokio::net::TcpListener;

use crate::{
    config,
    error::Failure,
    log::Log,
    metrics::{Metrics, label},
};

/// What the outside may know of a component.
#[derive(Clone, Default)]
pub struct Status {
    pub metrics: Arc<Metrics>,
    ready: Arc<AtomicBool>,
    why: Arc<Mutex<String>>,
}

impl Status {
    /// Whether a peer answers. It is told in the metrics and does not touch readiness: this component can do its own
    /// part, and taking it out of its Service would help nobody.
    pub fn peer(&self, name: &str, answers: bool) {
        self.metrics.set("watchpost_peer_up", &label("peer", name), if answers { 1.0 } else { 0.0 });
    }

    /// Ready, with an empty reason, or not ready with the reason shown at `/readyz`.
    pub fn ready(&self, waiting_for: &str) {
        self.ready.store(waiting_for.is_empty(), Ordering::Relaxed);
        waiting_for.clone_into(&mut self.why.lock().unwrap_or_else(PoisonError::into_inner));
        self.metrics.set("watchpost_ready", "", if waiting_for.is_empty() { 1.0 } else { 0.0 });
    }

    fn readiness(&self) -> (StatusCode, String) {
        if self.ready.load(Ordering::Relaxed) {
            (StatusCode::OK, "ready\n".into())
        } else {
            let why = self.why.lock().unwrap_or_else(PoisonError::into_inner);
            (StatusCode::SERVICE_UNAVAILABLE, format!("waiting for {}\n", if why.is_empty() { "start" } else { &why }))
        }
    }
}

/// Serves until the process is asked to stop. Binds the pod's own address when `HYPO_POD_IP` names it, since several
/// pods share the host there; otherwise all addresses, as in any container. `PORT` overrides `port`.
pub async fn serve(log: &Log, status: Status, port: u16, routes: Router) -> Result<(), Failure> {
    let port = config::optional("PORT", port)?;
    let ip = config::optional("HYPO_POD_IP", IpAddr::V4(Ipv4Addr::UNSPECIFIED))?;
    let address = SocketAddr::new(ip, port);
    let listener = TcpListener::bind(address)
        .await
        .map_err(|error| Failure::System(format!("cannot listen on {address}: {error}")))?;
    log.info("listening", &[("address", address.to_string().into())]);
    let (ready, metrics) = (status.clone(), status.metrics.clone());
    let app = routes
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(move || async move { ready.readiness() }))
        .route("/metrics", get(move || async move { metrics.text() }));
    axum::serve(listener, app)
        .with_graceful_shutdown(stop_signal())
        .await
        .map_err(|error| Failure::System(error.to_string()))
}

/// Completes on SIGTERM or SIGINT.
pub async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    match (signal(SignalKind::terminate()), signal(SignalKind::interrupt())) {
        (Ok(mut term), Ok(mut int)) => {
            tokio::select! { _ = term.recv() => {}, _ = int.recv() => {} }
        }
        // Without signals only SIGKILL ends the process; the store survives that too.
        _ => std::future::pending().await,
    }
}
