//! What stands in the clusters for a service, by the ids of its documents.

mod applied;
mod drift;
mod status;
mod volumes;

use chrono::{DateTime, Utc};
use hypo_shared::{ClusterId, ErrorCode, ServiceId, TenantId, VolumeId, analysis::ObjectRef, service::Health};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use applied::{
    Place, applied, applied_on_cluster, find_applied, forget_applied, places, put_applied, services_on_cluster,
};
pub use drift::{clear_drift, drift, set_drift};
pub use status::{forget_status, health, put_status, status};
pub use volumes::{
    attach_volume, find_volume, get_volume, hand_over_volume, keep_volume, kept_volumes, mark_volume_deleted,
    release_volume, volumes_of_namespace,
};

use crate::sql::{Filter, table};

/// The topic of health and drift events. The document's own changes have the topic `service`.
pub const TOPIC: &str = "serviceHealth";

/// An object HypO has applied or is about to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AppliedObject {
    pub tenant: TenantId,
    pub service: ServiceId,
    pub cluster: ClusterId,
    pub api_version: String,
    pub kind: String,
    /// Empty for cluster-scoped objects.
    pub namespace: String,
    pub name: String,
    /// `None` for shared and link objects.
    pub component: Option<String>,
    /// Phase of the apply: smaller first.
    pub phase: u32,
    /// Keyed digest of the desired object with its secret data, hex.
    pub digest: String,
    /// The object as applied; secret data replaced by digests.
    pub desired: Value,
    /// The cluster's uid, once applied.
    pub uid: Option<String>,
    pub applied_at: DateTime<Utc>,
}

table!(AppliedObject, "applied_objects" {
    tenant, service, cluster, api_version, kind, namespace, name, component, phase, digest, desired, uid, applied_at
});

impl AppliedObject {
    /// Which object it is.
    #[must_use]
    pub fn object(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// What was last observed of a component in a cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComponentStatus {
    pub tenant: TenantId,
    pub service: ServiceId,
    pub component: String,
    pub cluster: ClusterId,
    pub desired: u32,
    pub ready: u32,
    pub health: Health,
    /// One sentence; empty when there is nothing to say.
    pub message: String,
    /// The named cause of a failure.
    pub cause: Option<ErrorCode>,
    pub observed_at: DateTime<Utc>,
}

table!(ComponentStatus, "component_status" {
    tenant, service, component, cluster, desired, ready, health, message, cause, observed_at
});

/// A field that is not as planned.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DriftRow {
    pub tenant: TenantId,
    pub service: ServiceId,
    pub cluster: ClusterId,
    pub api_version: String,
    pub kind: String,
    pub namespace: String,
    pub name: String,
    /// JSON pointer; empty when the object is gone.
    pub path: String,
    pub expected: Value,
    pub live: Value,
    /// When it was first seen.
    pub since: DateTime<Utc>,
}

table!(DriftRow, "drift" {
    tenant, service, cluster, api_version, kind, namespace, name, path, expected, live, since
});

impl DriftRow {
    /// Which object it is about.
    #[must_use]
    pub fn object(&self) -> ObjectRef {
        ObjectRef {
            api_version: self.api_version.clone(),
            kind: self.kind.clone(),
            namespace: self.namespace.clone(),
            name: self.name.clone(),
        }
    }
}

/// A volume that was kept when its service or component ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptVolume {
    pub id: VolumeId,
    pub tenant: TenantId,
    pub service: ServiceId,
    pub cluster: ClusterId,
    pub namespace: String,
    pub claim: String,
    pub bytes: u64,
    pub component: String,
    pub kept_at: DateTime<Utc>,
    pub deleted_at: Option<DateTime<Utc>>,
    /// The service that has it again, or is getting it; `None` while it is only kept.
    pub attached_to: Option<ServiceId>,
}

table!(KeptVolume, "kept_volumes" {
    id, tenant, service, cluster, namespace, claim, bytes, component, kept_at, deleted_at, attached_to
});

/// The rows of one object of a service in a cluster.
fn of_object(service: ServiceId, cluster: ClusterId, object: &ObjectRef) -> Filter {
    Filter::new()
        .eq("service", service)
        .eq("cluster", cluster)
        .eq("api_version", object.api_version.clone())
        .eq("kind", object.kind.clone())
        .eq("namespace", object.namespace.clone())
        .eq("name", object.name.clone())
}
