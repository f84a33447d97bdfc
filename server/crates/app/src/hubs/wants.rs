//! Which events a hub is told of.

use hypo_store::{Reader, Scope, documents, events::Record, hubs::Hub};
use hypo_tmf::event::{HubQuery, kinds_at};
use serde_json::Value;
use uuid::Uuid;

use crate::{Error, Result};

/// Kind of topic documents, and of events that clients publish.
const TOPIC: &str = "topic";
pub const PUBLISHED: &str = "event";

/// The filter of a TMF688 topic.
#[derive(Clone, Debug)]
pub(crate) struct Topic {
    id: Uuid,
    header: HubQuery,
    content: HubQuery,
}

impl Topic {
    /// The filter of a stored topic; `None` when there is none to see.
    pub(crate) async fn find(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<Option<Self>> {
        let Some(topic) = documents::find(db, scope, TOPIC, id).await? else { return Ok(None) };
        Self::read(id, &topic.doc).map(Some)
    }

    /// Whether there is such a topic to see, whatever its queries are.
    pub(crate) async fn is_there(db: &Reader, scope: impl Into<Scope>, id: Uuid) -> Result<bool> {
        Ok(documents::find(db, scope, TOPIC, id).await?.is_some())
    }

    /// Reads the filter of a topic's document.
    ///
    /// # Errors
    /// `HYP-6001` for a query that is no text or that the grammar does not know.
    pub(crate) fn read(id: Uuid, document: &Value) -> Result<Self> {
        let part = |name: &str| {
            let text = match &document[name] {
                Value::Null => "",
                Value::String(text) => text,
                _ => return Err(Error::field(name, "format", format!("{name} must be a text."))),
            };
            HubQuery::parse(text).map_err(|problem| Error::field(name, "format", format!("{name}: {}", problem.reason)))
        };
        Ok(Self { id, header: part("headerQuery")?, content: part("contentQuery")? })
    }

    /// Whether the event is in the topic: what was published to it, and what its queries let through.
    pub(crate) fn holds(&self, record: &Record, body: &Value) -> bool {
        if record.kind == PUBLISHED {
            return record.subject == self.id;
        }
        self.header.matches(body) && self.content.matches(body)
    }
}

/// What one hub is told of.
#[derive(Debug)]
pub struct Wants {
    place: Place,
    query: HubQuery,
}

#[derive(Debug)]
enum Place {
    /// Documents of an API.
    Kinds(Vec<&'static str>),
    Topic(Box<Topic>),
    /// A topic that is gone or cannot be read.
    Nothing,
}

impl Wants {
    /// Reads what a hub asks for.
    pub async fn of(db: &Reader, hub: &Hub) -> Result<Self> {
        let place = match hub.topic {
            None => Place::Kinds(kinds_at(&hub.base)),
            Some(topic) => match Topic::find(db, hub.tenant, topic).await {
                Ok(Some(topic)) => Place::Topic(Box::new(topic)),
                Ok(None) => Place::Nothing,
                Err(error) if error.violations.is_empty() => return Err(error),
                Err(_) => Place::Nothing,
            },
        };
        // It was parsed when the hub was registered; a grammar that has become stricter since tells too much, not
        // too little.
        let query = HubQuery::parse(hub.query.as_deref().unwrap_or_default()).unwrap_or_default();
        Ok(Self { place, query })
    }

    /// The event as this hub gets it, or `None` when it is not told.
    pub fn pick(&self, record: &Record, body: &Value) -> Option<Value> {
        let here = match &self.place {
            Place::Kinds(kinds) => record.kind != PUBLISHED && kinds.contains(&record.kind.as_str()),
            Place::Topic(topic) => topic.holds(record, body),
            Place::Nothing => false,
        };
        (here && self.query.matches(body)).then(|| self.query.trim(body.clone()))
    }
}
