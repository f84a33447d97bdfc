use std::collections::{BTreeMap, BTreeSet};

use hypo_shared::{
    ClusterId, DomainId, ErrorCode, TenantId,
    analysis::{Analysis, Component, Edge, Glue, ObjectRef, VolumeClaim},
    placement::{ExtraEdge, Override, Placement, PlacementRequest, Requirement},
};
use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::cluster::{ClusterFacts, NodeFacts, StorageClass};

fn id(n: u128) -> ClusterId {
    ClusterId(Uuid::from_u128(n))
}

fn cluster(n: u128) -> Cluster {
    Cluster {
        id: id(n),
        name: format!("c{n}"),
        domain: DomainId(Uuid::from_u128(100 + n)),
        owner: TenantId(Uuid::from_u128(200 + n)),
        owner_name: "owner".into(),
        country: "IT".into(),
        labels: BTreeMap::new(),
        latency_ms: BTreeMap::new(),
        price_per_cpu_hour: None,
        facts: ClusterFacts {
            probed_at: Some(chrono::DateTime::UNIX_EPOCH),
            nodes: vec![node(4000, 8 << 30)],
            architectures: vec!["amd64".into()],
            cluster_admin: true,
            storage_classes: vec![StorageClass { name: "standard".into(), provisioner: "x".into(), default: true }],
            ..ClusterFacts::default()
        },
    }
}

fn node(cpu: u64, memory: u64) -> NodeFacts {
    NodeFacts {
        name: "n".into(),
        arch: "amd64".into(),
        ready: true,
        cpu_millis: cpu,
        memory_bytes: memory,
        ..NodeFacts::default()
    }
}

fn component(name: &str, cpu: u64) -> Component {
    Component {
        name: name.into(),
        kind: "Deployment".into(),
        namespace: String::new(),
        owned: vec![ObjectRef {
            api_version: "apps/v1".into(),
            kind: "Deployment".into(),
            namespace: String::new(),
            name: name.into(),
        }],
        services: vec![],
        images: vec!["image".into()],
        replicas: 1,
        cpu_millis: cpu,
        memory_bytes: 64 << 20,
        volumes: vec![],
        stateful: false,
    }
}

fn edge(from: &str, to: &str, port: u16) -> Edge {
    Edge {
        from: from.into(),
        to: to.into(),
        service: to.into(),
        port,
        protocol: "TCP".into(),
        confidence: 0.95,
        evidence: vec![],
    }
}

struct World {
    analysis: Analysis,
    clusters: Vec<Cluster>,
    offered: BTreeSet<ClusterId>,
    request: PlacementRequest,
    current: Option<Placement>,
    needs: BTreeMap<String, Needs>,
}

impl World {
    fn new(components: &[&str], clusters: u128) -> Self {
        Self {
            analysis: Analysis {
                components: components.iter().map(|name| component(name, 100)).collect(),
                ..Analysis::default()
            },
            clusters: (1..=clusters).map(cluster).collect(),
            offered: (1..=clusters).map(id).collect(),
            request: PlacementRequest::default(),
            current: None,
            needs: BTreeMap::new(),
        }
    }

    fn input(&self) -> PlacementInput<'_> {
        PlacementInput {
            before: None,
            apart: &[],
            analysis: &self.analysis,
            clusters: &self.clusters,
            offered: &self.offered,
            current: self.current.as_ref(),
            request: &self.request,
            needs: &self.needs,
            weights: Weights::default(),
        }
    }

    fn solved(&self) -> Placement {
        let placement = solve(&self.input()).unwrap();
        assert_eq!(validate(&self.input(), &placement), []);
        placement
    }

    fn refused(&self) -> PlacementError {
        solve(&self.input()).unwrap_err()
    }
}

fn at(placement: &Placement, component: &str) -> Vec<ClusterId> {
    placement.assignments[component].clone()
}

#[test]
fn components_that_talk_end_up_together() {
    let mut world = World::new(&["a", "b", "c"], 3);
    world.analysis.edges = vec![edge("a", "b", 80), edge("b", "c", 5432)];
    let placement = world.solved();
    assert_eq!(at(&placement, "a"), at(&placement, "b"));
    assert_eq!(at(&placement, "b"), at(&placement, "c"));
    assert!(placement.cost.abs() < 1e-9);
    let reason = &placement.reasons["a"];
    assert_eq!(reason.rejected.len(), 2, "each other cluster has a reason: {reason:?}");
}

#[test]
fn a_pin_draws_its_peers_as_near_as_they_fit() {
    let mut world = World::new(&["camera", "detector", "store"], 3);
    world.analysis.edges = vec![edge("camera", "detector", 80), edge("detector", "store", 5432)];
    world.request.pins = BTreeMap::from([("camera".into(), vec![id(1)]), ("store".into(), vec![id(3)])]);
    world.clusters[0].latency_ms = BTreeMap::from([(id(2), 2.0), (id(3), 30.0)]);
    world.clusters[1].latency_ms = BTreeMap::from([(id(3), 20.0)]);
    // The database is chattier than the camera, so the detector goes to it.
    let placement = world.solved();
    assert_eq!(at(&placement, "detector"), [id(3)]);
    assert_eq!(placement.reasons["camera"].chosen, "Chosen by you.");
    world.analysis.edges[1].port = 8080;
    world.analysis.edges.push(Edge { service: "raw".into(), port: 81, ..edge("camera", "detector", 81) });
    assert_eq!(at(&world.solved(), "detector"), [id(1)]);
}

#[test]
fn glue_and_udp_keep_components_together() {
    let mut world = World::new(&["a", "b", "c"], 2);
    world.analysis.glue = vec![Glue { members: vec!["a".into(), "b".into()], reason: "shared volume data".into() }];
    world.analysis.edges = vec![Edge { protocol: "UDP".into(), ..edge("b", "c", 53) }];
    world.request.pins = BTreeMap::from([("a".into(), vec![id(2)])]);
    let placement = world.solved();
    assert_eq!(at(&placement, "c"), [id(2)]);
    assert!(placement.reasons["b"].chosen.contains("shared volume data"), "{:?}", placement.reasons["b"]);
    world.request.pins.insert("c".into(), vec![id(1)]);
    assert_eq!(world.refused().code, ErrorCode::PlacementGlueBroken);
    let mut apart = placement;
    apart.assignments.insert("c".into(), vec![id(1)]);
    world.request.pins.remove("c");
    assert_eq!(validate(&world.input(), &apart)[0].code, ErrorCode::PlacementGlueBroken);
}

#[test]
fn a_component_runs_on_several_clusters_when_placed_so() {
    let mut world = World::new(&["edge", "core"], 3);
    world.analysis.edges = vec![edge("edge", "core", 80)];
    world.request.pins = BTreeMap::from([("edge".into(), vec![id(1), id(2)])]);
    let placement = world.solved();
    assert_eq!(at(&placement, "edge"), [id(1), id(2)]);
    assert_eq!(at(&placement, "core").len(), 1);
}

#[test]
fn infeasible_input_names_the_constraint() {
    let with = |change: &dyn Fn(&mut World)| {
        let mut world = World::new(&["a"], 2);
        change(&mut world);
        let error = world.refused();
        assert_eq!(error.code, ErrorCode::PlacementInfeasible);
        assert_eq!(error.component.as_deref(), Some("a"));
        assert_eq!(error.rejected.len(), 2, "{error:?}");
        error.message
    };
    let label = |world: &mut World, wish: Requirement| {
        world.request.requires.insert("a".into(), wish);
    };
    let wish = |labels: &[(&str, &str)]| Requirement {
        labels: labels.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect(),
        ..Requirement::default()
    };
    assert!(with(&|w| label(w, wish(&[("tier", "edge")]))).contains("tier=edge"));
    assert!(with(&|w| label(w, Requirement { residency: vec!["GR".into()], ..Requirement::default() })).contains("GR"));
    assert!(
        with(&|w| label(w, Requirement { arch: vec!["arm64".into()], ..Requirement::default() })).contains("arm64")
    );
    assert!(with(&|w| w.offered.clear()).contains("granted"));
    assert!(with(&|w| w.analysis.components[0].cpu_millis = 5000).contains("no node has room"));
    assert!(
        with(&|w| {
            w.analysis.components[0].volumes = vec![VolumeClaim {
                name: "data".into(),
                template: false,
                bytes: 1,
                class: Some("fast".into()),
                access_modes: vec!["ReadWriteOnce".into()],
            }];
            w.clusters.iter_mut().for_each(|c| c.facts.storage_classes.clear());
        })
        .contains("storage class fast")
    );
    assert!(
        with(&|w| {
            w.analysis.components[0].owned[0].api_version = "acme.org/v1".into();
            w.clusters.iter_mut().for_each(|c| c.facts.kinds = vec!["apps/v1/Deployment".into()]);
        })
        .contains("acme.org/v1 Deployment")
    );
    assert!(
        with(&|w| {
            w.needs.insert("a".into(), Needs { baseline: vec!["hostPath volume dev".into()], ..Needs::default() });
            w.clusters.iter_mut().for_each(|c| c.facts.pod_security = "baseline".into());
        })
        .contains("hostPath volume dev")
    );
    assert!(
        with(&|w| {
            w.analysis.components[0].owned[0].kind = "ClusterRole".into();
            w.clusters.iter_mut().for_each(|c| c.facts.cluster_admin = false);
        })
        .contains("cluster-wide")
    );
}

#[test]
fn capacity_counts_every_component_and_the_agent() {
    let mut world = World::new(&["a", "b"], 2);
    for component in &mut world.analysis.components {
        component.cpu_millis = 3000;
    }
    let placement = world.solved();
    assert_ne!(at(&placement, "a"), at(&placement, "b"), "two times 3 cores do not fit 4");
    world.analysis.edges = vec![edge("a", "b", 80)];
    for cluster in &mut world.clusters {
        cluster.facts.nodes = vec![node(3040, 8 << 30)];
    }
    let error = world.refused();
    assert!(error.message.contains("capacity"), "3000m + 50m agent > 3040m: {error:?}");
    let mut apart = placement;
    apart.reasons.clear();
    assert!(validate(&world.input(), &apart)[0].text.contains("capacity"));
    world.offered.remove(&id(2));
    assert!(world.refused().message.contains("capacity"));
}

#[test]
fn data_stays_unless_it_is_moved_by_hand() {
    let mut world = World::new(&["web", "db"], 2);
    world.analysis.components[1].stateful = true;
    world.analysis.edges = vec![edge("web", "db", 5432)];
    world.current = Some(Placement {
        assignments: BTreeMap::from([("web".into(), vec![id(2)]), ("db".into(), vec![id(2)])]),
        ..Placement::default()
    });
    world.request.pins = BTreeMap::from([("web".into(), vec![id(1)])]);
    let placement = world.solved();
    assert_eq!(at(&placement, "db"), [id(2)]);
    assert_eq!(placement.reasons["db"].chosen, "Its data lies here.");
    let mut moved = placement;
    moved.assignments.insert("db".into(), vec![id(1)]);
    assert!(validate(&world.input(), &moved)[0].text.contains("keeps data"));
    world.request.pins.insert("db".into(), vec![id(1)]);
    assert_eq!(at(&world.solved(), "db"), [id(1)]);
    world.request.pins.clear();
    world.offered.remove(&id(2));
    assert!(world.refused().message.contains("data"), "{}", world.refused());
}

#[test]
fn unknown_names_are_refused() {
    let mut world = World::new(&["a"], 1);
    world.request.pins = BTreeMap::from([("ghost".into(), vec![id(1)])]);
    assert_eq!(world.refused().code, ErrorCode::PlacementUnknownComponent);
    world.request.pins = BTreeMap::from([("a".into(), vec![id(9)])]);
    assert_eq!(world.refused().code, ErrorCode::PlacementUnknownCluster);
    world.request.pins = BTreeMap::from([("a".into(), vec![])]);
    assert_eq!(world.refused().code, ErrorCode::PlacementIncomplete);
    world.request.pins.clear();
    world.request.extra_edges = vec![ExtraEdge { from: "a".into(), to: "ghost".into(), port: 1 }];
    assert_eq!(world.refused().code, ErrorCode::PlacementUnknownComponent);
    let empty = Placement::default();
    assert_eq!(validate(&world.input(), &empty)[0].code, ErrorCode::PlacementIncomplete);
}

#[test]
fn facts_that_were_never_probed_limit_nothing() {
    let mut world = World::new(&["a"], 1);
    world.clusters[0].facts = ClusterFacts::default();
    world.analysis.components[0].cpu_millis = 1_000_000;
    assert_eq!(at(&world.solved(), "a"), [id(1)]);
}

#[test]
fn the_local_search_is_near_the_exact_answer_and_deterministic() {
    let world = random_world(24, 8, 7, 3);
    let first = world.solved();
    assert_eq!(first, world.solved());
    let mut other = random_world(24, 8, 7, 3);
    other.request.seed = 99;
    let second = other.solved();
    assert!((second.cost - first.cost).abs() <= first.cost * 0.25 + 1.0, "{} and {}", first.cost, second.cost);
}

/// Fifty components on twenty clusters: the size the product promises.
#[test]
fn the_promised_size_is_solved() {
    let world = random_world(50, 20, 1, 12);
    let placement = world.solved();
    assert_eq!(placement.assignments.len(), 50);
}

/// A world with random edges, sizes, prices, pins and a few hard wishes.
fn random_world(components: usize, clusters: u128, seed: u64, pins: usize) -> World {
    let names: Vec<String> = (0..components).map(|n| format!("k{n:02}")).collect();
    let mut world = World::new(&names.iter().map(String::as_str).collect::<Vec<_>>(), clusters);
    let mut random = random::Random::new(seed);
    for component in &mut world.analysis.components {
        component.cpu_millis = 100 + 50 * random.below(20) as u64;
        component.memory_bytes = (64 + 64 * random.below(10) as u64) << 20;
    }
    for to in 1..components {
        let from = random.below(to);
        let port = [80, 5432, 9092, 6379][random.below(4)];
        world.analysis.edges.push(edge(&names[from], &names[to], port));
        if random.below(3) == 0 {
            world.analysis.edges.push(edge(&names[to], &names[random.below(to)], 8080));
        }
    }
    for index in 0..world.clusters.len() {
        for other in 0..index {
            let ms = 1.0 + random.below(80) as f64;
            let other = world.clusters[other].id;
            world.clusters[index].latency_ms.insert(other, ms);
        }
        world.clusters[index].price_per_cpu_hour = Some(0.01 * random.below(10) as f64);
    }
    for _ in 0..pins {
        let name = names[random.below(components)].clone();
        world.request.pins.insert(name, vec![id(1 + random.below(world.clusters.len()) as u128)]);
    }
    world
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    /// Whatever the solver answers holds before the validator, on any input; what it refuses is named.
    #[test]
    fn every_answer_validates(
        components in 1_usize..9,
        clusters in 1_u128..5,
        seed in any::<u64>(),
        pins in 0_usize..3,
        glue in proptest::collection::vec((0_usize..9, 0_usize..9), 0..3),
        udp in any::<bool>(),
        stateful in 0_usize..9,
        cores in 1_u64..5,
        nodes in 1_usize..3,
        daemon in any::<bool>(),
        everything in any::<bool>(),
        replicas in 0_u32..4,
    ) {
        let mut world = random_world(components, clusters, seed, pins);
        let name = |n: usize| format!("k{:02}", n % components);
        for (a, b) in glue {
            let members = [name(a), name(b)].into_iter().collect::<BTreeSet<_>>().into_iter().collect();
            world.analysis.glue.push(Glue { members, reason: "test".into() });
        }
        if let (true, Some(edge)) = (udp, world.analysis.edges.first_mut()) {
            edge.protocol = "UDP".into();
        }
        let keeper = stateful % components;
        world.analysis.components[keeper].stateful = true;
        world.current = Some(Placement {
            assignments: BTreeMap::from([(name(keeper), vec![id(1)]), (name(stateful + 1), vec![id(1)])]),
            ..Placement::default()
        });
        if daemon {
            world.analysis.components[0].kind = "DaemonSet".into();
        }
        if everything {
            world.request.peers = hypo_shared::placement::PeerPolicy::Everything;
        }
        world.request.overrides.insert(name(1), Override {
            replicas: Some(replicas),
            resources: Some(json!({"requests": {"cpu": "300m"}})),
            ..Override::default()
        });
        for cluster in &mut world.clusters {
            cluster.facts.nodes = vec![node(cores * 1000 / nodes as u64, 4 << 30); nodes];
        }
        match solve(&world.input()) {
            Ok(placement) => {
                prop_assert_eq!(validate(&world.input(), &placement), vec![]);
                prop_assert_eq!(&placement, &solve(&world.input()).unwrap());
                prop_assert_eq!(placement.reasons.len(), components);
            }
            Err(error) => {
                prop_assert!(error.code.code().starts_with("HYP-20"));
                prop_assert!(error.component.is_some(), "{:?}", error);
            }
        }
    }

    /// On small inputs nothing the validator accepts is cheaper than the answer.
    #[test]
    fn small_answers_are_optimal(components in 1_usize..4, clusters in 1_u128..4, seed in any::<u64>(), pins in 0_usize..2) {
        let world = random_world(components, clusters, seed, pins);
        let Ok(best) = solve(&world.input()) else { return Ok(()) };
        let names: Vec<String> = world.analysis.components.iter().map(|c| c.name.clone()).collect();
        let count = (clusters as usize).pow(components as u32);
        for mut code in 0..count {
            let mut placement = Placement::default();
            for name in &names {
                placement.assignments.insert(name.clone(), vec![id(1 + (code % clusters as usize) as u128)]);
                code /= clusters as usize;
            }
            if validate(&world.input(), &placement).is_empty() {
                let cost = priced(&world, &placement);
                prop_assert!(cost >= best.cost - 1e-5, "{} is cheaper than {}", cost, best.cost);
            }
        }
    }
}

/// The soft cost of a placement with one cluster per component, written out again.
fn priced(world: &World, placement: &Placement) -> f64 {
    let weights = Weights::default();
    let of = |name: &str| {
        let id = placement.assignments[name][0];
        world.clusters.iter().find(|cluster| cluster.id == id).unwrap()
    };
    let mut cost = 0.0;
    for component in &world.analysis.components {
        let price = of(&component.name).price_per_cpu_hour.unwrap_or_default();
        cost += component.cpu_millis as f64 / 1000.0 * price * weights.price;
    }
    for edge in &world.analysis.edges {
        let (from, to) = (of(&edge.from), of(&edge.to));
        if from.id != to.id {
            cost += round_trip(from, to) * problem::chattiness(edge.port) * weights.latency + weights.links;
        }
    }
    cost
}
