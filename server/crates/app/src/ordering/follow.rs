//! Documents that tell what others say: an order its parts, a customer's service its provider's, a product its service.

use hypo_shared::machine;
use hypo_store::{
    Scope,
    documents::{self, Document, kind},
    ordering::{self, OrderItem, Shown, step},
};
use serde_json::json;

use super::{PRODUCT, PRODUCT_ORDER, instant, is_final, product, rollup};
use crate::{App, Result};

/// Takes the state of an item's part into its order.
pub(super) async fn item(app: &App, item: &OrderItem) -> Result<()> {
    let now = app.now();
    hypo_store::write!(app.store(), |tx| {
        let Some(part) = item.part else { return Ok(()) };
        let Some(part) = documents::find(tx, Scope::Platform, kind::SERVICE_ORDER, part).await? else { return Ok(()) };
        let step = if is_final(&part.state) { step::DONE } else { step::PLACED };
        let next = OrderItem { step: step.to_owned(), seen: part.state.clone(), ..item.clone() };
        if !ordering::advance(tx, &next, step::PLACED).await? {
            return Ok(());
        }
        let order = documents::get(tx, item.tenant, &item.kind, item.order).await?;
        let why = rollup::reasons(item, &part, now);
        let order = rollup::with(&order, item, &part.state, why, now);
        documents::update(tx, &order).await?;
        if item.kind == PRODUCT_ORDER {
            return product::follow(tx, item, &part, now).await;
        }
        match part.state.as_str() {
            "completed" => changed(tx, item, &order, now).await,
            "failed" | "cancelled" | "rejected" => never_was(tx, item, &order, now).await,
            _ => Ok(()),
        }
    })?;
    Ok(())
}

/// A service that was changed shows what was chosen.
async fn changed(
    tx: &mut hypo_store::Tx,
    item: &OrderItem,
    order: &Document,
    now: chrono::DateTime<chrono::Utc>,
) -> hypo_store::Result<()> {
    let (asked, Some(subject)) = (super::asked(&order.doc, item), item.subject) else { return Ok(()) };
    if asked["action"] != "modify" {
        return Ok(());
    }
    let Some(mut service) = documents::find(tx, item.tenant, kind::SERVICE, subject).await? else { return Ok(()) };
    product::merge(&mut service.doc, "serviceCharacteristic", &asked["service"]["serviceCharacteristic"]);
    service.updated_at = now;
    documents::update(tx, &service).await.map(drop)
}

/// A new service whose order came to nothing ends, whether its provider has begun it or not.
async fn never_was(
    tx: &mut hypo_store::Tx,
    item: &OrderItem,
    order: &Document,
    now: chrono::DateTime<chrono::Utc>,
) -> hypo_store::Result<()> {
    let (asked, Some(subject)) = (super::asked(&order.doc, item), item.subject) else { return Ok(()) };
    let found = documents::find(tx, item.tenant, kind::SERVICE, subject).await?;
    let Some(mut service) = found.filter(|found| asked["action"] == "add" && found.state == "reserved") else {
        return Ok(());
    };
    service.state = "terminated".to_owned();
    service.doc["state"] = json!("terminated");
    service.doc["endDate"] = json!(instant(now));
    service.updated_at = now;
    documents::update(tx, &service).await.map(drop)
}

/// Takes the state of the service a document shows into it.
pub(super) async fn shown(app: &App, shown: &Shown) -> Result<()> {
    let now = app.now();
    hypo_store::write!(app.store(), |tx| {
        let source = documents::find(tx, Scope::Platform, kind::SERVICE, shown.shows).await?;
        let found = documents::find(tx, Scope::Platform, &shown.kind, shown.id).await?;
        let (Some(source), Some(mut document)) = (source, found) else { return Ok(()) };
        ordering::set_seen(tx, shown.id, &source.state).await?;
        let (member, machine, to) = match shown.kind.as_str() {
            PRODUCT => {
                ("status", &machine::PRODUCT, if source.state == "terminated" { "terminated" } else { return Ok(()) })
            }
            _ => ("state", &machine::SERVICE, source.state.as_str()),
        };
        if document.state == to || !machine.leads(&document.state, to) {
            return Ok(());
        }
        document.state = to.to_owned();
        document.doc[member] = json!(to);
        document.updated_at = now;
        match (shown.kind.as_str(), to) {
            (PRODUCT, _) => document.doc["terminationDate"] = json!(instant(now)),
            (_, "active") if document.doc.get("startDate").is_none() => document.doc["startDate"] = json!(instant(now)),
            (_, "terminated") => document.doc["endDate"] = json!(instant(now)),
            _ => {}
        }
        documents::update(tx, &document).await.map(drop)
    })?;
    Ok(())
}
