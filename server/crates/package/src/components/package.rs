//! What a render holds, indexed once: workloads, Services, objects by identity.

use std::collections::{BTreeSet, HashMap};

use hypo_shared::analysis::Port;
use serde_json::Value;

use super::{
    selector::Labels,
    workload::{self, Workload},
};
use crate::{Options, canonical, manifest::Document, object};

/// An indexed render.
pub(crate) struct Package<'a> {
    pub documents: &'a [Document],
    /// Sorted by name; a component's index is its index here.
    pub workloads: Vec<Workload<'a>>,
    /// Sorted by namespace and name.
    pub services: Vec<Service<'a>>,
    pub labels: Labels,
    pub domain: &'a str,
    /// Namespace that documents without one belong to.
    home: &'a str,
    identity: HashMap<(&'a str, &'a str, &'a str), usize>,
    /// Objects that stand twice or more in the package.
    pub twice: BTreeSet<usize>,
    /// More pairs of Service and workload than [`PAIRS`]: later Services were taken to select nothing.
    pub truncated: bool,
}

/// Pairs of object and component that one analysis keeps. Thousands of Services that each select thousands of
/// workloads fit in a small package and would fill the memory.
pub(crate) const PAIRS: usize = 200_000;

/// A Service of the core group.
pub(crate) struct Service<'a> {
    pub document: usize,
    pub name: &'a str,
    pub namespace: &'a str,
    pub headless: bool,
    /// ClusterIP, NodePort, LoadBalancer, ExternalName.
    pub kind: &'a str,
    pub external_name: Option<&'a str>,
    pub has_selector: bool,
    pub ports: Vec<Port>,
    /// Ports of the pods behind `ports`, for references to single pods.
    pub target_ports: Vec<u16>,
    /// Workloads that it selects.
    pub selects: Vec<usize>,
    pub local_only: bool,
    pub client_affinity: bool,
}

impl<'a> Package<'a> {
    pub fn new(documents: &'a [Document], options: &'a Options) -> Self {
        let home = home(documents, options);
        let effective = |document: &'a Document| match document.namespace() {
            "" => home,
            namespace => namespace,
        };
        let mut workloads: Vec<Workload<'a>> = documents
            .iter()
            .enumerate()
            .filter_map(|(index, document)| workload::workload(index, document, effective(document)))
            .collect();
        workloads.sort_by(|a, b| {
            (a.bare, a.namespace, a.kind)
                .cmp(&(b.bare, b.namespace, b.kind))
                .then_with(|| canonical::to_string(a.object).cmp(&canonical::to_string(b.object)))
        });
        workload::name_all(&mut workloads);
        workloads.sort_by(|a, b| a.name.cmp(&b.name));
        let labels = Labels::new(&workloads);
        let mut identity: HashMap<_, usize> = HashMap::with_capacity(documents.len());
        let mut twice = BTreeSet::new();
        for (index, document) in documents.iter().enumerate() {
            let namespace = if cluster_scoped(document.kind()) { "" } else { effective(document) };
            let key = (document.kind(), namespace, document.name());
            if let Some(first) = identity.get_mut(&key) {
                twice.insert(index);
                // Which one is found must not hang on the order of the documents.
                if canonical::to_string(&document.object) < canonical::to_string(&documents[*first].object) {
                    *first = index;
                }
            } else {
                identity.insert(key, index);
            }
        }
        let mut services: Vec<Service<'a>> = documents
            .iter()
            .enumerate()
            .filter(|(_, document)| document.kind() == "Service" && document.api_version() == "v1")
            .map(|(index, document)| service(index, document, effective(document)))
            .collect();
        services.sort_by(|a, b| {
            (a.namespace, a.name).cmp(&(b.namespace, b.name)).then_with(|| {
                let text = |service: &Service<'_>| canonical::to_string(&documents[service.document].object);
                text(a).cmp(&text(b))
            })
        });
        let mut pairs: usize = 0;
        for service in &mut services {
            if pairs <= PAIRS {
                connect(service, &documents[service.document].object, &labels, &workloads);
                pairs = pairs.saturating_add(service.selects.len());
            }
        }
        let truncated = pairs > PAIRS;
        Self {
            documents,
            workloads,
            services,
            labels,
            domain: &options.cluster_domain,
            home,
            identity,
            twice,
            truncated,
        }
    }

    /// The object of a kind, namespace and name.
    pub fn find(&self, kind: &'a str, namespace: &'a str, name: &'a str) -> Option<usize> {
        let namespace = if cluster_scoped(kind) { "" } else { namespace };
        self.identity.get(&(kind, namespace, name)).copied()
    }

    /// The namespace of a document, made up where it names none.
    pub fn namespace(&self, document: &'a Document) -> &'a str {
        match document.namespace() {
            "" => self.home,
            namespace => namespace,
        }
    }

    /// `namespace` of a reference, or the namespace the reference stands in.
    pub fn or_home(&self, named: &'a str, own: &'a str) -> &'a str {
        if named.is_empty() { own } else { named }
    }
}

/// Kinds without a namespace.
pub(crate) fn cluster_scoped(kind: &str) -> bool {
    matches!(
        kind,
        "Namespace"
            | "Node"
            | "PersistentVolume"
            | "StorageClass"
            | "VolumeAttachment"
            | "CSIDriver"
            | "CSINode"
            | "VolumeSnapshotClass"
            | "ClusterRole"
            | "ClusterRoleBinding"
            | "CustomResourceDefinition"
            | "APIService"
            | "MutatingWebhookConfiguration"
            | "ValidatingWebhookConfiguration"
            | "ValidatingAdmissionPolicy"
            | "ValidatingAdmissionPolicyBinding"
            | "PriorityClass"
            | "RuntimeClass"
            | "IngressClass"
            | "GatewayClass"
            | "ClusterIssuer"
            | "ClusterSecretStore"
            | "PodSecurityPolicy"
            | "SecurityContextConstraints"
            | "FlowSchema"
            | "PriorityLevelConfiguration"
            | "CertificateSigningRequest"
    )
}

/// The namespace of documents that name none: as told, or the only one the package names
/// (charts that write `.Release.Namespace` in some templates and nothing in others), or `default`.
fn home<'a>(documents: &'a [Document], options: &'a Options) -> &'a str {
    if let Some(told) = &options.default_namespace {
        return told;
    }
    let named: BTreeSet<&str> = documents
        .iter()
        .map(Document::namespace)
        .filter(|namespace| !namespace.is_empty() && !namespace.starts_with("kube-"))
        .collect();
    match named.len() {
        1 => named.first().copied().unwrap_or("default"),
        _ => "default",
    }
}

fn service<'a>(document: usize, source: &'a Document, namespace: &'a str) -> Service<'a> {
    let object = &source.object;
    let selector = object.pointer("/spec/selector").unwrap_or(&Value::Null);
    let kind = match object::text(object, "/spec/type") {
        "" => "ClusterIP",
        kind => kind,
    };
    let ports = object::array(object, "/spec/ports").iter().filter_map(|port| {
        Some(Port {
            name: port.get("name").and_then(Value::as_str).map(str::to_owned),
            port: number(port.get("port")?)?,
            protocol: match object::text(port, "/protocol") {
                "" => "TCP".to_owned(),
                protocol => protocol.to_owned(),
            },
        })
    });
    Service {
        document,
        name: source.name(),
        namespace,
        headless: object::text(object, "/spec/clusterIP") == "None",
        kind,
        external_name: (kind == "ExternalName").then(|| object::text(object, "/spec/externalName")),
        has_selector: selector.as_object().is_some_and(|map| !map.is_empty()),
        ports: ports.collect(),
        target_ports: Vec::new(),
        selects: Vec::new(),
        local_only: object::text(object, "/spec/internalTrafficPolicy") == "Local",
        client_affinity: object::text(object, "/spec/sessionAffinity") == "ClientIP",
    }
}

/// Finds the workloads of a Service and the ports of their pods.
fn connect<'a>(service: &mut Service<'a>, object: &'a Value, labels: &Labels, workloads: &[Workload<'a>]) {
    if service.external_name.is_some() {
        return;
    }
    let selector = object.pointer("/spec/selector").unwrap_or(&Value::Null);
    service.selects = labels.by_map(service.namespace, selector, workloads);
    for port in object::array(object, "/spec/ports") {
        match port.get("targetPort") {
            Some(Value::String(name)) => {
                for index in &service.selects {
                    for container in workloads[*index].containers() {
                        let named = object::array(container.value, "/ports")
                            .iter()
                            .filter(|port| object::text(port, "/name") == name);
                        service.target_ports.extend(named.filter_map(|port| number(port.get("containerPort")?)));
                    }
                }
            }
            target => service.target_ports.extend(target.or(port.get("port")).and_then(number)),
        }
    }
}

fn number(value: &Value) -> Option<u16> {
    value.as_u64().and_then(|number| u16::try_from(number).ok())
}
