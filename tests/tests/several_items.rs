//! Orders with several items, each an order beneath the client's: a server that dies between two items loses none and
//! starts none twice.

use std::time::Duration;

use hypo_tests::world::{SHOP, World, text};
use reqwest::Method;
use serde_json::{Value, json};

const ORDERS: &str = "/tmf-api/serviceOrdering/v4/serviceOrder";

async fn place(world: &World, body: Value) -> String {
    let placed = world.server.request(Method::POST, ORDERS).json(&body).send().await.expect("the server answers");
    assert_eq!(placed.status(), 201);
    text(&placed.json::<Value>().await.expect("JSON")["id"])
}

async fn completed(world: &World, order: &str) -> Value {
    world.server.shows(&format!("{ORDERS}/{order}"), "/state", "completed").await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_item_is_done_once() {
    let mut world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let item = |id: &str| {
        let service = json!({"name": format!("shop-{id}"), "serviceSpecification": {"id": package}});
        json!({"id": id, "action": "add", "service": service})
    };
    let order = place(&world, json!({"serviceOrderItem": [item("1"), item("2"), item("3")]})).await;
    for pause in [0, 30, 120, 350, 800] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        world.server.restart(&[]);
    }
    let done = completed(&world, &order).await;
    let items = done["serviceOrderItem"].as_array().expect("items");
    let services: Vec<Value> = items.iter().map(|item| item["service"]["id"].clone()).collect();
    assert!(services.iter().all(Value::is_string), "an item names what it has made: {done:#}");
    let seen = world.server.ask("{ services { nodes { name state } } orders { nodes { id } } }", json!({})).await;
    let mut names: Vec<String> =
        seen["services"]["nodes"].as_array().expect("a list").iter().map(|one| text(&one["name"])).collect();
    names.sort();
    assert_eq!(names, ["shop-1", "shop-2", "shop-3"]);
    assert_eq!(seen["orders"]["nodes"].as_array().map(Vec::len), Some(4), "the client's and one for each item");

    // A far day does not hold up what is asked for today.
    let end = |at: &Value| json!({"id": "1", "action": "delete", "service": {"id": at}});
    place(&world, json!({"requestedStartDate": "2100-01-01T00:00:00Z", "serviceOrderItem": [end(&services[0])]})).await;
    let ends = json!({"serviceOrderItem": [
        {"id": "1", "action": "delete", "service": {"id": services[0]}},
        {"id": "2", "action": "delete", "service": {"id": services[1]}},
        {"id": "3", "action": "noChange", "service": {"id": services[2]}},
    ]});
    let order = place(&world, ends).await;
    completed(&world, &order).await;
    let seen = world.server.ask("{ services { nodes { name state } } }", json!({})).await;
    let state = |name: &str| {
        let found = seen["services"]["nodes"].as_array().expect("a list").iter().find(|one| one["name"] == name);
        found.map(|one| text(&one["state"]))
    };
    assert_eq!(state("shop-3").as_deref(), Some("active"));
    assert!(["shop-1", "shop-2"].iter().all(|name| state(name).is_none_or(|state| state == "terminated")), "{seen:#}");
}
