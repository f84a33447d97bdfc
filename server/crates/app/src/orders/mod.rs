//! Orders: TMF641 documents; their states are projections of sagas.

mod asked;
mod control;
pub(crate) mod document;
mod place;
mod read;
mod timeline;

use chrono::{DateTime, Utc};
use hypo_shared::{
    OrderId, PlanId, ServiceId, TenantId,
    analysis::Note,
    order::{ItemAction, OnFailure, OrderState},
    timeline::StepState,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use asked::Asked;
pub use control::{cancel, retry};
pub(crate) use place::{Operation, order_plan};
pub use place::{PlaceOrder, place};
pub use read::{by_ids, find, list, of_services};
pub(crate) use timeline::timeline;
pub use timeline::{Timeline, timelines};

/// A service order.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    pub id: OrderId,
    pub tenant: TenantId,
    pub name: String,
    pub state: OrderState,
    pub action: ItemAction,
    pub created_at: DateTime<Utc>,
    pub completed_at: Option<DateTime<Utc>>,
    pub created_by: String,
    pub plan: Option<PlanId>,
    pub service: Option<ServiceId>,
    pub on_failure: OnFailure,
    pub notes: Vec<Note>,
    pub failures: Vec<Failure>,
}

/// Why something failed, in the cluster's words, and what to do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub code: String,
    pub title: String,
    #[serde(default)]
    pub component: Option<String>,
    #[serde(default)]
    pub cluster: Option<String>,
    pub detail: String,
    pub remedy: String,
    #[serde(default)]
    pub evidence: Vec<String>,
}

impl From<hypo_orchestrator::Failure> for Failure {
    fn from(failure: hypo_orchestrator::Failure) -> Self {
        let hypo_orchestrator::Failure { code, title, component, cluster, detail, remedy, evidence } = failure;
        Self { code: code.code().to_owned(), title, component, cluster, detail, remedy, evidence }
    }
}

/// A step of an order's timeline.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    pub name: String,
    pub title: String,
    pub state: StepState,
    /// The cluster's name.
    pub cluster: Option<String>,
    pub attempt: u32,
    pub started_at: Option<DateTime<Utc>>,
    pub ended_at: Option<DateTime<Utc>>,
    pub message: Option<String>,
    pub detail: Option<Value>,
    pub after: Vec<String>,
}
