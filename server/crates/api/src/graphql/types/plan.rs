//! Plans: immutable, exact, shown before the order.

use async_graphql::{Context, Object, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::plans::StoredPlan;
use hypo_shared::{ClusterId, analysis, plan, plan::ChangeKind};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Cluster, Order, Package, int,
    plan_parts::{LinkPlan, SecretPlan, VolumePlan},
};
use crate::graphql::{error::Result, loaders, yaml};

/// A stored plan.
pub struct Plan(pub StoredPlan);

/// An immutable plan. See `hypo_shared::plan::Plan` for its parts.
#[Object]
impl Plan {
    /// Identifier.
    async fn id(&self) -> Uuid {
        self.0.id.0
    }

    /// Hand it back with the order: what is ordered is what was seen.
    async fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Package it places.
    async fn package(&self, context: &Context<'_>) -> Result<Package> {
        loaders::package(context, self.0.package).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// After this it cannot be ordered.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// The order that was placed with it.
    async fn order(&self, context: &Context<'_>) -> Result<Option<Order>> {
        match self.0.order {
            Some(order) => loaders::order_if_there(context, order).await,
            None => Ok(None),
        }
    }

    /// Read them first.
    async fn warnings(&self) -> Vec<Note> {
        notes(&self.0.plan.warnings)
    }

    /// How an edge picks among several instances.
    async fn routing(&self) -> Vec<Note> {
        notes(&self.0.plan.routing)
    }

    /// Where each component goes.
    async fn placement(&self, context: &Context<'_>) -> Result<Vec<PlacedComponent>> {
        let placement = &self.0.plan.placement;
        let used = placement.assignments.values().flatten();
        let ruled_out =
            placement.reasons.values().flat_map(|reason| &reason.rejected).map(|rejection| &rejection.cluster);
        let known = loaders::clusters(context, used.chain(ruled_out).copied()).await?;
        let name = |id: &ClusterId| known.get(id).map_or_else(|| id.to_string(), |cluster| cluster.name.clone());
        Ok(placement
            .assignments
            .iter()
            .map(|(component, clusters)| {
                let reason = placement.reasons.get(component).cloned().unwrap_or_default();
                PlacedComponent {
                    component: component.clone(),
                    clusters: clusters.iter().filter_map(|id| known.get(id)).cloned().map(Cluster::from).collect(),
                    chosen: reason.chosen,
                    rejected: reason
                        .rejected
                        .into_iter()
                        .map(|rejection| Rejection { cluster: name(&rejection.cluster), reason: rejection.reason })
                        .collect(),
                }
            })
            .collect())
    }

    /// The soft cost that was minimised; smaller is better, without unit.
    async fn cost(&self) -> f64 {
        self.0.plan.placement.cost
    }

    /// What happens in each cluster.
    async fn clusters(&self) -> Vec<ClusterPlan> {
        self.0.plan.clusters.iter().cloned().map(ClusterPlan).collect()
    }

    /// Connections between clusters.
    async fn links(&self) -> Vec<LinkPlan> {
        self.0.plan.links.iter().map(Into::into).collect()
    }

    /// What happens to volumes.
    async fn volumes(&self) -> Vec<VolumePlan> {
        self.0.plan.volumes.iter().map(Into::into).collect()
    }

    /// Secrets that are carried along, by digest.
    async fn secrets(&self) -> Vec<SecretPlan> {
        self.0.plan.secrets.iter().map(Into::into).collect()
    }
}

impl From<StoredPlan> for Plan {
    fn from(plan: StoredPlan) -> Self {
        Self(plan)
    }
}

/// A remark with a stable code.
#[derive(Clone, SimpleObject)]
pub struct Note {
    /// Stable code of the note.
    code: String,
    /// The note, in a sentence.
    text: String,
}

/// Remarks as GraphQL objects.
pub fn notes(notes: &[analysis::Note]) -> Vec<Note> {
    notes.iter().map(|note| Note { code: note.code.clone(), text: note.text.clone() }).collect()
}

/// Where a component runs and why.
#[derive(SimpleObject)]
pub struct PlacedComponent {
    /// Name of the component.
    component: String,
    /// Clusters it is placed on.
    clusters: Vec<Cluster>,
    /// Why there.
    chosen: String,
    /// Clusters it is not placed on, and why.
    rejected: Vec<Rejection>,
}

/// A cluster that a component cannot use.
#[derive(SimpleObject)]
pub struct Rejection {
    /// Its name.
    cluster: String,
    /// Why not there.
    reason: String,
}

/// What happens in one cluster.
pub struct ClusterPlan(plan::ClusterPlan);

/// What happens in one cluster.
#[Object]
impl ClusterPlan {
    /// The cluster.
    async fn cluster(&self, context: &Context<'_>) -> Result<Cluster> {
        loaders::cluster(context, self.0.cluster).await
    }

    /// Namespace the objects go to.
    async fn namespace(&self) -> &str {
        &self.0.namespace
    }

    /// Whether the namespace is made.
    async fn makes_namespace(&self) -> bool {
        self.0.makes_namespace
    }

    /// Objects that are new.
    async fn creates(&self) -> i32 {
        self.count(ChangeKind::Create)
    }

    /// Objects that change.
    async fn updates(&self) -> i32 {
        self.count(ChangeKind::Update)
    }

    /// Objects that go.
    async fn deletes(&self) -> i32 {
        self.count(ChangeKind::Delete)
    }

    /// In apply order.
    async fn objects(&self) -> Vec<ObjectPlan> {
        self.0.objects.iter().cloned().map(ObjectPlan).collect()
    }
}

impl ClusterPlan {
    fn count(&self, change: ChangeKind) -> i32 {
        int(self.0.objects.iter().filter(|object| object.change == change).count())
    }
}

/// What happens to one object.
pub struct ObjectPlan(plan::ObjectPlan);

/// What happens to one object.
#[Object]
impl ObjectPlan {
    /// API version, for example apps/v1.
    async fn api_version(&self) -> &str {
        &self.0.object.api_version
    }

    /// Kind, for example Deployment.
    async fn kind(&self) -> &str {
        &self.0.object.kind
    }

    /// Namespace; empty for objects of the whole cluster.
    async fn namespace(&self) -> &str {
        &self.0.object.namespace
    }

    /// Name of the object.
    async fn name(&self) -> &str {
        &self.0.object.name
    }

    /// Null for shared and link objects.
    async fn component(&self) -> Option<&str> {
        self.0.component.as_deref()
    }

    /// What happens to it.
    async fn change(&self) -> ChangeKind {
        self.0.change
    }

    /// Why the object is here.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }

    /// Smaller first.
    async fn phase(&self) -> i32 {
        i32::from(self.0.phase)
    }

    /// As it will be applied; secret data as digests.
    async fn yaml(&self) -> String {
        yaml::to_string(&self.0.desired)
    }

    /// Recorded differences to the package.
    async fn overrides(&self) -> Vec<RecordedOverride> {
        self.0.overrides.iter().map(Into::into).collect()
    }

    /// Differences to what is live.
    async fn diff(&self) -> Vec<FieldDiff> {
        self.0.diff.iter().map(Into::into).collect()
    }
}

/// A change made to the package's object, recorded.
#[derive(SimpleObject)]
pub struct RecordedOverride {
    /// JSON pointer.
    path: String,
    /// Value before.
    from: Option<Value>,
    /// Value after.
    to: Option<Value>,
    /// Why it was changed.
    reason: String,
}

impl From<&plan::RecordedOverride> for RecordedOverride {
    fn from(change: &plan::RecordedOverride) -> Self {
        let plan::RecordedOverride { path, from, to, reason } = change.clone();
        Self { path, from: some(from), to: some(to), reason }
    }
}

/// One field that differs from what is live.
#[derive(SimpleObject)]
pub struct FieldDiff {
    /// JSON pointer.
    path: String,
    /// Value before.
    from: Option<Value>,
    /// Value after.
    to: Option<Value>,
}

impl From<&plan::FieldDiff> for FieldDiff {
    fn from(diff: &plan::FieldDiff) -> Self {
        let plan::FieldDiff { path, from, to } = diff.clone();
        Self { path, from: some(from), to: some(to) }
    }
}

/// JSON null is GraphQL null.
pub fn some(value: Value) -> Option<Value> {
    (!value.is_null()).then_some(value)
}
