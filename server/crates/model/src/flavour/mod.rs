//! What a package's object needs to become on a given cluster, as recorded overrides (mesh-research §10).

mod expose;
mod openshift;
mod security;
mod served;
mod storage;
mod versions;

use hypo_shared::{analysis::Note, plan::RecordedOverride, resource::Flavour};
use serde_json::Value;

use crate::{cluster::ClusterFacts, object, record};

pub use security::{Level, obstacles, pod_security};
pub use served::{Served, served};
pub use storage::storage_class;

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

/// Changes `object` into what the cluster of `facts` takes. Facts that were never probed change nothing but what is
/// fixed to the cluster the package came from (addresses, node ports).
#[must_use]
pub fn transform(object: &mut Value, facts: &ClusterFacts) -> Outcome {
    transform_kind(object, facts, false)
}

/// As [`transform`]; `brought` says that the package itself defines the object's kind.
pub(crate) fn transform_kind(object: &mut Value, facts: &ClusterFacts, brought: bool) -> Outcome {
    let mut outcome = Outcome::default();
    let served = served(object::api_version(object), object::kind(object), facts);
    match served {
        _ if brought => {}
        Served::Yes => {}
        Served::As(version) => {
            step(object, &mut outcome, "this cluster serves another API version", |object| {
                versions::convert(object, version);
            });
        }
        Served::Optional => {
            let kind = object::kind(object);
            outcome.verdict = Verdict::Skip(format!("{kind} is optional and this cluster does not serve it"));
            return outcome;
        }
        Served::No => {
            let (version, kind) = (object::api_version(object), object::kind(object));
            outcome.verdict = Verdict::Refuse(format!("this cluster does not serve {version} {kind}"));
            return outcome;
        }
    }
    expose::addresses(object, &mut outcome);
    expose::load_balancer(object, facts, &mut outcome);
    expose::ingress_class(object, facts, &mut outcome);
    storage::retain(object, &mut outcome);
    storage::map(object, facts, &mut outcome);
    if let Some(pointer) = object::pod_spec_pointer(object::kind(object)) {
        if facts.flavour == Flavour::OpenShift {
            openshift::relax(object, pointer, &mut outcome);
        }
        security::harden(object, pointer, facts, &mut outcome);
    }
    outcome
}

/// Runs a change and records what it did.
fn step(object: &mut Value, outcome: &mut Outcome, reason: &str, change: impl FnOnce(&mut Value)) {
    let before = object.clone();
    change(object);
    outcome.overrides.extend(record::between(&before, object, reason));
}

/// Changes one value at a JSON pointer and records it; null removes.
fn put(object: &mut Value, outcome: &mut Outcome, pointer: &str, to: Value, reason: &str) {
    let from = object.pointer(pointer).cloned().unwrap_or_default();
    if from == to {
        return;
    }
    record::set(object, pointer, to.clone());
    outcome.overrides.push(RecordedOverride { path: pointer.to_owned(), from, to, reason: reason.to_owned() });
}

fn note(outcome: &mut Outcome, code: &str, text: String) {
    outcome.notes.push(Note { code: code.to_owned(), text });
}
