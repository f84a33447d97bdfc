//! Entry points: addresses a person can open.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{fabric::link::LABEL_LINK, object, ports::cluster::LABEL_COMPONENT};

/// An address of a running service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct EntryPoint {
    /// Component name, empty where it is not known.
    pub component: String,
    /// `Ingress/name` or `Service/name`.
    pub object: String,
    /// `Ingress`, `HTTPRoute`, `Route`, `LoadBalancer` or `NodePort`.
    pub kind: String,
    /// `http://host:port/path`, or `host:port` for a port that is not known to speak HTTP; empty while the cluster
    /// has not given an address.
    pub address: String,
    /// Whether `address` can be opened in a browser.
    pub web: bool,
}

/// Entry points among live objects (Ingress, hosts of an HTTPRoute, OpenShift Routes, Services), sorted. `nodes` are
/// addresses of the cluster's nodes, for node ports.
#[must_use]
pub fn points(objects: &[Value], nodes: &[String]) -> Vec<EntryPoint> {
    let mut out = Vec::new();
    for object in objects {
        match object::kind(object) {
            "Ingress" => ingress(object, &mut out),
            "HTTPRoute" => {
                for host in object::array(object, "/spec/hostnames").iter().filter_map(Value::as_str) {
                    out.push(point(object, "HTTPRoute", format!("http://{host}/"), true));
                }
            }
            "Route" => {
                let scheme = if object.pointer("/spec/tls").is_some() { "https" } else { "http" };
                let (host, path) = (object::text(object, "/spec/host"), object::text(object, "/spec/path"));
                out.push(point(object, "Route", url(scheme, host, path), true));
            }
            "Service" if object::label(object, LABEL_LINK).is_empty() => service(object, nodes, &mut out),
            _ => {}
        }
    }
    out.sort();
    out.dedup();
    out
}

fn point(object: &Value, kind: &str, address: String, web: bool) -> EntryPoint {
    EntryPoint {
        component: object::label(object, LABEL_COMPONENT).to_owned(),
        object: format!("{}/{}", object::kind(object), object::name(object)),
        kind: kind.to_owned(),
        web: web && !address.is_empty(),
        address,
    }
}

fn url(scheme: &str, host: &str, path: &str) -> String {
    if host.is_empty() {
        return String::new();
    }
    // A regular expression or a wildcard is no path that can be opened.
    let plain = path.split(['(', '*', '[', '?']).next().unwrap_or_default();
    let path = if plain.starts_with('/') { plain } else { "/" };
    format!("{scheme}://{host}{path}")
}

/// Addresses a load balancer gave.
fn balanced(object: &Value) -> Vec<String> {
    object::array(object, "/status/loadBalancer/ingress")
        .iter()
        .filter_map(|entry| {
            let host =
                ["/hostname", "/ip"].into_iter().map(|key| object::text(entry, key)).find(|host| !host.is_empty())?;
            Some(bracketed(host))
        })
        .collect()
}

fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

fn ingress(object: &Value, out: &mut Vec<EntryPoint>) {
    let secure: Vec<&str> = object::array(object, "/spec/tls")
        .iter()
        .flat_map(|tls| object::array(tls, "/hosts"))
        .filter_map(Value::as_str)
        .collect();
    let addresses = balanced(object);
    let rules = object::array(object, "/spec/rules");
    if rules.is_empty() {
        out.push(point(
            object,
            "Ingress",
            addresses.first().map_or_else(String::new, |host| url("http", host, "/")),
            true,
        ));
    }
    for rule in rules {
        let host = object::text(rule, "/host");
        // A wildcard host stands for many, none of which is known.
        let host = if host.starts_with('*') { "" } else { host };
        let shown = if host.is_empty() { addresses.first().map_or("", String::as_str) } else { host };
        let scheme = if secure.contains(&host) && !host.is_empty() { "https" } else { "http" };
        let paths = object::array(rule, "/http/paths");
        if paths.is_empty() {
            out.push(point(object, "Ingress", url(scheme, shown, "/"), true));
        }
        for path in paths {
            out.push(point(object, "Ingress", url(scheme, shown, object::text(path, "/path")), true));
        }
    }
}

fn service(object: &Value, nodes: &[String], out: &mut Vec<EntryPoint>) {
    let kind = match object::text(object, "/spec/type") {
        kind @ ("LoadBalancer" | "NodePort") => kind,
        _ => return,
    };
    for port in object::array(object, "/spec/ports") {
        if !matches!(object::text(port, "/protocol"), "" | "TCP") {
            continue;
        }
        let (hosts, number) = if kind == "LoadBalancer" {
            (balanced(object), object::number(port, "/port"))
        } else {
            (nodes.iter().map(|node| bracketed(node)).collect(), object::number(port, "/nodePort"))
        };
        let (Some(host), Some(number)) = (hosts.first(), number) else {
            out.push(point(object, kind, String::new(), false));
            continue;
        };
        let scheme = scheme(port);
        let address = match scheme {
            Some("http") if number == 80 => format!("http://{host}/"),
            Some("https") if number == 443 => format!("https://{host}/"),
            Some(scheme) => format!("{scheme}://{host}:{number}/"),
            None => format!("{host}:{number}"),
        };
        out.push(point(object, kind, address, scheme.is_some()));
    }
}

/// What a browser would speak on the port: by `appProtocol`, by name, by well-known number.
fn scheme(port: &Value) -> Option<&'static str> {
    let hint = match object::text(port, "/appProtocol") {
        "" => object::text(port, "/name"),
        protocol => protocol,
    }
    .to_ascii_lowercase();
    let number = object::number(port, "/port").unwrap_or_default();
    if hint.starts_with("https") || hint.is_empty() && matches!(number, 443 | 8443) {
        return Some("https");
    }
    let named = ["http", "web", "www", "ui", "dashboard", "portal"].iter().any(|word| hint.starts_with(word));
    let known = hint.is_empty() && matches!(number, 80 | 81 | 3000 | 5000 | 5001 | 8000..=8099 | 9090);
    (named || known).then_some("http")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn addresses(object: Value, nodes: &[&str]) -> Vec<String> {
        let nodes: Vec<String> = nodes.iter().map(|node| (*node).to_owned()).collect();
        points(&[object], &nodes).into_iter().map(|point| point.address).collect()
    }

    #[test]
    fn an_ingress_by_host_path_and_tls() {
        let ingress = json!({"kind": "Ingress", "metadata": {"name": "web", "labels": {LABEL_COMPONENT: "web"}},
            "spec": {"tls": [{"hosts": ["shop.example"]}], "rules": [
                {"host": "shop.example", "http": {"paths": [{"path": "/"}, {"path": "/api(/|$)(.*)"}]}},
                {"http": {"paths": [{"path": "/x"}]}}, {"host": "*.shop.example"}]},
            "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}});
        assert_eq!(
            addresses(ingress.clone(), &[]),
            ["http://192.0.2.1/", "http://192.0.2.1/x", "https://shop.example/", "https://shop.example/api"]
        );
        assert_eq!(points(&[ingress], &[])[0].component, "web");
    }

    #[test]
    fn services_by_load_balancer_and_node_port() {
        let service = |kind: &str, ports: Value, status: Value| json!({"kind": "Service", "metadata": {"name": "s"}, "spec": {"type": kind, "ports": ports}, "status": status});
        let given = json!({"loadBalancer": {"ingress": [{"ip": "2001:db8::1"}]}});
        let ports = json!([{"name": "http", "port": 80}, {"name": "tls", "appProtocol": "https", "port": 8443}, {"name": "pg", "port": 5432},
            {"name": "dns", "port": 53, "protocol": "UDP"}]);
        assert_eq!(
            addresses(service("LoadBalancer", ports.clone(), given), &[]),
            ["[2001:db8::1]:5432", "http://[2001:db8::1]/", "https://[2001:db8::1]:8443/"]
        );
        assert_eq!(addresses(service("LoadBalancer", json!([{"port": 80}]), json!({})), &[]), [""], "not given yet");
        assert_eq!(
            addresses(
                service("NodePort", json!([{"port": 5000, "nodePort": 31000}]), json!({})),
                &["10.0.0.4", "10.0.0.5"]
            ),
            ["http://10.0.0.4:31000/"]
        );
        assert!(addresses(service("ClusterIP", ports, json!({})), &["10.0.0.4"]).is_empty());
    }

    #[test]
    fn the_links_own_door_is_no_entry_point() {
        let accept = json!({"kind": "Service", "metadata": {"name": "hypo-link-accept", "labels": {LABEL_LINK: "x"}},
            "spec": {"type": "LoadBalancer", "ports": [{"port": 8443}]}});
        assert!(addresses(accept, &[]).is_empty());
    }
}
