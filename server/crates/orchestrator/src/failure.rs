//! What went wrong in a cluster, as the timeline, the order's notes and the GraphQL `Failure` show it.

use hypo_engine::{StepError, StepErrorKind};
use hypo_model::{
    cause::Cause,
    ports::{cluster, secrets},
};
use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};

use crate::world::is_transient;

/// A named failure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: ErrorCode,
    /// One sentence.
    pub title: String,
    #[serde(default)]
    pub component: Option<String>,
    /// Display name of the cluster.
    #[serde(default)]
    pub cluster: Option<String>,
    /// The cluster's own words.
    pub detail: String,
    /// What a person can do.
    pub remedy: String,
    #[serde(default)]
    pub evidence: Vec<String>,
}

impl Failure {
    /// From a cause that the cluster's state tells.
    #[must_use]
    pub fn of_cause(cause: Cause, cluster: &str) -> Self {
        Self {
            code: cause.code,
            title: cause.title,
            component: Some(cause.component).filter(|name| !name.is_empty()),
            cluster: Some(cluster.to_owned()),
            detail: cause.detail,
            remedy: cause.remedy,
            evidence: cause.evidence.into_iter().map(|item| format!("{}: {}", item.source, item.text)).collect(),
        }
    }

    /// From a refusal of the cluster itself.
    #[must_use]
    pub fn of_refusal(error: &cluster::Error, cluster: &str) -> Self {
        Self {
            code: error.code,
            title: error.code.title().to_owned(),
            component: None,
            cluster: Some(cluster.to_owned()),
            detail: error.message.clone(),
            remedy: remedy(error.code).to_owned(),
            evidence: Vec::new(),
        }
    }

    /// As the error of a step.
    #[must_use]
    pub fn into_step(self, kind: StepErrorKind) -> StepError {
        let message = match (&self.component, &self.cluster) {
            (Some(component), Some(cluster)) => format!("{component} on {cluster}: {}", self.title),
            (None, Some(cluster)) => format!("{cluster}: {}", self.title),
            _ => self.title.clone(),
        };
        let detail = serde_json::to_value(&self).unwrap_or_default();
        StepError::new(kind, self.code, message).with_detail(detail)
    }
}

/// A cluster's refusal as a step error: what may pass is tried again, the rest is final.
pub(crate) fn refused(error: &cluster::Error, cluster: &str) -> StepError {
    let kind = if error.transient { StepErrorKind::Retry { after: None } } else { StepErrorKind::Permanent };
    Failure::of_refusal(error, cluster).into_step(kind)
}

/// A sealed or absent secret store is waited for: that is not the order's failure.
pub(crate) fn sealed(error: &secrets::Error) -> StepError {
    let kind = if error.transient { StepErrorKind::Park } else { StepErrorKind::Permanent };
    StepError::new(kind, error.code, error.message.clone())
}

/// The store's failure as a step error.
pub(crate) fn store(error: &hypo_store::Error) -> StepError {
    let kind = if is_transient(error.code()) { StepErrorKind::Park } else { StepErrorKind::Retry { after: None } };
    StepError::new(kind, error.code(), error.to_string())
}

const fn remedy(code: ErrorCode) -> &'static str {
    match code {
        ErrorCode::ClusterUnreachable => {
            "Check that the cluster runs and that its address can be reached from here, then retry the order."
        }
        ErrorCode::ClusterUnauthorized => "Ask the owner to give the cluster a kubeconfig with valid credentials.",
        ErrorCode::ClusterForbidden => {
            "Ask the owner to grant the missing permission; `hypo cluster-role` prints the role that is needed."
        }
        ErrorCode::ClusterConflict => {
            "Rename the object, choose another namespace, or ask its owner to remove it; HypO never takes it over."
        }
        ErrorCode::QuotaExceeded => "Ask the owner to raise the quota, or place the component elsewhere.",
        _ => "Correct what the cluster names, then plan and order again.",
    }
}
