//! Volumes outlive what used them: kept ones come back with their data, and where replicas go or an order is undone,
//! what happens to volumes is what was chosen.

use std::time::{Duration, Instant};

use hypo_tests::world::{SHOP, World, text, watchpost};
use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod};
use kube::{
    Api, Client,
    api::{ListParams, LogParams},
};
use serde_json::{Value, json};

const TERMINATE: &str = "mutation T($input: TerminateServiceInput!) { terminateService(input: $input) { id } }";
const PLAN: &str = "mutation P($input: CreatePlanInput!) { createPlan(input: $input) { id hash warnings { code text } \
     volumes { claim change note } clusters { namespace cluster { id } } } }";
const KEPT: &str = "query K { keptVolumes { id claim namespace component serviceName cluster { id } } }";
const SCALE: &str = "mutation S($service: UUID!, $cluster: UUID!, $replicas: Int!, $delete: [DeleteVolumeInput!]) { \
     scaleComponent(serviceId: $service, component: \"db\", clusterId: $cluster, replicas: $replicas, deleteVolumes: $delete) { id action } }";

/// A service of the manifests that has ended and left its volume, which it gives.
async fn left(world: &World, package: &str, pins: &[(&str, usize)]) -> Value {
    let plan = world.plan(package, "first", pins).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    end(world, &text(&done["service"]["id"])).await;
    let mut kept = kept(world).await;
    assert_eq!(kept.len(), 1, "{kept:?}");
    kept.remove(0)
}

async fn end(world: &World, service: &str) {
    let ended = world.server.ask(TERMINATE, json!({"input": {"serviceId": service}})).await;
    let ended = world.server.settled(&text(&ended["terminateService"]["id"]), &["completed", "held", "failed"]).await;
    assert_eq!(ended["state"], "completed", "{ended:#}");
}

async fn kept(world: &World) -> Vec<Value> {
    world.server.ask(KEPT, json!({})).await["keptVolumes"].as_array().cloned().expect("a list")
}

/// What to plan, with the volume attached and components pinned by number.
fn wish(world: &World, package: &str, name: &str, pins: &[(&str, usize)], volume: &Value) -> Value {
    let pins: serde_json::Map<String, Value> =
        pins.iter().map(|(name, at)| ((*name).to_owned(), json!([world.clusters[*at]]))).collect();
    json!({"packageId": package, "name": name, "request": {"pins": pins}, "attachVolumes": [volume["id"]]})
}

async fn attached(world: &World, input: Value) -> (Value, (String, String)) {
    let made = world.server.ask(PLAN, json!({"input": input})).await["createPlan"].clone();
    let plan = (text(&made["id"]), text(&made["hash"]));
    (made, plan)
}

async fn claims(client: &Client) -> Vec<PersistentVolumeClaim> {
    Api::all(client.clone()).list(&ListParams::default()).await.expect("a list").items
}

fn owner(claim: &PersistentVolumeClaim) -> String {
    claim.metadata.labels.clone().unwrap_or_default()["hypo.etsi.org/service"].clone()
}

/// The running pod of the store, and its address.
async fn store(client: &Client) -> (Pod, String) {
    let pods: Api<Pod> = Api::all(client.clone());
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        let all = pods.list(&ListParams::default().labels("app.kubernetes.io/name=store")).await.expect("a list").items;
        let mut running = all.into_iter().filter(|pod| pod.metadata.deletion_timestamp.is_none());
        if let Some(pod) = running.next()
            && let Some(ip) = pod.status.as_ref().and_then(|status| status.pod_ip.clone())
        {
            return (pod, ip);
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the store has no pod");
}

/// Waits until the store has counted some events; gives how many.
async fn stored(address: &str) -> u64 {
    let client = reqwest::Client::builder().no_proxy().build().expect("a client");
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(30) {
        let request = client.get(format!("http://{address}:7100/counts")).header("x-watchpost-password", "change-me");
        if let Ok(answer) = request.send().await
            && let Ok(counts) = answer.json::<Value>().await
            && let Some(total) = counts["total"].as_u64().filter(|total| *total > 0)
        {
            return total;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    panic!("the store has counted nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_kept_volume_comes_back_with_its_data() {
    let world = World::with_programs(&[], &[("ghcr.io/hypo/watchpost", watchpost())]).await;
    let path = xtask::workspace::root().join("examples/watchpost/manifests.yaml");
    let manifests = std::fs::read_to_string(path).expect("the example's manifests");
    let package = world.import("watchpost", &manifests).await;
    let pins = [("gateway", 0), ("broker", 0), ("detector", 0), ("store", 0), ("dashboard", 0)];
    let plan = world.plan(&package, "first", &pins).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let client = world.twins.clusters[0].client().await;
    let (_, address) = store(&client).await;
    let before = stored(&address).await;
    end(&world, &text(&done["service"]["id"])).await;

    let volume = kept(&world).await.remove(0);
    assert_eq!((volume["claim"].as_str(), volume["serviceName"].as_str()), (Some("events-store-0"), Some("first")));
    // The planner is not told where the store goes: it goes to its data.
    let (made, plan) = attached(&world, wish(&world, &package, "second", &[], &volume)).await;
    assert_eq!(made["volumes"][0]["change"], "update", "{made:#}");
    assert!(made["volumes"][0]["note"].as_str().unwrap().contains("attached again"));
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let (pod, _) = store(&client).await;
    let name = pod.metadata.name.expect("a name");
    let pods: Api<Pod> = Api::namespaced(client.clone(), &pod.metadata.namespace.expect("a namespace"));
    let log = pods.logs(&name, &LogParams::default()).await.expect("its log");
    let read = log.lines().find(|line| line.contains("journal read")).expect("the store says what it found");
    let read: Value = serde_json::from_str(read).expect("JSON lines");
    println!("figure: watchpost: {before} events before the end, {} read by the next service", read["events"]);
    assert!(read["events"].as_u64() >= Some(before), "{read}");
    assert!(kept(&world).await.is_empty(), "who has it again is not offered");

    // The next end keeps it as before, in the same namespace.
    end(&world, &text(&done["service"]["id"])).await;
    let again = kept(&world).await;
    assert_eq!(again.len(), 1);
    assert_eq!((&again[0]["namespace"], again[0]["serviceName"].as_str()), (&volume["namespace"], Some("second")));
    let left = claims(&client).await;
    assert_eq!(left.len(), 1, "exactly the kept claim");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_work_is_refused_and_two_never_share() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let volume = left(&world, &package, &[("web", 0), ("db", 1)]).await;
    let refused = async |input: Value| world.server.try_ask(PLAN, json!({"input": input})).await.unwrap_err();
    let elsewhere = refused(wish(&world, &package, "second", &[("db", 0)], &volume)).await;
    assert!(elsewhere.starts_with("HYP-3112") && elsewhere.contains("west"), "{elsewhere}");
    let larger = world.import("large", &SHOP.replace("storage: 1Gi", "storage: 2Gi")).await;
    assert!(refused(wish(&world, &larger, "second", &[], &volume)).await.starts_with("HYP-3112"));
    let other = world.import("other", &SHOP.replace("name: data", "name: files")).await;
    assert!(refused(wish(&world, &other, "second", &[], &volume)).await.starts_with("HYP-3112"));

    // Two plans for one volume: the second order finds it taken.
    let (_, one) = attached(&world, wish(&world, &package, "one", &[("web", 0)], &volume)).await;
    let (_, two) = attached(&world, wish(&world, &package, "two", &[("web", 0)], &volume)).await;
    let order = world.order(&one, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let place = json!({"input": {"planId": two.0, "planHash": two.1}});
    let late = world.server.try_ask("mutation O($input: PlaceOrderInput!) { placeOrder(input: $input) { id } }", place);
    assert!(late.await.unwrap_err().starts_with("HYP-3113"));
    let client = world.twins.clusters[1].client().await;
    assert_eq!(owner(&claims(&client).await[0]), text(&done["service"]["id"]));

    // A claim that somebody deleted behind our back is gone, and said to be.
    end(&world, &text(&done["service"]["id"])).await;
    let volume = kept(&world).await.remove(0);
    let claim = claims(&client).await.remove(0);
    let api: Api<PersistentVolumeClaim> = Api::namespaced(client.clone(), &text(&volume["namespace"]));
    api.delete(&claim.metadata.name.unwrap(), &Default::default()).await.unwrap();
    let started = Instant::now();
    while !claims(&client).await.is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(refused(wish(&world, &package, "third", &[], &volume)).await.starts_with("HYP-3111"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_undone_order_gives_the_volume_back() {
    let mut world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let volume = left(&world, &package, &[("web", 0), ("db", 1)]).await;
    let client = world.twins.clusters[1].client().await;
    let former = owner(&claims(&client).await[0]);
    let broken = SHOP.replace("example.test/web:1", "example.test/web:does-not-exist");
    let broken = world.import("broken", &broken).await;
    // Also when the server dies while the volume changes hands, there and back.
    for site in ["adopt@before-effect", "adopt@after-effect", "adopt@after-commit", "undo:adopt@after-effect"] {
        world.server.restart(&[("HYPO_CRASH", site)]);
        let (_, plan) = attached(&world, wish(&world, &broken, "second", &[("web", 0)], &volume)).await;
        let order = world.order(&plan, "compensate").await;
        world.server.died(&order).await;
        world.server.restart(&[]);
        let ended = world.server.settled(&order, &["completed", "failed", "held"]).await;
        assert_eq!(ended["state"], "failed", "{site}: {ended:#}");
        assert_eq!(kept(&world).await, std::slice::from_ref(&volume), "{site}");
        let left = claims(&client).await;
        assert_eq!((left.len(), owner(&left[0])), (1, former.clone()), "{site}");
    }
    // And it can be attached by an order that works.
    let (_, plan) = attached(&world, wish(&world, &package, "third", &[("web", 0)], &volume)).await;
    let order = world.order(&plan, "compensate").await;
    assert_eq!(world.server.settled(&order, &["completed", "failed", "held"]).await["state"], "completed");
    assert!(kept(&world).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn replicas_that_go_leave_their_volumes_unless_they_are_named() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let plan = world.plan(&package, "shop", &[("web", 0), ("db", 1)]).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let (service, west) = (text(&done["service"]["id"]), world.clusters[1].clone());
    let client = world.twins.clusters[1].client().await;
    let names = async || {
        let mut names: Vec<String> =
            claims(&client).await.into_iter().filter_map(|claim| claim.metadata.name).collect();
        names.sort();
        names
    };
    let scale = async |replicas: i32, delete: Value| {
        let variables = json!({"service": service, "cluster": west, "replicas": replicas, "delete": delete});
        let placed = world.server.ask(SCALE, variables).await["scaleComponent"].clone();
        assert_eq!(placed["action"], "modify", "scaling is an order");
        let done = world.server.settled(&text(&placed["id"]), &["completed", "failed", "held"]).await;
        assert_eq!(done["state"], "completed", "{done:#}");
    };
    scale(2, Value::Null).await;
    assert_eq!(names().await, ["data-db-0", "data-db-1"]);
    assert!(kept(&world).await.is_empty());
    scale(1, Value::Null).await;
    assert_eq!(names().await, ["data-db-0", "data-db-1"], "kept is what nobody named");
    let left = kept(&world).await;
    assert_eq!((left.len(), left[0]["claim"].as_str()), (1, Some("data-db-1")));

    // An order that says nothing of replicas keeps them; drift does not put them back either.
    scale(2, Value::Null).await;
    assert!(kept(&world).await.is_empty(), "used again");
    let again = world.server.ask("mutation R($id: UUID!) { redeployService(id: $id) { id } }", json!({"id": service}));
    let again = text(&again.await["redeployService"]["id"]);
    assert_eq!(world.server.settled(&again, &["completed", "failed", "held"]).await["state"], "completed");
    let sets = Api::<k8s_openapi::api::apps::v1::StatefulSet>::all(client.clone());
    let set = sets.list(&ListParams::default()).await.unwrap().items.remove(0);
    assert_eq!(set.spec.replicas, Some(2));
    let drift = world.server.ask("query D($id: UUID!) { service(id: $id) { drift { path } } }", json!({"id": service}));
    assert_eq!(drift.await["service"]["drift"], json!([]));

    // A name that is mounted is refused, one that is left behind goes with its data.
    let variables = json!({"service": service, "cluster": west, "replicas": 1,
        "delete": [{"clusterId": west, "claim": "data-db-0"}]});
    assert!(world.server.try_ask(SCALE, variables).await.unwrap_err().starts_with("HYP-3111"));
    scale(1, json!([{"clusterId": west, "claim": "data-db-1"}])).await;
    assert_eq!(names().await, ["data-db-0"]);
    assert!(kept(&world).await.is_empty());
}

/// A service order with one item; its status and body.
async fn tmf641(world: &World, action: &str, service: Value, characteristics: &[(&str, Value)]) -> (u16, Value) {
    let mut service = service;
    service["serviceCharacteristic"] =
        characteristics.iter().map(|(name, value)| json!({"name": name, "value": value})).collect();
    let body = json!({"serviceOrderItem": [{"id": "1", "action": action, "service": service}]});
    let path = "/tmf-api/serviceOrdering/v4/serviceOrder";
    let answer = world.server.request(reqwest::Method::POST, path).json(&body).send().await.expect("an answer");
    (answer.status().as_u16(), answer.json().await.expect("JSON"))
}

#[tokio::test(flavor = "multi_thread")]
async fn tmf641_names_volumes_with_the_same_refusals() {
    let world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;
    let volume = left(&world, &package, &[("web", 0), ("db", 1)]).await;
    let attach = ("hypo.attachVolumes", json!([volume["id"]]));
    let add = async |name: &str, characteristics: &[(&str, Value)]| {
        let service = json!({"name": name, "serviceSpecification": {"id": package}});
        tmf641(&world, "add", service, characteristics).await
    };
    let code = |(status, body): (u16, Value)| {
        assert!((400..500).contains(&status), "{status} {body}");
        text(&body["code"])
    };
    let elsewhere = json!({"pins": {"db": [world.clusters[0]]}});
    assert_eq!(code(add("second", &[attach.clone(), ("hypo.placement", elsewhere)]).await), "HYP-3112");
    let nothing = json!(["00000000-0000-0000-0000-000000000000"]);
    assert_eq!(code(add("second", &[("hypo.attachVolumes", nothing)]).await), "HYP-3111");
    assert_eq!(code(add("second", &[("hypo.attachVolumes", json!("data-db-0"))]).await), "HYP-6001");
    let (plan, hash) = world.plan(&package, "second", &[("web", 0), ("db", 1)]).await;
    let planned = [("hypo.planId", json!(plan)), ("hypo.planHash", json!(hash)), attach.clone()];
    assert_eq!(code(add("second", &planned).await), "HYP-6001", "a plan is not changed on the way");

    let (status, order) = add("second", std::slice::from_ref(&attach)).await;
    assert_eq!(status, 201, "{order:#}");
    let done = world.server.settled(&text(&order["id"]), &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let service = text(&done["service"]["id"]);
    let client = world.twins.clusters[1].client().await;
    assert_eq!(owner(&claims(&client).await[0]), service);
    assert!(kept(&world).await.is_empty(), "who has it again is not offered");
    assert_eq!(code(add("third", &[attach]).await), "HYP-3113");

    let end =
        async |value: Value| tmf641(&world, "delete", json!({"id": service}), &[("hypo.deleteVolumes", value)]).await;
    assert_eq!(code(end(json!([{"clusterId": world.clusters[1], "claim": "data-db-7"}])).await), "HYP-3111");
    assert_eq!(code(end(json!([{"clusterId": world.clusters[1]}])).await), "HYP-6001");
    let (status, order) = end(json!([{"clusterId": world.clusters[1], "claim": "data-db-0"}])).await;
    assert_eq!(status, 201, "{order:#}");
    let done = world.server.settled(&text(&order["id"]), &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    assert!(claims(&client).await.is_empty() && kept(&world).await.is_empty(), "it went with its data");
}
