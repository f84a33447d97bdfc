//! The query of a listener: the grammar of lists on the event, and which parts of the event are sent.

use serde_json::{Map, Value};

use crate::{Problem, Query, percent::decoded, query::Fields};

/// Characters of a query.
const LONGEST: usize = 4096;
/// Members that are sent whatever `fields` says: without them a receiver cannot tell one event from another.
const HEADER: [&str; 3] = ["eventId", "eventTime", "eventType"];

/// A parsed hub query, for example `eventType=A,B&event.serviceOrder.state=held&fields=event.serviceOrder.id`.
#[derive(Clone, Debug, Default)]
pub struct HubQuery {
    filter: Query,
    /// Paths to keep; `None` keeps everything.
    fields: Option<Vec<Vec<String>>>,
}

impl HubQuery {
    /// Parses a query; the empty one lets every event through whole.
    ///
    /// # Errors
    /// 400 for what the grammar does not know, and for pages and orders, which an event does not have.
    pub fn parse(raw: &str) -> Result<Self, Problem> {
        if raw.len() > LONGEST {
            return Err(Problem::invalid(format!("the query is longer than {LONGEST} characters")));
        }
        let raw = raw.strip_prefix('?').unwrap_or(raw);
        let (mut rest, mut fields) = (Vec::new(), None);
        for clause in raw.split('&').filter(|clause| !clause.is_empty()) {
            match clause.split_once('=').unwrap_or((clause, "")) {
                ("fields", paths) => {
                    let paths =
                        decode(paths).ok_or_else(|| Problem::invalid("fields is not percent-encoded correctly"))?;
                    fields.get_or_insert_with(Vec::new).extend(paths.split(',').filter_map(path));
                }
                (name @ ("offset" | "limit" | "sort"), _) => {
                    return Err(Problem::invalid(format!("{name} has no meaning for an event")));
                }
                _ => rest.push(clause),
            }
        }
        let filter = Query::parse(&rest.join("&"))?;
        // A name that was percent-encoded is read as what it is, too late for the clauses above.
        if filter.offset.is_some() || filter.limit.is_some() || !filter.sort.is_empty() || filter.fields != Fields::All
        {
            return Err(Problem::invalid("write offset, limit, sort and fields as they are, not percent-encoded"));
        }
        Ok(Self { filter, fields })
    }

    /// Whether the event is one to be told of.
    #[must_use]
    pub fn matches(&self, event: &Value) -> bool {
        self.filter.matches(event)
    }

    /// The event with the wanted members only. Unknown paths are ignored; arrays on a path are gone through.
    #[must_use]
    pub fn trim(&self, event: Value) -> Value {
        let Some(fields) = &self.fields else { return event };
        let header = HEADER.map(|name| vec![name.to_owned()]);
        let paths: Vec<&[String]> = header.iter().chain(fields).map(Vec::as_slice).collect();
        keep(&event, &paths).unwrap_or(Value::Null)
    }
}

fn path(text: &str) -> Option<Vec<String>> {
    let text = text.trim();
    (!text.is_empty() && text != "none").then(|| text.split('.').map(str::to_owned).collect())
}

/// What the paths name in a value; `None` when they name nothing.
fn keep(value: &Value, paths: &[&[String]]) -> Option<Value> {
    if paths.iter().any(|path| path.is_empty()) {
        return Some(value.clone());
    }
    match value {
        Value::Array(items) => Some(items.iter().filter_map(|item| keep(item, paths)).collect()),
        Value::Object(members) => {
            let kept: Map<String, Value> = members
                .iter()
                .filter_map(|(name, value)| {
                    let below: Vec<&[String]> =
                        paths.iter().filter(|path| path[0] == *name).map(|path| &path[1..]).collect();
                    if below.is_empty() { None } else { Some((name.clone(), keep(value, &below)?)) }
                })
                .collect();
            (!kept.is_empty()).then_some(Value::Object(kept))
        }
        _ => None,
    }
}

/// In a query a `+` is a space.
fn decode(text: &str) -> Option<String> {
    decoded(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event() -> Value {
        json!({
            "eventId": "1", "eventTime": "t", "eventType": "ServiceOrderStateChangeEvent", "title": "x",
            "event": {"serviceOrder": {"id": "o", "state": "held", "serviceOrderItem": [{"id": "1", "state": "held"}, {"id": "2"}]}},
        })
    }

    #[test]
    fn the_grammar_is_that_of_lists() {
        for (raw, expected) in [
            ("", true),
            ("eventType=ServiceOrderStateChangeEvent,ServiceOrderCreateEvent", true),
            ("eventType=ServiceOrderCreateEvent", false),
            ("event.serviceOrder.state=held", true),
            ("?event.serviceOrder.state=held", true),
            ("?eventType=ServiceDeleteEvent", false),
            ("event.serviceOrder.serviceOrderItem.id=2", true),
            ("event.serviceOrder.state=held&eventType=ServiceDeleteEvent", false),
        ] {
            assert_eq!(HubQuery::parse(raw).unwrap().matches(&event()), expected, "{raw}");
        }
        for raw in ["a..b=1", "limit=3", "sort=-id", "fields=%zz", "a%zz=1", "%6Cimit=1", "fi%65lds=id"] {
            assert_eq!(HubQuery::parse(raw).unwrap_err().status, 400, "{raw}");
        }
    }

    #[test]
    fn fields_trim_the_event() {
        let trim = |raw: &str| HubQuery::parse(raw).unwrap().trim(event());
        assert_eq!(trim(""), event());
        let header = json!({"eventId": "1", "eventTime": "t", "eventType": "ServiceOrderStateChangeEvent"});
        assert_eq!(trim("fields=none"), header);
        let mut expected = header.clone();
        expected["event"] = json!({"serviceOrder": {"id": "o"}});
        assert_eq!(trim("fields=event.serviceOrder.id"), expected);
        expected["event"] = json!({"serviceOrder": {"serviceOrderItem": [{"id": "1"}, {"id": "2"}]}});
        assert_eq!(trim("fields=event.serviceOrder.serviceOrderItem.id,unknown.path"), expected);
    }
}
