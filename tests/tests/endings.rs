//! Whole applications over two clusters: what their end leaves behind is what was chosen, and nothing else.

use std::collections::BTreeMap;

use hypo_tests::world::{World, text};
use kube::{
    Api, Client,
    api::{DynamicObject, ListParams},
    discovery::{Discovery, verbs},
};
use serde_json::json;

const TERMINATE: &str = "mutation T($input: TerminateServiceInput!) { terminateService(input: $input) { id } }";

/// Objects of every kind the cluster knows that carry the service's label, as `Kind/name`.
async fn objects(client: &Client, service: &str) -> Vec<String> {
    let known = Discovery::new(client.clone()).run().await.expect("the cluster says what it serves");
    let labelled = ListParams::default().labels(&format!("hypo.etsi.org/service={service}"));
    let mut found = Vec::new();
    for (kind, about) in known.groups().flat_map(|group| group.recommended_resources()) {
        if about.supports_operation(verbs::LIST) {
            let api = Api::<DynamicObject>::all_with(client.clone(), &kind);
            let list = api.list(&labelled).await.expect("a list");
            found.extend(
                list.items.iter().map(|it| format!("{}/{}", kind.kind, it.metadata.name.clone().unwrap_or_default())),
            );
        }
    }
    found.sort();
    found
}

/// Orders the manifests with the pins, ends the service with these volumes (claim, cluster) deleted and gives (objects
/// while it ran, objects left).
async fn lived(
    world: &World,
    name: &str,
    manifests: &str,
    pins: &[(&str, usize)],
    delete: &[(&str, usize)],
) -> (usize, Vec<String>) {
    let package = world.import(name, manifests).await;
    let plan = world.plan(&package, name, pins).await;
    let order = world.order(&plan, "compensate").await;
    let done = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(done["state"], "completed", "{done:#}");
    let service = text(&done["service"]["id"]);
    let mut clients = Vec::new();
    for twin in &world.twins.clusters {
        clients.push(twin.client().await);
    }
    let mut ran = 0;
    for client in &clients {
        let here = objects(client, &service).await;
        assert!(!here.is_empty(), "something runs on both clusters");
        ran += here.len();
    }
    let volumes: Vec<_> =
        delete.iter().map(|(claim, cluster)| json!({"clusterId": world.clusters[*cluster], "claim": claim})).collect();
    let input = json!({"serviceId": service, "deleteVolumes": volumes});
    let ended = world.server.ask(TERMINATE, json!({"input": input})).await;
    let ended = world.server.settled(&text(&ended["terminateService"]["id"]), &["completed", "failed", "held"]).await;
    assert_eq!(ended["state"], "completed", "{ended:#}");
    let mut left = Vec::new();
    for client in &clients {
        // Pods of a deleted workload are ended by its controller, a moment later.
        let mut here = objects(client, &service).await;
        for _ in 0..100 {
            let claims = here.iter().any(|object| object.starts_with("PersistentVolumeClaim/"));
            let stays = |object: &String| {
                object.starts_with("PersistentVolumeClaim/") || (claims && object.starts_with("Namespace/"))
            };
            if here.iter().all(stays) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            here = objects(client, &service).await;
        }
        left.extend(here);
    }
    (ran, left)
}

/// Where the example's components go.
const WATCHPOST: [(&str, usize); 5] = [("gateway", 0), ("broker", 0), ("detector", 0), ("store", 1), ("dashboard", 1)];

fn watchpost() -> String {
    let path = xtask::workspace::root().join("examples/watchpost/manifests.yaml");
    std::fs::read_to_string(path).expect("the example's manifests")
}

#[tokio::test(flavor = "multi_thread")]
async fn watchpost_leaves_exactly_the_kept_claim() {
    let world = World::start(&[]).await;
    let (ran, left) = lived(&world, "watchpost", &watchpost(), &WATCHPOST, &[]).await;
    println!("figure: watchpost, keep: {ran} objects while it ran, kept {left:?}");
    // A namespace cannot go while a claim in it stays.
    let (namespaces, rest): (Vec<_>, Vec<_>) = left.iter().partition(|object| object.starts_with("Namespace/"));
    assert_eq!(rest, ["PersistentVolumeClaim/events-store-0"]);
    assert_eq!(namespaces.len(), 1, "the one that holds the claim");
}

#[tokio::test(flavor = "multi_thread")]
async fn watchpost_leaves_nothing_when_its_data_is_deleted() {
    let world = World::start(&[]).await;
    let (ran, left) = lived(&world, "watchpost", &watchpost(), &WATCHPOST, &[("events-store-0", 1)]).await;
    println!("figure: watchpost, delete data: {ran} objects while it ran, {} left", left.len());
    assert_eq!(left, Vec::<String>::new());
}

/// Online Boutique is not in the repository: `.ci/run` and `make accept-main` name its folder in `HYPO_SHARED`.
#[tokio::test(flavor = "multi_thread")]
async fn boutique_leaves_nothing() {
    let Some(shared) = hypo_tests::shared() else { return };
    let path = std::path::Path::new(&shared).join("apps/online-boutique/kubernetes-manifests.yaml");
    let manifests = std::fs::read_to_string(path).expect("the application's manifests");
    let world = World::start(&[]).await;
    let pins: BTreeMap<&str, usize> = [
        ("frontend", 0),
        ("loadgenerator", 0),
        ("adservice", 0),
        ("recommendationservice", 0),
        ("currencyservice", 0),
        ("productcatalogservice", 0),
        ("checkoutservice", 1),
        ("paymentservice", 1),
        ("emailservice", 1),
        ("shippingservice", 1),
        ("cartservice", 1),
        ("redis-cart", 1),
    ]
    .into();
    let pins: Vec<(&str, usize)> = pins.into_iter().collect();
    let (ran, left) = lived(&world, "boutique", &manifests, &pins, &[]).await;
    println!(
        "figure: Online Boutique, which claims no volume: {ran} objects on two clusters while it ran, {} left",
        left.len()
    );
    assert_eq!(left, Vec::<String>::new());
}
