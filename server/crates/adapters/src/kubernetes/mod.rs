//! Kubernetes by a direct API server: implements [`Clusters`] and [`ClusterPort`] with the `kube` client.

mod apply;
mod connect;
mod delete;
mod error;
mod facts;
mod logs;
mod metrics;
mod observe;
mod resource;
mod sanitise;
mod watch;

use async_trait::async_trait;
use futures::stream::BoxStream;
use hypo_model::{
    cluster::ClusterFacts,
    ports::cluster::{
        Applied, Change, ClusterPort, ContainerUsage, Error, LogLine, LogQuery, ObjectSet, Observed, Propagation, Scope,
    },
};
use hypo_shared::analysis::ObjectRef;
use serde_json::Value;

pub use connect::KubeClusters;
use resource::Resources;

/// One API server.
pub struct KubeCluster {
    client: kube::Client,
    resources: Resources,
}

impl KubeCluster {
    /// Wraps a connected client.
    #[must_use]
    pub fn new(client: kube::Client) -> Self {
        Self { resources: Resources::new(client.clone()), client }
    }
}

#[async_trait]
impl ClusterPort for KubeCluster {
    async fn facts(&self) -> Result<ClusterFacts, Error> {
        facts::probe(&self.client).await
    }

    async fn apply(&self, set: &ObjectSet) -> Result<Vec<Applied>, Error> {
        apply::apply(&self.resources, set).await
    }

    async fn dry_run(&self, set: &ObjectSet) -> Result<Vec<Value>, Error> {
        apply::dry_run(&self.resources, set).await
    }

    async fn observe(&self, objects: &[ObjectRef]) -> Result<Vec<Observed>, Error> {
        observe::observe(&self.resources, objects).await
    }

    async fn list(&self, api_version: &str, kind: &str, scope: &Scope) -> Result<Vec<Value>, Error> {
        observe::list(&self.resources, api_version, kind, scope).await
    }

    async fn delete(&self, objects: &[ObjectRef], propagation: Propagation) -> Result<(), Error> {
        delete::delete(&self.resources, objects, propagation).await
    }

    async fn patch(&self, object: &ObjectRef, patch: &Value) -> Result<Value, Error> {
        apply::patch(&self.resources, object, patch).await
    }

    fn watch(&self, scope: Scope) -> BoxStream<'static, Change> {
        watch::watch(self.client.clone(), &scope)
    }

    async fn logs(&self, query: &LogQuery) -> Result<BoxStream<'static, Result<LogLine, Error>>, Error> {
        logs::stream(&self.client, query).await
    }

    async fn metrics(&self, scope: &Scope) -> Result<Vec<ContainerUsage>, Error> {
        metrics::pods(&self.resources, scope).await
    }
}
