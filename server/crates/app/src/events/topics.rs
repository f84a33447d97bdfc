//! TMF688: a topic is a stored filter over the events of the tenant, and a place to publish events to.

use chrono::DateTime;
use hypo_shared::ErrorCode;
use hypo_store::events::{self, NewEvent, RecordFilter};
use serde_json::{Value, json};
use uuid::Uuid;

use super::Event;
use crate::{
    App, Ctx, Error, Result,
    access::audit,
    hubs::Topic,
    new_id,
    permit::{Permit, may},
};

/// Events a topic looks back at most.
const BACK: u64 = 10_000;
/// Topic of the outbox for events that clients publish.
const PUBLISHED: &str = "event";

/// Events of a topic.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Oldest first.
    pub events: Vec<Event>,
}

/// The newest events of a topic: of the last 10,000 of the tenant.
///
/// # Errors
/// `HYP-6002` for an unknown topic.
pub async fn in_topic(app: &App, ctx: &Ctx, _: Permit<may::Read>, topic: Uuid) -> Result<History> {
    let read = app.store().read();
    let topic = Topic::find(read, ctx.who.tenant, topic).await?.ok_or_else(unknown)?;
    let records = events::newest(read, ctx.who.tenant, &RecordFilter::default(), BACK).await?;
    let events = records
        .into_iter()
        .filter_map(|record| {
            let event = Event::of(record.clone());
            topic.holds(&record, &event.body).then_some(event)
        })
        .collect();
    Ok(History { events })
}

/// One event of a topic.
///
/// # Errors
/// `HYP-6002`.
pub async fn one_in_topic(app: &App, ctx: &Ctx, _: Permit<may::Read>, topic: Uuid, id: Uuid) -> Result<Event> {
    let read = app.store().read();
    let topic = Topic::find(read, ctx.who.tenant, topic).await?.ok_or_else(unknown)?;
    let missing = || Error::new(ErrorCode::NotFound, "There is no such event in this topic.");
    let record = events::record(read, ctx.who.tenant, id).await?.ok_or_else(missing)?;
    let event = Event::of(record.clone());
    if topic.holds(&record, &event.body) { Ok(event) } else { Err(missing()) }
}

/// Publishes an event of the caller's own to a topic. `eventId` and `eventTime` are the caller's; what is missing of
/// them is set here.
///
/// # Errors
/// `HYP-6002` for an unknown topic, `HYP-6001` without an `eventType`, or for an id or time that is none.
pub async fn publish(app: &App, ctx: &Ctx, _: Permit<may::ManageHubs>, topic: Uuid, body: Value) -> Result<Event> {
    let read = app.store().read();
    Topic::find(read, ctx.who.tenant, topic).await?.ok_or_else(unknown)?;
    let event_type = body["eventType"].as_str().unwrap_or_default().to_owned();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if event_type.is_empty() || event_type.len() > 200 || !event_type.chars().all(plain) {
        return Err(Error::field("eventType", "required", "eventType names the event, for example AlarmCreateEvent."));
    }
    given(&body)?;
    let id: Uuid = new_id();
    let event = NewEvent {
        topic: PUBLISHED.to_owned(),
        tenant: ctx.who.tenant,
        subject: topic,
        kind: "published".to_owned(),
        payload: json!({"eventType": event_type}),
        at: app.now(),
    };
    hypo_store::write!(app.store(), |tx| {
        audit::done(
            tx,
            app,
            ctx,
            "publishEvent",
            format!("topic/{topic}"),
            json!({"eventId": id, "eventType": event_type}),
        );
        events::publish(tx, event.clone(), id, &event_type, body.clone());
        Ok(())
    })?;
    let record = events::record(read, ctx.who.tenant, id).await?;
    record.map(Event::of).ok_or_else(|| Error::internal("a published event is not there"))
}

/// Checks the header members a client may send itself (TMF688 `Event_Create`).
fn given(body: &Value) -> Result<()> {
    match &body["eventId"] {
        Value::Null => {}
        Value::String(id) if (1..=200).contains(&id.chars().count()) => {}
        _ => return Err(Error::field("eventId", "format", "eventId is a text of 1 to 200 characters.")),
    }
    match &body["eventTime"] {
        Value::Null => Ok(()),
        Value::String(time) if DateTime::parse_from_rfc3339(time).is_ok() => Ok(()),
        _ => {
            let text = "eventTime is a date and time (RFC 3339), for example 2026-11-22T20:13:50Z.";
            Err(Error::field("eventTime", "format", text))
        }
    }
}

/// Puts the id and time a client gave its own event back into the body: its receivers know the event by them. The
/// record's own id stays the address of the event here.
pub(super) fn restore(body: &mut Value, kind: &str, document: &Value) {
    if kind != PUBLISHED {
        return;
    }
    for name in ["eventId", "eventTime"] {
        if let Value::String(given) = &document[name] {
            body[name] = json!(given);
        }
    }
}

fn unknown() -> Error {
    Error::new(ErrorCode::NotFound, "There is no such topic.")
}
