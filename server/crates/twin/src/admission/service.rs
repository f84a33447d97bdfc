//! ClusterIP and NodePort allocation.

use std::collections::HashSet;

use serde_json::Value;

use crate::{
    cluster::State,
    error::{ApiError, ApiResult, Cause},
    json::{self, text},
    kinds::Kind,
};

/// Gives a Service the addresses and ports its type asks for.
///
/// # Errors
/// 422 when a wanted address or port is taken or out of range.
pub fn allocate(state: &mut State, kind: &Kind, object: &mut Value, live: Option<&Value>) -> ApiResult<()> {
    let service_type = text(object, "/spec/type").to_owned();
    let name = json::name(object).to_owned();
    let mine = live.map_or("", json::uid).to_owned();
    let others: Vec<_> = state.store.all("services").into_iter().filter(|other| json::uid(other) != mine).collect();
    if service_type == "ExternalName" {
        for field in ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy"] {
            json::remove(object, &format!("/spec/{field}"));
        }
        return Ok(());
    }
    let taken: HashSet<String> = others.iter().map(|other| text(other, "/spec/clusterIP").to_owned()).collect();
    let wanted = text(object, "/spec/clusterIP").to_owned();
    let refuse = |cause: Cause| Err(ApiError::invalid(kind, &name, &[cause]));
    let address = match wanted.as_str() {
        "" => match state.net.service(&taken) {
            Some(free) => free,
            None => return Err(ApiError::internal("failed to allocate a serviceIP: range is full")),
        },
        "None" => wanted,
        _ => {
            let value = Value::from(vec![wanted.as_str()]);
            if !state.net.is_service(&wanted) {
                let range = state.net.service_range();
                let detail = format!(
                    "failed to allocate IP {wanted}: the provided network does not match the current range; the range of valid IPs is {range}"
                );
                return refuse(Cause::invalid("spec.clusterIPs", &value, &detail));
            }
            if taken.contains(&wanted) {
                let detail = format!("failed to allocate IP {wanted}: provided IP is already allocated");
                return refuse(Cause::invalid("spec.clusterIPs", &value, &detail));
            }
            wanted
        }
    };
    json::set(object, "/spec/clusterIP", address.clone());
    json::set(object, "/spec/clusterIPs", vec![address]);
    let used: HashSet<i64> = others
        .iter()
        .flat_map(|other| json::list(other, "/spec/ports"))
        .filter_map(|port| json::int(port, "/nodePort"))
        .collect();
    let node_ports = matches!(service_type.as_str(), "NodePort" | "LoadBalancer");
    let ports = json::list(object, "/spec/ports").len();
    let mut given: HashSet<i64> = used.clone();
    for index in 0..ports {
        let pointer = format!("/spec/ports/{index}/nodePort");
        match json::int(object, &pointer).filter(|port| *port != 0) {
            Some(_) if !node_ports => {
                if live.is_none() {
                    let detail = "may not be used when `type` is 'ClusterIP'";
                    return refuse(Cause::forbidden(&format!("spec.ports[{index}].nodePort"), detail));
                }
                json::remove(object, &pointer);
            }
            Some(port) => {
                let at = format!("spec.ports[{index}].nodePort");
                if !(30000..=32767).contains(&port) {
                    let detail = "provided port is not in the valid range. The range of valid ports is 30000-32767";
                    return refuse(Cause::invalid(&at, &port.into(), detail));
                }
                if used.contains(&port) {
                    return refuse(Cause::invalid(&at, &port.into(), "provided port is already allocated"));
                }
                given.insert(port);
            }
            None if node_ports => {
                let start = i64::try_from(state.rng.next() % 2768).unwrap_or(0);
                let free = (0..2768).map(|step| 30000 + (start + step) % 2768).find(|port| !given.contains(port));
                let Some(free) = free else {
                    return Err(ApiError::internal("failed to allocate a nodePort: range is full"));
                };
                given.insert(free);
                json::set(object, &pointer, free);
            }
            None => {}
        }
    }
    Ok(())
}
