//! What was ordered stays as it was ordered, and is nobody else's than the provider's to read.

use axum::{
    body::Body,
    http::{Method, Request, StatusCode, header},
};
use hypo_shared::Role;
use serde_json::{Value, json};

use crate::{
    hubs::tmf,
    market::{Market, ORDERS, PRODUCT_ORDERS, SPECIFICATIONS, add, buy, get, instant, until},
    support::Person,
};

const TITLE: &str = "title";

fn title(text: &str) -> Value {
    json!([{"name": TITLE, "value": text}])
}

async fn patch(market: &Market, path: &str, id: &Value, body: Value) -> (StatusCode, String) {
    let path = format!("{path}/{}", id.as_str().unwrap());
    let answer = tmf(&market.server, &market.cora, Method::PATCH, &path, Some(body)).await;
    (answer.status, answer.text)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_waits_cannot_be_made_another_one() {
    let market = Market::open().await;
    let offering = market.publish(json!({"approval": "provider"})).await;
    let order = market.post(ORDERS, add(&offering, title("Mine"))).await;
    let mut items = order["serviceOrderItem"].clone();
    items[0]["service"]["serviceCharacteristic"] = json!([{"name": "replicas", "value": 99}]);
    let mut state = order["serviceOrderItem"].clone();
    state[0]["state"] = json!("completed");
    for (body, refused) in [
        (json!({"serviceOrderItem": items}), true),
        (json!({"relatedParty": []}), true),
        (json!({"requestedStartDate": instant(3600)}), true),
        (json!({"description": "words"}), false),
        // What was read before the server went on is not asked for.
        (json!({"serviceOrderItem": state}), false),
    ] {
        let (status, text) = patch(&market, ORDERS, &order["id"], body).await;
        assert_eq!(status, if refused { StatusCode::CONFLICT } else { StatusCode::OK }, "{text}");
    }
    let now = get(&market.server, &market.cora, ORDERS, &order["id"]).await;
    assert_eq!(now["serviceOrderItem"], order["serviceOrderItem"]);
    assert_eq!(now["description"], "words");

    let product = market.post(PRODUCT_ORDERS, buy(&offering, title("Mine"))).await;
    let mut items = product["productOrderItem"].clone();
    items[0]["product"]["productCharacteristic"] = json!([]);
    let (status, text) = patch(&market, PRODUCT_ORDERS, &product["id"], json!({"productOrderItem": items})).await;
    assert_eq!(status, StatusCode::CONFLICT, "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_is_told_and_reads_service_orders_only() {
    let market = Market::open().await;
    let offering = market.publish(json!({"approval": "provider"})).await;
    let product = market.post(PRODUCT_ORDERS, buy(&offering, title("Mine"))).await;
    let path = format!("{PRODUCT_ORDERS}/{}", product["id"].as_str().unwrap());
    assert_eq!(tmf(&market.server, &market.ada, Method::GET, &path, None).await.status, StatusCode::NOT_FOUND);

    let query = "{ ordersToApprove { id waitingFor } }";
    let mut waiting = Value::Null;
    for _ in 0..100 {
        waiting = market.server.data(&market.ada, query, json!({})).await["ordersToApprove"]
            .take()
            .as_array_mut()
            .and_then(Vec::pop)
            .unwrap_or_default();
        if waiting["id"].is_string() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    assert_eq!(waiting["waitingFor"], "the provider's approval");
    let told = "query($id: ID!) { events(filter: {resourceId: $id}) { nodes { type } } }";
    let events = market.server.data(&market.ada, told, json!({"id": waiting["id"]})).await;
    assert!(events["events"].to_string().contains("ServiceOrderInformationRequiredEvent"), "{events}");
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_that_could_be_meant_in_two_ways_are_refused() {
    let market = Market::open().await;
    let offering = market.publish(json!({})).await;
    let good = add(&offering, title("Mine"));
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = good.clone();
        change(&mut body);
        body
    };
    for (body, word) in [
        (with(&|body| body["serviceOrderItem"][0]["quantity"] = json!(5)), "quantity"),
        (with(&|body| body["serviceOrderItem"][0]["service"]["endDate"] = json!("soon")), "endDate"),
        (with(&|body| body["serviceOrderItem"][0]["service"]["endDate"] = json!("2020-01-01T00:00:00Z")), "endDate"),
        (with(&|body| body["orderItem"] = body["serviceOrderItem"].clone()), "orderItem"),
        (
            with(&|body| {
                let again = body["serviceOrderItem"][0].clone();
                body["serviceOrderItem"].as_array_mut().unwrap().push(again);
            }),
            "id",
        ),
    ] {
        let answer = tmf(&market.server, &market.cora, Method::POST, ORDERS, Some(body)).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{word}: {}", answer.text);
        assert!(answer.text.contains(word), "{word}: {}", answer.text);
    }
    // A service that is not there is like a specification that is not: accepted, then rejected.
    for who in [&market.cora, &market.ada] {
        let body = json!({"serviceOrderItem": [{"id": "1", "action": "delete", "service": {"id": "nosuch"}}]});
        let order = tmf(&market.server, who, Method::POST, ORDERS, Some(body)).await;
        assert_eq!((order.status, &order.json()["state"]), (StatusCode::CREATED, &json!("rejected")), "{}", order.text);
        let body = json!({"serviceOrderItem": [{"id": "1", "action": "delete", "service": {}}]});
        let order = tmf(&market.server, who, Method::POST, ORDERS, Some(body)).await;
        assert_eq!(order.status, StatusCode::BAD_REQUEST, "{}", order.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_form_of_an_offering_is_its_publications() {
    let market = Market::open().await;
    let offering = market.publish(json!({})).await;
    let path = format!("{SPECIFICATIONS}/{}", offering["id"].as_str().unwrap());
    let change = async |body: Value| tmf(&market.server, &market.ada, Method::PATCH, &path, Some(body)).await;
    let refused = change(json!({"specCharacteristic": []})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert_eq!(change(json!({"description": "words"})).await.status, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn orders_of_resources_are_cancelled_by_their_task() {
    let market = Market::open().await;
    let base = "/tmf-api/resourceOrdering/v4";
    let (orders, tasks) = (format!("{base}/resourceOrder"), format!("{base}/cancelResourceOrder"));
    let body = json!({"orderItem": [{"id": "1", "action": "add", "state": "completed", "resource": {"name": "r"}}]});
    let order = crate::market::post(&market.server, &market.ada, &orders, body).await;
    assert_eq!(order["orderItem"][0]["state"], "acknowledged", "the server says how far an item is");
    for id in [order["id"].clone(), json!("nosuch")] {
        let body = json!({"resourceOrder": {"id": id}, "cancellationReason": "why"});
        let task = crate::market::post(&market.server, &market.ada, &tasks, body).await;
        let end = if id == order["id"] { "done" } else { "terminatedWithError" };
        until(&market.server, &market.ada, &tasks, &task["id"], "state", &[end]).await;
    }
    let order = get(&market.server, &market.ada, &orders, &order["id"]).await;
    assert_eq!((&order["state"], &order["orderItem"][0]["state"]), (&json!("cancelled"), &json!("cancelled")));
}

#[tokio::test(flavor = "multi_thread")]
async fn others_neither_pin_a_document_nor_are_named() {
    let market = Market::open().await;
    let pat = market.server.person(market.server.owner, "pat", Role::Provider).await;
    let (people, roles) = ("/tmf-api/party/v4/individual", "/tmf-api/partyRoleManagement/v4/partyRole");
    let make = async |who: &Person, path: &str, body: Value| crate::market::post(&market.server, who, path, body).await;
    let person = make(&market.ada, people, json!({"givenName": "A", "familyName": "B"})).await;
    let role = json!({"name": "r", "engagedParty": {"id": person["id"]}});
    let path = format!("{people}/{}", person["id"].as_str().unwrap());
    let theirs = make(&pat, roles, role.clone()).await;
    let own = make(&market.ada, roles, role).await;
    let remove = async |path: &str| tmf(&market.server, &market.ada, Method::DELETE, path, None).await;
    let refused = remove(&path).await;
    assert_eq!(refused.status, StatusCode::CONFLICT, "{}", refused.text);
    assert!(
        refused.text.contains(own["id"].as_str().unwrap()) && !refused.text.contains(theirs["id"].as_str().unwrap())
    );
    assert_eq!(remove(&format!("{roles}/{}", own["id"].as_str().unwrap())).await.status, StatusCode::NO_CONTENT);
    assert_eq!(remove(&path).await.status, StatusCode::NO_CONTENT, "what others write down keeps nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn changes_and_keys_of_many_at_once_all_come_through() {
    let market = Market::open().await;
    let sites = "/tmf-api/geographicSiteManagement/v4/geographicSite";
    let site = crate::market::post(&market.server, &market.ada, sites, json!({"name": "s"})).await;
    let path = format!("{sites}/{}", site["id"].as_str().unwrap());
    let changes = (0..12).map(|at| {
        let (market, path) = (&market, &path);
        async move {
            let body = json!({format!("k{at}"): at});
            tmf(&market.server, &market.ada, Method::PATCH, path, Some(body)).await.status
        }
    });
    assert!(futures::future::join_all(changes).await.iter().all(|status| *status == StatusCode::OK));
    let site = get(&market.server, &market.ada, sites, &site["id"]).await;
    assert!((0..12).all(|at| site[format!("k{at}")] == at), "{site}");

    let offering = market.publish(json!({})).await;
    let order = add(&offering, title("Mine")).to_string();
    for (path, who, body) in [(sites, &market.ada, r#"{"name": "k", "code": "1"}"#), (ORDERS, &market.cora, &order)] {
        let same = (0..8).map(|_| {
            let request = Request::builder()
                .method(Method::POST)
                .uri(path)
                .header(header::AUTHORIZATION, format!("Bearer {}", who.token))
                .header(header::CONTENT_TYPE, "application/json")
                .header("idempotency-key", "once")
                .body(Body::from(body.to_owned()))
                .unwrap();
            market.server.send(request)
        });
        let answers = futures::future::join_all(same).await;
        let first = answers[0].json()["id"].clone();
        for answer in &answers {
            assert_eq!((answer.status, &answer.json()["id"]), (StatusCode::CREATED, &first), "{}", answer.text);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_changes_no_password_and_outlives_nothing() {
    let market = Market::open().await;
    let change = "mutation { changePassword(current: \"wrong\", new: \"correct horse battery 10\") }";
    let refused = market.server.graphql(&market.ada, change, json!({})).await;
    assert_eq!(refused.code().as_deref(), Some("HYP-5002"), "{}", refused.text);
    let create = "mutation { createToken(input: {name: \"t\", role: viewer, days: 365}) { token { expiresAt } } }";
    let made = market.server.graphql(&market.ada, create, json!({})).await;
    let own = market.server.data(&market.ada, "{ tokens { expiresAt } }", json!({})).await;
    let ends: Vec<&str> =
        own["tokens"].as_array().unwrap().iter().filter_map(|one| one["expiresAt"].as_str()).collect();
    let made = made.json()["data"]["createToken"]["token"]["expiresAt"].as_str().map(str::to_owned);
    assert!(made.is_some_and(|end| ends.iter().filter(|known| **known == end).count() >= 2), "{ends:?}");
}
