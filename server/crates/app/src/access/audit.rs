//! The audit trail: a row for every write, refusal and sign-in.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, Duration, Utc};
use hypo_shared::{Action, AuditId, TenantId, UserId};
use hypo_store::{
    Tx,
    audit::{self, AuditQuery, NewEntry},
};
use serde_json::{Value, json};

use super::AuditEntry;
use crate::{
    App, Ctx, Result, new_id,
    page::{Page, Window},
    permit::{Permit, may},
};

/// Something was done. The row is written with the transaction.
pub(crate) fn done(tx: &mut Tx, app: &App, ctx: &Ctx, action: &str, subject: impl Into<String>, detail: Value) {
    done_for(tx, app, ctx, ctx.who.tenant, action, subject, detail);
}

/// Something was tried and did not work. The row is written with the transaction.
pub(crate) fn failed(tx: &mut Tx, app: &App, ctx: &Ctx, action: &str, subject: impl Into<String>, detail: Value) {
    hypo_store::events::correlate(tx, &ctx.trace);
    audit::append(tx, row(app, ctx, ctx.who.tenant, action, subject.into(), "failed", detail));
}

/// The same in the trail of another tenant that is concerned.
pub(crate) fn done_for(
    tx: &mut Tx,
    app: &App,
    ctx: &Ctx,
    tenant: TenantId,
    action: &str,
    subject: impl Into<String>,
    detail: Value,
) {
    hypo_store::events::correlate(tx, &ctx.trace);
    audit::append(tx, row(app, ctx, tenant, action, subject.into(), "done", detail));
}

/// Something was refused. A failure to write it is logged: the refusal stands either way.
pub(crate) async fn denied(app: &App, ctx: &Ctx, action: Action) {
    if !app.denials().is_new(ctx.who.user, action, app.now()) {
        return;
    }
    let name = serde_json::to_value(action).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default();
    let entry = row(app, ctx, ctx.who.tenant, &name, String::new(), "refused", json!({"why": ctx.why}));
    let written = hypo_store::write!(app.store(), |tx| {
        audit::append(tx, NewEntry { id: new_id(), ..entry.clone() });
        Ok(())
    });
    if let Err(error) = written {
        tracing::error!(error.detail = %error, "A refusal could not be written to the audit trail.");
    }
}

fn row(
    app: &App,
    ctx: &Ctx,
    tenant: TenantId,
    action: &str,
    subject: String,
    outcome: &str,
    detail: Value,
) -> NewEntry {
    let mut detail = if detail.is_object() { detail } else { json!({}) };
    detail["trace"] = json!(ctx.trace);
    if let Some(address) = ctx.address {
        detail["address"] = json!(address);
    }
    NewEntry {
        id: new_id(),
        tenant,
        actor: ctx.who.actor(),
        role: Some(ctx.who.role),
        action: action.to_owned(),
        subject,
        outcome: outcome.to_owned(),
        detail,
        at: app.now(),
    }
}

/// Remembers refusals, so that a caller that asks again and again fills no table.
#[derive(Debug, Default)]
pub(crate) struct Denials {
    seen: Mutex<HashMap<(UserId, Action), DateTime<Utc>>>,
}

impl Denials {
    /// Whether the same was not refused in the last minute.
    fn is_new(&self, user: UserId, action: Action, now: DateTime<Utc>) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, at| now - *at < Duration::minutes(1));
        seen.insert((user, action), now).is_none()
    }
}

/// Rows the caller may see, newest first.
///
/// # Errors
/// Those of the store.
pub async fn list(app: &App, ctx: &Ctx, _: Permit<may::ReadAudit>, window: Window) -> Result<Page<AuditEntry>> {
    let query = AuditQuery { slice: window.slice(), ..AuditQuery::default() };
    let page = audit::list(app.store().read(), ctx.reach(), &query).await?;
    Ok(Page::of(window, page, |entry| AuditEntry {
        id: entry.id,
        at: entry.at,
        actor: entry.actor,
        role: entry
            .role
            .and_then(|role| serde_json::to_value(role).ok()?.as_str().map(str::to_owned))
            .unwrap_or_default(),
        action: entry.action,
        subject: entry.subject,
        outcome: entry.outcome,
        detail: if entry.detail.is_null() { String::new() } else { entry.detail.to_string() },
    }))
}

/// An entry outside any request of a signed-in caller, such as a sign-in.
pub(crate) struct Loose<'a> {
    pub tenant: TenantId,
    pub actor: &'a str,
    pub action: &'a str,
    pub outcome: &'a str,
    pub detail: Value,
}

/// Writes it with the transaction.
pub(crate) fn loose(tx: &mut Tx, at: DateTime<Utc>, entry: &Loose<'_>) {
    let Loose { tenant, actor, action, outcome, detail } = entry;
    audit::append(
        tx,
        NewEntry {
            id: new_id::<AuditId>(),
            tenant: *tenant,
            actor: format!("user:{actor}"),
            role: None,
            action: (*action).to_owned(),
            subject: String::new(),
            outcome: (*outcome).to_owned(),
            detail: detail.clone(),
            at,
        },
    );
}
