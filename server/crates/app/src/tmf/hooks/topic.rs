//! TMF688: a topic is a stored filter. One that cannot be read would fail whenever it is used, so it is not stored.

use async_trait::async_trait;
use hypo_store::documents::Document;
use hypo_tmf::Resource;
use serde_json::Value;
use uuid::Uuid;

use super::{Draft, Hooks};
use crate::{App, Ctx, Result, hubs, tmf::key::Key};

pub(super) struct Topic;

#[async_trait]
impl Hooks for Topic {
    async fn creating(
        &self,
        _: &App,
        _: &Ctx,
        _: &'static Resource,
        document: &mut Value,
        _: Option<&Key>,
    ) -> Result<Draft> {
        hubs::Topic::read(Uuid::nil(), document)?;
        Ok(Draft::Store)
    }

    async fn changing(&self, _: &App, _: &Ctx, before: &Document, document: &mut Value) -> Result<()> {
        hubs::Topic::read(before.id, document)?;
        Ok(())
    }
}
