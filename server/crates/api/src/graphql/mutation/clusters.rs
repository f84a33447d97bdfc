//! Domains, clusters and grants.

use async_graphql::{Context, Object};
use hypo_app::{access::grants, clusters, permit::may};
use hypo_shared::{ClusterId, GrantId, TenantId};
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    input::{AddClusterInput, AddDomainInput},
    types::{Cluster, Domain, Grant},
};

#[derive(Default)]
pub struct Clusters;

#[Object(name = "ClustersMutation")]
impl Clusters {
    /// Adds a domain, a place clusters are in.
    async fn add_domain(&self, context: &Context<'_>, input: AddDomainInput) -> Result<Domain> {
        let Gate { app, ctx, permit } = root::<may::ManageClusters>(context).await?;
        Ok(clusters::add_domain(&app, &ctx, permit, input.into()).await?.into())
    }

    /// Checks the kubeconfig, seals it in the secret store and probes the cluster.
    async fn add_cluster(&self, context: &Context<'_>, input: AddClusterInput) -> Result<Cluster> {
        let Gate { app, ctx, permit } = root::<may::ManageClusters>(context).await?;
        Ok(clusters::add(&app, &ctx, permit, input.try_into()?).await?.into())
    }

    /// Looks at a cluster now.
    async fn probe_cluster(&self, context: &Context<'_>, id: Uuid) -> Result<Cluster> {
        let Gate { app, ctx, permit } = root::<may::ManageClusters>(context).await?;
        Ok(clusters::probe(&app, &ctx, permit, ClusterId(id)).await?.into())
    }

    /// Refused while something of HypO's runs there.
    async fn remove_cluster(&self, context: &Context<'_>, id: Uuid) -> Result<bool> {
        let Gate { app, ctx, permit } = root::<may::ManageClusters>(context).await?;
        clusters::remove(&app, &ctx, permit, ClusterId(id)).await?;
        Ok(true)
    }

    /// Lets another tenant use a cluster.
    async fn create_grant(&self, context: &Context<'_>, cluster_id: Uuid, tenant_id: Uuid) -> Result<Grant> {
        let Gate { app, ctx, permit } = root::<may::ManageGrants>(context).await?;
        Ok(grants::create(&app, &ctx, permit, ClusterId(cluster_id), TenantId(tenant_id)).await?.into())
    }

    /// Blocks new orders and marks what runs.
    async fn revoke_grant(&self, context: &Context<'_>, id: Uuid) -> Result<Grant> {
        let Gate { app, ctx, permit } = root::<may::ManageGrants>(context).await?;
        Ok(grants::revoke(&app, &ctx, permit, GrantId(id)).await?.into())
    }
}
