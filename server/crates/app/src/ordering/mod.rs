//! Orders that other orders carry out: an order of an offering by an order of its provider, a product order by service
//! orders, and orders that start later. Items are rows ([`hypo_store::ordering`]); one reconciler starts what is due,
//! rolls states up, lets documents follow the service they show, carries out cancel tasks and ends services in time.
//! Each step is one transaction that is refused when it was done before, so that a crash anywhere repeats nothing.

mod approve;
pub(crate) mod cancel;
pub(crate) mod ends;
mod follow;
mod place;
mod product;
mod reconcile;
mod rollup;
pub(crate) mod take;

use chrono::{DateTime, SecondsFormat, Utc};
use hypo_shared::{ErrorCode, Role, TenantId};
use hypo_store::{
    Tx,
    documents::{self, Document, kind},
    events::{self, NewEvent},
    ordering::{OrderItem, step},
};
use hypo_tmf::{Resource, items};
use serde_json::{Value, json};
use uuid::Uuid;

pub use approve::{approve, reject, to_approve};
pub(crate) use place::rendering;
pub use reconcile::run;

use crate::{Ctx, Error, Result, new_id};

/// Kind of TMF622 orders.
pub(crate) const PRODUCT_ORDER: &str = "productOrder";
/// Kind of TMF652 orders.
pub(crate) const RESOURCE_ORDER: &str = "resourceOrder";
/// Kind of TMF637 products.
pub(crate) const PRODUCT: &str = "product";
/// The member of a service document that says it shows another tenant's service.
pub(crate) const OFFERED: &str = "hypo:offering";
/// `serviceType` of such a document.
pub(crate) const SERVICE_TYPE: &str = "offered";

/// A service order is its provider's to read, who is told when it has to be approved. A product order is not: the service
/// orders beneath it are.
pub(crate) async fn address(tx: &mut Tx, order: &Document, items: &[OrderItem]) -> hypo_store::Result<()> {
    if order.kind != kind::SERVICE_ORDER {
        return Ok(());
    }
    let provider = items.iter().find_map(|item| item.provider).filter(|provider| *provider != order.tenant);
    let Some(provider) = provider else { return Ok(()) };
    documents::open_to(tx, order.id, provider).await?;
    if items.iter().any(|item| item.step == step::APPROVAL) {
        let event = NewEvent {
            topic: order.kind.clone(),
            tenant: provider,
            subject: order.id,
            kind: "informationRequired".to_owned(),
            payload: json!({"state": order.state, "name": order.name}),
            at: order.created_at,
        };
        events::publish(tx, event, new_id(), "ServiceOrderInformationRequiredEvent", order.doc.clone());
    }
    Ok(())
}

/// The program acting for a tenant, with the rights of its providers and no more.
fn acting(what: &str, tenant: TenantId) -> Ctx {
    let mut ctx = Ctx::system(what, tenant);
    ctx.who.role = Role::Provider;
    ctx
}

/// The member that holds the items of a kind of orders.
pub(crate) fn items_of(kind: &str) -> &'static str {
    items::member(kind).unwrap_or_default()
}

/// The item a row is about.
fn asked<'a>(doc: &'a Value, item: &OrderItem) -> &'a Value {
    usize::try_from(item.position).map_or(&Value::Null, |position| &doc[items_of(&item.kind)][position])
}

/// What the part of an item is called with its provider: the same item never has two.
fn external_id(item: &OrderItem) -> String {
    format!("{}:{}:{}", item.kind, item.order, item.position)
}

fn href(kind: &str, id: Uuid) -> String {
    Resource::of_kind(kind).map_or_else(String::new, |resource| resource.path(Some(&id.to_string())))
}

fn instant(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

pub(crate) fn is_final(state: &str) -> bool {
    matches!(state, "completed" | "failed" | "partial" | "cancelled" | "rejected")
}

/// A remark on a document, once.
fn note(doc: &mut Value, text: &str, now: DateTime<Utc>) {
    let mut notes = doc["note"].as_array().cloned().unwrap_or_default();
    if notes.iter().all(|known| known["text"] != text) {
        notes.push(json!({"author": "hypo", "date": instant(now), "text": text}));
    }
    doc["note"] = Value::Array(notes);
}

/// What a customer is told of a failure at the provider: the code and its title. The words of the clusters are the
/// provider's.
fn told(code: ErrorCode, now: DateTime<Utc>) -> Value {
    json!({"code": code.code(), "reason": code.title(), "timestamp": instant(now)})
}

fn code(text: &str) -> ErrorCode {
    ErrorCode::ALL.iter().copied().find(|code| code.code() == text).unwrap_or(ErrorCode::Internal)
}

/// An id in a document.
fn id(value: &Value) -> Option<Uuid> {
    value.as_str()?.parse().ok()
}

/// A time in a document.
pub(crate) fn time(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(value.as_str()?).ok().map(|at| at.with_timezone(&Utc))
}

fn corrupt(what: impl std::fmt::Display) -> Error {
    Error { detail: Some(what.to_string()), ..Error::of(ErrorCode::StoreCorrupt) }
}

/// A value in the type it should have.
fn parse<T: serde::de::DeserializeOwned>(what: &str, value: &Value) -> Result<T> {
    T::deserialize(value).map_err(|_| Error::field(what, "format", format!("{what} is missing or not readable.")))
}
