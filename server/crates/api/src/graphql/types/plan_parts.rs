//! What a plan does beside objects: links, volumes, secrets.

use async_graphql::{ComplexObject, Context, SimpleObject};
use hypo_shared::{ClusterId, plan, plan::ChangeKind};

use super::{Cluster, float};
use crate::graphql::{error::Result, loaders};

/// A declared link between two clusters.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct LinkPlan {
    /// Component that calls.
    from: String,
    /// Component that is called.
    to: String,
    /// The Service name that keeps working.
    service: String,
    /// Port that is called.
    port: i32,
    /// Protocol on the port.
    protocol: String,
    /// What carries the connection.
    provider: String,
    #[graphql(skip)]
    ends: (ClusterId, ClusterId),
}

#[ComplexObject]
impl LinkPlan {
    /// Cluster of the calling component.
    #[graphql(name = "fromCluster")]
    async fn caller_cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.ends.0).await
    }

    /// Cluster of the called component.
    async fn to_cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.ends.1).await
    }
}

impl From<&plan::LinkPlan> for LinkPlan {
    fn from(link: &plan::LinkPlan) -> Self {
        let link = link.clone();
        Self {
            from: link.from,
            to: link.to,
            service: link.service,
            port: link.port.into(),
            protocol: link.protocol,
            provider: link.provider,
            ends: (link.from_cluster, link.to_cluster),
        }
    }
}

/// A volume and what the plan means for it.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct VolumePlan {
    /// Component that writes it.
    component: String,
    /// Name of its claim.
    claim: String,
    /// Size.
    bytes: f64,
    /// What happens to it.
    change: ChangeKind,
    /// Why.
    note: String,
    #[graphql(skip)]
    on: ClusterId,
}

#[ComplexObject]
impl VolumePlan {
    /// Cluster it is in.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.on).await
    }
}

impl From<&plan::VolumePlan> for VolumePlan {
    fn from(volume: &plan::VolumePlan) -> Self {
        let plan::VolumePlan { cluster, component, claim, bytes, change, note } = volume.clone();
        Self { component, claim, bytes: float(bytes), change, note, on: cluster }
    }
}

/// A secret the plan writes: reference and digest, never values.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct SecretPlan {
    /// `namespace/name`.
    name: String,
    /// SHA-256 of its content.
    digest: String,
    #[graphql(skip)]
    on: ClusterId,
}

#[ComplexObject]
impl SecretPlan {
    /// Cluster it goes to.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.on).await
    }
}

impl From<&plan::SecretPlan> for SecretPlan {
    fn from(secret: &plan::SecretPlan) -> Self {
        let plan::SecretPlan { cluster, name, digest } = secret.clone();
        Self { name, digest, on: cluster }
    }
}
