//! The state of a service order, from its saga (TMF641 v4.1).

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_engine::{FailureKind, Saga, Transition};
use hypo_shared::{
    machine,
    order::OrderState,
    timeline::{SagaState, StepState},
};
use hypo_store::{
    Scope, Tx,
    documents::{self, Document, kind},
    saga_log::Projection,
};
use serde_json::{Map, Value, json};

use super::items;
use crate::failure::Failure;

/// The state an order has while its saga is in this one.
#[must_use]
pub fn state(saga: &Saga) -> OrderState {
    match saga.state {
        SagaState::Running if saga.steps.iter().all(|step| step.state == StepState::Waiting) => {
            OrderState::Acknowledged
        }
        SagaState::Running => OrderState::InProgress,
        SagaState::Held | SagaState::Stuck => OrderState::Held,
        SagaState::Unwinding if saga.cancelled => OrderState::PendingCancellation,
        SagaState::Unwinding => OrderState::InProgress,
        SagaState::Completed => OrderState::Completed,
        SagaState::Compensated if saga.cancelled => OrderState::Cancelled,
        SagaState::Compensated => OrderState::Failed,
    }
}

/// The failures a person should read, latest state of every failed step.
#[must_use]
pub fn failures(saga: &Saga) -> Vec<Failure> {
    let ended =
        matches!(saga.state, SagaState::Held | SagaState::Stuck | SagaState::Unwinding | SagaState::Compensated);
    let mut found: Vec<Failure> = Vec::new();
    let errors = saga
        .steps
        .iter()
        .filter(|step| ended && step.state != StepState::Done)
        .filter_map(|step| step.error.as_ref())
        .filter(|error| error.kind == FailureKind::Final || error.kind == FailureKind::Hold)
        .chain(saga.cause.as_ref().map(|cause| &cause.failure));
    for error in errors {
        let failure = serde_json::from_value(error.detail.clone()).unwrap_or_else(|_| Failure {
            code: error.code,
            title: error.code.title().to_owned(),
            component: None,
            cluster: None,
            detail: error.message.clone(),
            remedy: String::new(),
            evidence: Vec::new(),
        });
        if !found.contains(&failure) {
            found.push(failure);
        }
    }
    found
}

/// The order as it should read, or `None` when it reads so already. Pure.
#[must_use]
pub fn patch(order: &Document, saga: &Saga, now: DateTime<Utc>) -> Option<Document> {
    let next = reachable(&order.state, state(saga))?;
    let failures = failures(saga);
    let mut doc = order.doc.clone();
    let members = doc.as_object_mut()?;
    members.insert("state".into(), json!(next));
    if let Some(items) = members.get_mut("serviceOrderItem").and_then(Value::as_array_mut) {
        for item in items.iter_mut().filter_map(Value::as_object_mut) {
            item.insert("state".into(), json!(next));
        }
    }
    if next == OrderState::InProgress && !members.contains_key("startDate") {
        members.insert("startDate".into(), json!(now));
    }
    if next.is_final() && !members.contains_key("completionDate") {
        members.insert("completionDate".into(), json!(now));
    }
    explain(members, &failures, now);
    let unchanged = doc == order.doc && order.state == next.as_str();
    (!unchanged).then(|| Document { doc, state: next.as_str().to_owned(), updated_at: now, ..order.clone() })
}

/// TMF641 `errorMessage` (code, reason, message, timestamp), one per failure.
fn explain(members: &mut Map<String, Value>, failures: &[Failure], now: DateTime<Utc>) {
    if failures.is_empty() {
        members.remove("errorMessage");
        return;
    }
    let earlier = members.get("errorMessage").and_then(Value::as_array).cloned().unwrap_or_default();
    let messages: Vec<Value> = failures
        .iter()
        .map(|failure| {
            let reason = format!("{} {}", failure.title, failure.detail);
            let known = earlier.iter().find(|message| message["reason"] == json!(reason));
            let timestamp = known.map_or_else(|| json!(now), |message| message["timestamp"].clone());
            json!({
                "code": failure.code.code(), "reason": reason, "message": failure.remedy,
                "timestamp": timestamp, "hypo.failure": failure,
            })
        })
        .collect();
    members.insert("errorMessage".into(), Value::Array(messages));
}

/// The wanted state when the diagram leads there, however many edges away; a final state never changes.
pub(super) fn reachable(from: &str, to: OrderState) -> Option<OrderState> {
    machine::SERVICE_ORDER.leads(from, to.as_str()).then_some(to)
}

/// Writes the state of an order in the transaction that commits its saga's step.
#[derive(Clone, Copy, Debug, Default)]
pub struct OrderProjection;

#[async_trait]
impl Projection for OrderProjection {
    async fn project(&self, tx: &mut Tx, saga: &Saga, _: &Transition) -> hypo_store::Result<()> {
        let Some(subject) = saga.subject else { return Ok(()) };
        let order = documents::find(tx, Scope::Platform, kind::SERVICE_ORDER, subject).await?;
        match order.and_then(|order| patch(&order, saga, saga.updated_at)) {
            Some(next) => {
                let next = documents::update(tx, &next).await?;
                items::tell_parent(tx, &next).await
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diagram_is_followed_over_several_edges() {
        assert_eq!(reachable("acknowledged", OrderState::Completed), Some(OrderState::Completed));
        assert_eq!(reachable("held", OrderState::PendingCancellation), Some(OrderState::PendingCancellation));
        assert_eq!(reachable("completed", OrderState::Failed), None);
        assert_eq!(reachable("pendingCancellation", OrderState::Completed), None);
        assert_eq!(reachable("nonsense", OrderState::Held), None);
    }
}
