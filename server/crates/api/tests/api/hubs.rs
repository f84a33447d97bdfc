//! Listeners over REST and GraphQL, and the history of events.

use std::time::{Duration, Instant};

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use chrono::Utc;
use hypo_app::hubs::{self, Delivering};
use hypo_engine::DeliveryConfig;
use hypo_shared::{Role, TenantId};
use hypo_store::documents::{self, Document, kind};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Answer, Person, Server};

const ORDERING: &str = "/tmf-api/serviceOrdering/v4";

pub async fn tmf(server: &Server, who: &Person, method: Method, path: &str, body: Option<Value>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
        .header(header::CONTENT_TYPE, "application/json")
        .body(body.map_or_else(Body::empty, |body| Body::from(body.to_string())))
        .unwrap();
    server.send(request).await
}

/// Writes an order as the orchestrator does, and takes it through states.
async fn order(server: &Server, tenant: TenantId, name: &str, states: &[&str]) -> Uuid {
    let doc = json!({"state": "acknowledged", "description": name, "x-own": {"kept": [1, 2]}});
    let order = Document {
        state: "acknowledged".into(),
        name: name.into(),
        ..Document::new(kind::SERVICE_ORDER, Uuid::now_v7(), tenant, doc, Utc::now())
    };
    let mut order = hypo_store::write!(server.store, |tx| documents::create(tx, &order).await).unwrap();
    for state in states {
        order.state = (*state).to_owned();
        order.doc["state"] = json!(state);
        order = hypo_store::write!(server.store, |tx| documents::update(tx, &order).await).unwrap();
    }
    order.id
}

fn tell(server: &Server) -> CancellationToken {
    let shutdown = CancellationToken::new();
    let how = Delivering { queue: DeliveryConfig::default(), keep: Duration::from_secs(86_400) };
    tokio::spawn(hubs::run(server.app.clone(), how, shutdown.clone()));
    shutdown
}

async fn heard(server: &Server, count: usize) -> Vec<Value> {
    let started = Instant::now();
    loop {
        let all = server.callbacks.heard();
        if all.len() >= count {
            return all;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "heard only {all:#?}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test]
async fn a_listener_is_registered_found_and_removed() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let hub = format!("{ORDERING}/hub");
    let query = "eventType=ServiceOrderStateChangeEvent";
    let made =
        tmf(&server, &ada, Method::POST, &hub, Some(json!({"callback": "https://x.test/a", "query": query}))).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text);
    let body = made.json();
    let id = body["id"].as_str().unwrap();
    assert_eq!(made.headers[header::LOCATION], format!("{hub}/{id}"));
    assert_eq!((body["callback"].as_str(), body["query"].as_str()), (Some("https://x.test/a"), Some(query)));
    assert!(!made.text.contains("whsec_"), "a TMF body shows no secret");

    let one = tmf(&server, &ada, Method::GET, &format!("{hub}/{id}"), None).await;
    assert_eq!((one.status, one.json()), (StatusCode::OK, body.clone()));
    assert_eq!(tmf(&server, &ada, Method::GET, &hub, None).await.json(), json!([body]));
    // A listener belongs to the API it was registered at, and to its tenant.
    let elsewhere = format!("/tmf-api/serviceInventory/v4/hub/{id}");
    assert_eq!(tmf(&server, &ada, Method::GET, &elsewhere, None).await.status, StatusCode::NOT_FOUND);
    let eva = server.person(server.owner, "eva", Role::DomainOwner).await;
    assert_eq!(tmf(&server, &eva, Method::GET, &format!("{hub}/{id}"), None).await.status, StatusCode::NOT_FOUND);
    assert_eq!(tmf(&server, &eva, Method::DELETE, &format!("{hub}/{id}"), None).await.status, StatusCode::NOT_FOUND);

    for (body, status) in [
        (json!({"callback": "https://x.test/a", "query": "a..b=1"}), StatusCode::BAD_REQUEST),
        (json!({"callback": "https://x.test/a", "query": "limit=1"}), StatusCode::BAD_REQUEST),
        (json!({"callback": "ftp://x.test/a"}), StatusCode::BAD_REQUEST),
        (json!({"callback": 7}), StatusCode::BAD_REQUEST),
        (json!({}), StatusCode::BAD_REQUEST),
    ] {
        let answer = tmf(&server, &ada, Method::POST, &hub, Some(body.clone())).await;
        assert_eq!(answer.status, status, "{body} {}", answer.text);
        assert!(answer.json()["code"].is_string() && answer.json()["reason"].is_string(), "{}", answer.text);
    }
    let viewer = server.person(server.provider, "vera", Role::Viewer).await;
    let refused = tmf(&server, &viewer, Method::POST, &hub, Some(json!({"callback": "https://x.test/a"}))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let put = tmf(&server, &ada, Method::PUT, &hub, Some(json!({}))).await;
    assert_eq!(
        (put.status, &put.headers[header::ALLOW]),
        (StatusCode::METHOD_NOT_ALLOWED, &"GET, HEAD, POST".parse().unwrap())
    );

    assert_eq!(tmf(&server, &ada, Method::DELETE, &format!("{hub}/{id}"), None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(tmf(&server, &ada, Method::GET, &format!("{hub}/{id}"), None).await.status, StatusCode::NOT_FOUND);
    assert!(server.secrets.texts().iter().all(|text| !text.starts_with("whsec_")), "its secret is gone too");
}

#[tokio::test]
async fn listeners_hear_what_they_asked_for_in_order() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    order(&server, server.provider, "before", &["inProgress"]).await;
    let register = |base: &str, query: &str, format: &str| json!({"input": {"base": base, "callback": "https://x.test/a", "query": query, "format": format}});
    let mutation = "mutation R($input: RegisterHubInput!) { registerHub(input: $input) { secret hub { id waiting } } }";
    let made = server.data(&ada, mutation, register(ORDERING, "event.serviceOrder.description=mine", "tmf")).await;
    assert!(made["registerHub"]["secret"].as_str().unwrap().starts_with("whsec_"));
    let id = made["registerHub"]["hub"]["id"].as_str().unwrap().to_owned();
    let shutdown = tell(&server);
    order(&server, server.provider, "other", &["inProgress"]).await;
    order(&server, server.owner, "mine", &["inProgress"]).await;
    let mine = order(&server, server.provider, "mine", &["inProgress", "completed"]).await;

    let all = heard(&server, 3).await;
    let types: Vec<_> = all.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    let expected = ["ServiceOrderCreateEvent", "ServiceOrderStateChangeEvent", "ServiceOrderStateChangeEvent"];
    assert_eq!(types, expected);
    let states: Vec<_> = all.iter().map(|event| event["event"]["serviceOrder"]["state"].as_str().unwrap()).collect();
    assert_eq!(states, ["acknowledged", "inProgress", "completed"], "each with the document as it was");
    let order = &all[2]["event"]["serviceOrder"];
    assert_eq!((&order["id"], &order["x-own"]), (&json!(mine), &json!({"kept": [1, 2]})));
    assert_eq!(order["href"], json!(format!("{ORDERING}/serviceOrder/{mine}")));

    let hubs = "{ hubs { id waiting dead delivered error } }";
    let started = Instant::now();
    loop {
        let shown = server.data(&ada, hubs, json!({})).await;
        if shown["hubs"][0]["delivered"] == 3 {
            assert_eq!(shown["hubs"][0], json!({"id": id, "waiting": 0, "dead": 0, "delivered": 3, "error": null}));
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(10), "{shown:#}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    shutdown.cancel();
}

#[tokio::test]
async fn fields_trim_and_cloud_events_wrap() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let mutation = "mutation R($input: RegisterHubInput!) { registerHub(input: $input) { hub { id } } }";
    let query = "eventType=ServiceOrderCreateEvent&fields=event.serviceOrder.description";
    let input = json!({"base": ORDERING, "callback": "https://x.test/a", "query": query, "format": "cloudEvents"});
    server.data(&ada, mutation, json!({"input": input})).await;
    let shutdown = tell(&server);
    order(&server, server.provider, "trimmed", &["inProgress"]).await;
    let all = heard(&server, 1).await;
    assert_eq!(
        (&all[0]["specversion"], &all[0]["type"]),
        (&json!("1.0"), &json!("org.tmforum.ServiceOrderCreateEvent"))
    );
    assert_eq!(all[0]["data"]["event"], json!({"serviceOrder": {"description": "trimmed"}}));
    assert_eq!(all[0]["data"]["eventId"], all[0]["id"]);
    shutdown.cancel();
}

#[tokio::test]
async fn the_history_is_read_by_cursor() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let query = "query E($since: Cursor, $first: Int, $filter: EventFilter) { events(since: $since, first: $first, filter: $filter) \
                 { nodes { type resource resourceId body cloudEvent correlationId } next hasMore } }";
    // The tenant's own organization is an event too.
    let begun = server.data(&ada, query, json!({})).await["events"]["next"].clone();
    let first = order(&server, server.provider, "first", &["inProgress"]).await;
    order(&server, server.owner, "not ours", &[]).await;
    let page = server.data(&ada, query, json!({"since": begun, "first": 1})).await;
    assert_eq!(page["events"]["nodes"][0]["type"], "ServiceOrderCreateEvent");
    assert_eq!(page["events"]["nodes"][0]["resourceId"], json!(first));
    assert_eq!(page["events"]["nodes"][0]["cloudEvent"]["data"], page["events"]["nodes"][0]["body"]);
    assert_eq!(page["events"]["hasMore"], true);
    let rest = server.data(&ada, query, json!({"since": page["events"]["next"]})).await;
    assert_eq!(rest["events"]["nodes"].as_array().unwrap().len(), 1, "{rest:#}");
    assert_eq!(rest["events"]["nodes"][0]["body"]["event"]["serviceOrder"]["state"], "inProgress");
    assert_eq!(rest["events"]["hasMore"], false);
    let second = order(&server, server.provider, "second", &["inProgress", "held"]).await;
    let filter = json!({"resourceId": second, "query": "event.serviceOrder.state=held"});
    let held = server.data(&ada, query, json!({"since": rest["events"]["next"], "filter": filter})).await;
    assert_eq!(held["events"]["nodes"].as_array().unwrap().len(), 1, "{held:#}");
    let wrong = server.graphql(&ada, query, json!({"filter": {"query": "a..b=1"}})).await;
    assert_eq!(wrong.code().as_deref(), Some("HYP-6001"));
}

#[tokio::test]
async fn a_topic_is_a_stored_filter_with_a_history() {
    let server = Server::start().await;
    let ada = server.person(server.provider, "ada", Role::Provider).await;
    let doc = json!({"name": "orders", "headerQuery": "eventType=ServiceOrderCreateEvent", "contentQuery": "event.serviceOrder.description=in"});
    let topic = Document::new("topic", Uuid::now_v7(), server.provider, doc, Utc::now());
    hypo_store::write!(server.store, |tx| documents::create(tx, &topic).await).unwrap();
    let base = format!("/tmf-api/event/v4/topic/{}", topic.id);
    let shutdown = tell(&server);
    let hub =
        tmf(&server, &ada, Method::POST, &format!("{base}/hub"), Some(json!({"callback": "https://x.test/t"}))).await;
    assert_eq!(hub.status, StatusCode::CREATED, "{}", hub.text);
    let id = hub.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(hub.headers[header::LOCATION], format!("{base}/hub/{id}"));
    let first = order(&server, server.provider, "in", &["inProgress"]).await;
    order(&server, server.provider, "out", &["inProgress"]).await;
    order(&server, server.owner, "in", &[]).await;

    let history = tmf(&server, &ada, Method::GET, &format!("{base}/event"), None).await;
    assert_eq!(
        (history.status, history.headers["x-total-count"].to_str().unwrap()),
        (StatusCode::OK, "1"),
        "{}",
        history.text
    );
    assert_eq!(history.json()[0]["event"]["serviceOrder"]["id"], json!(first));
    let sent = json!({"eventType": "AlarmCreateEvent", "title": "t", "event": {"alarm": {"id": "7"}}});
    let published = tmf(&server, &ada, Method::POST, &format!("{base}/event"), Some(sent)).await;
    assert_eq!(published.status, StatusCode::CREATED, "{}", published.text);
    let at = published.headers[header::LOCATION].to_str().unwrap();
    let one = tmf(&server, &ada, Method::GET, at, None).await;
    assert_eq!((one.status, one.json()), (StatusCode::OK, published.json()));
    let page = tmf(&server, &ada, Method::GET, &format!("{base}/event?limit=1&offset=1"), None).await;
    assert_eq!((page.status, &page.json()[0]["eventType"]), (StatusCode::PARTIAL_CONTENT, &json!("AlarmCreateEvent")));
    let all = heard(&server, 2).await;
    let types: Vec<_> = all.iter().map(|event| event["eventType"].as_str().unwrap()).collect();
    assert_eq!(types, ["ServiceOrderCreateEvent", "AlarmCreateEvent"]);

    let eva = server.person(server.owner, "eva", Role::DomainOwner).await;
    assert_eq!(tmf(&server, &eva, Method::GET, &format!("{base}/event"), None).await.status, StatusCode::NOT_FOUND);
    let wrong = tmf(&server, &ada, Method::POST, &format!("{base}/event"), Some(json!({"title": "no type"}))).await;
    assert_eq!(wrong.status, StatusCode::BAD_REQUEST);
    shutdown.cancel();
}
