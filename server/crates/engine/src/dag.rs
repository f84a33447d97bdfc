//! The graph of steps a saga is made of.

use std::{
    collections::{BTreeSet, HashMap},
    time::Duration,
};

use hypo_shared::{TenantId, order::OnFailure};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

/// One step of a saga. Steps that do not depend on each other run at the same time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDef {
    /// Unique in the saga, for example `apply:CLUSTER`.
    pub name: String,
    /// Name of the registered [`crate::Action`].
    pub action: String,
    pub params: Value,
    /// Names of the steps that must be done before this one starts.
    pub after: Vec<String>,
    pub retry: Retry,
}

impl StepDef {
    /// A step with no predecessor and the default retry policy.
    pub fn new(name: impl Into<String>, action: impl Into<String>, params: Value) -> Self {
        Self { name: name.into(), action: action.into(), params, after: Vec::new(), retry: Retry::default() }
    }

    /// Adds predecessors.
    #[must_use]
    pub fn after<S: Into<String>>(mut self, names: impl IntoIterator<Item = S>) -> Self {
        self.after.extend(names.into_iter().map(Into::into));
        self
    }

    /// Replaces the retry policy.
    #[must_use]
    pub fn retry(mut self, retry: Retry) -> Self {
        self.retry = retry;
        self
    }
}

/// How often and how fast a failed attempt is repeated; holds for `run` and, counted apart, for `undo`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retry {
    /// Failed attempts after which the step fails; 1 means no repetition. Parking does not count, nor does a crash.
    pub attempts: u32,
    /// Milliseconds before the second attempt; doubled for each one after it, with jitter.
    pub first_ms: u64,
    /// Upper bound of the wait in milliseconds.
    pub max_ms: u64,
    /// Milliseconds one attempt may take; longer is a failed attempt. `None`: the action bounds itself.
    pub timeout_ms: Option<u64>,
}

impl Default for Retry {
    /// Six attempts over about half a minute.
    fn default() -> Self {
        Self { attempts: 6, first_ms: 500, max_ms: 15_000, timeout_ms: None }
    }
}

impl Retry {
    /// The first failure is final.
    #[must_use]
    pub const fn never() -> Self {
        Self { attempts: 1, first_ms: 0, max_ms: 0, timeout_ms: None }
    }

    /// The wait before the attempt that follows `failures` failed ones (at least 1). `jitter` is in 0..1 and takes
    /// away up to half of the wait, so that sagas that failed together do not come back together.
    #[must_use]
    pub fn wait(&self, failures: u32, jitter: f64) -> Duration {
        let doubled = self.first_ms.saturating_mul(1_u64 << failures.saturating_sub(1).min(32));
        let bounded = doubled.min(self.max_ms.max(self.first_ms));
        Duration::from_millis(bounded).mul_f64(1.0 - jitter.clamp(0.0, 1.0) / 2.0)
    }
}

/// What a saga kind's builder returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Dag {
    pub steps: Vec<StepDef>,
    pub on_failure: OnFailure,
    /// Whose saga this is; goes into its events.
    pub tenant: Option<TenantId>,
    /// The document the saga works on (an order), named in its events.
    pub subject: Option<Uuid>,
}

impl Dag {
    /// A graph that compensates on failure.
    #[must_use]
    pub const fn new(steps: Vec<StepDef>) -> Self {
        Self { steps, on_failure: OnFailure::Compensate, tenant: None, subject: None }
    }

    /// Sets the failure policy.
    #[must_use]
    pub const fn on_failure(mut self, on_failure: OnFailure) -> Self {
        self.on_failure = on_failure;
        self
    }

    /// Names the tenant and the document the saga works on.
    #[must_use]
    pub const fn about(mut self, tenant: TenantId, subject: Uuid) -> Self {
        self.tenant = Some(tenant);
        self.subject = Some(subject);
        self
    }

    /// Checks that names are unique, predecessors exist and there is no circle.
    pub fn check(&self) -> Result<(), DagError> {
        if self.steps.is_empty() {
            return Err(DagError::Empty);
        }
        let mut names = BTreeSet::new();
        for step in &self.steps {
            if !names.insert(step.name.as_str()) {
                return Err(DagError::Duplicate(step.name.clone()));
            }
        }
        let mut open: HashMap<&str, BTreeSet<&str>> = HashMap::new();
        for step in &self.steps {
            let after: BTreeSet<&str> = step.after.iter().map(String::as_str).collect();
            if let Some(unknown) = after.iter().find(|name| !names.contains(*name)) {
                return Err(DagError::UnknownPredecessor { step: step.name.clone(), after: (*unknown).to_owned() });
            }
            open.insert(&step.name, after);
        }
        while !open.is_empty() {
            let ready: Vec<&str> = open.iter().filter(|(_, after)| after.is_empty()).map(|(name, _)| *name).collect();
            if ready.is_empty() {
                let first = open.keys().min().map(|name| (*name).to_owned()).unwrap_or_default();
                return Err(DagError::Circle(first));
            }
            for name in ready {
                open.remove(name);
                for after in open.values_mut() {
                    after.remove(name);
                }
            }
        }
        Ok(())
    }
}

/// A builder made a graph that cannot run.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DagError {
    #[error("the saga has no step")]
    Empty,
    #[error("two steps are named {0}")]
    Duplicate(String),
    #[error("step {step} comes after {after}, which does not exist")]
    UnknownPredecessor { step: String, after: String },
    #[error("step {0} is part of a circle")]
    Circle(String),
    #[error("step {step} names the action {action}, which is not registered")]
    UnknownAction { step: String, action: String },
    #[error("no saga kind is named {0}")]
    UnknownKind(String),
    /// The builder refused the parameters.
    #[error("the saga's parameters are not valid: {0}")]
    Params(String),
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn step(name: &str, after: &[&str]) -> StepDef {
        StepDef::new(name, "act", json!({})).after(after.iter().copied())
    }

    #[test]
    fn a_graph_is_checked() {
        assert_eq!(Dag::new(vec![]).check(), Err(DagError::Empty));
        assert_eq!(Dag::new(vec![step("a", &[]), step("b", &["a"])]).check(), Ok(()));
        assert_eq!(Dag::new(vec![step("a", &[]), step("a", &[])]).check(), Err(DagError::Duplicate("a".into())));
        assert_eq!(
            Dag::new(vec![step("a", &["z"])]).check(),
            Err(DagError::UnknownPredecessor { step: "a".into(), after: "z".into() })
        );
        assert_eq!(
            Dag::new(vec![step("x", &[]), step("a", &["b"]), step("b", &["a"])]).check(),
            Err(DagError::Circle("a".into()))
        );
    }

    #[test]
    fn waits_double_and_are_bounded() {
        let retry = Retry { attempts: 9, first_ms: 100, max_ms: 350, timeout_ms: None };
        let waits: Vec<_> = (1..=4).map(|failures| retry.wait(failures, 0.0).as_millis()).collect();
        assert_eq!(waits, [100, 200, 350, 350]);
        assert_eq!(retry.wait(1, 1.0).as_millis(), 50);
        assert_eq!(Retry::default().wait(u32::MAX, 0.0).as_millis(), 15_000);
    }
}
