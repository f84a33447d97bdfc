//! One package, several clusters: which object goes where, why, and what is changed on the way.

mod edges;
mod labels;
mod place;

#[cfg(test)]
mod tests;

use hypo_package::{Graph, Render};
use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::{Analysis, Note},
    placement::{Placement, PlacementRequest},
    plan::{LinkPlan, RecordedOverride},
};
use serde_json::Value;

use crate::{
    cluster::Cluster,
    fabric::{LinkOptions, MintRequest},
    identity::ServiceIdentity,
    plan::PlanError,
};

pub use edges::links;
pub(crate) use edges::{Call, calls};
pub(crate) use place::split_with;
pub use place::{intent, split};

/// Everything a split is made from.
#[derive(Clone, Copy, Debug)]
pub struct SplitInput<'a> {
    pub render: &'a Render,
    pub graph: &'a Graph,
    pub analysis: &'a Analysis,
    pub clusters: &'a [Cluster],
    pub request: &'a PlacementRequest,
    pub placement: &'a Placement,
    pub identity: &'a ServiceIdentity,
    pub link: &'a LinkOptions,
}

/// The result for all clusters.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Split {
    /// Sorted by cluster.
    pub clusters: Vec<(ClusterId, Vec<SplitObject>)>,
    /// Every declared connection between clusters, nearest callee first.
    pub links: Vec<LinkPlan>,
    /// What was skipped or changed in a way a person should know.
    pub notes: Vec<Note>,
    /// How an edge picks among several instances.
    pub routing: Vec<Note>,
}

/// An object for one cluster.
#[derive(Clone, Debug, PartialEq)]
pub struct SplitObject {
    pub object: Value,
    /// Index in `Render::documents`; `None` for link objects.
    pub source: Option<usize>,
    pub component: Option<String>,
    /// Why the object is here, for shared and link objects.
    pub reason: Option<String>,
    pub overrides: Vec<RecordedOverride>,
    /// A placeholder Secret whose content the fabric mints.
    pub mint: Option<MintRequest>,
    pub role: Role,
}

/// What an object of a split is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Role {
    /// Of a component.
    Owned,
    /// Copied to every cluster that needs it.
    Shared,
    /// Made by the fabric provider.
    Link,
}

/// Why a package cannot be split like this.
pub type SplitError = PlanError;

fn error(code: ErrorCode, component: Option<&str>, message: String) -> SplitError {
    PlanError { code, message, component: component.map(str::to_owned) }
}
