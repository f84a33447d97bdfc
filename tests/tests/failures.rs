//! Six things that go wrong in clusters: the order names the cause and the remedy of each.
#![expect(clippy::print_stdout, reason = "the causes are figures that `make accept-main` shows")]

use hypo_tests::world::{World, text};
use serde_json::{Value, json};

/// A deployment with what is wrong filled in.
fn manifests(image: &str, annotations: &str, resources: &str, more: &str) -> String {
    format!(
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: web}}\nspec:\n  replicas: 1\n  \
         selector: {{matchLabels: {{app: web}}}}\n  template:\n    metadata: {{labels: {{app: web}}, annotations: {{{annotations}}}}}\n    \
         spec:\n      containers:\n        - name: web\n          image: {image}\n          resources: {{{resources}}}\n{more}"
    )
}

async fn failure(world: &World, name: &str, package: &str) -> Value {
    let package = world.import(name, package).await;
    let plan = world.plan(&package, name, &[("web", 0)]).await;
    let order = world.order(&plan, "compensate").await;
    let ended = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(ended["state"], "failed", "{name}: {ended:#}");
    ended["failures"][0].clone()
}

fn names(failure: &Value, code: &str, word: &str) {
    assert_eq!(failure["code"], code, "{failure:#}");
    let all = failure.to_string().to_lowercase();
    assert!(all.contains(&word.to_lowercase()), "{word} is not in {failure:#}");
    assert!(!text(&failure["remedy"]).is_empty(), "{failure:#}");
    println!("figure: {code} {}", text(&failure["title"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_true_cause_is_named() {
    let world = World::start(&[]).await;
    let image = "example.test/web:1";
    let pull = failure(&world, "pull", &manifests("example.test/web:does-not-exist", "", "", "")).await;
    names(&pull, "HYP-3101", "does-not-exist");
    let probe_spec = "          readinessProbe: {httpGet: {path: /ready, port: 8080}}\n";
    let probe = failure(&world, "probe", &manifests(image, "hypo.dev/twin-fault: probe", "", probe_spec)).await;
    names(&probe, "HYP-3104", "probe");
    let crash = failure(&world, "crash", &manifests(image, "hypo.dev/twin-fault: crash", "", "")).await;
    names(&crash, "HYP-3105", "web");
    let quota =
        "---\napiVersion: v1\nkind: ResourceQuota\nmetadata: {name: small}\nspec: {hard: {requests.cpu: 100m}}\n";
    let quota = failure(&world, "quota", &manifests(image, "", "requests: {cpu: 200m, memory: 1Mi}", quota)).await;
    names(&quota, "HYP-3103", "exceeded quota");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_short_is_named() {
    let world = World::start(&[]).await;
    let package = world.import("big", &manifests("example.test/web:1", "", "requests: {cpu: 3000m}", "")).await;
    // The planner refuses what cannot fit; a node that fills up between plan and order is the cluster's to refuse.
    let plan = world.plan(&package, "big", &[("web", 0)]).await;
    let filler = world
        .import(
            "filler",
            &manifests("example.test/web:1", "", "requests: {cpu: 2500m}", "").replace("replicas: 1", "replicas: 2"),
        )
        .await;
    let filling = world.plan(&filler, "filler", &[("web", 0)]).await;
    let order = world.order(&filling, "compensate").await;
    assert_eq!(world.server.settled(&order, &["completed", "failed"]).await["state"], "completed");
    let order = world.order(&plan, "compensate").await;
    let ended = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(ended["state"], "failed", "{ended:#}");
    names(&ended["failures"][0], "HYP-3102", "Insufficient cpu");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_that_is_gone_is_named() {
    let world = World::start(&[]).await;
    let package = world.import("gone", &manifests("example.test/web:1", "", "", "")).await;
    let plan = world.plan(&package, "gone", &[("web", 0)]).await;
    world.twins.clusters[0].fault(json!({"match": {}, "kind": "down", "times": 1_000_000})).await;
    let order = world.order(&plan, "hold").await;
    let held = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(held["state"], "held", "{held:#}");
    names(&held["failures"][0], "HYP-4004", "east");
    // The cluster is back: the order goes on where it stopped.
    world.twins.clusters[0].heal().await;
    world.server.ask("mutation R($id: UUID!) { retryOrder(id: $id) { id } }", json!({"id": order})).await;
    assert_eq!(world.server.settled(&order, &["completed", "failed"]).await["state"], "completed");
}
