use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use hypo_shared::{
    ClusterId, ErrorCode,
    placement::{ExtraEdge, Override, PeerPolicy},
    resource::Flavour,
};
use serde_json::json;

use super::*;
use crate::{
    object, record,
    testing::{SHOP, World, id},
};

fn names(split: &Split, cluster: ClusterId) -> BTreeSet<String> {
    let (_, objects) = split.clusters.iter().find(|(id, _)| *id == cluster).expect("the cluster is used");
    objects.iter().map(|split| object::reference(&split.object).to_string()).collect()
}

fn find<'s>(split: &'s Split, cluster: ClusterId, kind: &str, name: &str) -> &'s SplitObject {
    let (_, objects) = split.clusters.iter().find(|(id, _)| *id == cluster).expect("the cluster is used");
    objects
        .iter()
        .find(|split| object::kind(&split.object) == kind && object::name(&split.object) == name)
        .unwrap_or_else(|| panic!("{kind}/{name} is on {cluster}"))
}

fn three() -> World {
    World::new(SHOP, 3).put("web", &[1]).put("cart", &[2]).put("db", &[3])
}

#[test]
fn every_object_goes_where_it_belongs() {
    let world = three();
    let split = split(&world.split_input()).unwrap();
    let link = format!("hypo-link-{}", world.identity.suffix());
    let set = |list: &[&str]| -> BTreeSet<String> {
        let agent = ["ConfigMap/L", "Deployment/L", "NetworkPolicy/L", "Secret/L-identity"];
        list.iter().chain(&agent).map(|name| name.replace("/L", &format!("/{link}"))).collect()
    };
    let everywhere = ["Namespace/shop-1", "ConfigMap/unused"];
    let one = ["ConfigMap/common", "Deployment/web", "Service/web", "Ingress/web", "Service/cart", "Service/L-accept"];
    assert_eq!(names(&split, id(1)), set(&[&one[..], &everywhere].concat()));
    let two = ["ConfigMap/common", "Deployment/cart", "Service/cart", "Service/db", "Service/L-accept"];
    assert_eq!(names(&split, id(2)), set(&[&two[..], &everywhere].concat()));
    let three = ["Secret/db-password", "StatefulSet/db", "Service/db"];
    assert_eq!(names(&split, id(3)), set(&[&three[..], &everywhere].concat()), "the smaller id accepts");
    let shared = find(&split, id(2), "ConfigMap", "common");
    assert_eq!((shared.role, shared.reason.as_deref()), (Role::Shared, Some("several components read it")));
    assert_eq!(find(&split, id(3), "StatefulSet", "db").component.as_deref(), Some("db"));
    let links: Vec<String> =
        split.links.iter().map(|link| format!("{}->{}:{}", link.from, link.service, link.port)).collect();
    assert_eq!(links, ["cart->db:5432", "web->cart:7070"]);
}

#[test]
fn only_labels_and_recorded_overrides_differ() {
    let mut world = three();
    world.clusters[0].facts.pod_security = "restricted".into();
    world.clusters[0].facts.load_balancer = false;
    world.clusters[1].facts.flavour = Flavour::OpenShift;
    world.clusters[2].facts.storage_classes[0].name = "fast".into();
    world.request.overrides.insert(
        "web".into(),
        Override {
            env: BTreeMap::from([("SITE".into(), "${site.name}".into())]),
            replicas: Some(3),
            ..Override::default()
        },
    );
    let split = split(&world.split_input()).unwrap();
    unchanged_but_recorded(&world, &split);
    let web = find(&split, id(1), "Deployment", "web");
    assert_eq!(web.object.pointer("/spec/replicas"), Some(&json!(3)));
    assert_eq!(
        web.object.pointer("/spec/template/spec/containers/0/env/1"),
        Some(&json!({"name": "SITE", "value": "c1"}))
    );
    assert!(web.overrides.iter().any(|change| change.from == json!("Helm")), "the package's own label is recorded");
    assert_eq!(web.object.pointer("/spec/selector"), Some(&json!({"matchLabels": {"app": "web"}})));
    assert_eq!(find(&split, id(1), "Service", "web").object["spec"]["type"], "NodePort");
    assert!(split.notes.iter().any(|note| note.code == "no-load-balancer" && note.text.starts_with("c1: ")));
    let url = "/spec/template/spec/containers/0/env/0/value";
    assert_eq!(
        find(&split, id(2), "Deployment", "cart").object.pointer(url),
        Some(&json!("postgres://u@db.shop-1.svc.cluster.local:5432/cart"))
    );
}

/// Replays what was recorded over the package's document and takes our labels off again: nothing else may differ.
fn unchanged_but_recorded(world: &World, split: &Split) {
    for (cluster, objects) in &split.clusters {
        for split in objects.iter().filter(|split| split.role != Role::Link) {
            let source = &world.render.documents[split.source.expect("it comes from the package")].object;
            let mut expected = source.clone();
            record::replay(&mut expected, &split.overrides);
            let mut got = split.object.clone();
            for object in [&mut expected, &mut got] {
                strip(object);
                if object::kind(object) == "Secret" {
                    object.as_object_mut().expect("an object").retain(|key, _| key != "data" && key != "stringData");
                }
            }
            assert_eq!(got, expected, "{} on {cluster}", object::reference(&split.object));
        }
    }
}

/// Takes away labels of ours, and what holds nothing without them.
fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            if let Some(Value::Object(labels)) = members.get_mut("labels") {
                labels.retain(|key, _| !key.starts_with("hypo.etsi.org/") && key != "app.kubernetes.io/managed-by");
            }
            members.values_mut().for_each(strip);
            members.retain(|key, value| !(matches!(key.as_str(), "labels" | "metadata") && *value == json!({})));
        }
        Value::Array(items) => items.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn a_callee_in_the_same_cluster_needs_no_link() {
    let world = World::new(SHOP, 2).put("web", &[1]).put("cart", &[1]).put("db", &[1]);
    let split = split(&world.split_input()).unwrap();
    assert_eq!(split.links, []);
    assert_eq!(split.clusters.len(), 1);
    assert!(split.clusters[0].1.iter().all(|object| object.role != Role::Link));
    assert!(split.notes.iter().all(|note| note.code != "links-unverified"));
}

#[test]
fn several_instances_are_used_locally_first_then_the_nearest() {
    let mut world = World::new(SHOP, 3).put("web", &[1, 2]).put("cart", &[2, 3]).put("db", &[3]);
    world.clusters[0].latency_ms = BTreeMap::from([(id(2), 30.0), (id(3), 4.0)]);
    let split = split(&world.split_input()).unwrap();
    let web: Vec<_> =
        split.links.iter().filter(|link| link.from == "web").map(|l| (l.from_cluster, l.to_cluster)).collect();
    assert_eq!(web, [(id(1), id(3)), (id(1), id(2))], "nearest first, none from the cluster with an instance");
    assert_eq!(find(&split, id(2), "Service", "cart").role, Role::Owned, "its own Service stays");
    assert_eq!(find(&split, id(1), "Service", "cart").role, Role::Link, "the stub");
    let texts: Vec<&str> = split.routing.iter().map(|note| note.text.as_str()).collect();
    assert!(
        texts.contains(&"web on c1 reaches cart:7070 through the nearest healthy of c3 (4 ms), c2 (30 ms)."),
        "{texts:?}"
    );
    assert!(texts.contains(&"web on c2 reaches cart:7070 through the local instance."));
}

#[test]
fn drawn_edges_and_everything() {
    let mut world = three();
    world.request.extra_edges = vec![ExtraEdge { from: "web".into(), to: "db".into(), port: 5432 }];
    assert_eq!(split(&world.split_input()).unwrap().links.len(), 3);
    world.request.extra_edges[0].port = 1;
    assert_eq!(split(&world.split_input()).unwrap_err().code, ErrorCode::InvalidInput);
    world.request.extra_edges.clear();
    world.request.peers = PeerPolicy::Everything;
    let all = split(&world.split_input()).unwrap();
    // Two callers of each of web:80, cart:7070, cart:9090 and db:5432.
    assert_eq!(all.links.len(), 8);
}

#[test]
fn what_cannot_be_is_refused_with_its_reason() {
    let mut world = three();
    world.analysis.edges[0].protocol = "UDP".into();
    world.render.documents.iter_mut().filter(|d| d.kind() == "Service" && d.name() == "db").for_each(|d| {
        d.object["spec"]["ports"][0]["protocol"] = json!("UDP");
    });
    assert_eq!(split(&world.split_input()).unwrap_err().code, ErrorCode::PlacementGlueBroken);
    let missing = World::new(SHOP, 1).put("web", &[1]);
    assert_eq!(split(&missing.split_input()).unwrap_err().code, ErrorCode::PlacementIncomplete);
    let mut twice = three();
    twice.render.documents.push(twice.render.documents[1].clone());
    twice.graph = hypo_package::graph(&twice.render);
    assert!(split(&twice.split_input()).unwrap_err().message.contains("ConfigMap/common twice"));
    let mut strict = three();
    strict.clusters[0].facts.kinds = vec!["v1/Service".into()];
    let error = split(&strict.split_input()).unwrap_err();
    assert!(error.message.contains("does not serve"), "{error}");
}

/// The demonstration application of issue 2, where its files are at hand.
#[test]
fn online_boutique_over_three_clusters() {
    let Ok(shared) = std::env::var("HYPO_SHARED") else {
        assert!(std::env::var_os("HYPO_NO_SKIP").is_none(), "HYPO_SHARED is not set: nothing may be skipped");
        return;
    };
    let path = Path::new(&shared).join("apps/online-boutique/kubernetes-manifests.yaml");
    let yaml = fs::read_to_string(path).expect("HYPO_SHARED points to the shared folder");
    let mut world = World::new(&yaml, 3);
    let components: Vec<String> = world.graph.components.iter().map(|node| node.name.clone()).collect();
    assert_eq!(components.len(), 12);
    for (index, name) in components.iter().enumerate() {
        world = world.put(name, &[1 + (index % 3) as u128]);
    }
    let split = split(&world.split_input()).unwrap();
    unchanged_but_recorded(&world, &split);
    let mut seen: BTreeMap<usize, Vec<ClusterId>> = BTreeMap::new();
    for (cluster, objects) in &split.clusters {
        for object in objects {
            seen.extend(
                object.source.map(|source| (source, Vec::new())).filter(|(source, _)| !seen.contains_key(source)),
            );
            object.source.into_iter().for_each(|source| seen.entry(source).or_default().push(*cluster));
        }
    }
    assert_eq!(seen.len(), world.render.documents.len(), "none is lost");
    for (source, clusters) in seen {
        let owner =
            world.graph.components.iter().find(|node| node.workload == source || node.objects.contains(&source));
        match owner {
            Some(owner) => assert_eq!(clusters, world.placement.assignments[&owner.name]),
            None => {
                assert!(world.graph.shared.iter().any(|shared| shared.index == source && !shared.reason.is_empty()))
            }
        }
    }
    let crossing: BTreeSet<(String, String)> = world
        .analysis
        .edges
        .iter()
        .filter(|edge| world.placement.assignments[&edge.from] != world.placement.assignments[&edge.to])
        .map(|edge| (edge.from.clone(), edge.to.clone()))
        .collect();
    let linked: BTreeSet<(String, String)> =
        split.links.iter().map(|link| (link.from.clone(), link.to.clone())).collect();
    assert_eq!(linked, crossing, "a link per crossing edge and no other");
    for link in &split.links {
        let stub = find(&split, link.from_cluster, "Service", &link.service);
        assert_eq!(stub.role, Role::Link);
    }
}
