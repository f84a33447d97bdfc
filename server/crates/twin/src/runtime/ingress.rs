//! The cluster's ingress controller: HTTP on port 80 of the first node, routed by host and path to the ready
//! pods of the backend Service. One request per connection, so that every request is routed for itself.

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::proxy;
use crate::{cluster::State, json as at};

/// The largest request head that is read.
const HEAD: usize = 32 << 10;

/// Where requests of a host and path go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// `""` takes every host, `*.` takes one more label.
    host: String,
    path: String,
    exact: bool,
    targets: Vec<SocketAddr>,
}

/// The routes of all Ingresses whose class the cluster has, most specific first.
pub fn routes(state: &State) -> Vec<Route> {
    let mut routes = vec![];
    for ingress in state.store.list("ingresses.networking.k8s.io", None) {
        let class = at::text(ingress, "/spec/ingressClassName");
        if state.store.get("ingressclasses.networking.k8s.io", "", class).is_none() {
            continue;
        }
        let mut add = |host: &str, path: &str, exact: bool, backend: &Value| {
            let targets = targets(state, at::namespace(ingress), backend);
            routes.push(Route { host: host.into(), path: path.into(), exact, targets });
        };
        for rule in at::list(ingress, "/spec/rules") {
            for path in at::list(rule, "/http/paths") {
                let exact = at::text(path, "/pathType") == "Exact";
                add(at::text(rule, "/host"), at::text(path, "/path"), exact, &path["backend"]);
            }
        }
        if let Some(backend) = ingress.pointer("/spec/defaultBackend") {
            add("", "/", false, backend);
        }
    }
    routes.sort_by_key(|route| {
        (route.host.is_empty(), route.host.starts_with('*'), !route.exact, std::cmp::Reverse(route.path.len()))
    });
    routes
}

fn targets(state: &State, namespace: &str, backend: &Value) -> Vec<SocketAddr> {
    let Some(service) = state.store.get("services", namespace, at::text(backend, "/service/name")) else {
        return vec![];
    };
    let wanted = &backend["service"]["port"];
    at::list(&service, "/spec/ports")
        .iter()
        .find(|port| match (wanted.get("number"), wanted.get("name")) {
            (Some(number), _) => port.get("port") == Some(number),
            (None, name) => port.get("name") == name,
        })
        .map(|port| proxy::ready_targets(state, &service, port))
        .unwrap_or_default()
}

impl Route {
    fn takes(&self, host: &str, path: &str) -> bool {
        let host_fits = match self.host.strip_prefix("*.") {
            Some(domain) => host.split_once('.').is_some_and(|(_, rest)| rest == domain),
            None => self.host.is_empty() || self.host == host,
        };
        let prefix = self.path.trim_end_matches('/');
        let path_fits = if self.exact {
            path == self.path
        } else {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        host_fits && path_fits
    }
}

/// Routes shared between the controllers and the listener.
pub type Routes = Arc<Mutex<Vec<Route>>>;

/// Answers connections for as long as the task lives.
pub async fn serve(listener: TcpListener, routes: Routes) {
    let turn = Arc::new(AtomicUsize::new(0));
    let mut connections = JoinSet::new();
    loop {
        let Ok((inbound, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        while connections.try_join_next().is_some() {}
        let (routes, turn) = (routes.clone(), turn.clone());
        connections.spawn(async move {
            if let Err(error) = forward(inbound, &routes, &turn).await {
                tracing::debug!(error = %error, "an ingress connection ended early");
            }
        });
    }
}

async fn forward(mut inbound: TcpStream, routes: &Routes, turn: &AtomicUsize) -> std::io::Result<()> {
    let mut head = Vec::with_capacity(1024);
    let end = loop {
        if let Some(end) = head.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if head.len() > HEAD || inbound.read_buf(&mut head).await? == 0 {
            return Ok(());
        }
    };
    let text = String::from_utf8_lossy(&head[..end]).into_owned();
    let mut lines = text.trim_end().split("\r\n");
    let first = lines.next().unwrap_or_default();
    let path = first.split(' ').nth(1).unwrap_or("/").split('?').next().unwrap_or("/");
    let headers: Vec<&str> = lines.collect();
    let value = |name: &str| {
        headers.iter().find_map(|line| {
            line.split_once(':').filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
        })
    };
    let host = value("host").unwrap_or_default().split(':').next().unwrap_or_default();
    let found = {
        let routes = routes.lock().unwrap_or_else(PoisonError::into_inner);
        routes.iter().find(|route| route.takes(host, path)).map(|route| route.targets.clone())
    };
    let target = match found.as_deref() {
        None => return refuse(inbound, "404 Not Found").await,
        Some([]) => return refuse(inbound, "503 Service Unavailable").await,
        Some(targets) => targets[turn.fetch_add(1, Ordering::Relaxed) % targets.len()],
    };
    let Ok(mut outbound) = TcpStream::connect(target).await else { return refuse(inbound, "502 Bad Gateway").await };
    // An upgrade keeps its connection; anything else ends with its answer.
    let upgrade = value("upgrade").is_some();
    let kept = headers.iter().filter(|line| upgrade || !line.to_ascii_lowercase().starts_with("connection:"));
    let mut request = format!("{first}\r\n");
    kept.for_each(|line| request.push_str(&format!("{line}\r\n")));
    request.push_str(if upgrade { "\r\n" } else { "Connection: close\r\n\r\n" });
    outbound.write_all(request.as_bytes()).await?;
    outbound.write_all(&head[end..]).await?;
    tokio::io::copy_bidirectional(&mut inbound, &mut outbound).await.map(drop)
}

async fn refuse(mut inbound: TcpStream, status: &str) -> std::io::Result<()> {
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{status}\n",
        status.len() + 1
    );
    inbound.write_all(answer.as_bytes()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_paths() {
        let route =
            |host: &str, path: &str, exact| Route { host: host.into(), path: path.into(), exact, targets: vec![] };
        assert!(route("", "/", false).takes("any.example", "/x"));
        assert!(route("a.example", "/api", false).takes("a.example", "/api/v1"));
        assert!(!route("a.example", "/api", false).takes("a.example", "/apis"));
        assert!(!route("a.example", "/api", true).takes("a.example", "/api/v1"));
        assert!(route("*.example", "/", false).takes("b.example", "/"));
        assert!(!route("*.example", "/", false).takes("example", "/"));
    }
}
