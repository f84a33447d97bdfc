//! States of a resource (TMF639 v4, X.731 axes).

use serde::{Deserialize, Serialize};

/// `resourceStatus` of TMF639 v4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum ResourceStatus {
    Standby,
    Alarm,
    Available,
    Reserved,
    Unknown,
    Suspended,
}

/// The Kubernetes distribution a cluster runs, found by its probe.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum Flavour {
    #[default]
    Vanilla,
    K3s,
    Microk8s,
    OpenShift,
    Eks,
    Gke,
    Aks,
}
