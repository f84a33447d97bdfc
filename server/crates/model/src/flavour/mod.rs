//! What a package's object needs to become on a given cluster, as recorded overrides (mesh-research §10).

use hypo_shared::{analysis::Note, plan::RecordedOverride};
use serde_json::Value;

use crate::cluster::ClusterFacts;

/// What became of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    pub verdict: Verdict,
    pub overrides: Vec<RecordedOverride>,
    /// What a person should know: an address that will differ, a thing that was left out.
    pub notes: Vec<Note>,
}

/// Whether the object goes to the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    #[default]
    Keep,
    /// An optional kind that the cluster does not serve: left out, with this note.
    Skip(String),
    /// The cluster cannot take it.
    Refuse(String),
}

/// Changes `object` into what the cluster of `facts` takes.
#[must_use]
pub fn transform(object: &mut Value, facts: &ClusterFacts) -> Outcome {
    let _ = (object, facts);
    Outcome::default()
}
