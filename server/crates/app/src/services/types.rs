//! What is shown of services.

use chrono::{DateTime, Utc};
use hypo_shared::{
    ClusterId, PackageId, ServiceId, TenantId, VolumeId,
    analysis::Note,
    plan::ChangeKind,
    service::{DriftPolicy, Health, LinkState, ServiceState},
};
use serde_json::Value;

use crate::orders::Failure;

/// An application: TMF638 customer-facing service.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    pub id: ServiceId,
    pub tenant: TenantId,
    pub name: String,
    pub state: ServiceState,
    pub package: PackageId,
    pub created_at: DateTime<Utc>,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub drift_policy: DriftPolicy,
    pub notes: Vec<Note>,
}

/// What the clusters say about a service now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Live {
    pub health: Health,
    pub message: String,
    pub components: Vec<Component>,
    pub entry_points: Vec<EntryPoint>,
    pub volumes: Vec<Volume>,
    pub events: Vec<Event>,
}

/// A component on a cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct Component {
    pub name: String,
    pub kind: String,
    pub cluster: ClusterId,
    pub health: Health,
    pub message: String,
    pub ready: u32,
    pub desired: u32,
    pub restarts: u32,
    pub images: Vec<String>,
    pub pods: Vec<Pod>,
    pub cause: Option<Failure>,
    pub observed_at: Option<DateTime<Utc>>,
}

/// A pod.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pod {
    pub name: String,
    pub phase: String,
    pub ready: bool,
    pub restarts: u32,
    pub node: String,
    /// No process runs for it: the twin plays it.
    pub simulated: bool,
    pub started_at: Option<DateTime<Utc>>,
}

/// A declared link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub from: String,
    pub from_cluster: ClusterId,
    pub to: String,
    pub to_cluster: ClusterId,
    pub service: String,
    pub port: u16,
    pub state: LinkState,
    pub provider: String,
}

/// Where a user opens the application.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryPoint {
    pub component: String,
    pub cluster: ClusterId,
    pub url: String,
    /// `Ingress`, `LoadBalancer` or `NodePort`.
    pub kind: String,
}

/// A volume claim of a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    pub cluster: ClusterId,
    pub component: String,
    pub claim: String,
    pub bytes: u64,
    pub bound: bool,
}

/// A field that is not as planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Drift {
    pub cluster: ClusterId,
    /// `Kind/name`.
    pub object: String,
    /// JSON pointer.
    pub path: String,
    pub expected: Value,
    pub live: Value,
    pub since: DateTime<Utc>,
}

/// A Kubernetes Event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    /// The cluster's name.
    pub cluster: String,
    /// `Kind/name`.
    pub object: String,
    /// Normal or Warning.
    pub kind: String,
    pub reason: String,
    pub message: String,
    pub count: u32,
}

/// An object as applied and as it is.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedObject {
    pub cluster: ClusterId,
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    pub component: Option<String>,
    /// Secret data as digests.
    pub applied: Value,
    /// `None` when it is gone, or its cluster does not answer.
    pub live: Option<Value>,
}

/// A volume kept after its service ended.
#[derive(Clone, Debug, PartialEq)]
pub struct KeptVolume {
    pub id: VolumeId,
    pub cluster: ClusterId,
    pub namespace: String,
    pub claim: String,
    pub component: String,
    pub bytes: u64,
    pub service_name: String,
    pub kept_at: DateTime<Utc>,
}

/// What ending a service would delete and keep.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TerminationPlan {
    pub objects: Vec<TerminationObject>,
    pub volumes: Vec<Volume>,
    /// Names of services that use this one.
    pub dependants: Vec<String>,
}

/// An object and what happens to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TerminationObject {
    pub cluster: ClusterId,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    /// `delete`, or `noChange` for what stays.
    pub change: ChangeKind,
    pub note: String,
}
