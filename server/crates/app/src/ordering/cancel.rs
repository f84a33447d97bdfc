//! Cancelling: what waits is cancelled at once, what runs is asked to undo itself. TMF641, TMF622 and TMF652 have a task
//! for it, whose state tells how far that is.

use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use hypo_engine::Wish;
use hypo_shared::{ErrorCode, OrderId, TenantId, machine};
use hypo_store::{
    Scope, Slice,
    documents::{self, Document, ListQuery, kind},
    ordering::{self, OrderItem, step},
};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{PRODUCT_ORDER, RESOURCE_ORDER, id, instant, is_final, items_of, rollup, time};
use crate::{App, Error, Result};

/// Kind of the tasks, the member that names the order, and the order's kind.
const TASKS: [(&str, &str, &str); 3] = [
    ("cancelServiceOrder", "serviceOrder", kind::SERVICE_ORDER),
    ("cancelProductOrder", "productOrder", PRODUCT_ORDER),
    ("cancelResourceOrder", RESOURCE_ORDER, RESOURCE_ORDER),
];

/// The order a task is about, when the tenant has it.
pub(crate) async fn order_of(app: &App, tenant: TenantId, task: &str, document: &Value) -> Result<Option<Document>> {
    let Some((_, member, kind)) = TASKS.iter().find(|(known, ..)| *known == task) else { return Ok(None) };
    let Some(order) = id(&document[*member]["id"]) else { return Ok(None) };
    let found = documents::find(app.store().read(), tenant, kind, order).await?;
    Ok(found.filter(|order| order.tenant == tenant))
}

/// Goes on with every task that has not ended; says how many there were.
pub(super) async fn tasks(app: &App) -> Result<usize> {
    let mut seen = 0;
    for (kind, ..) in TASKS {
        let states = ["accepted", "acknowledged", "inProgress"].map(str::to_owned).to_vec();
        let query = ListQuery { states, slice: Slice { offset: 0, limit: 100 }, ..ListQuery::of(kind) };
        for task in documents::list(app.store().read(), Scope::Platform, &query).await?.items {
            seen += 1;
            if let Err(error) = go_on(app, &task).await {
                tracing::warn!(task.id = %task.id, error = %error, error.detail = error.detail, "A cancel task does not go on.");
            }
        }
    }
    Ok(seen)
}

async fn go_on(app: &App, task: &Document) -> Result<()> {
    let now = app.now();
    let Some(order) = order_of(app, task.tenant, &task.kind, &task.doc).await? else {
        return end(app, task, Some("There is no such order of yours."), None).await;
    };
    if !is_final(&order.state) && time(&task.doc["requestedCancellationDate"]).is_some_and(|at| at > now) {
        return Ok(());
    }
    if task.state == "inProgress" {
        // What was done before stays done; the rest is cancelled.
        if matches!(order.state.as_str(), "cancelled" | "partial") {
            return end(app, task, None, Some(&order)).await;
        }
        if is_final(&order.state) {
            let text = format!("The order was {} before it could be cancelled.", order.state);
            return end(app, task, Some(&text), None).await;
        }
        // The wish is there until it is taken; making it again changes nothing.
        return match ask(app, &order).await {
            Err(error) if error.code == ErrorCode::OrderStateConflict => {
                deny(app, &order, &task.doc["hypo:before"]).await?;
                end(app, task, Some(&error.message), None).await
            }
            other => other,
        };
    }
    if is_final(&order.state) {
        let text = format!("The order is {} already.", order.state);
        return end(app, task, Some(&text), None).await;
    }
    assess(app, task, &order, now).await
}

/// The task is under way and the order is being looked at.
async fn assess(app: &App, task: &Document, order: &Document, now: DateTime<Utc>) -> Result<()> {
    let mut next = moved(task, "inProgress", now);
    next.doc["hypo:before"] = json!(order.state);
    let machine = match order.kind.as_str() {
        PRODUCT_ORDER => &machine::PRODUCT_ORDER,
        RESOURCE_ORDER => &machine::RESOURCE_ORDER,
        _ => &machine::SERVICE_ORDER,
    };
    let mut looked_at = order.clone();
    if machine.leads(&order.state, "assessingCancellation") {
        looked_at = moved(order, "assessingCancellation", now);
    }
    if let Some(reason) = task.doc.get("cancellationReason") {
        looked_at.doc["cancellationReason"] = reason.clone();
    }
    hypo_store::write!(app.store(), |tx| {
        documents::update(tx, &next).await?;
        documents::update(tx, &looked_at).await.map(drop)
    })?;
    Ok(())
}

/// The order goes back where it was.
async fn deny(app: &App, order: &Document, before: &Value) -> Result<()> {
    let Some(before) = before.as_str().filter(|_| order.state == "assessingCancellation") else { return Ok(()) };
    let back = moved(order, before, app.now());
    hypo_store::write!(app.store(), |tx| documents::update(tx, &back).await.map(drop))?;
    Ok(())
}

async fn end(app: &App, task: &Document, problem: Option<&str>, order: Option<&Document>) -> Result<()> {
    let now = app.now();
    let mut steps = Vec::new();
    if task.state != "inProgress" {
        steps.push("inProgress");
    }
    steps.push(if problem.is_some() { "terminatedWithError" } else { "done" });
    let mut next = task.clone();
    for state in &steps {
        next = moved(&next, state, now);
    }
    match problem {
        Some(text) => {
            let code = ErrorCode::OrderStateConflict.code();
            // TMF622's task has no errorMessage; it is told there as well, for whoever reads it.
            next.doc["errorMessage"] = json!({"code": code, "reason": text, "timestamp": instant(now)});
        }
        None => {
            let at = order.and_then(|order| order.doc.get("cancellationDate")).cloned();
            next.doc["effectiveCancellationDate"] = at.unwrap_or_else(|| json!(instant(now)));
            let partly = order.is_some_and(|order| order.state == "partial");
            next.doc["completionMessage"] =
                json!(if partly { "What was not done yet is cancelled." } else { "The order is cancelled." });
        }
    }
    let first = (steps.len() == 2).then(|| moved(task, "inProgress", now));
    hypo_store::write!(app.store(), |tx| {
        let mut next = next.clone();
        if let Some(first) = &first {
            next.rev = documents::update(tx, first).await?.rev;
        }
        documents::update(tx, &next).await.map(drop)
    })?;
    Ok(())
}

fn moved(document: &Document, state: &str, now: DateTime<Utc>) -> Document {
    let mut next = Document { state: state.to_owned(), updated_at: now, ..document.clone() };
    next.doc["state"] = json!(state);
    next
}

/// Cancels what waits of an order, and asks what runs to undo itself. An order without items is its own saga.
///
/// # Errors
/// `HYP-3002` when what runs cannot be cancelled.
pub(crate) fn ask<'a>(app: &'a App, order: &'a Document) -> BoxFuture<'a, Result<()>> {
    Box::pin(async move {
        if order.kind == RESOURCE_ORDER {
            return drop_resources(app, order).await;
        }
        let items = ordering::of(app.store().read(), order.id).await?;
        if items.iter().all(|item| item.offering.is_none() && item.step == step::DONE) {
            return wish(app, order).await;
        }
        for item in items {
            match (item.step.as_str(), item.part) {
                (step::APPROVAL | step::WAITING, _) => drop_item(app, &item).await?,
                (step::PLACED, Some(part)) => {
                    let part = documents::get(app.store().read(), Scope::Platform, kind::SERVICE_ORDER, part).await?;
                    if !is_final(&part.state) {
                        ask(app, &part).await?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    })
}

/// Asks the saga; a multi-item order of one's own packages has a saga per part.
async fn wish(app: &App, order: &Document) -> Result<()> {
    if order.state == "pendingCancellation" {
        return Ok(());
    }
    match app.orchestrator().wish(OrderId(order.id), Wish::Cancel).await.map_err(Error::from) {
        Err(error) if error.code == ErrorCode::OrderNotFound => {
            let parts = ListQuery {
                filters: vec![("orderRelationship.id".to_owned(), json!(order.id))],
                slice: Slice { offset: 0, limit: Slice::MAX },
                ..ListQuery::of(kind::SERVICE_ORDER)
            };
            let parts = documents::list(app.store().read(), order.tenant, &parts).await?.items;
            for part in parts.iter().filter(|part| !is_final(&part.state)) {
                app.orchestrator().wish(OrderId(part.id), Wish::Cancel).await?;
            }
            Ok(())
        }
        other => other,
    }
}

/// An item that was not begun.
async fn drop_item(app: &App, item: &OrderItem) -> Result<()> {
    let now = app.now();
    let done = OrderItem { step: step::DONE.to_owned(), ..item.clone() };
    hypo_store::write!(app.store(), |tx| {
        if ordering::advance(tx, &done, &item.step).await? {
            let order = documents::get(tx, item.tenant, &item.kind, item.order).await?;
            let order = rollup::with(&order, item, "cancelled", Vec::new(), now);
            documents::update(tx, &order).await?;
        }
        Ok(())
    })?;
    Ok(())
}

/// Nothing here carries out an order of resources, so that nothing is undone.
async fn drop_resources(app: &App, order: &Document) -> Result<()> {
    let now = app.now();
    let pending = moved(order, "pendingCancellation", now);
    let mut cancelled = moved(&pending, "cancelled", now);
    cancelled.doc["cancellationDate"] = json!(instant(now));
    for item in cancelled.doc[items_of(&order.kind)].as_array_mut().into_iter().flatten() {
        if !item["state"].as_str().is_some_and(is_final) {
            item["state"] = json!("cancelled");
        }
    }
    hypo_store::write!(app.store(), |tx| {
        let rev = documents::update(tx, &pending).await?.rev;
        documents::update(tx, &Document { rev, ..cancelled.clone() }).await.map(drop)
    })?;
    Ok(())
}

/// Whether an order is carried out by others.
pub(crate) async fn has_items(app: &App, order: Uuid) -> Result<bool> {
    Ok(!ordering::of(app.store().read(), order).await?.is_empty())
}

/// Cancels an order with items at once, as its owner.
///
/// # Errors
/// As [`ask`].
pub(crate) async fn now(app: &App, tenant: TenantId, order: Uuid) -> Result<()> {
    let order = documents::get(app.store().read(), tenant, kind::SERVICE_ORDER, order).await?;
    ask(app, &order).await
}
