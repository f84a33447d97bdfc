//! Registering, finding and removing listeners.

use hypo_model::ports::secrets::SecretValue;
use hypo_store::{events::Cursor, hubs};
use hypo_tmf::event::{HubQuery, base_of};
use serde_json::json;
use uuid::Uuid;

use super::{Format, Hub, Topic, secret_of, view};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    auth::secret::Secret,
    new_id,
    permit::{Permit, may},
};
use hypo_shared::ErrorCode;

/// Characters of a callback.
const LONGEST: usize = 2000;
/// Listeners of one tenant, at all its APIs together.
const MOST: usize = 200;
/// Listeners of one tenant at one API: every event of it is told to each of them.
const MOST_HERE: usize = 100;

/// A listener to register.
#[derive(Clone, Debug, Default)]
pub struct NewHub {
    /// Base path of an API, official or alias.
    pub base: String,
    pub topic: Option<Uuid>,
    pub callback: String,
    /// TMF630 filters on the event, and `fields`.
    pub query: Option<String>,
    pub format: Format,
}

/// Registers a listener. It hears what is committed from now on. The secret that signs its deliveries is given once.
///
/// # Errors
/// `HYP-6001` for a query the grammar does not know, `HYP-6202` for an address that is not allowed, `HYP-6002` for
/// an unknown API or topic, `HYP-6006` when there are as many as there may be.
pub async fn register(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, new: NewHub) -> Result<(Hub, Secret)> {
    let (base, _) = base_of(&format!("{}/", new.base))
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "No API has this base path."))?;
    if new.callback.len() > LONGEST {
        return Err(Error::field("callback", "tooLong", format!("At most {LONGEST} characters.")));
    }
    let query = new.query.filter(|query| !query.is_empty());
    HubQuery::parse(query.as_deref().unwrap_or_default())
        .map_err(|problem| Error::field("query", "format", problem.reason))?;
    let read = app.store().read();
    if let Some(topic) = new.topic {
        Topic::find(read, ctx.who.tenant, topic)
            .await?
            .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no such topic."))?;
    }
    let all = hubs::list(read, ctx.who.tenant, None, None).await?;
    let here = all.iter().filter(|hub| hub.base == base).count();
    if all.len() >= MOST || here >= MOST_HERE {
        let text = format!("A tenant has at most {MOST_HERE} listeners at an API and {MOST} in all. Remove one first.");
        return Err(Error::new(ErrorCode::StateConflict, text));
    }
    app.callbacks().check(&new.callback).await?;
    let hub = hubs::Hub {
        id: new_id(),
        tenant: ctx.who.tenant,
        base: base.to_owned(),
        topic: new.topic,
        callback: new.callback,
        query,
        format: new.format.word().to_owned(),
        position: Cursor::START,
        paused: false,
        created_by: ctx.who.actor(),
        created_at: app.now(),
    };
    let secret = Secret::for_signing();
    app.secrets().put(&secret_of(&hub), &SecretValue(secret.reveal().as_bytes().to_vec())).await?;
    let hub = hypo_store::write!(app.store(), |tx| {
        let hub = hubs::create(tx, &hub).await?;
        let detail = json!({"api": hub.base, "host": host(&hub.callback), "query": hub.query, "topic": hub.topic});
        audit::done(tx, app, ctx, "registerHub", subject(hub.id), detail);
        Ok(hub)
    })?;
    Ok((view(hub, hubs::Line::default()), secret))
}

/// Listeners of the caller's tenant, oldest first: of one API (`base`, and of one of its topics), or all.
///
/// # Errors
/// `HYP-6002` for an unknown topic.
pub async fn list(
    app: &App,
    ctx: &Ctx,
    _: Permit<may::ManageHubs>,
    base: Option<&str>,
    topic: Option<Uuid>,
) -> Result<Vec<Hub>> {
    let read = app.store().read();
    if let Some(topic) = topic
        && !Topic::is_there(read, ctx.who.tenant, topic).await?
    {
        return Err(Error::new(ErrorCode::NotFound, "There is no such topic."));
    }
    let rows = hubs::list(read, ctx.who.tenant, base, topic).await?;
    let lines = hubs::lines(read, &rows).await?;
    Ok(rows.into_iter().zip(lines).map(|(hub, line)| view(hub, line)).collect())
}

/// One listener of the caller's tenant.
///
/// # Errors
/// `HYP-6201`.
pub async fn find(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<Hub> {
    one(app, ctx, id).await
}

pub(super) async fn one(app: &App, ctx: &Ctx, id: Uuid) -> Result<Hub> {
    let read = app.store().read();
    let hub = hubs::get(read, ctx.who.tenant, id).await?;
    let line = hubs::lines(read, std::slice::from_ref(&hub)).await?.pop().unwrap_or_default();
    Ok(view(hub, line))
}

/// Removes a listener; what it was not told yet, it is not told.
///
/// # Errors
/// `HYP-6201`.
pub async fn remove(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, id: Uuid) -> Result<()> {
    let hub = hubs::get(app.store().read(), ctx.who.tenant, id).await?;
    hypo_store::write!(app.store(), |tx| {
        hubs::delete(tx, ctx.who.tenant, id).await?;
        audit::done(tx, app, ctx, "removeHub", subject(id), json!({"api": hub.base, "host": host(&hub.callback)}));
        Ok(())
    })?;
    app.secrets().delete(&secret_of(&hub)).await?;
    Ok(())
}

pub(super) fn subject(id: Uuid) -> String {
    format!("hub/{id}")
}

/// The part of an address that holds no secret.
fn host(callback: &str) -> &str {
    let rest = callback.split_once("://").map_or(callback, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}
