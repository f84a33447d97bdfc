use std::collections::BTreeMap;

use hypo_shared::service::LinkState;
use serde_json::{Value, json};

use super::*;
use crate::{
    fabric::{Effect, FabricObject, LinkReport, Minted, Observed, Provider},
    flavour::{Level, obstacles},
    object, split,
    testing::{SHOP, World, id},
};

fn world() -> World {
    World::new(SHOP, 3).put("web", &[1]).put("cart", &[2]).put("db", &[2])
}

fn intent(world: &World) -> Intent {
    split::intent(&world.split_input()).unwrap()
}

fn find(objects: &[FabricObject], kind: &str) -> Value {
    objects.iter().find(|object| object::kind(&object.object) == kind).expect("the object is there").object.clone()
}

fn config(objects: &[FabricObject]) -> Value {
    serde_json::from_str(object::text(&find(objects, "ConfigMap"), "/data/link.json")).unwrap()
}

/// Carries out effects until nothing is left, as the saga does.
fn settle(intent: &Intent, observed: &mut Observed) -> usize {
    for round in 0..10 {
        let effects = Link.next(intent, observed);
        if effects.is_empty() {
            return round;
        }
        for effect in effects {
            match effect {
                Effect::Apply { cluster, object } => put(observed, cluster, object),
                Effect::Mint(request) => {
                    observed
                        .identities
                        .insert(request.cluster, Minted { spiffe: request.spiffe.clone(), due: false, expires: None });
                    let secret = json!({"apiVersion": "v1", "kind": "Secret", "metadata": {
                        "name": request.secret.name, "namespace": request.secret.namespace,
                        "labels": {LABEL_LINK: intent.identity.suffix()}}});
                    put(observed, request.cluster, secret);
                }
                Effect::Delete { cluster, object } => {
                    let live = observed.objects.get_mut(&cluster).unwrap();
                    live.retain(|live| object::reference(live) != object);
                }
                Effect::Controller { operation, .. } => panic!("no controller knows {operation}"),
            }
        }
    }
    panic!("it never settles");
}

fn put(observed: &mut Observed, cluster: ClusterId, object: Value) {
    let live = observed.objects.entry(cluster).or_default();
    let same = |other: &Value| object::reference(other) == object::reference(&object);
    let status = live.iter().find(|other| same(other)).and_then(|other| other.get("status").cloned());
    live.retain(|other| !same(other));
    let mut object = object;
    if let Some(status) = status {
        object["status"] = status;
    }
    live.push(object);
}

#[test]
fn the_consumer_gets_a_stub_of_the_exact_name_and_ports() {
    let world = world();
    let intent = intent(&world);
    let objects = Link.objects(&intent, &Observed::default());
    let stub = objects[&id(1)].iter().find(|object| object::name(&object.object) == "cart").unwrap();
    assert_eq!(stub.reason, "stands for cart, which runs on c2");
    let ports = object::array(&stub.object, "/spec/ports");
    assert_eq!(ports.len(), 2);
    assert_eq!((&ports[0]["name"], &ports[0]["port"]), (&json!("grpc"), &json!(7070)));
    assert_eq!(stub.object["spec"]["selector"], json!({LABEL_LINK: world.identity.suffix()}));
    let config = config(&objects[&id(1)]);
    assert_eq!(config["schema"], SCHEMA);
    // Only the declared port is listened on: the stub's metrics port leads nowhere.
    assert_eq!(object::array(&config, "/listen").len(), 1);
    assert_eq!(config.pointer("/listen/0/port"), Some(&ports[0]["targetPort"]));
    assert_eq!(config.pointer("/listen/0/key"), Some(&json!("shop-1/cart:7070")));
    assert_eq!(config.pointer("/listen/0/to"), Some(&json!([id(2).to_string()])));
    assert_eq!(config["serve"], json!([]));
}

#[test]
fn the_producer_serves_each_key_to_its_callers_only() {
    let world = world();
    let intent = intent(&world);
    let config = config(&Link.objects(&intent, &Observed::default())[&id(2)]);
    let caller = spiffe(&world.identity, id(1), "shop-1");
    assert_eq!(caller, format!("spiffe://hypo/{}/{}/shop-1", world.identity.authority, id(1)));
    assert_eq!(
        config["serve"],
        json!([{"key": "shop-1/cart:7070", "dial": "cart.shop-1.svc:7070", "allow": [caller]}])
    );
    assert_eq!(config["listen"], json!([]));
    assert!(!intent.sites.contains_key(&id(3)), "a cluster without links takes no part");
}

#[test]
fn the_agent_passes_restricted_pod_security_and_has_no_token() {
    let world = world();
    let objects = Link.objects(&intent(&world), &Observed::default());
    let agent = find(&objects[&id(1)], "Deployment");
    let spec = agent.pointer("/spec/template/spec").unwrap();
    assert!(obstacles(spec, Level::Restricted).is_empty());
    assert_eq!(spec["automountServiceAccountToken"], false);
    let mut hardened = agent.clone();
    let strict = crate::cluster::ClusterFacts { pod_security: "restricted".into(), ..Default::default() };
    assert!(crate::flavour::transform(&mut hardened, &strict).overrides.is_empty(), "nothing is left to add");
    let secret = objects[&id(1)].iter().find(|object| object.mint.is_some()).unwrap();
    assert!(object::text(&secret.object, "/stringData/tls.key").starts_with("placeholder"));
}

#[test]
fn the_policy_admits_per_port_only_the_calling_components() {
    let world = world();
    let objects = Link.objects(&intent(&world), &Observed::default());
    let policy = find(&objects[&id(1)], "NetworkPolicy");
    let rule = policy.pointer("/spec/ingress/0").unwrap();
    assert_eq!(rule["ports"][0]["port"], config(&objects[&id(1)]).pointer("/listen/0/port").unwrap().clone());
    let labels = rule.pointer("/from/0/podSelector/matchLabels").unwrap();
    assert_eq!(labels["hypo.etsi.org/component"], "web");
    assert_eq!(object::array(rule, "/from").len(), 1);
    // The site that accepts lets peers in, and the other has no such rule.
    assert_eq!(object::array(&policy, "/spec/ingress").len(), 2);
    assert_eq!(object::array(&find(&objects[&id(2)], "NetworkPolicy"), "/spec/ingress").len(), 0);
}

#[test]
fn listening_ports_stay_when_edges_are_added() {
    let mut world = world();
    let port = |world: &World| {
        let objects = Link.objects(&intent(world), &Observed::default());
        let config = config(&objects[&id(1)]);
        let listen = object::array(&config, "/listen").to_vec();
        listen.into_iter().find(|listen| listen["key"] == "shop-1/cart:7070").unwrap()["port"].clone()
    };
    let before = port(&world);
    world.request.extra_edges =
        vec![hypo_shared::placement::ExtraEdge { from: "web".into(), to: "db".into(), port: 5432 }];
    assert_eq!(port(&world), before);
}

#[test]
fn the_dialling_side_learns_the_address_and_then_nothing_is_left() {
    let world = world();
    let intent = intent(&world);
    let mut observed = Observed::default();
    assert!(matches!(Link.next(&intent, &observed)[0], Effect::Mint(_)), "identities come first");
    settle(&intent, &mut observed);
    assert_eq!(config_live(&observed, id(2)).pointer("/peers/0/dial"), Some(&Value::Null));
    let accept =
        observed.objects.get_mut(&id(1)).unwrap().iter_mut().find(|live| object::name(live).ends_with("-accept"));
    accept.expect("the first cluster accepts")["status"] = json!({"loadBalancer": {"ingress": [{"ip": "192.0.2.7"}]}});
    assert!(settle(&intent, &mut observed) > 0);
    assert_eq!(config_live(&observed, id(2)).pointer("/peers/0/dial"), Some(&json!("192.0.2.7:8443")));
    assert_eq!(config_live(&observed, id(1)).pointer("/peers/0/dial"), Some(&Value::Null));
}

fn config_live(observed: &Observed, cluster: ClusterId) -> Value {
    let live = observed.objects[&cluster].iter().find(|live| object::kind(live) == "ConfigMap").unwrap();
    serde_json::from_str(object::text(live, "/data/link.json")).unwrap()
}

#[test]
fn links_are_unverified_until_an_agent_reports() {
    let world = world();
    let intent = intent(&world);
    let mut observed = Observed::default();
    let state = |observed: &Observed| Link.status(&intent, observed).links[0].clone();
    assert!(state(&observed).detail.contains("not there yet"));
    settle(&intent, &mut observed);
    assert!(Link.status(&intent, &observed).declared);
    assert_eq!(
        (state(&observed).state, state(&observed).detail.as_str()),
        (LinkState::Unverified, "Declared; no agent has proven the path.")
    );
    observed.reports = vec![LinkReport {
        from_cluster: id(1),
        to_cluster: id(2),
        key: "shop-1/cart:7070".into(),
        up: true,
        detail: "3 ms".into(),
    }];
    assert_eq!(state(&observed).state, LinkState::Up);
    observed.reports[0].up = false;
    assert_eq!(state(&observed).state, LinkState::Down);
    observed.away.insert(id(2));
    assert_eq!(state(&observed).state, LinkState::Unverified);
    assert!(Link.next(&intent, &Observed { away: [id(1), id(2)].into(), ..Observed::default() }).is_empty());
}

#[test]
fn what_is_no_longer_wanted_goes_and_the_packages_service_stays() {
    let world = world();
    let before = intent(&world);
    let mut observed = Observed::default();
    settle(&before, &mut observed);
    // The cart moves to the caller: its own Service takes the stub's place, and the links end.
    let moved = World::new(SHOP, 3).put("web", &[1]).put("cart", &[1]).put("db", &[1]);
    let mut after = intent(&moved);
    assert_eq!(after.links, []);
    after.sites = before.sites.clone();
    after.sites.get_mut(&id(1)).unwrap().local.insert("cart".into());
    settle(&after, &mut observed);
    let left: BTreeMap<_, Vec<_>> = observed
        .objects
        .iter()
        .map(|(cluster, live)| (*cluster, live.iter().map(|live| object::reference(live).to_string()).collect()))
        .collect();
    assert_eq!(left[&id(1)], ["Service/cart"]);
    assert!(left[&id(2)].is_empty());
}
