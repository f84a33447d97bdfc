//! The tasks of TMF642: what one asks for is done to the alarms it names when it is created, in the same write.

mod effect;

pub(super) use effect::is_task;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use hypo_shared::ErrorCode;
use hypo_store::{
    Slice, Tx,
    documents::{self, Document, ListQuery},
};
use hypo_tmf::{Resource, query::Filter};
use serde_json::{Value, json};

use super::{Draft, Hooks};
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    ctx::Reach,
    documents::all,
    tmf::{
        create,
        document::{self as made, instant},
        key::Key,
    },
};

const ALARM: &str = "alarm";

pub(super) struct AlarmTask;

#[async_trait]
impl Hooks for AlarmTask {
    async fn creating(
        &self,
        app: &App,
        ctx: &Ctx,
        resource: &'static Resource,
        document: &mut Value,
        key: Option<&Key>,
    ) -> Result<Draft> {
        let alarms = Resource::of_kind(ALARM).ok_or_else(|| Error::internal("no resource for alarms"))?;
        let row = made::fresh(ctx, resource, document.clone(), app.now());
        let subject = create::subject(resource, row.id);
        hypo_store::write!(app.store(), |tx| {
            if let Some(key) = key {
                key.settle(tx, row.tenant, row.id, row.created_at).await?;
            }
            let accepted = documents::create(tx, &row).await?;
            let running = documents::update(tx, &moved(accepted, "inProgress")).await?;
            let touched = carry_out(tx, ctx.reach(), alarms, &running).await?;
            let mut ended = moved(running, if touched.is_some() { "done" } else { "terminatedWithError" });
            let touched = touched.unwrap_or_default();
            let detail = json!({"alarms": touched.len()});
            ended.doc[effect::result(resource.kind)] = Value::Array(touched);
            documents::update(tx, &ended).await?;
            audit::done(tx, app, ctx, &format!("create{}", resource.type_name), subject.clone(), detail);
            Ok(())
        })?;
        Ok(Draft::Taken(row.id))
    }
}

fn moved(mut task: Document, state: &str) -> Document {
    state.clone_into(&mut task.state);
    task.doc["state"] = json!(state);
    task
}

/// Changes the alarms and gives references to them; `None` when there is no such parent alarm.
async fn carry_out(
    tx: &mut Tx,
    reach: Reach,
    alarms: &Resource,
    task: &Document,
) -> hypo_store::Result<Option<Vec<Value>>> {
    let found = find(tx, reach, effect::named(&task.doc)).await?;
    let found: Vec<Document> = found.into_iter().filter(|alarm| effect::is_named(&task.doc, &alarm.doc)).collect();
    let touched: Vec<Value> = found.iter().map(|alarm| effect::reference(alarms, alarm.id)).collect();
    if let Some(parent) = task.doc.get("parentAlarm") {
        let Some(parent) = find(tx, reach, effect::one_of([parent])).await?.pop() else { return Ok(None) };
        let doc = effect::above(&task.kind, &parent.doc, &touched);
        write(tx, alarms, parent, doc, task.created_at).await?;
    }
    for alarm in found {
        let doc = effect::done_to(&task.kind, &task.doc, &alarm.doc);
        write(tx, alarms, alarm, doc, task.created_at).await?;
    }
    Ok(Some(touched))
}

/// The caller's own alarms.
async fn find(tx: &Tx, reach: Reach, filter: Filter) -> hypo_store::Result<Vec<Document>> {
    let query = ListQuery { filter, slice: all(), ..ListQuery::of(ALARM) };
    let page = documents::list(tx, reach, &query).await?;
    if page.total > Slice::MAX {
        let text = format!("the task is about {} alarms and {} are changed at once", page.total, Slice::MAX);
        return Err(hypo_store::Error::refused(ErrorCode::QueryTooComplex, text));
    }
    Ok(page.items.into_iter().filter(|alarm| reach.covers(alarm.tenant)).collect())
}

async fn write(
    tx: &mut Tx,
    alarms: &Resource,
    before: Document,
    mut doc: Value,
    now: DateTime<Utc>,
) -> hypo_store::Result<()> {
    if doc == before.doc {
        return Ok(());
    }
    doc["alarmChangedTime"] = json!(instant(now));
    let row = made::with(alarms, Document { updated_at: now, ..before }, doc);
    documents::update(tx, &row).await.map(drop)
}
