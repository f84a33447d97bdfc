//! A provider that publishes, a customer of another tenant that orders, and what both send.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use chrono::{SecondsFormat, TimeDelta, Utc};
use hypo_shared::Role;
use serde_json::{Value, json};

use crate::{
    hubs::tmf,
    journey::{granted_cluster, package},
    support::{CANARY, Person, Server, tenant},
};

pub const ORDERS: &str = "/tmf-api/serviceOrdering/v4/serviceOrder";
pub const SERVICES: &str = "/tmf-api/serviceInventory/v4/service";
pub const PRODUCT_ORDERS: &str = "/tmf-api/productOrderingManagement/v4/productOrder";
pub const PRODUCTS: &str = "/tmf-api/productInventory/v4/product";
pub const OFFERINGS: &str = "/tmf-api/productCatalogManagement/v4/productOffering";
pub const SPECIFICATIONS: &str = "/tmf-api/serviceCatalogManagement/v4/serviceSpecification";

pub async fn get(server: &Server, who: &Person, path: &str, id: &Value) -> Value {
    let answer = tmf(server, who, Method::GET, &format!("{path}/{}", id.as_str().unwrap()), None).await;
    assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.text);
    answer.json()
}

pub async fn post(server: &Server, who: &Person, path: &str, body: Value) -> Value {
    let answer = tmf(server, who, Method::POST, path, Some(body)).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.json()
}

/// Reads a document until a member has one of these values.
pub async fn until(server: &Server, who: &Person, path: &str, id: &Value, member: &str, wanted: &[&str]) -> Value {
    let mut last = Value::Null;
    for _ in 0..200 {
        last = get(server, who, path, id).await;
        if wanted.contains(&last[member].as_str().unwrap_or_default()) {
            return last;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{member} does not become {wanted:?}: {last:#}");
}

pub struct Market {
    pub server: Server,
    pub ada: Person,
    pub cora: Person,
}

const PUBLISH: &str = "mutation($i: PublishOfferingInput!) { publishOffering(input: $i) {
    id version lifecycleStatus productOfferingId packageId form { name kind default to } } }";

impl Market {
    /// A provider with a package and a granted cluster, and a customer of another tenant.
    pub async fn open() -> Self {
        let server = Server::start().await;
        let ada = server.person(server.provider, "ada", Role::Provider).await;
        let olga = server.person(server.owner, "olga", Role::DomainOwner).await;
        granted_cluster(&server, &olga).await;
        let customer = tenant(&server.app, "Customer").await;
        let cora = server.person(customer, "cora", Role::Customer).await;
        Self { server, ada, cora }
    }

    pub async fn publish(&self, more: Value) -> Value {
        let package = package(&self.server, &self.ada).await;
        let mut input = json!({
            "packageId": package["id"], "name": "Web shop", "choices": [
                {"name": "replicas", "to": {"replicas": "web"}, "maximum": 3},
                {"name": "title", "to": {"environment": {"component": "web", "variable": "SHOP_TITLE"}}, "required": true},
                {"name": "size", "to": {"environment": {"component": "cart", "variable": "SIZE"}},
                 "allowed": ["small", "large"], "default": "small"},
            ],
        });
        input.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.server.data(&self.ada, PUBLISH, json!({"i": input})).await["publishOffering"].take()
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        post(&self.server, &self.cora, path, body).await
    }

    pub async fn until(&self, path: &str, id: &Value, member: &str, wanted: &[&str]) -> Value {
        until(&self.server, &self.cora, path, id, member, wanted).await
    }
}

pub fn add(offering: &Value, characteristics: Value) -> Value {
    json!({"serviceOrderItem": [{"id": "1", "action": "add", "service": {
        "name": "my-shop", "serviceSpecification": {"id": offering["id"]}, "serviceCharacteristic": characteristics,
    }}]})
}

pub fn buy(offering: &Value, characteristics: Value) -> Value {
    json!({"productOrderItem": [{"id": "1", "action": "add", "productOffering": {"id": offering["productOfferingId"]},
        "product": {"productCharacteristic": characteristics}}]})
}

/// What no customer may ever read.
pub fn says_nothing(text: &str) {
    for word in
        ["edge-1", "example.org", CANARY, "hypo.package", "hypo.plan", "hypo.namespace", "SHOP_TITLE", "kubeconfig"]
    {
        assert!(!text.contains(word), "a customer reads {word}: {text}");
    }
}

/// So many seconds from now.
pub fn instant(seconds: i64) -> String {
    (Utc::now() + TimeDelta::seconds(seconds)).to_rfc3339_opts(SecondsFormat::Millis, true)
}
