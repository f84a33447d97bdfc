//! The analysis of a package: components, who talks to whom and why we think so.
//! This is the document `hypo analyse --json` prints, schema `hypo.analysis/1`.

use serde::{Deserialize, Serialize};

use crate::error::ErrorCode;

/// The value of [`Analysis::schema`].
pub const SCHEMA: &str = "hypo.analysis/1";

/// Confidence at and above which a reference becomes an edge.
pub const ACCEPT: f64 = 0.6;

/// The whole analysis of one rendered package.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Analysis {
    /// Always [`SCHEMA`].
    pub schema: String,
    /// Workloads, sorted by name.
    pub components: Vec<Component>,
    /// Accepted component-to-component edges only, sorted.
    pub edges: Vec<Edge>,
    /// References below [`ACCEPT`]: shown, never used silently.
    pub candidates: Vec<Edge>,
    /// Hosts that no Service of the package answers to.
    pub external: Vec<External>,
    /// Components that must stay on one cluster.
    pub glue: Vec<Glue>,
    /// Objects no component owns: where they go and why. `shared` means copied to every cluster that needs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<Shared>,
    /// Remarks with a stable code.
    pub notes: Vec<Note>,
}

/// A workload and what belongs to it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Component {
    /// Unique in the package: the workload's name, or `namespace/name` or `kind/name` where that is ambiguous.
    pub name: String,
    /// Deployment, StatefulSet, DaemonSet, Job, CronJob, Pod, ReplicaSet.
    pub kind: String,
    /// As rendered; empty where the document names none.
    pub namespace: String,
    /// Objects that go where the component goes.
    pub owned: Vec<ObjectRef>,
    /// Names of the Services that select the component's pods.
    #[serde(default)]
    pub services: Vec<ServicePorts>,
    /// Container images, in order.
    #[serde(default)]
    pub images: Vec<String>,
    /// Desired replicas; a DaemonSet says 1.
    #[serde(default)]
    pub replicas: u32,
    /// Requested CPU of all replicas, in millicores.
    #[serde(default)]
    pub cpu_millis: u64,
    /// Requested memory of all replicas, in bytes.
    #[serde(default)]
    pub memory_bytes: u64,
    /// Volume claims the component mounts or makes.
    #[serde(default)]
    pub volumes: Vec<VolumeClaim>,
    /// Keeps data: a StatefulSet or a component with a claim.
    #[serde(default)]
    pub stateful: bool,
}

/// A Service that selects a component and its ports.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicePorts {
    pub name: String,
    pub headless: bool,
    /// ClusterIP, NodePort, LoadBalancer, ExternalName.
    pub kind: String,
    pub ports: Vec<Port>,
}

/// A Service port.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Port {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    pub port: u16,
    /// TCP, UDP or SCTP.
    pub protocol: String,
}

/// A claim: of its own (`PersistentVolumeClaim`) or made by a StatefulSet's template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VolumeClaim {
    pub name: String,
    /// From `volumeClaimTemplates`: one claim per replica.
    pub template: bool,
    /// Requested bytes.
    pub bytes: u64,
    /// `None` means the cluster's default class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    pub access_modes: Vec<String>,
}

/// One object of the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ObjectRef {
    pub api_version: String,
    pub kind: String,
    /// Empty for cluster-scoped objects and where the document names none.
    #[serde(default)]
    pub namespace: String,
    pub name: String,
}

impl ObjectRef {
    /// Which object this is; what it does not say is empty.
    #[must_use]
    pub fn of(object: &serde_json::Value) -> Self {
        let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
        let metadata = &object["metadata"];
        Self {
            api_version: text(&object["apiVersion"]),
            kind: text(&object["kind"]),
            namespace: text(&metadata["namespace"]),
            name: text(&metadata["name"]),
        }
    }

    /// An object of the core API group, version `v1`.
    #[must_use]
    pub fn core(kind: &str, namespace: &str, name: &str) -> Self {
        Self {
            api_version: "v1".to_owned(),
            kind: kind.to_owned(),
            namespace: namespace.to_owned(),
            name: name.to_owned(),
        }
    }

    /// Whether it names one object: kind, version and name are there.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        ![&self.api_version, &self.kind, &self.name].into_iter().any(String::is_empty)
    }

    /// The same object, whatever version of its API names it.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let group = |object: &Self| object.api_version.split_once('/').map(|(group, _)| group.to_owned());
        (&self.kind, &self.namespace, &self.name, group(self))
            == (&other.kind, &other.namespace, &other.name, group(other))
    }
}

impl std::fmt::Display for ObjectRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

/// `from` calls `to` on `port`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Edge {
    /// Component name.
    pub from: String,
    /// Component name.
    pub to: String,
    /// The Service through which `to` is reached.
    #[serde(default)]
    pub service: String,
    /// Service port; 0 where a candidate names none.
    pub port: u16,
    /// TCP, UDP or SCTP.
    #[serde(default)]
    pub protocol: String,
    /// 0 to 1.
    pub confidence: f64,
    pub evidence: Vec<Evidence>,
}

/// Where a reference stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Evidence {
    /// The document, `Kind/name`.
    pub document: String,
    /// JSON pointer into the document; inside a ConfigMap file it ends at the file's key.
    pub path: String,
    /// The string that was matched; never the value of a Secret, of which only the host token is shown.
    pub string: String,
}

/// A host outside the package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct External {
    pub host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// Component name.
    pub from: String,
    pub evidence: Vec<Evidence>,
}

/// Components that must be placed together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Glue {
    /// Component names, sorted.
    pub members: Vec<String>,
    pub reason: String,
}

/// An object that several components, or none, need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shared {
    pub object: ObjectRef,
    /// Components that need it; empty means every cluster of the order.
    pub used_by: Vec<String>,
    pub reason: String,
}

/// A remark. The codes are listed in the guide `docs/guides/analysis.md`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub code: String,
    pub text: String,
}

impl Note {
    /// A remark that carries an error code's number.
    #[must_use]
    pub fn of(code: ErrorCode, text: impl Into<String>) -> Self {
        Self { code: code.code().to_owned(), text: text.into() }
    }
}
