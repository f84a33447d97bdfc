//! Orders that other orders carry out: stored with their items, which the reconciler of orders starts.

use async_trait::async_trait;
use hypo_store::{
    documents::{self, Document},
    ordering::{self as rows, OrderItem},
};
use hypo_tmf::Resource;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{Draft, Hooks};
use crate::{
    App, Ctx, Result,
    access::audit,
    ordering::{
        self,
        take::{self, Taken},
    },
    orders,
    tmf::{create, document as made, key::Key},
};

/// TMF622.
pub(super) struct ProductOrder;

#[async_trait]
impl Hooks for ProductOrder {
    async fn creating(
        &self,
        app: &App,
        ctx: &Ctx,
        resource: &'static Resource,
        document: &mut Value,
        key: Option<&Key>,
    ) -> Result<Draft> {
        let taken = take::product_order(app, ctx, document).await?;
        Ok(draft(app, ctx, resource, document, key, taken).await?.unwrap_or(Draft::Store))
    }
}

/// A TMF641 order about offerings; `None` when it is about something else.
pub(super) async fn service_order(
    app: &App,
    ctx: &Ctx,
    resource: &'static Resource,
    document: &Value,
    key: Option<&Key>,
) -> Result<Option<Draft>> {
    let taken = take::service_order(app, ctx, document).await?;
    draft(app, ctx, resource, document, key, taken).await
}

/// A TMF641 order about one's own packages whose items are started one by one; `None` for a single one that starts now.
pub(super) async fn own(
    app: &App,
    ctx: &Ctx,
    resource: &'static Resource,
    document: &Value,
    key: Option<&Key>,
) -> Result<Option<Draft>> {
    let Some(items) = take::own(app, ctx, document).await? else { return Ok(None) };
    draft(app, ctx, resource, document, key, Taken::Items(items)).await
}

async fn draft(
    app: &App,
    ctx: &Ctx,
    resource: &'static Resource,
    document: &Value,
    key: Option<&Key>,
    taken: Taken,
) -> Result<Option<Draft>> {
    match taken {
        Taken::NotOurs => Ok(None),
        Taken::Rejected(reasons) => Ok(Some(Draft::Rejected(reasons))),
        Taken::Items(items) => store(app, ctx, resource, document, key, items).await.map(|id| Some(Draft::Taken(id))),
    }
}

/// Order and items, in one transaction.
async fn store(
    app: &App,
    ctx: &Ctx,
    resource: &'static Resource,
    document: &Value,
    key: Option<&Key>,
    items: Vec<OrderItem>,
) -> Result<Uuid> {
    let mut body = document.clone();
    for item in body[ordering::items_of(resource.kind)].as_array_mut().into_iter().flatten() {
        let state = if item["action"] == "noChange" { "completed" } else { "acknowledged" };
        item["state"] = json!(state);
    }
    let theirs = body["relatedParty"].as_array().into_iter().flatten().cloned();
    body["relatedParty"] = theirs.chain(orders::document::parties(ctx, ctx.who.tenant)).collect();
    let row = made::fresh(ctx, resource, body, app.now());
    made::check_external_id(&row)?;
    // Nothing to do is done at once.
    let idle = items.iter().all(|item| item.step == rows::step::DONE);
    let written = hypo_store::write!(app.store(), |tx| {
        if let Some(key) = key {
            key.settle(tx, row.tenant, row.id, row.created_at).await?;
        }
        let stored = documents::create(tx, &row).await?;
        for item in &items {
            rows::create(tx, &OrderItem { order: row.id, ..item.clone() }).await?;
        }
        ordering::address(tx, &stored, &items).await?;
        if idle {
            documents::update(tx, &completed(&stored)).await?;
        }
        let subject = create::subject(resource, row.id);
        audit::done(tx, app, ctx, &format!("create{}", resource.type_name), subject, json!({"items": items.len()}));
        Ok(())
    });
    match written {
        Ok(()) => Ok(row.id),
        Err(hypo_store::Error::Duplicate(_)) => Err(create::taken(app, ctx, &row).await),
        Err(error) => Err(error.into()),
    }
}

fn completed(order: &Document) -> Document {
    let mut next = Document { state: "completed".to_owned(), ..order.clone() };
    next.doc["state"] = json!("completed");
    next.doc["completionDate"] = next.doc["orderDate"].clone();
    next
}
