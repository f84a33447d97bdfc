//! `kill -9` of the server at every step of the fulfil saga, before the effect, after it, and after its commit:
//! every order ends completed or compensated, and every effect is in the clusters' ledgers once.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use hypo_tests::world::{Ledger, SHOP, World};
use serde_json::json;

const POINTS: [&str; 3] = ["before-effect", "after-effect", "after-commit"];
/// Worlds that work through the cases beside each other: most of a case is waiting.
const WORLDS: usize = 3;
/// Services of earlier cases stay; looking after them is not what is measured here.
const QUIET: [(&str, &str); 2] = [("HYPO_ORDERS_DRIFT_EVERY", "3600"), ("HYPO_ORDERS_PROBE_EVERY", "3600")];

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

/// One crash: where, and the name of the service that is ordered. Steps are named after clusters, whose ids differ from
/// world to world: `#0` stands for the first.
struct Case {
    site: String,
    name: String,
}

/// A step's name in any world.
fn anywhere(world: &World, step: &str) -> String {
    let numbered = world.clusters.iter().enumerate();
    numbered.fold(step.to_owned(), |step, (at, id)| step.replace(id.as_str(), &format!("#{at}")))
}

/// The same name in this one.
fn here(world: &World, step: &str) -> String {
    let numbered = world.clusters.iter().enumerate();
    numbered.fold(step.to_owned(), |step, (at, id)| step.replace(&format!("#{at}"), id))
}

/// Where the time of the cases went.
#[derive(Default)]
struct Spent {
    until_crash: Duration,
    restart: Duration,
    until_end: Duration,
}

/// The order is placed, the server dies at the site, comes back and brings the order to its end.
async fn crash(world: &mut World, package: &str, case: &Case, expected: usize, spent: &Mutex<Spent>) {
    let Case { site, name } = case;
    let begun = Instant::now();
    let site = here(world, site);
    world.server.restart(&[("HYPO_CRASH", &site)]);
    let before = world.twins.position().await;
    let plan = world.plan(package, name, &[("web", 0), ("db", 1)]).await;
    let order = world.order(&plan, "compensate").await;
    world.server.died(&order).await;
    let died = Instant::now();
    world.server.restart(&[]);
    let back = Instant::now();
    let ended = world.server.settled(&order, &["completed", "failed", "held", "cancelled"]).await;
    {
        let mut spent = spent.lock().expect("no other case has panicked");
        spent.until_crash += died - begun;
        spent.restart += back - died;
        spent.until_end += back.elapsed();
    }
    assert_eq!(ended["state"], "completed", "{site}: {ended:#}\n{}", world.server.log());
    let effects = creations(&world.twins.effects_since(&before).await, name);
    assert!(effects.values().all(|times| *times == 1), "{site}: {effects:#?}");
    assert_eq!(effects.len(), expected, "{site}: {effects:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_crash_is_healed() {
    let begun = Instant::now();
    // Once without a crash: the steps, and how much they create.
    let world = World::start(&QUIET).await;
    let package = world.import("shop", SHOP).await;
    let plan = world.plan(&package, "calm", &[("web", 0), ("db", 1)]).await;
    let order = world.order(&plan, "compensate").await;
    let calm = world.server.settled(&order, &["completed", "failed", "held"]).await;
    assert_eq!(calm["state"], "completed", "{calm:#}");
    let steps: Vec<String> =
        calm["steps"].as_array().unwrap().iter().map(|step| anywhere(&world, step["name"].as_str().unwrap())).collect();
    let expected = creations(&world.twins.effects().await, "calm").len();
    assert!(steps.len() >= 6 && expected >= 6, "{steps:?} {expected}");
    drop(world);

    let cases = steps.iter().enumerate().flat_map(|(number, step)| {
        POINTS
            .iter()
            .enumerate()
            .map(move |(at, point)| Case { site: format!("{step}@{point}"), name: format!("c{number}x{at}") })
    });
    let cases: VecDeque<Case> = cases.collect();
    let all = cases.len();
    let (cases, spent) = (Arc::new(Mutex::new(cases)), Arc::new(Mutex::new(Spent::default())));
    let workers = (0..WORLDS).map(|_| {
        let (cases, spent) = (cases.clone(), spent.clone());
        tokio::spawn(async move {
            let mut world = World::start(&QUIET).await;
            let package = world.import("shop", SHOP).await;
            let mut done = 0;
            loop {
                let next = cases.lock().expect("no other world has panicked").pop_front();
                let Some(case) = next else { return done };
                crash(&mut world, &package, &case, expected, &spent).await;
                done += 1;
            }
        })
    });
    let workers: Vec<_> = workers.collect();
    let mut done = 0;
    for worker in workers {
        done += worker.await.expect("every order of this world has completed");
    }
    assert_eq!(done, all);
    assert_eq!(all, steps.len() * POINTS.len());
    let spent = spent.lock().expect("all worlds have ended");
    println!(
        "figure: {done} of {all} crashes ({} steps, {} points) ended completed, every effect once; {:.0} s, a case takes \
         {:.1} s to its crash, {:.1} s to start again, {:.1} s to its end",
        steps.len(),
        POINTS.len(),
        begun.elapsed().as_secs_f64(),
        spent.until_crash.as_secs_f64() / done as f64,
        spent.restart.as_secs_f64() / done as f64,
        spent.until_end.as_secs_f64() / done as f64,
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_undoing_leaves_nothing() {
    let mut world = World::start(&QUIET).await;
    let broken = SHOP.replace("example.test/web:1", "example.test/web:does-not-exist");
    let package = world.import("shop", &broken).await;
    for (number, point) in POINTS.iter().enumerate() {
        let name = format!("u{number}");
        let site = format!("undo:apply:*@{point}");
        world.server.restart(&[("HYPO_CRASH", &site)]);
        let plan = world.plan(&package, &name, &[("web", 0), ("db", 1)]).await;
        let order = world.order(&plan, "compensate").await;
        world.server.died(&order).await;
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
    println!("figure: {} crashes while undoing ended compensated, nothing left but the kept claims", POINTS.len());
}
