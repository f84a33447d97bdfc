//! The timeline of an order, from its saga.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use hypo_engine::Saga;
use hypo_orchestrator::Work;
use hypo_shared::{ErrorCode, OrderId, timeline::StepState};
use hypo_store::{
    Scope,
    documents::kind,
    ordering::{self, OrderItem, step},
    saga_log,
};
use serde_json::Value;
use uuid::Uuid;

use super::Step;
use crate::{
    App, Ctx, Result,
    permit::{Permit, may},
};

/// Steps, and what is waited for now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Timeline {
    pub steps: Vec<Step>,
    pub waiting_for: Option<String>,
}

/// Timelines of orders the caller may see. An order whose work has not begun has no steps.
///
/// # Errors
/// Those of the store.
pub async fn timelines(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::Read>,
    ids: &[OrderId],
) -> Result<HashMap<OrderId, Timeline>> {
    let mut found: HashMap<OrderId, Timeline> = ids.iter().map(|id| (*id, Timeline::default())).collect();
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    let visible = crate::documents::by_ids(app, ctx.reach(), kind::SERVICE_ORDER, &ids).await?;
    let visible: Vec<_> = visible.into_keys().collect();
    for saga in saga_log::of_subjects(app.store().read(), Scope::Platform, &visible).await? {
        if let Some(order) = saga.subject {
            found.insert(OrderId(order), of(&saga));
        }
    }
    // What has steps has begun.
    let idle = |id: &Uuid| found.get(&OrderId(*id)).is_some_and(|timeline| timeline.steps.is_empty());
    let idle: Vec<Uuid> = visible.into_iter().filter(idle).collect();
    if idle.is_empty() {
        return Ok(found);
    }
    for item in ordering::waiting(app.store().read(), &idle).await? {
        if let Some(timeline) = found.get_mut(&OrderId(item.order)).filter(|timeline| timeline.waiting_for.is_none()) {
            timeline.waiting_for = begins(&item, app.now());
        }
    }
    Ok(found)
}

/// The timeline of an order.
pub(crate) async fn timeline(app: &App, id: OrderId) -> Result<Timeline> {
    match app.orchestrator().saga(id).await {
        Ok(saga) => Ok(of(&saga)),
        Err(error) if matches!(error.code(), ErrorCode::OrderNotFound | ErrorCode::NotFound) => Ok(Timeline::default()),
        Err(error) => Err(error.into()),
    }
}

/// What keeps an item from being begun.
fn begins(item: &OrderItem, now: DateTime<Utc>) -> Option<String> {
    if item.step == step::APPROVAL {
        return Some("the provider's approval".to_owned());
    }
    (item.due_at > now).then(|| format!("its start, {}", item.due_at.format("%Y-%m-%d %H:%M UTC")))
}

/// A saga as people read it. Pure.
fn of(saga: &Saga) -> Timeline {
    let names = cluster_names(saga);
    let steps: Vec<Step> = saga.steps.iter().map(|step| view(step, &names)).collect();
    let waiting_for = saga
        .steps
        .iter()
        .filter(|step| matches!(step.state, StepState::Running | StepState::Retrying | StepState::Undoing))
        .find_map(waits_for)
        .or_else(|| steps.iter().find(|step| step.state == StepState::Running).map(|step| step.title.clone()));
    Timeline { steps, waiting_for }
}

/// The sagas' parameters are the orders' work; its sites have names.
fn cluster_names(saga: &Saga) -> HashMap<String, String> {
    let mut tagged = saga.params.clone();
    tagged["kind"] = Value::String(saga.kind.clone());
    match serde_json::from_value(tagged) {
        Ok(Work::Fulfil(work)) => work.sites.into_iter().map(|site| (site.cluster.to_string(), site.name)).collect(),
        Ok(Work::Terminate(work)) => {
            work.sites.into_iter().map(|site| (site.site.cluster.to_string(), site.site.name)).collect()
        }
        Err(_) => HashMap::new(),
    }
}

fn view(step: &hypo_engine::Step, names: &HashMap<String, String>) -> Step {
    let id = step.def.name.rsplit(':').next().filter(|id| names.contains_key(*id));
    let cluster = id.and_then(|id| names.get(id)).cloned();
    let failed = matches!(
        step.state,
        StepState::Failed | StepState::Retrying | StepState::UndoFailed | StepState::Undoing | StepState::Undone
    );
    let error = step.error.as_ref().filter(|_| failed);
    let message = error.map(|error| error.message.clone()).or_else(|| {
        (step.state == StepState::Running).then(|| waits_for(step).map(|what| format!("Waits for {what}."))).flatten()
    });
    Step {
        title: title(&step.def.name, cluster.as_deref()),
        name: step.def.name.clone(),
        state: step.state,
        cluster,
        attempt: step.attempt,
        started_at: step.started_at,
        ended_at: step.ended_at,
        message,
        detail: error
            .map(|error| error.detail.clone())
            .or_else(|| step.progress.clone())
            .filter(|value| !value.is_null()),
        after: step.def.after.clone(),
    }
}

fn waits_for(step: &hypo_engine::Step) -> Option<String> {
    step.progress.as_ref()?.get("waitingFor")?.as_str().map(str::to_owned)
}

/// What a step does, in words.
fn title(name: &str, cluster: Option<&str>) -> String {
    let mut parts = name.split(':');
    let (verb, phase) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let on = cluster.map(|cluster| format!(" on {cluster}")).unwrap_or_default();
    match verb {
        "check" => "Check that every cluster is offered and answers".to_owned(),
        "snapshot" => "Note what runs now".to_owned(),
        "register" => "Write the service into the inventory".to_owned(),
        "adopt" => "Take up the kept volumes".to_owned(),
        "authority" => "Make the certificate authority of the links".to_owned(),
        "apply" => format!("Apply phase {phase}{on}"),
        "ready" => format!("Wait until phase {phase} is ready{on}"),
        "prune" => format!("Remove what is no longer wanted{on}"),
        "activate" => "Hand the service over to the reconcilers".to_owned(),
        "settle" => "Keep or delete unused volumes".to_owned(),
        "delete" => format!("Delete objects{on}"),
        "finish" => "Close the service in the inventory".to_owned(),
        other => format!("{other}{on}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_the_cluster() {
        assert_eq!(title("apply:2:0190", Some("edge-1")), "Apply phase 2 on edge-1");
        assert_eq!(title("settle", None), "Keep or delete unused volumes");
        assert_eq!(title("activate", None), "Hand the service over to the reconcilers");
    }
}
