//! Who calls whom across clusters, and through which instance.

use std::collections::BTreeSet;

use hypo_shared::{ClusterId, ErrorCode, analysis::Note, placement::PeerPolicy, plan::LinkPlan};
use serde_json::Value;

use super::{SplitError, SplitInput};
use crate::{cluster::Cluster, fabric::link, object, placement::round_trip};

/// One component calls another through a Service port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) from: String,
    pub(crate) to: String,
    /// Name of the Service.
    pub(crate) service: String,
    pub(crate) port: u16,
    pub(crate) protocol: String,
}

/// Every declared connection between clusters: for each caller, cluster and service port the callee's clusters,
/// nearest first. A call that finds its callee in its own cluster needs none.
///
/// # Errors
/// `HYP-2004` where the protocol cannot be carried between clusters, `HYP-6001` for a drawn edge without a port.
pub fn links(input: &SplitInput<'_>) -> Result<Vec<LinkPlan>, SplitError> {
    let mut out = Vec::new();
    for call in calls(input)? {
        let callee = clusters_of(input, &call.to);
        for from in clusters_of(input, &call.from) {
            if callee.contains(&from) || answered(input, &call.service, from) {
                continue;
            }
            if !link::carries(&call.protocol) {
                let message = format!(
                    "{} calls {} by {}, which no link carries: place them on the same cluster.",
                    call.from, call.to, call.protocol
                );
                return Err(super::error(ErrorCode::PlacementGlueBroken, Some(&call.from), message));
            }
            out.extend(nearest(input, from, &callee).into_iter().map(|(to, _)| LinkPlan {
                from: call.from.clone(),
                from_cluster: from,
                to: call.to.clone(),
                to_cluster: to,
                service: call.service.clone(),
                port: call.port,
                protocol: if call.protocol.is_empty() { "TCP".to_owned() } else { call.protocol.clone() },
                provider: link::ID.to_owned(),
            }));
        }
    }
    Ok(out)
}

/// Distinct calls, sorted: accepted edges, drawn edges and, where the provider chose so, everything.
pub(crate) fn calls(input: &SplitInput<'_>) -> Result<Vec<Call>, SplitError> {
    let mut out = BTreeSet::new();
    for edge in &input.analysis.edges {
        let ports: Vec<_> =
            ports(input, &edge.to).into_iter().filter(|port| edge.port == 0 || port.number == edge.port).collect();
        let named = ports.iter().any(|port| port.service == edge.service);
        for port in ports.into_iter().filter(|port| !named || port.service == edge.service) {
            out.insert(call(&edge.from, &edge.to, port));
        }
    }
    for edge in &input.request.extra_edges {
        let Some(port) = ports(input, &edge.to).into_iter().find(|port| port.number == edge.port) else {
            let message =
                format!("{} has no Service with port {}, so that nothing can call it there.", edge.to, edge.port);
            return Err(super::error(ErrorCode::InvalidInput, Some(&edge.to), message));
        };
        out.insert(call(&edge.from, &edge.to, port));
    }
    if input.request.peers != PeerPolicy::Declared {
        for to in &input.graph.components {
            for port in ports(input, &to.name).into_iter().filter(|port| link::carries(&port.protocol)) {
                for from in input.graph.components.iter().filter(|from| from.name != to.name) {
                    out.insert(call(&from.name, &to.name, port.clone()));
                }
            }
        }
    }
    Ok(out.into_iter().filter(|call| call.from != call.to).collect())
}

fn call(from: &str, to: &str, port: ServicePort) -> Call {
    Call { from: from.to_owned(), to: to.to_owned(), service: port.service, port: port.number, protocol: port.protocol }
}

#[derive(Clone, Debug)]
struct ServicePort {
    service: String,
    number: u16,
    protocol: String,
}

/// Ports of the Services that select a component.
fn ports(input: &SplitInput<'_>, component: &str) -> Vec<ServicePort> {
    let node = input.graph.components.iter().find(|node| node.name == component);
    let services = node.into_iter().flat_map(|node| &node.services);
    services
        .filter_map(|index| input.render.documents.get(*index))
        .flat_map(|service| {
            object::array(&service.object, "/spec/ports").iter().filter_map(|port| {
                Some(ServicePort {
                    service: service.name().to_owned(),
                    number: port.get("port").and_then(Value::as_u64).and_then(|port| u16::try_from(port).ok())?,
                    protocol: match object::text(port, "/protocol") {
                        "" => "TCP".to_owned(),
                        protocol => protocol.to_owned(),
                    },
                })
            })
        })
        .collect()
}

/// Whether some component behind the Service runs in the cluster, so that the Service itself stands there.
fn answered(input: &SplitInput<'_>, service: &str, cluster: ClusterId) -> bool {
    input.graph.components.iter().any(|node| {
        let mut names = node.services.iter().filter_map(|index| input.render.documents.get(*index));
        names.any(|document| document.name() == service) && clusters_of(input, &node.name).contains(&cluster)
    })
}

/// Clusters of a component, sorted.
pub(crate) fn clusters_of(input: &SplitInput<'_>, component: &str) -> Vec<ClusterId> {
    let mut out = input.placement.assignments.get(component).cloned().unwrap_or_default();
    out.sort_unstable();
    out.dedup();
    out
}

/// The callee's clusters by round trip from `from`, in milliseconds.
fn nearest(input: &SplitInput<'_>, from: ClusterId, callee: &[ClusterId]) -> Vec<(ClusterId, f64)> {
    let find = |id: ClusterId| input.clusters.iter().find(|cluster| cluster.id == id);
    let mut out: Vec<(ClusterId, f64)> = callee
        .iter()
        .map(|to| {
            let far = find(from).zip(find(*to)).map_or(f64::MAX, |(from, to)| round_trip(from, to));
            (*to, far)
        })
        .collect();
    out.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.0.cmp(&b.0)));
    out
}

/// How each call picks among instances, where there is something to pick: the local one, then the nearest healthy one.
pub(crate) fn routing(input: &SplitInput<'_>) -> Result<Vec<Note>, SplitError> {
    let name = |id: &ClusterId| {
        input
            .clusters
            .iter()
            .find(|cluster| cluster.id == *id)
            .map_or_else(|| id.to_string(), |c: &Cluster| c.name.clone())
    };
    let mut out = Vec::new();
    for call in calls(input)? {
        let callee = clusters_of(input, &call.to);
        let callers = clusters_of(input, &call.from);
        if callee.len() < 2 && callers.len() < 2 {
            continue;
        }
        for from in callers {
            let order: Vec<String> = nearest(input, from, &callee)
                .iter()
                .filter(|(to, _)| *to != from)
                .map(|(to, ms)| format!("{} ({ms:.0} ms)", name(to)))
                .collect();
            let rule = match (callee.contains(&from), order.is_empty()) {
                (true, _) => "the local instance".to_owned(),
                (false, false) => format!("the nearest healthy of {}", order.join(", ")),
                (false, true) => continue,
            };
            let text =
                format!("{} on {} reaches {}:{} through {rule}.", call.from, name(&from), call.service, call.port);
            out.push(Note { code: "routing".to_owned(), text });
        }
    }
    Ok(out)
}
