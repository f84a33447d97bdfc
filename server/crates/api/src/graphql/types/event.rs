//! Events and the listeners that are told of them.

use async_graphql::{ComplexObject, Enum, InputObject, SimpleObject};
use chrono::{DateTime, Utc};
use hypo_app::{events, hubs, live};
use serde_json::Value;
use uuid::Uuid;

use super::{FrameKind, int};
use crate::graphql::types::Cursor;

/// What happened to a TMF document, with the whole document as it was then.
#[derive(Clone, SimpleObject)]
#[graphql(complex)]
pub struct Event {
    /// Reading from here goes on behind this event.
    cursor: Cursor,
    /// Identifier of the event.
    id: Uuid,
    /// For example `ServiceOrderStateChangeEvent`.
    r#type: String,
    /// When it happened.
    at: DateTime<Utc>,
    /// Kind of the document, for example `serviceOrder`.
    resource: String,
    /// Id of the document.
    resource_id: Uuid,
    /// Trace of the request that caused it.
    correlation_id: Option<String>,
    /// TMF688 event, as listeners get it.
    body: Value,
    #[graphql(skip)]
    of: events::Event,
}

#[ComplexObject]
impl Event {
    /// The same as a CloudEvent 1.0.
    async fn cloud_event(&self) -> Value {
        self.of.cloud(&self.body)
    }
}

impl From<events::Event> for Event {
    fn from(event: events::Event) -> Self {
        Self {
            cursor: Cursor(event.cursor.clone()),
            id: event.id,
            r#type: event.event_type.clone(),
            at: event.at,
            resource: event.resource.clone(),
            resource_id: event.subject,
            correlation_id: event.correlation.clone(),
            body: event.body.clone(),
            of: event,
        }
    }
}

/// Part of the history, oldest first.
#[derive(SimpleObject)]
pub struct EventSlice {
    /// Events, oldest first.
    nodes: Vec<Event>,
    /// For `since`.
    next: Cursor,
    /// There is more right away.
    has_more: bool,
}

impl From<events::Slice> for EventSlice {
    fn from(slice: events::Slice) -> Self {
        Self {
            nodes: slice.events.into_iter().map(Event::from).collect(),
            next: Cursor(slice.next),
            has_more: slice.more,
        }
    }
}

/// New events. `cursor` goes on behind the last of them.
#[derive(SimpleObject)]
pub struct EventFrame {
    /// Place in the stream, for `resume`.
    cursor: Cursor,
    /// What the frame means.
    kind: FrameKind,
    /// Events, oldest first.
    events: Vec<Event>,
}

impl From<live::events::Frame> for EventFrame {
    fn from(frame: live::events::Frame) -> Self {
        Self {
            cursor: Cursor(frame.cursor),
            kind: frame.kind.into(),
            events: frame.items.into_iter().map(Event::from).collect(),
        }
    }
}

/// How events are written.
#[derive(Clone, Copy, PartialEq, Eq, Enum)]
#[graphql(rename_items = "camelCase")]
pub enum EventFormat {
    /// TMF630 and TMF688.
    Tmf,
    /// CloudEvents 1.0, structured mode.
    CloudEvents,
}

impl From<EventFormat> for hubs::Format {
    fn from(format: EventFormat) -> Self {
        match format {
            EventFormat::Tmf => hubs::Format::Tmf,
            EventFormat::CloudEvents => hubs::Format::CloudEvents,
        }
    }
}

/// A listener that is told of events, and how that goes.
#[derive(SimpleObject)]
pub struct Hub {
    /// Identifier.
    id: Uuid,
    /// Base path of its API.
    base: String,
    /// The TMF688 topic it listens to.
    topic_id: Option<Uuid>,
    /// Where events are posted.
    callback: String,
    /// Filter over the events, in the grammar of lists.
    query: Option<String>,
    /// How events are written.
    format: EventFormat,
    /// Whether nothing is sent for now.
    paused: bool,
    /// Who registered it.
    created_by: String,
    /// When it was registered.
    created_at: DateTime<Utc>,
    /// Events that wait to be sent.
    waiting: i32,
    /// Since when the oldest of them waits.
    oldest_at: Option<DateTime<Utc>>,
    /// Events that were given up; `replayHub` sends them again.
    dead: i32,
    /// Events that were accepted.
    delivered: i32,
    /// When an event was taken last.
    delivered_at: Option<DateTime<Utc>>,
    /// Why the last attempt failed; null after an accepted one.
    error: Option<String>,
    /// When a delivery failed last.
    failed_at: Option<DateTime<Utc>>,
}

impl From<hubs::Hub> for Hub {
    fn from(hub: hubs::Hub) -> Self {
        Self {
            id: hub.id,
            base: hub.base,
            topic_id: hub.topic,
            callback: hub.callback,
            query: hub.query,
            format: match hub.format {
                hubs::Format::Tmf => EventFormat::Tmf,
                hubs::Format::CloudEvents => EventFormat::CloudEvents,
            },
            paused: hub.paused,
            created_by: hub.created_by,
            created_at: hub.created_at,
            waiting: int(hub.line.waiting),
            oldest_at: hub.line.oldest,
            dead: int(hub.line.dead),
            delivered: int(hub.line.delivered),
            delivered_at: hub.line.delivered_at,
            error: hub.line.error,
            failed_at: hub.line.failed_at,
        }
    }
}

/// A listener and the secret that signs its deliveries, which is shown once.
#[derive(SimpleObject)]
pub struct HubWithSecret {
    /// The listener.
    pub hub: Hub,
    /// `whsec_…`, as Standard Webhooks has it.
    pub secret: String,
}

/// An event that was given up.
#[derive(SimpleObject)]
pub struct DeadLetter {
    /// Opaque; for `replayHub`.
    id: String,
    /// Event that could not be delivered.
    event_id: String,
    /// Type of the event.
    r#type: String,
    /// As it would have been sent.
    body: Value,
    /// How often it was tried.
    attempts: i32,
    /// Why the last try failed.
    error: String,
    /// When it was given up.
    created_at: DateTime<Utc>,
}

impl From<hubs::DeadLetter> for DeadLetter {
    fn from(letter: hubs::DeadLetter) -> Self {
        Self {
            id: letter.id,
            event_id: letter.event_id,
            r#type: letter.event_type,
            body: letter.body,
            attempts: int(letter.attempts),
            error: letter.error,
            created_at: letter.created_at,
        }
    }
}

/// A listener to register.
#[derive(InputObject)]
pub struct RegisterHubInput {
    /// Base path of an API, for example `/tmf-api/serviceOrdering/v4`.
    base: String,
    /// A TMF688 topic; the base is then `/tmf-api/event/v4`.
    topic_id: Option<Uuid>,
    /// Where events are posted to.
    callback: String,
    /// TMF630 filters on the event and `fields`.
    query: Option<String>,
    /// `tmf` when not given.
    format: Option<EventFormat>,
}

impl From<RegisterHubInput> for hubs::NewHub {
    fn from(input: RegisterHubInput) -> Self {
        Self {
            base: input.base,
            topic: input.topic_id,
            callback: input.callback,
            query: input.query,
            format: input.format.map(Into::into).unwrap_or_default(),
        }
    }
}
