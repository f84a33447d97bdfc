//! The exact objects of a plan, secret data included, sealed in the secret store until the order applies them.
//! The plan row shows the same objects with digests in place of secret data.

use std::collections::BTreeMap;

use hypo_model::{
    fabric::MintRequest,
    plan::{ApplyObject, ClusterObjects},
    ports::{
        Secrets,
        secrets::{self, SecretRef, SecretValue},
    },
};
use hypo_shared::{ClusterId, ErrorCode, PlanId, TenantId, analysis::ObjectRef, plan::ChangeKind};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Kind of the secret.
pub const PLAN_OBJECTS: &str = "plan-objects";

/// What an order does, cluster by cluster.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SealedPlan {
    pub clusters: BTreeMap<ClusterId, SealedCluster>,
}

/// What an order does in one cluster.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct SealedCluster {
    pub namespace: String,
    pub makes_namespace: bool,
    /// In apply order.
    pub apply: Vec<SealedObject>,
    /// In delete order.
    pub delete: Vec<ObjectRef>,
    /// Kept claims and their namespace, which come to this service.
    #[serde(default)]
    pub adopt: Vec<ObjectRef>,
    /// Claims that what is wanted here mounts; `None` in plans of before this was noted.
    #[serde(default)]
    pub mounts: Option<Vec<String>>,
    /// Claims that go with their data, as the last thing.
    #[serde(default)]
    pub discard: Vec<String>,
}

/// One object to apply.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SealedObject {
    pub object: Value,
    pub component: Option<String>,
    pub phase: u8,
    pub change: ChangeKind,
    pub mint: Option<MintRequest>,
}

impl SealedPlan {
    /// The same content in a shape that can be stored.
    #[must_use]
    pub fn of(objects: &BTreeMap<ClusterId, ClusterObjects>) -> Self {
        let clusters = objects.iter().map(|(cluster, objects)| {
            let sealed = SealedCluster {
                namespace: objects.namespace.clone(),
                makes_namespace: objects.makes_namespace,
                apply: objects.apply.iter().map(SealedObject::of).collect(),
                delete: objects.delete.clone(),
                adopt: objects.adopt.clone(),
                mounts: Some(objects.mounts.clone()),
                discard: objects.discard.clone(),
            };
            (*cluster, sealed)
        });
        Self { clusters: clusters.collect() }
    }

    /// Puts it away under the plan's id.
    ///
    /// # Errors
    /// Those of the secret store.
    pub async fn put(&self, secrets: &dyn Secrets, tenant: TenantId, plan: PlanId) -> Result<(), secrets::Error> {
        let bytes = serde_json::to_vec(self).map_err(|error| unreadable(plan, &error))?;
        secrets.put(&at(tenant, plan), &SecretValue(bytes)).await
    }

    /// Takes it out again.
    ///
    /// # Errors
    /// Those of the secret store; `HYP-2008` when there is none.
    pub async fn get(secrets: &dyn Secrets, tenant: TenantId, plan: PlanId) -> Result<Self, secrets::Error> {
        let sealed = secrets.get(&at(tenant, plan)).await?.ok_or_else(|| secrets::Error {
            code: ErrorCode::PlanNotFound,
            message: format!("the objects of plan {plan} are gone from the secret store"),
            transient: false,
        })?;
        serde_json::from_slice(&sealed.0).map_err(|error| unreadable(plan, &error))
    }
}

impl SealedObject {
    fn of(apply: &ApplyObject) -> Self {
        Self {
            object: apply.object.clone(),
            component: apply.component.clone(),
            phase: apply.phase,
            change: apply.change,
            mint: apply.mint.clone(),
        }
    }
}

/// Takes the objects of a plan out of the secret store for good.
///
/// # Errors
/// Those of the secret store.
pub async fn forget(secrets: &dyn Secrets, tenant: TenantId, plan: PlanId) -> Result<(), secrets::Error> {
    secrets.delete(&at(tenant, plan)).await
}

fn at(tenant: TenantId, plan: PlanId) -> SecretRef {
    SecretRef { tenant, kind: PLAN_OBJECTS.into(), name: plan.to_string() }
}

fn unreadable(plan: PlanId, error: &serde_json::Error) -> secrets::Error {
    secrets::Error {
        code: ErrorCode::StoreCorrupt,
        message: format!("the sealed objects of plan {plan} cannot be read: {error}"),
        transient: false,
    }
}
