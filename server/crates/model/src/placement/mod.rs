//! Where every component runs: a solver and, on another code path, a validator that checks what it is given.

mod apart;
mod demand;
mod explain;
mod groups;
mod needs;
mod pack;
mod problem;
mod random;
mod rules;
mod search;
mod solve;
mod state;
mod validate;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    ClusterId, ErrorCode,
    analysis::Analysis,
    placement::{Placement, PlacementRequest, Rejection},
};
use serde::{Deserialize, Serialize};

use crate::cluster::Cluster;

pub use apart::{Apart, apart};
pub use needs::{Needs, needs};
pub(crate) use problem::round_trip;
pub use solve::solve;
pub use validate::validate;

/// Everything a placement is decided from.
#[derive(Clone, Copy, Debug)]
pub struct PlacementInput<'a> {
    pub analysis: &'a Analysis,
    pub clusters: &'a [Cluster],
    /// The clusters this tenant may use: its own and those granted to it.
    pub offered: &'a BTreeSet<ClusterId>,
    /// Where the components run now; `None` for a new service.
    pub current: Option<&'a Placement>,
    /// The request they run by: how many replicas stand already.
    pub before: Option<&'a PlacementRequest>,
    pub request: &'a PlacementRequest,
    /// What the render says beyond the analysis, by component; may be empty.
    pub needs: &'a BTreeMap<String, Needs>,
    /// Components that cannot share a cluster; see [`apart()`].
    pub apart: &'a [Apart],
    pub weights: Weights,
}

/// Weights of the soft cost. The cost has no unit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Weights {
    /// Per millisecond of round trip and unit of chattiness.
    pub latency: f64,
    /// Per unit of price and hour.
    pub price: f64,
    /// Per component that leaves a cluster it runs on; a stateful one counts ten times.
    pub moves: f64,
    /// Per service port that is carried to another cluster.
    pub links: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { latency: 1.0, price: 10.0, moves: 20.0, links: 5.0 }
    }
}

/// Why there is no placement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct PlacementError {
    pub code: ErrorCode,
    /// Names the component and the constraint.
    pub message: String,
    pub component: Option<String>,
    /// Every cluster that was looked at and the constraint that ruled it out.
    pub rejected: Vec<Rejection>,
}

/// A hard constraint that a placement breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Violation {
    pub code: ErrorCode,
    pub component: Option<String>,
    pub cluster: Option<ClusterId>,
    /// A sentence for people.
    pub text: String,
}
