//! Plans: pure data made of a package, a placement and the facts of today; immutable, good for 24 hours.

mod create;
mod facts;
pub(crate) mod kept;
mod observe;
mod read;
mod running;

use chrono::{DateTime, Utc};
use hypo_model::identity::ServiceIdentity;
use hypo_shared::{
    OrderId, PackageId, PlanId, ServiceId, TenantId, VolumeId, order::ItemAction, placement::PlacementRequest,
    plan::Plan,
};
use serde::{Deserialize, Serialize};

use crate::services::DeleteVolume;

pub use create::create;
pub(crate) use create::make;
pub(crate) use facts::digest as facts_digest;
pub(crate) use observe::claims;
pub use read::find;
pub(crate) use read::load;

/// How long a plan may be ordered.
const LIFETIME: chrono::Duration = chrono::Duration::hours(24);

/// What to plan.
#[derive(Clone, Debug)]
pub struct NewPlan {
    pub package: PackageId,
    /// Name of the service; becomes part of the namespace.
    pub name: String,
    pub request: PlacementRequest,
    /// The service to change; `None` plans a new one.
    pub service: Option<ServiceId>,
    /// Kept volumes to use again.
    pub attach_volumes: Vec<VolumeId>,
    /// Volumes the plan leaves behind that are to go with their data; the others are kept.
    pub delete_volumes: Vec<DeleteVolume>,
}

/// A stored plan.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredPlan {
    pub id: PlanId,
    pub tenant: TenantId,
    /// SHA-256, hex.
    pub hash: String,
    pub facts_digest: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub package: PackageId,
    /// The order that was placed with it.
    pub order: Option<OrderId>,
    pub asked: Asked,
    pub plan: Plan,
}

/// What was asked for and for whom: the row's column `request`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Asked {
    pub request: PlacementRequest,
    /// Service and order ids are minted with the plan, so that it shows exactly what the order applies.
    pub identity: ServiceIdentity,
    pub action: ItemAction,
    #[serde(default)]
    pub attach_volumes: Vec<VolumeId>,
    /// The plan the service ran on when this one was made: it is ordered only while that is still so.
    #[serde(default)]
    pub base: Option<PlanId>,
}
