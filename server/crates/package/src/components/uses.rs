//! Which components use an object, by hard reference: what a pod cannot start without, and what is written for its pods.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    behind,
    package::{PAIRS, Package},
    selector,
    workload::Workload,
};
use crate::object::{array, text, texts};

/// Document to components.
pub(crate) type Users = BTreeMap<usize, BTreeSet<usize>>;

/// All hard references of a package, and whether there were more than the analysis keeps.
pub(crate) fn users(package: &Package<'_>) -> (Users, bool) {
    let mut pairs: usize = 0;
    let mut users = Users::new();
    let mut accounts: HashMap<(&str, &str), BTreeSet<usize>> = HashMap::new();
    for (component, workload) in package.workloads.iter().enumerate() {
        accounts.entry((workload.namespace, workload.service_account)).or_default().insert(component);
        for (kind, name) in pod_references(workload) {
            mark(package, &mut users, kind, workload.namespace, name, component);
        }
    }
    for service in &package.services {
        users.entry(service.document).or_default().extend(&service.selects);
    }
    for index in 0..package.documents.len() {
        if pairs > PAIRS {
            break;
        }
        let found = written_for(package, index, &accounts);
        pairs = pairs.saturating_add(found.len());
        if !found.is_empty() {
            users.entry(index).or_default().extend(&found);
            // What the object itself refers to goes along: an Ingress and its certificate, a binding and its role.
            for (kind, namespace, name) in onward(package, index) {
                for component in &found {
                    mark(package, &mut users, kind, namespace, name, *component);
                }
            }
        }
    }
    behind::second_hand(package, &mut users);
    for (index, controllers) in behind::controllers(package, &users) {
        users.entry(index).or_default().extend(controllers);
    }
    (users, pairs > PAIRS)
}

pub(super) fn mark<'a>(
    package: &Package<'a>,
    users: &mut Users,
    kind: &'a str,
    namespace: &'a str,
    name: &'a str,
    component: usize,
) {
    if let Some(index) = package.find(kind, namespace, name).filter(|_| !name.is_empty()) {
        users.entry(index).or_default().insert(component);
    }
}

/// Kind and name of the objects of its namespace that a pod refers to.
pub(crate) fn pod_references<'a>(workload: &Workload<'a>) -> Vec<(&'static str, &'a str)> {
    let spec = workload.spec;
    let mut out = vec![
        ("ServiceAccount", workload.service_account),
        ("PriorityClass", text(spec, "/priorityClassName")),
        ("RuntimeClass", text(spec, "/runtimeClassName")),
    ];
    if workload.kind == "StatefulSet" {
        out.push(("Service", text(workload.object, "/spec/serviceName")));
    }
    for secret in array(spec, "/imagePullSecrets") {
        out.push(("Secret", text(secret, "/name")));
    }
    for volume in array(spec, "/volumes") {
        out.push(("ConfigMap", text(volume, "/configMap/name")));
        out.push(("Secret", text(volume, "/secret/secretName")));
        out.push(("PersistentVolumeClaim", text(volume, "/persistentVolumeClaim/claimName")));
        out.push(("Secret", text(volume, "/csi/nodePublishSecretRef/name")));
        out.push(("SecretProviderClass", text(volume, "/csi/volumeAttributes/secretProviderClass")));
        for source in array(volume, "/projected/sources") {
            out.push(("ConfigMap", text(source, "/configMap/name")));
            out.push(("Secret", text(source, "/secret/name")));
        }
    }
    for claim in array(workload.object, "/spec/volumeClaimTemplates") {
        out.push(("StorageClass", text(claim, "/spec/storageClassName")));
    }
    for container in workload.containers() {
        for source in array(container.value, "/envFrom") {
            out.push(("ConfigMap", text(source, "/configMapRef/name")));
            out.push(("Secret", text(source, "/secretRef/name")));
        }
        for variable in array(container.value, "/env") {
            out.push(("ConfigMap", text(variable, "/valueFrom/configMapKeyRef/name")));
            out.push(("Secret", text(variable, "/valueFrom/secretKeyRef/name")));
        }
    }
    out.retain(|(_, name)| !name.is_empty());
    out
}

/// Components that a document of its own is written for.
fn written_for(
    package: &Package<'_>,
    index: usize,
    accounts: &HashMap<(&str, &str), BTreeSet<usize>>,
) -> BTreeSet<usize> {
    let document = &package.documents[index];
    let (object, namespace) = (&document.object, package.namespace(document));
    let none = Value::Null;
    let selector = |pointer: &str| object.pointer(pointer).unwrap_or(&none);
    let select = |selector: &Value| -> BTreeSet<usize> {
        package.labels.by_selector(namespace, selector, &package.workloads).into_iter().collect()
    };
    let target = |reference: &Value, kind: &str| -> BTreeSet<usize> {
        let kind = match text(reference, "/kind") {
            "" => kind,
            kind => kind,
        };
        let name = text(reference, "/name");
        let matches =
            |workload: &Workload<'_>| workload.kind == kind && workload.bare == name && workload.namespace == namespace;
        package.workloads.iter().enumerate().filter(|(_, workload)| matches(workload)).map(|(index, _)| index).collect()
    };
    match document.kind() {
        "RoleBinding" | "ClusterRoleBinding" => subjects(package, object, namespace, accounts),
        "HorizontalPodAutoscaler" | "ScaledObject" => target(selector("/spec/scaleTargetRef"), "Deployment"),
        "VerticalPodAutoscaler" => target(selector("/spec/targetRef"), "Deployment"),
        "PodDisruptionBudget" | "PodMonitor" => match selector("/spec/selector") {
            Value::Null => BTreeSet::new(),
            pods => select(pods),
        },
        "NetworkPolicy" => select(selector("/spec/podSelector")),
        "AuthorizationPolicy" | "RequestAuthentication" | "PeerAuthentication" | "Sidecar" => {
            let labels = match selector("/spec/workloadSelector/labels") {
                Value::Null => selector("/spec/selector/matchLabels"),
                labels => labels,
            };
            package.labels.by_map(namespace, labels, &package.workloads).into_iter().collect()
        }
        "ServiceMonitor" => monitored(package, object, namespace),
        "Endpoints" | "EndpointSlice" => {
            let name = match text(object, "/metadata/labels/kubernetes.io~1service-name") {
                "" => document.name(),
                name => name,
            };
            served(package, namespace, name)
        }
        "Ingress" | "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" | "UDPRoute" | "Route" | "IngressRoute"
        | "VirtualService" | "DestinationRule" | "BackendTLSPolicy" => {
            let mut names = BTreeSet::new();
            backends(object.get("spec").unwrap_or(&none), &mut names);
            names.iter().flat_map(|name| served(package, namespace, name)).collect()
        }
        "MutatingWebhookConfiguration" | "ValidatingWebhookConfiguration" => array(object, "/webhooks")
            .iter()
            .filter_map(|hook| hook.pointer("/clientConfig/service"))
            .flat_map(|service| served(package, text(service, "/namespace"), text(service, "/name")))
            .collect(),
        "APIService" => served(package, text(object, "/spec/service/namespace"), text(object, "/spec/service/name")),
        _ => BTreeSet::new(),
    }
}

/// Components behind a Service; `name` may be a host name that starts with it.
fn served(package: &Package<'_>, namespace: &str, name: &str) -> BTreeSet<usize> {
    let name = name.split('.').next().unwrap_or(name);
    let start = package.services.partition_point(|service| (service.namespace, service.name) < (namespace, name));
    package.services[start..]
        .iter()
        .take_while(|service| (service.namespace, service.name) == (namespace, name))
        .flat_map(|service| service.selects.iter().copied())
        .collect()
}

fn subjects(
    package: &Package<'_>,
    binding: &Value,
    namespace: &str,
    accounts: &HashMap<(&str, &str), BTreeSet<usize>>,
) -> BTreeSet<usize> {
    let mut out = BTreeSet::new();
    for subject in array(binding, "/subjects") {
        let name = text(subject, "/name");
        match text(subject, "/kind") {
            "ServiceAccount" => {
                let home = package.or_home(text(subject, "/namespace"), namespace);
                out.extend(accounts.get(&(home, name)).into_iter().flatten());
            }
            "Group" => {
                let all = name == "system:serviceaccounts" || name == "system:authenticated";
                let of = name.strip_prefix("system:serviceaccounts:");
                for ((home, _), components) in accounts {
                    if all || of == Some(*home) {
                        out.extend(components);
                    }
                }
            }
            _ => {}
        }
    }
    out
}

fn monitored(package: &Package<'_>, monitor: &Value, namespace: &str) -> BTreeSet<usize> {
    let Some(wanted) = monitor.pointer("/spec/selector") else { return BTreeSet::new() };
    let any = monitor.pointer("/spec/namespaceSelector/any").and_then(Value::as_bool) == Some(true);
    let listed = array(monitor, "/spec/namespaceSelector/matchNames");
    package
        .services
        .iter()
        .filter(|service| {
            let home = if listed.is_empty() {
                service.namespace == namespace
            } else {
                listed.iter().any(|name| name == service.namespace)
            };
            let labels = texts(&package.documents[service.document].object, "/metadata/labels").collect();
            (any || home) && selector::matches(wanted, &labels)
        })
        .flat_map(|service| service.selects.iter().copied())
        .collect()
}

/// Names of Services in routes of any kind: `backend.service.name`, `backend.serviceName`, `backendRefs[].name`,
/// `to.name`, `services[].name`, `destination.host`, `host`.
fn backends<'a>(value: &'a Value, out: &mut BTreeSet<&'a str>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let name = match key.as_str() {
                    "backend" | "defaultBackend" => text(member, "/service/name"),
                    "to" | "destination" => text(member, "/name"),
                    "serviceName" => member.as_str().unwrap_or_default(),
                    _ => "",
                };
                out.extend((!name.is_empty()).then_some(name));
                if key == "destination" || key == "host" {
                    let host = member.as_str().unwrap_or_else(|| text(member, "/host"));
                    out.extend((!host.is_empty()).then_some(host));
                }
                if matches!(key.as_str(), "backendRefs" | "services" | "alternateBackends") {
                    out.extend(
                        array(member, "").iter().map(|item| text(item, "/name")).filter(|name| !name.is_empty()),
                    );
                }
                backends(member, out);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| backends(item, out)),
        _ => {}
    }
}

/// What a document itself refers to: kind, namespace, name.
fn onward<'a>(package: &Package<'a>, index: usize) -> Vec<(&'a str, &'a str, &'a str)> {
    let document = &package.documents[index];
    let (object, namespace) = (&document.object, package.namespace(document));
    let mut out = Vec::new();
    match document.kind() {
        "RoleBinding" | "ClusterRoleBinding" => {
            out.push((text(object, "/roleRef/kind"), namespace, text(object, "/roleRef/name")));
        }
        "Ingress" => {
            out.extend(array(object, "/spec/tls").iter().map(|tls| ("Secret", namespace, text(tls, "/secretName"))));
            out.push(("IngressClass", "", text(object, "/spec/ingressClassName")));
        }
        "ScaledObject" => {
            out.extend(
                array(object, "/spec/triggers")
                    .iter()
                    .map(|trigger| ("TriggerAuthentication", namespace, text(trigger, "/authenticationRef/name"))),
            );
        }
        "HTTPRoute" | "GRPCRoute" | "TCPRoute" | "TLSRoute" => {
            out.extend(array(object, "/spec/parentRefs").iter().map(|parent| {
                ("Gateway", package.or_home(text(parent, "/namespace"), namespace), text(parent, "/name"))
            }));
        }
        _ => {}
    }
    out
}
