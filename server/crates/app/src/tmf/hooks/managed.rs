//! Documents whose truth is elsewhere: rows of ours shown as documents, and services the orchestrator runs. Clients
//! read them; they are changed where they are made.

use async_trait::async_trait;
use hypo_shared::ErrorCode;
use hypo_store::{
    documents::{Document, kind},
    mirror, offerings as rows,
};
use serde_json::Value;

use super::{Hooks, by_order};
use crate::{App, Ctx, Error, Result, ordering::OFFERED};

/// Members of a service the orchestrator runs that a client may change: they are words for people.
const WORDS: [&str; 4] = ["description", "note", "relatedParty", "place"];

pub(super) struct Managed;

#[async_trait]
impl Hooks for Managed {
    async fn ordering(&self, app: &App, ctx: &Ctx, before: &Document, after: &Value) -> Result<bool> {
        if !is_run_by_us(before) {
            return Ok(false);
        }
        match by_order::asked(before, after) {
            Some(item) => by_order::place(app, ctx, item).await.map(|()| true),
            None => Ok(false),
        }
    }

    async fn changing(&self, app: &App, _: &Ctx, before: &Document, after: &mut Value) -> Result<()> {
        mirrored(app, before, "changed").await?;
        form(app, before, after).await?;
        if !is_run_by_us(before) {
            return Ok(());
        }
        by_order::keep_spelling(&before.doc, after);
        let differs = |name: &String| before.doc.get(name) != after.get(name) && !WORDS.contains(&name.as_str());
        let (old, new) = (before.doc.as_object(), after.as_object());
        let names = old.into_iter().flatten().chain(new.into_iter().flatten()).map(|(name, _)| name);
        match names.into_iter().find(|name| differs(name)) {
            Some(name) => Err(Error::new(
                ErrorCode::StateConflict,
                format!(
                    "The orchestrator runs this service, and {name} is its to write. Place a service order to change it."
                ),
            )),
            None => Ok(()),
        }
    }

    async fn removing(&self, app: &App, _: &Ctx, before: &Document) -> Result<()> {
        mirrored(app, before, "removed").await?;
        if is_run_by_us(before) && before.state != "terminated" {
            return Err(Error::new(
                ErrorCode::StateConflict,
                "The orchestrator runs this service. Place a service order with the action delete.",
            ));
        }
        Ok(())
    }
}

/// The form of an offering is checked as it was published; what is shown of it is the same.
async fn form(app: &App, before: &Document, after: &Value) -> Result<()> {
    let shown = ["specCharacteristic", "productSpecCharacteristic"];
    if shown.iter().all(|name| before.doc.get(*name) == after.get(*name)) {
        return Ok(());
    }
    match rows::by_specification(app.store().read(), before.tenant, before.id).await? {
        Some(_) => Err(Error::new(
            ErrorCode::StateConflict,
            "This is the form of an offering. Publish another version to change it.",
        )),
        None => Ok(()),
    }
}

fn is_run_by_us(document: &Document) -> bool {
    document.application.is_some() || (document.kind == kind::SERVICE && document.doc.get(OFFERED).is_some())
}

async fn mirrored(app: &App, document: &Document, what: &str) -> Result<()> {
    match mirror::mirrored(app.store().read(), &document.kind, document.id).await? {
        Some(row) => Err(Error::new(
            ErrorCode::StateConflict,
            format!("This document shows a {row}; it is {what} where the {row} is."),
        )),
        None => Ok(()),
    }
}
