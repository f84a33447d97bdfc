//! TMF652: orders of resources are kept; nothing here carries them out but their cancelling.

use async_trait::async_trait;
use hypo_store::documents::Document;
use hypo_tmf::{Resource, items};
use serde_json::{Value, json};

use super::{Draft, Hooks, placed};
use crate::{App, Ctx, Result, ordering, tmf::key::Key};

pub(super) struct ResourceOrder;

#[async_trait]
impl Hooks for ResourceOrder {
    async fn creating(
        &self,
        _: &App,
        _: &Ctx,
        resource: &'static Resource,
        document: &mut Value,
        _: Option<&Key>,
    ) -> Result<Draft> {
        let member = items::member(resource).unwrap_or_default();
        for item in document[member].as_array_mut().into_iter().flatten() {
            item["state"] = json!("acknowledged");
        }
        Ok(Draft::Store)
    }

    async fn changing(
        &self,
        _: &App,
        _: &Ctx,
        resource: &'static Resource,
        before: &Document,
        after: &mut Value,
    ) -> Result<()> {
        if ordering::is_final(&before.state) { placed::kept(resource, before, after) } else { Ok(()) }
    }
}
