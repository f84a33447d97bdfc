//! A set-shaped view of one cluster, so that a direct API server and an OCM hub fit alike (architecture rule 9).

use std::{collections::BTreeMap, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use hypo_shared::{ErrorCode, analysis::ObjectRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::cluster::ClusterFacts;

/// Field manager of every server-side apply.
pub const FIELD_MANAGER: &str = "hypo";
/// Label with the service id on every object we apply.
pub const LABEL_SERVICE: &str = "hypo.etsi.org/service";
/// Label with the order id that made the object.
pub const LABEL_ORDER: &str = "hypo.etsi.org/order";
/// Label with the component name, on objects and pods.
pub const LABEL_COMPONENT: &str = "hypo.etsi.org/component";
/// Label every object of ours carries.
pub const LABEL_MANAGED: &str = "app.kubernetes.io/managed-by";
/// Value of [`LABEL_MANAGED`].
pub const MANAGED: &str = "hypo";

/// Why a cluster did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct Error {
    pub code: ErrorCode,
    /// The cluster's own words.
    pub message: String,
    /// Trying again may help (time-out, 5xx, 409 of a racing writer, 429).
    pub transient: bool,
}

/// Objects of one owner.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ObjectSet {
    /// Complete objects, namespace and labels included, in apply order.
    pub objects: Vec<Value>,
    /// Take over fields another manager owns. Only for objects that carry our owner label already.
    pub force: bool,
}

/// Result of applying one object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Applied {
    pub object: ObjectRef,
    pub uid: String,
    pub resource_version: String,
}

/// What to look at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scope {
    pub namespace: String,
    /// Label selector, all must be equal.
    pub labels: BTreeMap<String, String>,
}

/// A live object, or its absence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    pub object: ObjectRef,
    /// `None`: not there.
    pub live: Option<Value>,
}

/// How dependants of a deleted object end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Propagation {
    Foreground,
    Background,
    Orphan,
}

/// Which lines of which container.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogQuery {
    pub namespace: String,
    pub pod: String,
    pub container: Option<String>,
    pub follow: bool,
    /// Lines from the end.
    pub tail: Option<i64>,
    /// Lines at or after this time (whole seconds at the API server).
    pub since: Option<DateTime<Utc>>,
    /// The container before its last restart.
    pub previous: bool,
}

/// One line with the time the kubelet took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    pub at: DateTime<Utc>,
    pub pod: String,
    pub container: String,
    pub text: String,
}

/// Usage of one container now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerUsage {
    pub pod: String,
    pub container: String,
    pub at: DateTime<Utc>,
    pub cpu_millis: u64,
    pub memory_bytes: u64,
}

/// A change seen by the watch.
#[derive(Clone, Debug, PartialEq)]
pub enum Change {
    /// All objects of this kind follow anew; what does not follow is gone.
    Restarted(String),
    Applied(Value),
    Deleted(Value),
    /// The watch is broken and will come back.
    Lost(Error),
}

/// One cluster.
#[async_trait]
pub trait ClusterPort: Send + Sync {
    /// Version, classes, capacity, rights.
    async fn facts(&self) -> Result<ClusterFacts, Error>;

    /// Server-side apply with [`FIELD_MANAGER`], in order; stops at the first refusal.
    /// An existing object without our owner label is refused with `HYP-4007`, never taken over.
    async fn apply(&self, set: &ObjectSet) -> Result<Vec<Applied>, Error>;

    /// The same as [`apply`](Self::apply) with `dryRun=All`: what the objects would become.
    async fn dry_run(&self, set: &ObjectSet) -> Result<Vec<Value>, Error>;

    /// The live state of named objects.
    async fn observe(&self, objects: &[ObjectRef]) -> Result<Vec<Observed>, Error>;

    /// Everything of one kind in a scope, for example pods or events.
    async fn list(&self, api_version: &str, kind: &str, scope: &Scope) -> Result<Vec<Value>, Error>;

    /// Deletes named objects; one that is gone already counts as deleted.
    /// An object without our owner label is left alone and reported with `HYP-4007`.
    async fn delete(&self, objects: &[ObjectRef], propagation: Propagation) -> Result<(), Error>;

    /// A merge patch (RFC 7386) of one object of ours, for scale and restart.
    async fn patch(&self, object: &ObjectRef, patch: &Value) -> Result<Value, Error>;

    /// Pods, workloads and events of one service as they change. Never ends by itself.
    fn watch(&self, scope: Scope) -> BoxStream<'static, Change>;

    /// Log lines; with `follow` the stream goes on until it is dropped or the container ends.
    async fn logs(&self, query: &LogQuery) -> Result<BoxStream<'static, Result<LogLine, Error>>, Error>;

    /// Usage per container by the metrics API.
    async fn metrics(&self, scope: &Scope) -> Result<Vec<ContainerUsage>, Error>;
}

/// Connects to clusters.
#[async_trait]
pub trait Clusters: Send + Sync {
    /// Refuses what a kubeconfig must not ask for (exec, auth-provider, file paths, proxy, insecure TLS) with
    /// `HYP-4003`, and gives back only the current context with inline data.
    fn sanitise(&self, kubeconfig: &str) -> Result<String, Error>;

    /// Connects with a sanitised kubeconfig. Connections are cached by content.
    async fn connect(&self, kubeconfig: &str) -> Result<Arc<dyn ClusterPort>, Error>;
}
