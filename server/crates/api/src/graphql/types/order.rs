//! Orders (TMF641) and their timelines.

use async_graphql::{ComplexObject, Context, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::orders;
use hypo_shared::{
    OrderId, ServiceId,
    order::{ItemAction, OnFailure, OrderAction, OrderState},
    timeline::StepState,
};
use serde_json::Value;
use uuid::Uuid;

use super::{Note, Service, int, plan::notes};
use crate::graphql::{error::Result, loaders};

/// A service order.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Order {
    /// Identifier.
    id: Uuid,
    /// Name of the service that is ordered.
    name: String,
    /// Where it is in its life (TMF641).
    state: OrderState,
    /// What is ordered: a new service, a change, an end.
    action: ItemAction,
    /// When it was placed.
    created_at: DateTime<Utc>,
    /// When it came to its end.
    completed_at: Option<DateTime<Utc>>,
    /// Who placed it.
    created_by: String,
    /// Plan it carries out.
    plan_id: Option<Uuid>,
    /// What happens when a step fails.
    on_failure: OnFailure,
    /// Remarks of the server.
    notes: Vec<Note>,
    /// What went wrong.
    failures: Vec<Failure>,
    /// Whether it can be cancelled now.
    can_cancel: bool,
    /// Whether it can go on now.
    can_retry: bool,
    #[graphql(skip)]
    of: Option<ServiceId>,
}

#[ComplexObject]
impl Order {
    /// Service it makes, changes or ends.
    async fn service(&self, context: &Context<'_>) -> Result<Option<Service>> {
        match self.of {
            Some(service) => loaders::service_if_there(context, service).await,
            None => Ok(None),
        }
    }

    /// The timeline.
    async fn steps(&self, context: &Context<'_>) -> Result<Vec<Step>> {
        Ok(loaders::timeline(context, OrderId(self.id)).await?.steps.into_iter().map(Step::from).collect())
    }

    /// What the order waits for now, in words.
    async fn waiting_for(&self, context: &Context<'_>) -> Result<Option<String>> {
        if self.state.is_final() {
            return Ok(None);
        }
        Ok(loaders::timeline(context, OrderId(self.id)).await?.waiting_for)
    }
}

impl From<orders::Order> for Order {
    fn from(order: orders::Order) -> Self {
        Self {
            id: order.id.0,
            name: order.name,
            state: order.state,
            action: order.action,
            created_at: order.created_at,
            completed_at: order.completed_at,
            created_by: order.created_by,
            plan_id: order.plan.map(|plan| plan.0),
            on_failure: order.on_failure,
            notes: notes(&order.notes),
            failures: order.failures.into_iter().map(Failure::from).collect(),
            can_cancel: order.state.can(OrderAction::Cancel),
            can_retry: order.state.can(OrderAction::Retry),
            of: order.service,
        }
    }
}

/// Why something failed, in the cluster's words, and what to do.
#[derive(Clone, SimpleObject)]
pub struct Failure {
    /// Stable code, HYP-NNNN.
    code: String,
    /// What the code means.
    title: String,
    /// Component that failed.
    component: Option<String>,
    /// Name of the cluster it failed in.
    cluster: Option<String>,
    /// What happened, in a sentence.
    detail: String,
    /// What can be done.
    remedy: String,
    /// Lines of the cluster that show it.
    evidence: Vec<String>,
}

impl From<orders::Failure> for Failure {
    fn from(failure: orders::Failure) -> Self {
        let orders::Failure { code, title, component, cluster, detail, remedy, evidence } = failure;
        Self { code, title, component, cluster, detail, remedy, evidence }
    }
}

/// A step of an order's timeline.
#[derive(Clone, SimpleObject)]
pub struct Step {
    /// Name of the step.
    name: String,
    /// What it does, for people.
    title: String,
    /// Where it is.
    state: StepState,
    /// The cluster's name.
    cluster: Option<String>,
    /// How often it was tried.
    attempt: i32,
    /// When it was begun.
    started_at: Option<DateTime<Utc>>,
    /// When it came to its end.
    ended_at: Option<DateTime<Utc>>,
    /// What it says.
    message: Option<String>,
    /// What it found.
    detail: Option<Value>,
    /// Names of the steps before it.
    after: Vec<String>,
}

impl From<orders::Step> for Step {
    fn from(step: orders::Step) -> Self {
        let orders::Step { name, title, state, cluster, attempt, started_at, ended_at, message, detail, after } = step;
        Self { name, title, state, cluster, attempt: int(attempt), started_at, ended_at, message, detail, after }
    }
}
