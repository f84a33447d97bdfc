//! Holding a line, sending again what was given up, a new secret.

use chrono::{DateTime, Utc};
use hypo_model::ports::secrets::SecretValue;
use hypo_shared::ErrorCode;
use hypo_store::{Slice, hubs};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    Hub,
    manage::{one, subject},
    secret_of,
};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    auth::secret::Secret,
    permit::{Permit, may},
};

/// An event that was given up.
#[derive(Clone, Debug, PartialEq)]
pub struct DeadLetter {
    /// Opaque.
    pub id: String,
    pub event_id: String,
    pub event_type: String,
    /// As it would have been sent.
    pub body: Value,
    pub attempts: u32,
    /// Why the last attempt failed.
    pub error: String,
    pub created_at: DateTime<Utc>,
}

/// Holds the line of a listener: nothing is sent until it is resumed, nothing is lost.
///
/// # Errors
/// `HYP-6201`.
pub async fn pause(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<Hub> {
    hold(app, ctx, id, true).await
}

/// Lets the line go on.
///
/// # Errors
/// `HYP-6201`.
pub async fn resume(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<Hub> {
    hold(app, ctx, id, false).await
}

async fn hold(app: &App, ctx: &Ctx, id: Uuid, paused: bool) -> Result<Hub> {
    hypo_store::write!(app.store(), |tx| {
        hubs::get(tx, ctx.who.tenant, id).await?;
        hubs::pause(tx, id, paused).await?;
        audit::done(tx, app, ctx, if paused { "pauseHub" } else { "resumeHub" }, subject(id), json!({}));
        Ok(())
    })?;
    one(app, ctx, id).await
}

/// Events that were given up, oldest first, at most 1000.
///
/// # Errors
/// `HYP-6201`.
pub async fn dead_letters(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<Vec<DeadLetter>> {
    let read = app.store().read();
    let hub = hubs::get(read, ctx.who.tenant, id).await?;
    let letters = hubs::dead(read, &hub, Slice { offset: 0, limit: Slice::MAX }).await?;
    let text = |payload: &Value, name: &str| payload[name].as_str().unwrap_or_default().to_owned();
    Ok(letters
        .into_iter()
        .map(|letter| DeadLetter {
            id: format!("{:x}", letter.id),
            event_id: text(&letter.payload, "eventId"),
            event_type: text(&letter.payload, "eventType"),
            body: letter.payload["body"].clone(),
            attempts: letter.attempts,
            error: letter.error,
            created_at: letter.created_at,
        })
        .collect())
}

/// Sends again what was given up, all of it or one event, before what waits. Says how many.
///
/// # Errors
/// `HYP-6201`; `HYP-6002` for an unknown letter.
pub async fn replay(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid, letter: Option<&str>) -> Result<u64> {
    let unknown = || Error::new(ErrorCode::NotFound, "There is no such event to send again.");
    let letter = letter.map(|text| i64::from_str_radix(text, 16).map_err(|_| unknown())).transpose()?;
    let now = app.now();
    let count = hypo_store::write!(app.store(), |tx| {
        let hub = hubs::get(tx, ctx.who.tenant, id).await?;
        let count = hubs::replay(tx, &hub, letter, now).await?;
        audit::done(tx, app, ctx, "replayHub", subject(id), json!({"events": count}));
        Ok(count)
    })?;
    if letter.is_some() && count == 0 { Err(unknown()) } else { Ok(count) }
}

/// A new secret, given once. Deliveries are signed with it from now on.
///
/// # Errors
/// `HYP-6201`, those of the secret store.
pub async fn rotate_secret(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<(Hub, Secret)> {
    let hub = hubs::get(app.store().read(), ctx.who.tenant, id).await?;
    let secret = Secret::for_signing();
    app.secrets().put(&secret_of(&hub), &SecretValue(secret.reveal().as_bytes().to_vec())).await?;
    hypo_store::write!(app.store(), |tx| {
        audit::done(tx, app, ctx, "rotateHubSecret", subject(id), json!({}));
        Ok(())
    })?;
    Ok((one(app, ctx, id).await?, secret))
}
