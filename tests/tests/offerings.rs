//! Published, ordered as a product, and the server killed meanwhile: nothing is lost and nothing is done twice.

use std::time::Duration;

use hypo_tests::world::{SHOP, World, text};
use reqwest::Method;
use serde_json::{Value, json};

const ORDERS: &str = "/tmf-api/productOrderingManagement/v4/productOrder";

#[tokio::test(flavor = "multi_thread")]
async fn a_product_order_survives_the_death_of_the_server() {
    let mut world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let publish = "mutation P($i: PublishOfferingInput!) { publishOffering(input: $i) { productOfferingId } }";
    let input =
        json!({"packageId": package, "name": "Shop", "choices": [{"name": "replicas", "to": {"replicas": "web"}}]});
    let offering = world.server.ask(publish, json!({"i": input})).await["publishOffering"]["productOfferingId"].clone();
    let body = json!({"externalId": "po-1", "productOrderItem": [{
        "id": "1", "action": "add", "productOffering": {"id": offering},
        "product": {"name": "shop", "productCharacteristic": [{"name": "replicas", "value": 2}]},
    }]});
    let placed = world.server.request(Method::POST, ORDERS).json(&body).send().await.expect("the server answers");
    assert_eq!(placed.status(), 201);
    let order: Value = placed.json().await.expect("JSON");
    let path = format!("{ORDERS}/{}", text(&order["id"]));
    // Killed where it happens to be: four times within the order's life.
    for pause in [20, 150, 400, 900] {
        tokio::time::sleep(Duration::from_millis(pause)).await;
        world.server.restart(&[]);
    }
    let done = world.server.shows(&path, "/state", "completed").await;
    let product = text(&done["productOrderItem"][0]["product"]["id"]);
    let path = format!("/tmf-api/productInventory/v4/product/{product}");
    let product = world.server.request(Method::GET, &path).send().await.expect("the server answers");
    assert_eq!(product.json::<Value>().await.expect("the product is there")["status"], "active");
    let services = world.server.ask("{ services { nodes { state } } orders { nodes { state } } }", json!({})).await;
    assert_eq!(services["services"]["nodes"], json!([{"state": "active"}]), "one service, however often it was begun");
    let orders = services["orders"]["nodes"].as_array().expect("a list").clone();
    assert_eq!(orders.len(), 2, "the customer's and the provider's: {orders:?}");
}
