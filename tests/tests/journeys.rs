//! Orders from plan to end, through the real program and the twins.

use hypo_tests::world::{SHOP, World, text};
use k8s_openapi::api::{
    apps::v1::{Deployment, StatefulSet},
    core::v1::{PersistentVolumeClaim, Secret, Service},
};
use kube::{Api, api::ListParams};
use serde_json::json;

const TERMINATE: &str = "mutation T($input: TerminateServiceInput!) { terminateService(input: $input) { id } }";

#[tokio::test(flavor = "multi_thread")]
async fn a_service_over_two_clusters_lives_and_ends() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let plan = world.plan(&package, "shop", &[("web", 0), ("db", 1)]).await;

    let shown = world
        .server
        .ask(
            "query P($id: UUID!) { plan(id: $id) { links { from to service port } warnings { code } secrets { digest } \
             clusters { cluster { name } objects { kind name yaml component reason } } } }",
            json!({"id": plan.0}),
        )
        .await;
    assert_eq!(shown["plan"]["links"][0]["service"], "db");
    assert!(!shown.to_string().contains("canary-4711"), "a plan shows no secret data");

    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    assert!(done["notes"].to_string().contains("links not verified"));
    let service = text(&done["service"]["id"]);
    assert_eq!(done["service"]["state"], "active");
    assert_eq!(world.order(&plan, "compensate").await, order, "one plan, one order");

    // What must be where.
    let (east, west) = (world.twins.clusters[0].client().await, world.twins.clusters[1].client().await);
    let web = Api::<Deployment>::all(east.clone()).list(&ListParams::default()).await.unwrap();
    let web: Vec<_> = web.items.iter().filter_map(|found| found.metadata.name.as_deref()).collect();
    assert!(web.contains(&"web"), "{web:?}");
    let databases = Api::<StatefulSet>::all(west.clone()).list(&ListParams::default()).await.unwrap();
    assert_eq!(databases.items.len(), 1);
    let namespace = databases.items[0].metadata.namespace.clone().unwrap();
    let stub = Api::<Service>::namespaced(east.clone(), &namespace).get("db").await.unwrap();
    assert_ne!(
        stub.spec.unwrap().selector.unwrap().get("app").map(String::as_str),
        Some("db"),
        "the stub leads to the agent"
    );
    let secret = Api::<Secret>::namespaced(west.clone(), &namespace).get("db-password").await.unwrap();
    let bytes = serde_json::to_string(&secret).unwrap();
    assert!(bytes.contains("Y2FuYXJ5LTQ3MTE=") || bytes.contains("canary-4711"), "the real secret is applied");

    // Ends; the volume is kept, then listed.
    let ended = world.server.ask(TERMINATE, json!({"input": {"serviceId": service}})).await;
    let ended = text(&ended["terminateService"]["id"]);
    assert_eq!(world.server.settled(&ended, &["completed", "held"]).await["state"], "completed");
    for client in [&east, &west] {
        let left = Api::<Deployment>::all(client.clone()).list(&ListParams::default()).await.unwrap();
        assert!(left.items.is_empty());
    }
    let claims = Api::<PersistentVolumeClaim>::all(west.clone()).list(&ListParams::default()).await.unwrap();
    let claims: Vec<_> = claims.items.iter().filter_map(|claim| claim.metadata.name.clone()).collect();
    assert_eq!(claims, ["data-db-0"], "exactly the kept volume");
    let kept = world.server.ask("query K { keptVolumes { id claim bytes } }", json!({})).await;
    assert_eq!(kept["keptVolumes"][0]["claim"], "data-db-0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_named_volume_is_deleted_and_nothing_is_left() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let plan = world.plan(&package, "shop", &[("web", 0), ("db", 1)]).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let service = text(&done["service"]["id"]);
    let input =
        json!({"serviceId": service, "deleteVolumes": [{"clusterId": world.clusters[1], "claim": "data-db-0"}]});
    let ended = world.server.ask(TERMINATE, json!({"input": input})).await;
    let ended = text(&ended["terminateService"]["id"]);
    assert_eq!(world.server.settled(&ended, &["completed", "held"]).await["state"], "completed");
    for twin in &world.twins.clusters {
        let client = twin.client().await;
        let namespaces = Api::<k8s_openapi::api::core::v1::Namespace>::all(client.clone())
            .list(&ListParams::default())
            .await
            .unwrap();
        let ours: Vec<_> = namespaces
            .items
            .iter()
            .filter_map(|found| found.metadata.name.clone())
            .filter(|name| name.contains("shop"))
            .collect();
        assert!(ours.is_empty(), "{ours:?}");
        let claims = Api::<PersistentVolumeClaim>::all(client).list(&ListParams::default()).await.unwrap();
        assert!(claims.items.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_is_shown_and_put_back() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let plan = world.plan(&package, "shop", &[("web", 0), ("db", 0)]).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed"]).await;
    let service = text(&done["service"]["id"]);
    let client = world.twins.clusters[0].client().await;
    let found = Api::<Deployment>::all(client.clone()).list(&ListParams::default()).await.unwrap();
    let namespace = found.items[0].metadata.namespace.clone().unwrap();
    let api = Api::<Deployment>::namespaced(client, &namespace);
    let patch = kube::api::Patch::Merge(json!({"spec": {"replicas": 3}}));
    api.patch("web", &kube::api::PatchParams::default(), &patch).await.unwrap();

    let query = "query D($id: UUID!) { service(id: $id) { drift { object path expected live } } }";
    let mut drift = json!([]);
    for _ in 0..60 {
        drift = world.server.ask(query, json!({"id": service})).await["service"]["drift"].clone();
        if drift.as_array().is_some_and(|drift| !drift.is_empty()) {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(250)).await;
    }
    assert_eq!(drift[0]["path"], "/spec/replicas", "{drift:#}");
    assert_eq!((&drift[0]["expected"], &drift[0]["live"]), (&json!(1), &json!(3)));
    world.server.ask("mutation R($id: UUID!) { revertDrift(serviceId: $id) { id } }", json!({"id": service})).await;
    assert_eq!(api.get("web").await.unwrap().spec.replicas, Some(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn tmf641_orders_what_graphql_planned() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let (plan, hash) = world.plan(&package, "shop", &[("web", 0), ("db", 0)]).await;
    let characteristic = |name: &str, value: &str| json!({"name": name, "value": value});
    let service = json!({"serviceCharacteristic": [characteristic("hypo.planId", &plan), characteristic("hypo.planHash", &hash)]});
    let body = json!({"externalId": "erp-1", "serviceOrderItem": [{"id": "1", "action": "add", "service": service}]});
    let post =
        || world.server.request(reqwest::Method::POST, "/tmf-api/serviceOrdering/v4/serviceOrder").json(&body).send();
    let answer = post().await.unwrap();
    assert_eq!(answer.status(), 201);
    let location = answer.headers()["location"].to_str().unwrap().to_owned();
    let order: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(location, text(&order["href"]));
    world.server.settled(&text(&order["id"]), &["completed"]).await;

    let get = |path: String| {
        let request = world.server.request(reqwest::Method::GET, &path);
        async move { request.send().await.unwrap() }
    };
    let read: serde_json::Value = get(location.clone()).await.json().await.unwrap();
    assert_eq!((&read["state"], &read["externalId"]), (&json!("completed"), &json!("erp-1")));
    assert!(read.get("hypo.work").is_none());
    let list = get("/tmf-api/serviceInventory/v4/service?state=active&serviceType=RFS&limit=1".into()).await;
    assert_eq!((list.status().as_u16(), list.headers()["x-total-count"].to_str().unwrap()), (206, "2"));
    for (path, status) in [
        ("/tmf-api/serviceOrdering/v4/serviceOrder/00000000-0000-0000-0000-000000000000", 404),
        ("/tmf-api/serviceOrdering/v4/nothing", 404),
        ("/tmf-api/serviceOrdering/v4/serviceOrder?orderDate.gt=2026", 200),
        ("/tmf-api/serviceOrdering/v4/serviceOrder?filter=a[0]", 501),
        ("/tmf-api/resourceInventoryManagement/v4/resource?name=east", 200),
    ] {
        let answer = get(path.into()).await;
        assert_eq!(answer.status().as_u16(), status, "{path}");
        let body: serde_json::Value = answer.json().await.unwrap();
        assert!(body.is_array() || body["reason"].is_string() && body["code"].is_string(), "{body}");
    }
    let put = world.server.request(reqwest::Method::PUT, &location).send().await.unwrap();
    assert_eq!((put.status().as_u16(), put.headers()["allow"].to_str().unwrap()), (405, "GET, HEAD, PATCH, DELETE"));
}
