//! `/hub` of every API, and what lies below a TMF688 topic: its listeners and its events.

use std::str::FromStr;

use axum::{
    Json,
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use hypo_app::{
    Ctx, events,
    hubs::{self, Format, Hub, NewHub},
    permit::may,
};
use hypo_shared::ErrorCode;
use hypo_tmf::{Problem, Query, event::base_of};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{
    path::segments,
    read::page,
    reply::{self, Refusal},
};
use crate::ApiState;

/// Bytes of a registration or of a published event.
const BODY: usize = 256 << 10;
/// The base path of TMF688.
const EVENT: &str = "/tmf-api/event/v4";

/// What a path names here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Official base path of the API.
    base: &'static str,
    topic: Option<Uuid>,
    /// Listeners, or events of a topic.
    hubs: bool,
    id: Option<String>,
}

/// Finds what a path names; `None` when it is not one of these.
pub fn place(path: &str) -> Option<Place> {
    let (base, rest) = base_of(path)?;
    let parts = segments(rest)?;
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    let place = |topic, hubs, id| Some(Place { base, topic, hubs, id });
    match parts.as_slice() {
        ["hub"] => place(None, true, None),
        ["hub", id] => place(None, true, Some((*id).to_owned())),
        ["topic", topic, collection @ ("hub" | "event"), below @ ..] if base == EVENT && below.len() < 2 => {
            // A topic that is no id of ours is one that is not there.
            let topic = Some(Uuid::from_str(topic).unwrap_or_default());
            place(topic, *collection == "hub", below.first().map(|id| (*id).to_owned()))
        }
        _ => None,
    }
}

/// Serves one request.
pub async fn serve(
    state: &ApiState,
    ctx: &Ctx,
    place: &Place,
    method: &Method,
    headers: &HeaderMap,
    raw: &str,
    body: Body,
) -> Result<Response, Refusal> {
    let reading = matches!(*method, Method::GET | Method::HEAD);
    match (place.hubs, &place.id, method) {
        (true, None, _) if reading => list(state, ctx, place, raw).await,
        (true, None, &Method::POST) => register(state, ctx, place, &document(headers, body).await?).await,
        (true, Some(id), _) if reading => one(state, ctx, place, id, raw).await,
        (true, Some(id), &Method::DELETE) => remove(state, ctx, place, id).await,
        (false, None, _) if reading => history(state, ctx, place, raw).await,
        (false, None, &Method::POST) => publish(state, ctx, place, document(headers, body).await?).await,
        (false, Some(id), _) if reading => event(state, ctx, place, id, raw).await,
        (true, None, _) | (false, None, _) => Err(reply::not_allowed("GET, HEAD, POST")),
        (true, Some(_), _) => Err(reply::not_allowed("GET, HEAD, DELETE")),
        (false, Some(_), _) => Err(reply::not_allowed("GET, HEAD")),
    }
}

impl Place {
    fn path(&self, id: &str) -> String {
        let topic = self.topic.map(|topic| format!("/topic/{topic}")).unwrap_or_default();
        format!("{}{topic}/{}/{id}", self.base, if self.hubs { "hub" } else { "event" })
    }
}

async fn document(headers: &HeaderMap, body: Body) -> Result<Value, Refusal> {
    reply::is_json(headers)?;
    let bytes = axum::body::to_bytes(body, BODY)
        .await
        .map_err(|_| Problem::new(413, ErrorCode::PayloadTooLarge, format!("the body is larger than {BODY} bytes")))?;
    let document: Value =
        serde_json::from_slice(&bytes).map_err(|error| Problem::invalid(format!("the body is not JSON: {error}")))?;
    if document.is_object() { Ok(document) } else { Err(Problem::invalid("the body must be a JSON object").into()) }
}

async fn register(state: &ApiState, ctx: &Ctx, place: &Place, document: &Value) -> Result<Response, Refusal> {
    let text = |name: &str| match document.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.clone())),
        Some(_) => Err(Problem::invalid(format!("{name} must be a text"))),
    };
    let callback = text("callback")?.ok_or_else(|| Problem::invalid("callback is required"))?;
    let new = NewHub {
        base: place.base.to_owned(),
        topic: place.topic,
        callback,
        query: text("query")?,
        format: Format::Tmf,
    };
    let permit = state.app().permit::<may::ManageHubs>(ctx).await?;
    // The secret is not shown here: a TMF body has no place for it. `rotateHubSecret` of GraphQL gives a new one.
    let (hub, _) = hubs::register(state.app(), ctx, permit, new).await?;
    let mut response = (StatusCode::CREATED, Json(shown(place, &hub))).into_response();
    if let Ok(location) = HeaderValue::from_str(&place.path(&hub.id.to_string())) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

async fn list(state: &ApiState, ctx: &Ctx, place: &Place, raw: &str) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let permit = state.app().permit::<may::ManageHubs>(ctx).await?;
    let found = hubs::list(state.app(), ctx, permit, Some(place.base), place.topic).await?;
    Ok(listed(place, &query, raw, found.iter().map(|hub| shown(place, hub)).collect()))
}

/// What the query asks for of documents that are at hand.
fn listed(place: &Place, query: &Query, raw: &str, all: Vec<Value>) -> Response {
    let numbered: Vec<(usize, Value)> = all.into_iter().enumerate().collect();
    let (found, total) = query.apply(numbered, |(_, document)| document, |(position, _)| *position);
    let shown: Vec<Value> = found.into_iter().map(|(_, document)| query.fields.select(document)).collect();
    let path = place.path("");
    let counts = (total, shown.len() as u64);
    page(query, path.trim_end_matches('/'), raw, counts, Value::from(shown).to_string())
}

async fn found(state: &ApiState, ctx: &Ctx, place: &Place, id: &str) -> Result<Hub, Refusal> {
    let missing = || Refusal::from(Problem::new(404, ErrorCode::HubNotFound, format!("there is no listener {id}")));
    let parsed = id.parse().map_err(|_| missing())?;
    let permit = state.app().permit::<may::ManageHubs>(ctx).await?;
    let hub = hubs::find(state.app(), ctx, permit, parsed).await?;
    if hub.base == place.base && hub.topic == place.topic { Ok(hub) } else { Err(missing()) }
}

async fn one(state: &ApiState, ctx: &Ctx, place: &Place, id: &str, raw: &str) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let hub = found(state, ctx, place, id).await?;
    Ok(Json(query.fields.select(shown(place, &hub))).into_response())
}

async fn remove(state: &ApiState, ctx: &Ctx, place: &Place, id: &str) -> Result<Response, Refusal> {
    let hub = found(state, ctx, place, id).await?;
    let permit = state.app().permit::<may::ManageHubs>(ctx).await?;
    hubs::remove(state.app(), ctx, permit, hub.id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// TMF630: `id`, `callback`, `query`. Nothing else is a member of a hub.
fn shown(place: &Place, hub: &Hub) -> Value {
    let id = hub.id.to_string();
    let mut shown = json!({"id": id, "href": place.path(&id), "callback": hub.callback});
    if let (Some(query), Some(members)) = (&hub.query, shown.as_object_mut()) {
        members.insert("query".into(), query.as_str().into());
    }
    shown
}

async fn history(state: &ApiState, ctx: &Ctx, place: &Place, raw: &str) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let permit = state.app().permit::<may::Read>(ctx).await?;
    let history = events::in_topic(state.app(), ctx, permit, place.topic.unwrap_or_default()).await?;
    let bodies = history.events.into_iter().map(|event| described(place, event)).collect();
    Ok(listed(place, &query, raw, bodies))
}

async fn event(state: &ApiState, ctx: &Ctx, place: &Place, id: &str, raw: &str) -> Result<Response, Refusal> {
    let query = Query::parse(raw)?;
    let missing = || Problem::not_found(format!("there is no event {id}"));
    let parsed = id.parse().map_err(|_| missing())?;
    let permit = state.app().permit::<may::Read>(ctx).await?;
    let event = events::one_in_topic(state.app(), ctx, permit, place.topic.unwrap_or_default(), parsed).await?;
    Ok(Json(query.fields.select(described(place, event))).into_response())
}

async fn publish(state: &ApiState, ctx: &Ctx, place: &Place, document: Value) -> Result<Response, Refusal> {
    let permit = state.app().permit::<may::ManageHubs>(ctx).await?;
    let event = events::publish(state.app(), ctx, permit, place.topic.unwrap_or_default(), document).await?;
    let path = place.path(&event.id.to_string());
    let mut response = (StatusCode::CREATED, Json(described(place, event))).into_response();
    if let Ok(location) = HeaderValue::from_str(&path) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// The event as an element of its collection.
fn described(place: &Place, event: events::Event) -> Value {
    let id = event.id.to_string();
    let mut body = event.body;
    body["id"] = json!(id);
    body["href"] = json!(place.path(&id));
    body
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_api_has_a_hub_and_topics_have_more() {
        let order = place("/tmf-api/serviceOrdering/v4/hub").unwrap();
        assert_eq!((order.base, order.id.clone()), ("/tmf-api/serviceOrdering/v4", None));
        assert_eq!(order.path("7"), "/tmf-api/serviceOrdering/v4/hub/7");
        assert_eq!(place("/tmf-api/serviceOrdering/v4/hub/7").unwrap().id.as_deref(), Some("7"));
        assert_eq!(place("/tmf-api/serviceOrdering/v4/hub/"), place("/tmf-api/serviceOrdering/v4/hub"));
        assert_eq!(place("/tmf-api/serviceOrdering/v4/hub/%37/").unwrap().id.as_deref(), Some("7"));
        for path in
            ["/tmf-api/serviceOrdering/v4/hub//", "/tmf-api/serviceOrdering/v4/hub/7/8", "/tmf-api/nothing/v4/hub"]
        {
            assert_eq!(place(path), None, "{path}");
        }
        for path in ["/tmf-api/serviceOrdering/v4/topic/7/hub", "/tmf-api/serviceOrdering/v4/serviceOrder"] {
            assert_eq!(place(path), None, "{path}");
        }
    }
}
