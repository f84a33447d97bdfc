//! Domains and clusters.

use async_graphql::{Context, Object};
use hypo_app::{clusters, permit::may};
use hypo_shared::ClusterId;
use uuid::Uuid;

use crate::graphql::{
    error::Result,
    gate::{Gate, root},
    types::{Cluster, Domain},
};

#[derive(Default)]
pub struct Clusters;

#[Object(name = "ClustersQuery")]
impl Clusters {
    /// Clusters of one's own and granted ones.
    async fn clusters(&self, context: &Context<'_>) -> Result<Vec<Cluster>> {
        let Gate { app, ctx, permit } = root::<may::ReadClusters>(context).await?;
        Ok(clusters::list(&app, &ctx, permit).await?.into_iter().map(Cluster::from).collect())
    }

    /// One cluster.
    async fn cluster(&self, context: &Context<'_>, id: Uuid) -> Result<Option<Cluster>> {
        let Gate { app, ctx, permit } = root::<may::ReadClusters>(context).await?;
        Ok(clusters::find(&app, &ctx, permit, ClusterId(id)).await?.map(Cluster::from))
    }

    /// Domains of one's own and those of granted clusters.
    async fn domains(&self, context: &Context<'_>) -> Result<Vec<Domain>> {
        let Gate { app, ctx, permit } = root::<may::ReadClusters>(context).await?;
        Ok(clusters::domains(&app, &ctx, permit).await?.into_iter().map(Domain::from).collect())
    }

    /// The role a kubeconfig for HypO needs, as YAML.
    async fn cluster_role(&self, context: &Context<'_>, namespace: Option<String>) -> Result<String> {
        let Gate { permit, .. } = root::<may::ReadClusters>(context).await?;
        Ok(clusters::cluster_role(permit, namespace.as_deref())?)
    }
}
