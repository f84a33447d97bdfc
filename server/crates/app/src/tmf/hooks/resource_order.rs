//! TMF652: orders of resources are kept; nothing here carries them out but their cancelling.

use async_trait::async_trait;
use hypo_tmf::Resource;
use serde_json::{Value, json};

use super::{Draft, Hooks};
use crate::{App, Ctx, Result, ordering::items_of, tmf::key::Key};

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
        for item in document[items_of(resource.kind)].as_array_mut().into_iter().flatten() {
            item["state"] = json!("acknowledged");
        }
        Ok(Draft::Store)
    }
}
