//! `link.json`, the agent's configuration: what it listens for, what it serves, to whom, and whom it dials.

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::ClusterId;
use serde_json::{Value, json};

use super::{ACCEPT_PORT, SCHEMA, object_name, spiffe};
use crate::{
    fabric::{Intent, Observed, Site},
    object,
};

/// Pairs of clusters that have a link, the smaller id first.
pub(super) fn pairs(intent: &Intent) -> BTreeSet<(ClusterId, ClusterId)> {
    intent
        .links
        .iter()
        .map(|link| (link.from_cluster.min(link.to_cluster), link.from_cluster.max(link.to_cluster)))
        .collect()
}

/// Which of a pair accepts: the one that can be reached, the smaller id where both can. `None`: neither, a relay has to.
pub(super) fn acceptor(intent: &Intent, (a, b): (ClusterId, ClusterId)) -> Option<ClusterId> {
    [a, b].into_iter().find(|id| intent.sites.get(id).is_some_and(|site| site.reachable))
}

/// Whether a site accepts any peer.
pub(super) fn accepts(intent: &Intent, cluster: ClusterId) -> bool {
    pairs(intent).into_iter().any(|pair| acceptor(intent, pair) == Some(cluster))
}

/// The address at which a site accepts, once its load balancer has one.
fn address(intent: &Intent, observed: &Observed, cluster: ClusterId) -> Option<String> {
    let name = format!("{}-accept", object_name(&intent.identity));
    let live = observed.objects.get(&cluster)?;
    let service = live.iter().find(|live| object::kind(live) == "Service" && object::name(live) == name)?;
    let first = object::array(service, "/status/loadBalancer/ingress").first()?;
    let host = ["/hostname", "/ip"].into_iter().map(|key| object::text(first, key)).find(|host| !host.is_empty())?;
    Some(if host.contains(':') { format!("[{host}]:{ACCEPT_PORT}") } else { format!("{host}:{ACCEPT_PORT}") })
}

/// Key of a Service port, the unit of permission.
pub(super) fn key(namespace: &str, service: &str, port: u16) -> String {
    format!("{namespace}/{service}:{port}")
}

/// Clusters that serve a port, nearest first, and the components that call it.
type Listening<'a> = (Vec<ClusterId>, BTreeSet<&'a str>);

/// The configuration of a site's agent.
pub(super) fn of(intent: &Intent, observed: &Observed, site: &Site, listening: &BTreeMap<(String, u16), u16>) -> Value {
    let identity = &intent.identity;
    let name_of = |id: ClusterId| {
        let namespace = intent.sites.get(&id).map_or(site.namespace.as_str(), |site| site.namespace.as_str());
        spiffe(identity, id, namespace)
    };
    let mut listen: BTreeMap<(&str, u16), Listening<'_>> = BTreeMap::new();
    let mut serve: BTreeMap<(&str, u16), BTreeSet<String>> = BTreeMap::new();
    for link in &intent.links {
        if link.from_cluster == site.cluster {
            let (to, callers) = listen.entry((&link.service, link.port)).or_default();
            if !to.contains(&link.to_cluster) {
                to.push(link.to_cluster);
            }
            callers.insert(&link.from);
        }
        if link.to_cluster == site.cluster {
            serve.entry((&link.service, link.port)).or_default().insert(name_of(link.from_cluster));
        }
    }
    let peers: Vec<Value> = pairs(intent)
        .into_iter()
        .filter(|(a, b)| *a == site.cluster || *b == site.cluster)
        .map(|pair| {
            let peer = if pair.0 == site.cluster { pair.1 } else { pair.0 };
            let dials = acceptor(intent, pair) == Some(peer);
            json!({
                "cluster": peer.to_string(),
                "name": intent.sites.get(&peer).map(|site| site.name.as_str()),
                "spiffe": name_of(peer),
                // Null: the peer dials us, or its address is not known yet.
                "dial": if dials { address(intent, observed, peer) } else { None },
            })
        })
        .collect();
    let listen: Vec<Value> = listen
        .into_iter()
        .filter_map(|((service, port), (to, callers))| {
            let at = listening.get(&(service.to_owned(), port))?;
            Some(json!({
                "port": at,
                "key": key(&site.namespace, service, port),
                "to": to.iter().map(ToString::to_string).collect::<Vec<_>>(),
                "callers": callers,
            }))
        })
        .collect();
    let serve: Vec<Value> = serve
        .into_iter()
        .map(|((service, port), allow)| {
            json!({
                "key": key(&site.namespace, service, port),
                "dial": format!("{service}.{}.svc:{port}", site.namespace),
                "allow": allow,
            })
        })
        .collect();
    json!({
        "schema": SCHEMA,
        "service": identity.service.to_string(),
        "order": identity.authority.to_string(),
        "self": {"cluster": site.cluster.to_string(), "name": site.name, "spiffe": name_of(site.cluster)},
        "accept": accepts(intent, site.cluster).then(|| json!({"port": ACCEPT_PORT})),
        "peers": peers,
        "listen": listen,
        "serve": serve,
    })
}
