//! The body of an event, as TMF688 and as a CloudEvent.

use serde_json::{Map, Value, json};

use crate::{Resource, shape};

/// Kind of documents that are events a client published itself.
const PUBLISHED: &str = "event";

/// Something that happened to a document.
#[derive(Clone, Copy, Debug)]
pub struct Happening<'a> {
    pub id: &'a str,
    /// For example `ServiceOrderStateChangeEvent`.
    pub event_type: &'a str,
    /// RFC 3339.
    pub time: &'a str,
    pub correlation: Option<&'a str>,
    /// Kind of the document.
    pub kind: &'a str,
    /// Id of the document.
    pub subject: &'a str,
    /// As it was then.
    pub document: &'a Value,
}

impl Happening<'_> {
    /// TMF688 `Event`: the header members, and the whole document below its name in `event`. An event that a client
    /// published is given as it was sent, with the id and time it got.
    #[must_use]
    pub fn body(&self) -> Value {
        let mut body = Map::new();
        if self.kind == PUBLISHED {
            body.extend(self.document.as_object().cloned().unwrap_or_default());
        }
        body.insert("eventId".into(), self.id.into());
        body.insert("eventTime".into(), self.time.into());
        body.insert("eventType".into(), self.event_type.into());
        if let Some(correlation) = self.correlation {
            body.entry("correlationId").or_insert_with(|| correlation.into());
        }
        if self.kind == PUBLISHED {
            return Value::Object(body);
        }
        let (name, shown) = match Resource::of_kind(self.kind) {
            Some(resource) => {
                body.insert("domain".into(), resource.family.name.into());
                body.insert("title".into(), title(self.event_type).into());
                (resource.collection, shape::outward(resource, self.subject, self.document.clone()))
            }
            None => (self.kind, self.document.clone()),
        };
        body.insert("timeOcurred".into(), self.time.into());
        body.insert("event".into(), json!({name: shown}));
        body.insert("@type".into(), self.event_type.into());
        body.insert("@baseType".into(), "Event".into());
        Value::Object(body)
    }

    /// CloudEvents 1.0 in structured mode; `body` is what [`Happening::body`] gave, or part of it.
    #[must_use]
    pub fn cloud(&self, body: &Value) -> Value {
        let source = Resource::of_kind(self.kind).map_or("/tmf-api/event/v4", |resource| resource.family.base);
        let mut cloud = json!({
            "specversion": "1.0",
            "id": self.id,
            "source": source,
            "type": format!("org.tmforum.{}", self.event_type),
            "subject": format!("{}/{}", self.kind, self.subject),
            "time": self.time,
            "datacontenttype": "application/json",
            "data": body,
        });
        if let (Some(correlation), Some(members)) = (self.correlation, cloud.as_object_mut()) {
            members.insert("correlationid".into(), correlation.into());
        }
        cloud
    }
}

/// `ServiceOrderStateChangeEvent` → `Service order state change`.
fn title(event_type: &str) -> String {
    let mut words = String::with_capacity(event_type.len() + 8);
    for (position, letter) in event_type.trim_end_matches("Event").chars().enumerate() {
        if letter.is_ascii_uppercase() && position > 0 {
            words.push(' ');
            words.push(letter.to_ascii_lowercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_holds_the_whole_document() {
        let document = json!({"state": "held", "x-own": {"a": [1]}, "description": "d"});
        let happening = Happening {
            id: "e1",
            event_type: "ServiceOrderStateChangeEvent",
            time: "2026-11-22T10:00:00.000Z",
            correlation: Some("trace"),
            kind: "serviceOrder",
            subject: "o1",
            document: &document,
        };
        let body = happening.body();
        assert_eq!(body["eventId"], "e1");
        assert_eq!(body["title"], "Service order state change");
        assert_eq!(body["domain"], "Service Ordering Management");
        assert_eq!(body["correlationId"], "trace");
        let order = &body["event"]["serviceOrder"];
        assert_eq!((&order["id"], &order["x-own"]), (&json!("o1"), &json!({"a": [1]})));
        assert_eq!(order["href"], "/tmf-api/serviceOrdering/v4/serviceOrder/o1");
        let cloud = happening.cloud(&body);
        assert_eq!(cloud["specversion"], "1.0");
        assert_eq!(cloud["type"], "org.tmforum.ServiceOrderStateChangeEvent");
        assert_eq!(cloud["data"], body);
    }

    #[test]
    fn a_published_event_is_given_as_it_was_sent() {
        let document = json!({"title": "t", "event": {"alarm": {"id": "7"}}, "domain": "Paris", "eventId": "theirs"});
        let happening = Happening {
            id: "e2",
            event_type: "AlarmCreateEvent",
            time: "2026-11-22T10:00:00.000Z",
            correlation: None,
            kind: "event",
            subject: "e2",
            document: &document,
        };
        let body = happening.body();
        assert_eq!((&body["eventId"], &body["domain"]), (&json!("e2"), &json!("Paris")));
        assert_eq!(body["event"]["alarm"]["id"], "7");
    }
}
