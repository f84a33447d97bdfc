//! Items of orders that are carried out by other orders, documents that show a service of another tenant, and the ends
//! of services. Each list is what a reconciler has to do; the documents say what has become of it.

use chrono::{DateTime, Utc};
use hypo_shared::TenantId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    Error, Reader, Result, Slice, Tx,
    sql::{Filter, args, table},
};

/// How far an item is.
pub mod step {
    /// The provider decides.
    pub const APPROVAL: &str = "approval";
    /// It starts when its time has come.
    pub const WAITING: &str = "waiting";
    /// An order of its own carries it out.
    pub const PLACED: &str = "placed";
    /// It has ended.
    pub const DONE: &str = "done";
}

/// One item of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OrderItem {
    /// TMF641 or TMF622 order.
    pub order: Uuid,
    /// From 0, in the order's list of items.
    pub position: i64,
    /// The order's kind.
    pub kind: String,
    /// The order's tenant.
    pub tenant: TenantId,
    /// Who carries it out, when it is somebody else's offering.
    pub provider: Option<TenantId>,
    pub offering: Option<Uuid>,
    /// See [`step`].
    pub step: String,
    /// Not before.
    pub due_at: DateTime<Utc>,
    /// The order that carries it out.
    pub part: Option<Uuid>,
    /// The state of that order which this one already tells.
    pub seen: String,
    /// The orderer's service or product.
    pub subject: Option<Uuid>,
    /// Why it did not go on, in full, for the provider.
    pub reason: String,
}

table!(OrderItem, "order_items" {
    order, position, kind, tenant, provider, offering, step, due_at, part, seen, subject, reason
});

/// Stores an item.
///
/// # Errors
/// [`Error::Duplicate`].
pub async fn create(tx: &mut Tx, item: &OrderItem) -> Result<()> {
    let what = || Error::Duplicate(format!("item {} of order {}", item.position, item.order));
    if tx.insert_new(item).await? { Ok(()) } else { Err(what()) }
}

/// Replaces an item, when it is still at the step `from`; says whether it was.
///
/// # Errors
/// Database failures only.
pub async fn advance(tx: &mut Tx, item: &OrderItem, from: &str) -> Result<bool> {
    let sql = "UPDATE order_items SET step = $1, due_at = $2, part = $3, seen = $4, subject = $5, reason = $6 \
               WHERE \"order\" = $7 AND position = $8 AND step = $9";
    let OrderItem { order, position, step, due_at, part, seen, subject, reason, .. } = item;
    let values = args![*step, *due_at, *part, *seen, *subject, *reason, *order, *position, from.to_owned()];
    Ok(tx.execute(sql, values).await? == 1)
}

/// Items of an order, in their order.
///
/// # Errors
/// Database failures only.
pub async fn of(db: &Reader, order: Uuid) -> Result<Vec<OrderItem>> {
    db.rows(&Filter::new().eq("order", order).order("position")).await
}

/// Items of these orders that were not begun.
///
/// # Errors
/// Database failures only.
pub async fn waiting(db: &Reader, orders: &[Uuid]) -> Result<Vec<OrderItem>> {
    let steps = [step::APPROVAL, step::WAITING].map(str::to_owned);
    db.rows(&Filter::new().any_of("order", orders).any_of("step", &steps).order("\"order\", position")).await
}

/// Items whose time has come.
///
/// # Errors
/// Database failures only.
pub async fn due(db: &Reader, now: DateTime<Utc>, limit: u64) -> Result<Vec<OrderItem>> {
    let filter = Filter::new().eq("step", step::WAITING.to_owned()).and("due_at <= {}", now);
    db.rows(&filter.order("due_at, \"order\", position").slice(Slice { offset: 0, limit })).await
}

/// Items whose order tells something that theirs does not tell yet.
///
/// # Errors
/// Database failures only.
pub async fn behind(db: &Reader, limit: u64) -> Result<Vec<OrderItem>> {
    let filter = Filter::new()
        .eq("step", step::PLACED.to_owned())
        .and_raw("EXISTS (SELECT 1 FROM documents d WHERE d.id = order_items.part AND d.state <> order_items.seen)");
    db.rows(&filter.order("\"order\", position").slice(Slice { offset: 0, limit })).await
}

/// Items that wait for this provider.
///
/// # Errors
/// Database failures only.
pub async fn to_approve(db: &Reader, provider: TenantId, limit: u64) -> Result<Vec<OrderItem>> {
    let filter = Filter::new().eq("step", step::APPROVAL.to_owned()).eq("provider", provider);
    db.rows(&filter.order("due_at, \"order\", position").slice(Slice { offset: 0, limit })).await
}

/// A document that shows what another one says: a customer's service its provider's, a product its service.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    pub id: Uuid,
    /// Kind of the document.
    pub kind: String,
    pub tenant: TenantId,
    /// The service it shows.
    pub shows: Uuid,
    /// That service's tenant.
    pub provider: TenantId,
    pub offering: Uuid,
    /// The state of that service which this document already tells.
    pub seen: String,
}

table!(Shown, "shown_services" { id, kind, tenant, shows, provider, offering, seen });

/// Stores it, once.
///
/// # Errors
/// Database failures only.
pub async fn show(tx: &mut Tx, shown: &Shown) -> Result<()> {
    tx.insert_new(shown).await.map(drop)
}

/// The tenant's own.
///
/// # Errors
/// Database failures only.
pub async fn shown(db: &Reader, tenant: TenantId, kind: &str, id: Uuid) -> Result<Option<Shown>> {
    db.row(&Filter::new().eq("id", id).eq("kind", kind.to_owned()).eq("tenant", tenant)).await
}

/// Documents that do not tell yet what they show.
///
/// # Errors
/// Database failures only.
pub async fn shown_behind(db: &Reader, limit: u64) -> Result<Vec<Shown>> {
    let filter = Filter::new().and_raw(
        "EXISTS (SELECT 1 FROM documents d WHERE d.id = shown_services.shows AND d.state <> shown_services.seen)",
    );
    db.rows(&filter.order("id").slice(Slice { offset: 0, limit })).await
}

/// Notes what a document tells now.
///
/// # Errors
/// Database failures only.
pub async fn set_seen(tx: &mut Tx, id: Uuid, seen: &str) -> Result<()> {
    tx.execute("UPDATE shown_services SET seen = $1 WHERE id = $2", args![seen.to_owned(), id]).await.map(drop)
}

/// When a service ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ServiceEnd {
    pub service: Uuid,
    pub tenant: TenantId,
    pub at: DateTime<Utc>,
    /// Who said so.
    pub why: String,
}

table!(ServiceEnd, "service_ends" { service, tenant, at, why });

/// Sets the end of a service.
///
/// # Errors
/// Database failures only.
pub async fn set_end(tx: &mut Tx, end: &ServiceEnd) -> Result<()> {
    tx.upsert(end, &["service"]).await
}

/// Services whose end has come.
///
/// # Errors
/// Database failures only.
pub async fn ended(db: &Reader, now: DateTime<Utc>, limit: u64) -> Result<Vec<ServiceEnd>> {
    db.rows(&Filter::new().and("at <= {}", now).order("at, service").slice(Slice { offset: 0, limit })).await
}

/// Forgets the end of a service that has ended.
///
/// # Errors
/// Database failures only.
pub async fn forget_end(tx: &mut Tx, service: Uuid) -> Result<()> {
    tx.delete::<ServiceEnd>(&Filter::new().eq("service", service)).await.map(drop)
}
