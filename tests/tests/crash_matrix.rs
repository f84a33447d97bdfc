//! `kill -9` of the server at every step of the fulfil saga, before the effect, after it, and after its commit:
//! every order ends completed or compensated, and every effect is in the clusters' ledgers once.

use std::collections::BTreeMap;

use hypo_tests::world::{Ledger, SHOP, World};
use serde_json::json;

const POINTS: [&str; 3] = ["before-effect", "after-effect", "after-commit"];

/// Objects that HypO created in these entries, and how often.
fn creations(effects: &Ledger, namespace: &str) -> BTreeMap<String, usize> {
    let mut seen = BTreeMap::new();
    for entry in effects.iter().filter(|entry| entry["fieldManager"] == "hypo" && entry["method"] == "PATCH") {
        let object = entry["object"].as_str().unwrap_or_default();
        if object.contains(namespace) {
            let cluster = entry["cluster"].as_str().unwrap_or_default();
            *seen.entry(format!("{cluster}/{object}")).or_default() += 1;
        }
    }
    seen
}

#[tokio::test(flavor = "multi_thread")]
async fn every_crash_is_healed() {
    let mut world = World::start(&[]).await;
    let package = world.import("shop", SHOP).await;

    // Once without a crash: the steps, and what each creates.
    let plan = world.plan(&package, "calm", &[("web", 0), ("db", 1)]).await;
    let order = world.order(&plan, "compensate").await;
    let calm = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(calm["state"], "completed", "{calm:#}");
    let steps: Vec<String> =
        calm["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned()).collect();
    let expected = creations(&world.twins.effects().await, "calm").len();
    assert!(steps.len() >= 6 && expected >= 6, "{steps:?} {expected}");

    let mut cases = 0;
    for (number, step) in steps.iter().enumerate() {
        for (point_number, point) in POINTS.iter().enumerate() {
            let name = format!("c{number}x{point_number}");
            let site = format!("{step}@{point}");
            world.server.restart(&[("HYPO_CRASH", &site)]);
            let plan = world.plan(&package, &name, &[("web", 0), ("db", 1)]).await;
            let order = world.order(&plan, "compensate").await;
            world.server.died().await;
            world.server.restart(&[]);
            let ended = world.server.settled(&order, &["completed", "failed", "held", "cancelled"]).await;
            assert_eq!(ended["state"], "completed", "{site}: {ended:#}\n{}", world.server.log());
            let effects = creations(&world.twins.effects().await, &name);
            assert!(effects.values().all(|times| *times == 1), "{site}: {effects:#?}");
            assert_eq!(effects.len(), expected, "{site}: {effects:#?}");
            cases += 1;
        }
    }
    println!("crash matrix: {cases} of {cases} orders completed, every effect once");
    assert_eq!(cases, steps.len() * POINTS.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_undoing_leaves_nothing() {
    let mut world = World::start(&[]).await;
    let broken = SHOP.replace("example.test/web:1", "example.test/web:does-not-exist");
    let package = world.import("shop", &broken).await;
    for (number, point) in POINTS.iter().enumerate() {
        let name = format!("u{number}");
        let site = format!("undo:apply:*@{point}");
        world.server.restart(&[("HYPO_CRASH", &site)]);
        let plan = world.plan(&package, &name, &[("web", 0), ("db", 1)]).await;
        let order = world.order(&plan, "compensate").await;
        world.server.died().await;
        world.server.restart(&[]);
        let ended = world.server.settled(&order, &["completed", "failed", "held"]).await;
        assert_eq!(ended["state"], "failed", "{site}: {ended:#}");
        for twin in &world.twins.clusters {
            let client = twin.client().await;
            let left = kube::Api::<k8s_openapi::api::apps::v1::Deployment>::all(client)
                .list(&kube::api::ListParams::default())
                .await
                .unwrap();
            assert!(left.items.is_empty(), "{site}");
        }
        // The claim of the database outlives the undo: it is kept and listed.
        let kept = world.server.ask("query K { keptVolumes { claim } }", json!({})).await;
        assert_eq!(kept["keptVolumes"].as_array().unwrap().len(), number + 1, "{kept}");
    }
}
