//! Service addresses of real pods: a listener per ClusterIP, node port and load balancer that forwards TCP
//! to a ready pod, in turn. Without a ready pod there is no listener, so callers are refused as in the field.

use std::{
    collections::{BTreeMap, HashMap},
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use chrono::{DateTime, Duration, Utc};
use serde_json::Value;
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};

use super::ingress::{self, Routes};
use crate::{
    cluster::{Cluster, State},
    controllers::{endpoints, events, owned, sooner},
    json as at,
};

type Targets = Arc<Mutex<Vec<SocketAddr>>>;

/// The listeners of a cluster.
#[derive(Debug, Default)]
pub struct Proxies {
    open: HashMap<SocketAddr, (Targets, JoinHandle<()>)>,
    /// Addresses that could not be bound, with when to try again.
    failed: HashMap<SocketAddr, DateTime<Utc>>,
    /// The ingress controller, once an Ingress needs it.
    ingress: Option<(Routes, JoinHandle<()>)>,
}

impl Drop for Proxies {
    fn drop(&mut self) {
        self.close();
    }
}

impl Proxies {
    fn close(&mut self) {
        for (_, (_, task)) in self.open.drain() {
            task.abort();
        }
        if let Some((_, task)) = self.ingress.take() {
            task.abort();
        }
    }
}

/// Addresses of the ready real pods behind a Service port.
pub fn ready_targets(state: &State, service: &Value, port: &Value) -> Vec<SocketAddr> {
    endpoints::pods_of(state, service)
        .into_iter()
        .filter(|pod| owned::is_ready(pod) && state.pods.get(at::uid(pod)).is_some_and(|run| run.folder.is_some()))
        .filter_map(|pod| {
            let number = u16::try_from(endpoints::target_port(port, &pod)?).ok()?;
            Some(SocketAddr::new(at::text(&pod, "/status/podIP").parse().ok()?, number))
        })
        .collect()
}

/// What listens where, with the Service's namespace and name.
type Wanted = BTreeMap<SocketAddr, (Vec<SocketAddr>, (String, String))>;

fn wanted(state: &State) -> Wanted {
    let mut wanted = Wanted::new();
    for service in state.store.list("services", None) {
        let ip = at::text(service, "/spec/clusterIP");
        if ip.is_empty() || ip == "None" {
            continue;
        }
        let who = (at::namespace(service).to_owned(), at::name(service).to_owned());
        for port in at::list(service, "/spec/ports") {
            if at::text(port, "/protocol") != "TCP" {
                continue;
            }
            let targets = ready_targets(state, service, port);
            if targets.is_empty() {
                continue;
            }
            let mut add = |ip: &str, number: Option<i64>| {
                if let (Ok(ip), Some(number)) = (ip.parse(), number.and_then(|n| u16::try_from(n).ok())) {
                    wanted.insert(SocketAddr::new(ip, number), (targets.clone(), who.clone()));
                }
            };
            add(ip, at::int(port, "/port"));
            if let Some(number) = at::int(port, "/nodePort") {
                for node in state.store.list("nodes", None) {
                    add(at::text(node, "/status/addresses/0/address"), Some(number));
                }
            }
            for ingress in at::list(service, "/status/loadBalancer/ingress") {
                add(at::text(ingress, "/ip"), at::int(port, "/port"));
            }
        }
    }
    wanted
}

/// Opens, retargets and closes listeners as Services and pods want.
pub fn run(state: &mut State, cluster: &Arc<Cluster>, next: &mut Option<DateTime<Utc>>) {
    if state.pods_dir.is_none() {
        return;
    }
    serve_ingress(state);
    let wanted = wanted(state);
    state.proxies.open.retain(|address, (_, task)| {
        let keep = wanted.contains_key(address);
        if !keep {
            task.abort();
        }
        keep
    });
    for (address, (targets, who)) in wanted {
        if let Some((current, _)) = state.proxies.open.get(&address) {
            *current.lock().unwrap_or_else(PoisonError::into_inner) = targets;
            continue;
        }
        if let Some(again) = state.proxies.failed.get(&address).filter(|again| **again > state.now) {
            sooner(next, *again);
            continue;
        }
        match listen(address) {
            Ok(listener) => {
                state.proxies.failed.remove(&address);
                let shared: Targets = Arc::new(Mutex::new(targets));
                let task = tokio::spawn(serve(cluster.clone(), listener, shared.clone()));
                state.proxies.open.insert(address, (shared, task));
            }
            Err(error) => {
                let again = state.now + Duration::seconds(5);
                sooner(next, again);
                if state.proxies.failed.insert(address, again).is_none()
                    && let Some(service) = state.store.get("services", &who.0, &who.1)
                {
                    let message = format!("the twin cannot listen on {address}: {error}");
                    events::emit(state, "Service", &service, "Warning", "TwinListenFailed", &message);
                }
            }
        }
    }
}

/// Starts the ingress controller with the first route and tells it the current ones.
fn serve_ingress(state: &mut State) {
    let routes = ingress::routes(state);
    if let Some((current, _)) = &state.proxies.ingress {
        *current.lock().unwrap_or_else(PoisonError::into_inner) = routes;
        return;
    }
    let Ok(ip) = state.net.node(0).parse() else { return };
    let address = SocketAddr::new(ip, 80);
    let pausing = state.proxies.failed.get(&address).is_some_and(|again| *again > state.now);
    if routes.is_empty() || pausing {
        return;
    }
    match listen(address) {
        Ok(listener) => {
            let shared: Routes = Arc::new(Mutex::new(routes));
            let task = tokio::spawn(ingress::serve(listener, shared.clone()));
            state.proxies.ingress = Some((shared, task));
        }
        Err(error) => {
            let first = state.proxies.failed.insert(address, state.now + Duration::seconds(5)).is_none();
            if let Some(found) = state.store.all("ingresses.networking.k8s.io").first().filter(|_| first) {
                let message = format!("the twin cannot listen on {address}: {error}");
                events::emit(state, "Ingress", found, "Warning", "TwinListenFailed", &message);
            }
        }
    }
}

fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(address)?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

async fn serve(cluster: Arc<Cluster>, listener: TcpListener, targets: Targets) {
    let turn = AtomicUsize::new(0);
    let mut connections = tokio::task::JoinSet::new();
    loop {
        let Ok((mut inbound, _)) = listener.accept().await else {
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        if cluster.faults.is_down() {
            continue;
        }
        let target = {
            let targets = targets.lock().unwrap_or_else(PoisonError::into_inner);
            let index = turn.fetch_add(1, Ordering::Relaxed) % targets.len().max(1);
            targets.get(index).copied()
        };
        let Some(target) = target else { continue };
        connections.spawn(async move {
            let Ok(mut outbound) = TcpStream::connect(target).await else { return };
            if let Err(error) = tokio::io::copy_bidirectional(&mut inbound, &mut outbound).await {
                tracing::debug!(error = %error, "a forwarded connection ended early");
            }
        });
    }
}

/// Closes every listener.
pub fn close(state: &mut State) {
    state.proxies.close();
}
