//! What a kind of document does beside being stored. Everything else is the one engine; a kind without an entry here
//! is a plain document.

mod address_validation;
mod alarm_task;
mod by_order;
mod managed;
mod ordered;
mod resource_order;
mod service_order;
mod topic;

pub(crate) use service_order::begin;

use async_trait::async_trait;
use hypo_store::documents::Document;
use hypo_tmf::Resource;
use serde_json::Value;
use uuid::Uuid;

use crate::{App, Ctx, Result, tmf::key::Key};

/// What becomes of a checked document.
#[derive(Clone, Debug)]
pub(super) enum Draft {
    /// It is stored.
    Store,
    /// It is an order that is accepted and then rejected: items by position, and why.
    Rejected(Vec<(usize, String)>),
    /// The hook has stored it under this id.
    Taken(Uuid),
}

/// The places where a kind may plug in. Each does nothing by default.
#[async_trait]
pub(super) trait Hooks: Send + Sync {
    /// Before a checked document is stored: may complete it, refuse it or store it itself, with the key.
    async fn creating(&self, _: &App, _: &Ctx, _: &'static Resource, _: &mut Value, _: Option<&Key>) -> Result<Draft> {
        Ok(Draft::Store)
    }

    /// Before anything else is done with a change: may order what it asks for. The document is then answered as it is;
    /// the order changes it.
    async fn ordering(&self, _: &App, _: &Ctx, _: &Document, _: &Value) -> Result<bool> {
        Ok(false)
    }

    /// Before a change is checked and stored: may complete it or refuse it.
    async fn changing(&self, _: &App, _: &Ctx, _: &Document, _: &mut Value) -> Result<()> {
        Ok(())
    }

    /// Before a document is removed: may refuse it.
    async fn removing(&self, _: &App, _: &Ctx, _: &Document) -> Result<()> {
        Ok(())
    }
}

/// A plain document.
struct Plain;

impl Hooks for Plain {}

/// What a kind does.
pub(super) fn of(kind: &str) -> &'static dyn Hooks {
    match kind {
        "serviceOrder" => &service_order::ServiceOrder,
        "productOrder" => &ordered::ProductOrder,
        "resourceOrder" => &resource_order::ResourceOrder,
        "service" | "resource" | "serviceSpecification" | "productSpecification" | "organization" => &managed::Managed,
        "geographicAddressValidation" => &address_validation::AddressValidation,
        "topic" => &topic::Topic,
        task if alarm_task::is_task(task) => &alarm_task::AlarmTask,
        _ => &Plain,
    }
}
