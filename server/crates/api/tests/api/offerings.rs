//! A provider publishes a package; a customer of another tenant orders it by TMF641 and TMF622 without seeing what it is
//! made of; states roll up, tasks cancel, leases end.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use hypo_shared::Role;
use serde_json::{Value, json};

use crate::{
    hubs::tmf,
    market::{
        Market, OFFERINGS, ORDERS, PRODUCT_ORDERS, PRODUCTS, SERVICES, SPECIFICATIONS, add, buy, get, instant,
        says_nothing, until,
    },
};

#[tokio::test]
async fn a_customer_orders_an_offering_without_seeing_what_it_is_made_of() {
    let market = Market::open().await;
    let Market { server, ada, cora } = &market;
    let offering = market.publish(json!({})).await;
    assert_eq!((&offering["version"], &offering["lifecycleStatus"]), (&json!("1.0"), &json!("Launched")));
    assert_eq!(offering["form"][0]["to"], json!({"replicas": "web"}));

    let seen = server.data(
        cora,
        "{ offerings { id name form { name kind default to } packageId } packages { nodes { id } } }",
        json!({}),
    );
    let seen = seen.await;
    assert_eq!((&seen["offerings"][0]["id"], &seen["offerings"][0]["packageId"]), (&offering["id"], &Value::Null));
    assert_eq!((&seen["offerings"][0]["form"][0]["to"], &seen["packages"]["nodes"]), (&Value::Null, &json!([])));
    let specification = get(server, cora, SPECIFICATIONS, &offering["id"]).await;
    assert_eq!(specification["specCharacteristic"][1]["name"], "title");
    let product = get(server, cora, OFFERINGS, &offering["productOfferingId"]).await;
    assert_eq!((&product["lifecycleStatus"], &product["isSellable"]), (&json!("Launched"), &json!(true)));
    says_nothing(&format!("{specification}{product}{seen}"));

    // Every violation is named.
    let wrong = add(
        &offering,
        json!([{"name": "replicas", "value": 9}, {"name": "colour", "value": "red"}, {"name": "size", "value": "huge"}]),
    );
    let refused = tmf(server, cora, Method::POST, ORDERS, Some(wrong)).await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.text);
    for name in ["replicas", "colour", "size", "title"] {
        assert!(refused.text.contains(name), "{name}: {}", refused.text);
    }

    let chosen = json!([{"name": "replicas", "value": 2}, {"name": "title", "value": "Cora's"}]);
    let order = market.post(ORDERS, add(&offering, chosen)).await;
    let order = market.until(ORDERS, &order["id"], "state", &["completed", "failed", "rejected"]).await;
    assert_eq!(
        (&order["state"], &order["serviceOrderItem"][0]["state"]),
        (&json!("completed"), &json!("completed")),
        "{order:#}"
    );
    let id = &order["serviceOrderItem"][0]["service"]["id"];
    let service = market.until(SERVICES, id, "state", &["active"]).await;
    assert_eq!(service["serviceSpecification"]["id"], offering["id"]);
    let mine = tmf(server, cora, Method::GET, SERVICES, None).await;
    assert_eq!(mine.json().as_array().map(Vec::len), Some(1), "{}", mine.text);
    says_nothing(&format!("{order}{service}{}", mine.text));

    // The provider operates the service, with what was chosen.
    let theirs = server.data(ada, "{ services { nodes { name state objects { name applied } } } }", json!({})).await;
    let node = &theirs["services"]["nodes"][0];
    assert_eq!((&node["name"], &node["state"]), (&json!("my-shop"), &json!("active")));
    assert!(node["objects"].to_string().contains("Cora's"), "{theirs:#}");

    // The customer's GraphQL shows its order and nothing of the provider's work.
    let order = server.data(
        cora,
        "{ orders { nodes { id state steps { name } failures { detail } } } services { nodes { id } } }",
        json!({}),
    );
    let order = order.await;
    assert_eq!(order["orders"]["nodes"].as_array().map(Vec::len), Some(1));
    assert_eq!(order["orders"]["nodes"][0]["steps"], json!([]));
    assert_eq!(order["services"]["nodes"], json!([]));

    let end = json!({"serviceOrderItem": [{"id": "1", "action": "delete", "service": {"id": id}}]});
    let order = market.post(ORDERS, end).await;
    market.until(ORDERS, &order["id"], "state", &["completed"]).await;
    market.until(SERVICES, id, "state", &["terminated"]).await;
}

#[tokio::test]
async fn a_new_version_supersedes_and_a_retired_one_is_rejected() {
    let market = Market::open().await;
    let Market { server, ada, cora } = &market;
    let first = market.publish(json!({"launch": false})).await;
    assert_eq!(first["lifecycleStatus"], "In Design");
    let hidden =
        tmf(server, cora, Method::GET, &format!("{SPECIFICATIONS}/{}", first["id"].as_str().unwrap()), None).await;
    assert_eq!(hidden.status, StatusCode::NOT_FOUND);
    let launch = "mutation($id: UUID!) { launchOffering(id: $id) { lifecycleStatus } }";
    assert_eq!(
        server.data(ada, launch, json!({"id": first["id"]})).await["launchOffering"]["lifecycleStatus"],
        "Launched"
    );
    let again = server.graphql(ada, launch, json!({"id": first["id"]})).await;
    assert_eq!(again.code().as_deref(), Some("HYP-6006"));

    let second = market.publish(json!({})).await;
    assert_eq!(second["version"], "2.0");
    assert_eq!(get(server, cora, SPECIFICATIONS, &first["id"]).await["lifecycleStatus"], "Retired");
    let title = json!([{"name": "title", "value": "x"}]);
    let order = market.post(ORDERS, add(&first, title.clone())).await;
    assert_eq!(order["state"], "rejected");
    assert!(order["serviceOrderItem"][0]["errorMessage"].to_string().contains("Retired"), "{order:#}");
    let bought = market.post(PRODUCT_ORDERS, buy(&first, title)).await;
    assert_eq!((&bought["state"], &bought["productOrderItem"][0]["state"]), (&json!("rejected"), &json!("rejected")));
    let unknown = json!({"productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": "42"}}]});
    let unknown = market.post(PRODUCT_ORDERS, unknown).await;
    assert_eq!(unknown["state"], "rejected");
    assert!(unknown["productOrderItem"][0]["errorMessage"].to_string().contains("42"), "{unknown:#}");

    // Publishing is the provider's, and of its own packages only.
    let refused = server
        .graphql(cora, "mutation($id: UUID!) { retireOffering(id: $id) { id } }", json!({"id": second["id"]}))
        .await;
    assert_eq!(refused.code().as_deref(), Some("HYP-5002"));
    let other = server.person(server.owner, "otto", Role::Provider).await;
    let refused = server
        .graphql(&other, "mutation($id: UUID!) { retireOffering(id: $id) { id } }", json!({"id": second["id"]}))
        .await;
    assert_eq!(refused.code().as_deref(), Some("HYP-6002"));
    let retired = server
        .data(ada, "mutation($id: UUID!) { retireOffering(id: $id) { lifecycleStatus } }", json!({"id": second["id"]}))
        .await;
    assert_eq!(retired["retireOffering"]["lifecycleStatus"], "Retired");
    let audit = server.data(ada, "{ audit(first: 50) { nodes { action } } }", json!({})).await.to_string();
    for action in ["publishOffering", "launchOffering", "retireOffering"] {
        assert!(audit.contains(action), "{action}: {audit}");
    }
}

#[tokio::test]
async fn a_product_order_becomes_service_orders_and_a_product() {
    let market = Market::open().await;
    let Market { server, cora, .. } = &market;
    let offering = market.publish(json!({})).await;
    let title = json!([{"name": "title", "value": "Shop"}]);
    let order = market.post(PRODUCT_ORDERS, buy(&offering, title)).await;
    let order = market.until(PRODUCT_ORDERS, &order["id"], "state", &["completed", "failed"]).await;
    assert_eq!(
        (&order["state"], &order["productOrderItem"][0]["state"]),
        (&json!("completed"), &json!("completed")),
        "{order:#}"
    );
    let product = &order["productOrderItem"][0]["product"]["id"];
    let shown = get(server, cora, PRODUCTS, product).await;
    assert_eq!((&shown["status"], &shown["productOffering"]["id"]), (&json!("active"), &offering["productOfferingId"]));
    let service = &shown["realizingService"][0]["id"];
    market.until(SERVICES, service, "state", &["active"]).await;
    let parts = tmf(
        server,
        cora,
        Method::GET,
        &format!("{ORDERS}?orderRelationship.id={}", order["id"].as_str().unwrap()),
        None,
    )
    .await;
    assert_eq!(parts.json()[0]["state"], "completed", "{}", parts.text);
    says_nothing(&format!("{order}{shown}{}", parts.text));

    let change = json!({"productOrderItem": [{"id": "1", "action": "modify", "product": {"id": product,
        "productCharacteristic": [{"name": "replicas", "value": 3}]}}]});
    let changed = market.post(PRODUCT_ORDERS, change).await;
    let changed = market.until(PRODUCT_ORDERS, &changed["id"], "state", &["completed", "failed"]).await;
    assert_eq!(changed["state"], "completed", "{changed:#}");
    let shown = get(server, cora, PRODUCTS, product).await;
    assert!(shown["productCharacteristic"].to_string().contains("\"value\":3"), "{shown:#}");

    let end = json!({"productOrderItem": [{"id": "1", "action": "delete", "product": {"id": product}}, {"id": "2", "action": "noChange", "product": {"id": product}}]});
    let ended = market.post(PRODUCT_ORDERS, end).await;
    let ended = market.until(PRODUCT_ORDERS, &ended["id"], "state", &["completed", "failed", "partial"]).await;
    assert_eq!(ended["state"], "completed", "{ended:#}");
    let shown = market.until(PRODUCTS, product, "status", &["terminated"]).await;
    assert!(shown["terminationDate"].is_string());
}

#[tokio::test]
async fn an_order_waits_for_the_provider_and_for_its_date() {
    let market = Market::open().await;
    let Market { server, ada, cora } = &market;
    let offering = market.publish(json!({"approval": "provider"})).await;
    let title = json!([{"name": "title", "value": "Shop"}]);
    let first = market.post(ORDERS, add(&offering, title.clone())).await;
    let second = market.post(PRODUCT_ORDERS, buy(&offering, title.clone())).await;
    let waiting = "{ ordersToApprove { id state name } }";
    let mut found = Value::Null;
    for _ in 0..50 {
        found = server.data(ada, waiting, json!({})).await["ordersToApprove"].take();
        if found.as_array().map(Vec::len) == Some(2) {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(found.as_array().map(Vec::len), Some(2), "{found:#}");
    assert_eq!(server.data(cora, waiting, json!({})).await["ordersToApprove"], json!([]));
    let approve = "mutation($id: UUID!) { approveOrder(id: $id, reason: \"Welcome.\") { state notes { text } } }";
    let refused = server.graphql(cora, approve, json!({"id": first["id"]})).await;
    assert_eq!(refused.code().as_deref(), Some("HYP-5002"));
    let stranger = server.person(server.owner, "otto", Role::Provider).await;
    let refused = server.graphql(&stranger, approve, json!({"id": first["id"]})).await;
    assert_eq!(refused.code().as_deref(), Some("HYP-3001"));
    assert_eq!(get(server, cora, ORDERS, &first["id"]).await["state"], "acknowledged");
    let approved = server.data(ada, approve, json!({"id": first["id"]})).await;
    assert!(approved["approveOrder"]["notes"].to_string().contains("Welcome."), "{approved:#}");
    let again = server.graphql(ada, approve, json!({"id": first["id"]})).await;
    assert_eq!(again.code().as_deref(), Some("HYP-3002"));
    market.until(ORDERS, &first["id"], "state", &["completed"]).await;

    let part = found.as_array().unwrap().iter().find(|order| order["id"] != first["id"]).unwrap();
    let reject = "mutation($id: UUID!, $r: String!) { rejectOrder(id: $id, reason: $r) { state } }";
    let silent = server.graphql(ada, reject, json!({"id": part["id"], "r": " "})).await;
    assert_eq!(silent.code().as_deref(), Some("HYP-6001"));
    let rejected = server.data(ada, reject, json!({"id": part["id"], "r": "Not in your country."})).await;
    assert_eq!(rejected["rejectOrder"]["state"], "rejected");
    let bought = market.until(PRODUCT_ORDERS, &second["id"], "state", &["failed"]).await;
    assert_eq!(bought["productOrderItem"][0]["state"], "rejected");
    assert!(bought["productOrderItem"][0]["errorMessage"].to_string().contains("Not in your country."), "{bought:#}");
    let product = &bought["productOrderItem"][0]["product"]["id"];
    assert_eq!(get(server, cora, PRODUCTS, product).await["status"], "cancelled");

    let later = instant(4);
    let automatic = market.publish(json!({"name": "At once"})).await;
    let mut body = add(&automatic, title);
    body["requestedStartDate"] = json!(later);
    let order = market.post(ORDERS, body).await;
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(get(server, cora, ORDERS, &order["id"]).await["state"], "acknowledged");
    let order = market.until(ORDERS, &order["id"], "state", &["completed"]).await;
    assert!(order["startDate"].as_str().unwrap() >= later.as_str(), "{order:#}");
}

#[tokio::test]
async fn tasks_cancel_what_has_not_ended() {
    let market = Market::open().await;
    let offering = market.publish(json!({})).await;
    let title = json!([{"name": "title", "value": "Shop"}]);
    let (tasks, product_tasks) =
        ("/tmf-api/serviceOrdering/v4/cancelServiceOrder", "/tmf-api/productOrderingManagement/v4/cancelProductOrder");
    let mut body = add(&offering, title.clone());
    body["requestedStartDate"] = json!(instant(600));
    let order = market.post(ORDERS, body).await;
    let task = json!({"serviceOrder": {"id": order["id"]}, "cancellationReason": "changed my mind"});
    let task = market.post(tasks, task).await;
    let task = market.until(tasks, &task["id"], "state", &["done", "terminatedWithError"]).await;
    assert_eq!(task["state"], "done", "{task:#}");
    let cancelled = get(&market.server, &market.cora, ORDERS, &order["id"]).await;
    assert_eq!(
        (&cancelled["state"], &cancelled["cancellationReason"]),
        (&json!("cancelled"), &json!("changed my mind"))
    );
    assert_eq!(cancelled["serviceOrderItem"][0]["state"], "cancelled");

    let mut body = buy(&offering, title.clone());
    body["requestedStartDate"] = json!(instant(600));
    let order = market.post(PRODUCT_ORDERS, body).await;
    let task = market.post(product_tasks, json!({"productOrder": {"id": order["id"]}})).await;
    market.until(product_tasks, &task["id"], "state", &["done"]).await;
    market.until(PRODUCT_ORDERS, &order["id"], "state", &["cancelled"]).await;

    // What has ended cannot be cancelled, and the task says so.
    let order = market.post(ORDERS, add(&offering, title.clone())).await;
    market.until(ORDERS, &order["id"], "state", &["completed"]).await;
    let task = market.post(tasks, json!({"serviceOrder": {"id": order["id"]}})).await;
    let task = market.until(tasks, &task["id"], "state", &["done", "terminatedWithError"]).await;
    assert_eq!(task["state"], "terminatedWithError");
    assert!(task["errorMessage"]["reason"].as_str().unwrap().contains("completed"), "{task:#}");

    // The provider reads its customer's order; cancelling it is the customer's.
    let task =
        tmf(&market.server, &market.ada, Method::POST, tasks, Some(json!({"serviceOrder": {"id": order["id"]}}))).await;
    let task =
        until(&market.server, &market.ada, tasks, &task.json()["id"], "state", &["done", "terminatedWithError"]).await;
    assert_eq!(task["state"], "terminatedWithError");
}

#[tokio::test]
async fn a_service_ends_when_its_lease_does() {
    let market = Market::open().await;
    let Market { server, ada, .. } = &market;
    let offering = market.publish(json!({})).await;
    let chosen = json!([{"name": "title", "value": "Shop"}, {"name": "hypo.leaseEnd", "value": instant(6)}]);
    let order = market.post(PRODUCT_ORDERS, buy(&offering, chosen)).await;
    let order = market.until(PRODUCT_ORDERS, &order["id"], "state", &["completed"]).await;
    let product = &order["productOrderItem"][0]["product"]["id"];
    let shown = market.until(PRODUCTS, product, "status", &["terminated"]).await;
    market.until(SERVICES, &shown["realizingService"][0]["id"], "state", &["terminated"]).await;
    let orders = server.data(ada, "{ orders { nodes { action notes { text } } } }", json!({})).await;
    assert!(orders.to_string().contains("lease ended"), "{orders:#}");
}
