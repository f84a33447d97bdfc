//! Service states (TMF638 v4) and observed health.

use serde::{Deserialize, Serialize};

/// State of a service (TMF638 v4, ServiceStateType). Intent, not health.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum ServiceState {
    FeasibilityChecked,
    Designed,
    Reserved,
    Inactive,
    Active,
    Terminated,
}

impl ServiceState {
    /// All states.
    pub const ALL: [ServiceState; 6] = [
        ServiceState::FeasibilityChecked,
        ServiceState::Designed,
        ServiceState::Reserved,
        ServiceState::Inactive,
        ServiceState::Active,
        ServiceState::Terminated,
    ];

    /// The states that may follow. `inactive` and `reserved` to `terminated` are a documented extension:
    /// the specification's diagram has no way to end a service that never became active.
    #[must_use]
    pub const fn next(self) -> &'static [ServiceState] {
        use ServiceState::*;
        match self {
            FeasibilityChecked => &[Designed, Reserved, Inactive, Active],
            Designed => &[Reserved, Inactive, Active],
            Reserved => &[Designed, Inactive, Active, Terminated],
            Inactive => &[Active, Terminated],
            Active => &[Inactive, Terminated],
            Terminated => &[Active],
        }
    }

    /// Whether the table has an edge from `self` to `to`.
    #[must_use]
    pub fn can_become(self, to: ServiceState) -> bool {
        self == to || self.next().contains(&to)
    }

    /// The specification's spelling.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            ServiceState::FeasibilityChecked => "feasibilityChecked",
            ServiceState::Designed => "designed",
            ServiceState::Reserved => "reserved",
            ServiceState::Inactive => "inactive",
            ServiceState::Active => "active",
            ServiceState::Terminated => "terminated",
        }
    }
}

/// Observed health, the second axis beside the state.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum Health {
    /// Every replica is ready.
    Healthy,
    /// Work is under way and nothing is known to be wrong.
    Progressing,
    /// Some replicas are ready.
    Degraded,
    /// No replica is ready.
    Failed,
    /// The cluster does not answer, or nothing was observed yet.
    #[default]
    Unknown,
}

impl Health {
    /// The worse of two, for roll-up: failed, degraded, unknown, progressing, healthy.
    #[must_use]
    pub fn worse(self, other: Health) -> Health {
        const fn rank(health: Health) -> u8 {
            match health {
                Health::Healthy => 0,
                Health::Progressing => 1,
                Health::Unknown => 2,
                Health::Degraded => 3,
                Health::Failed => 4,
            }
        }
        if rank(other) > rank(self) { other } else { self }
    }
}

/// State of a declared link between two clusters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum LinkState {
    /// The objects are declared; nothing has proven the path.
    #[default]
    Unverified,
    Up,
    Down,
}

/// What is done about drift of a field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "graphql", derive(async_graphql::Enum))]
#[cfg_attr(feature = "graphql", graphql(rename_items = "camelCase"))]
pub enum DriftPolicy {
    /// Show it.
    #[default]
    Alert,
    /// Put the planned value back.
    Revert,
}
