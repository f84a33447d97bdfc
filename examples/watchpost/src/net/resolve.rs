//! Service names to addresses: `HYPO_HOSTS` first (`name=ip,name.namespace=ip`, for pods that run as plain processes and
//! have no cluster DNS), then the system's resolver.

use std::{
    io,
    net::{IpAddr, SocketAddr},
};

use crate::config::Peer;

pub async fn resolve(peer: &Peer) -> io::Result<SocketAddr> {
    let table = std::env::var("HYPO_HOSTS").unwrap_or_default();
    if let Some(ip) = listed(&table, &peer.host) {
        return Ok(SocketAddr::new(ip, peer.port));
    }
    tokio::net::lookup_host((peer.host.as_str(), peer.port))
        .await?
        .next()
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, format!("{} has no address", peer.host)))
}

/// The address of `host`, also where it is written with the cluster's suffix.
fn listed(table: &str, host: &str) -> Option<IpAddr> {
    let short = host.trim_end_matches('.');
    let short = short.strip_suffix(".svc.cluster.local").or_else(|| short.strip_suffix(".svc")).unwrap_or(short);
    table
        .split(',')
        .filter_map(|entry| entry.trim().split_once('='))
        .find(|(name, _)| *name == host || *name == short)
        .and_then(|(_, ip)| ip.parse().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_names_up() {
        let table = "broker=127.1.0.2, store.edge=127.1.0.3";
        let ip = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        assert_eq!(listed(table, "broker"), ip("127.1.0.2"));
        assert_eq!(listed(table, "store.edge.svc.cluster.local"), ip("127.1.0.3"));
        assert_eq!(listed(table, "store.edge.svc"), ip("127.1.0.3"));
        assert_eq!(listed(table, "store"), None);
        assert_eq!(listed("", "broker"), None);
    }
}
