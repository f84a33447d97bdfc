use hypo_shared::{VolumeId, placement::PeerPolicy, plan::Plan};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::{
    object,
    ports::cluster::LABEL_SERVICE,
    testing::{SHOP, World, id},
};

const FORMER: hypo_shared::ServiceId = hypo_shared::ServiceId(Uuid::from_u128(77));

fn world() -> World {
    World::new(SHOP, 2).put("web", &[1]).put("cart", &[1]).put("db", &[2])
}

fn built(world: &World) -> Plan {
    build(&world.plan_input()).unwrap()
}

/// The cluster after the order: everything applied, with what an API server adds.
fn apply(world: &mut World) {
    for (cluster, site) in objects(&world.plan_input()).unwrap() {
        let seen = world.observed.entry(cluster).or_default();
        for apply in site.apply {
            let mut live = redact::fold(&apply.object);
            live["metadata"]["uid"] = json!("u");
            live["status"] = json!({"phase": "x"});
            let object = object::reference(&live);
            seen.retain(|seen| seen.object != object);
            seen.push(Observed { object, live: Some(live) });
        }
        seen.retain(|seen| !site.delete.contains(&seen.object));
    }
}

fn changes(plan: &Plan, cluster: ClusterId, change: ChangeKind) -> Vec<String> {
    let site = plan.clusters.iter().find(|site| site.cluster == cluster).expect("the cluster is in the plan");
    site.objects.iter().filter(|object| object.change == change).map(|object| object.object.to_string()).collect()
}

#[test]
fn a_first_plan_creates_in_phases() {
    let plan = built(&world());
    for site in &plan.clusters {
        assert!(site.makes_namespace);
        assert!(site.objects.iter().all(|object| object.change == ChangeKind::Create));
        assert!(site.objects.windows(2).all(|pair| pair[0].phase <= pair[1].phase));
        assert_eq!((site.objects[0].object.to_string().as_str(), site.objects[0].phase), ("Namespace/shop-1", 0));
    }
    let phase = |cluster: u128, name: &str| {
        let site = plan.clusters.iter().find(|site| site.cluster == id(cluster)).unwrap();
        site.objects.iter().find(|object| object.object.to_string() == name).unwrap().phase
    };
    assert_eq!(phase(1, "Service/web"), phase::CONFIG, "before the pods that are given its variables");
    assert_eq!(phase(1, "Service/db"), phase::LINKS, "the stub");
    assert_eq!(phase(2, "StatefulSet/db"), phase::DATA);
    assert!(phase(1, "Deployment/cart") < phase(1, "Deployment/web"));
    assert_eq!(plan.links.len(), 1);
    assert!(plan.warnings.iter().any(|note| note.code == "links-unverified"));
}

#[test]
fn what_was_applied_needs_nothing_and_the_next_order_changes_no_label_alone() {
    let mut world = world();
    apply(&mut world);
    world.identity.order = hypo_shared::OrderId(Uuid::from_u128(99));
    let plan = built(&world);
    for site in &plan.clusters {
        let open: Vec<_> = site.objects.iter().filter(|object| object.change != ChangeKind::NoChange).collect();
        assert!(open.is_empty(), "{open:?}");
    }
    assert_eq!(plan.volumes.len(), 1);
}

#[test]
fn a_moved_component_is_created_here_and_deleted_there() {
    let mut world = world();
    apply(&mut world);
    let mut world = world.put("cart", &[2]);
    let plan = built(&world);
    assert!(changes(&plan, id(2), ChangeKind::Create).contains(&"Deployment/cart".to_owned()));
    let gone = changes(&plan, id(1), ChangeKind::Delete);
    assert!(gone.contains(&"Deployment/cart".to_owned()) && gone.contains(&"Service/db".to_owned()), "{gone:?}");
    assert!(changes(&plan, id(1), ChangeKind::Update).contains(&"Service/cart".to_owned()), "becomes the stub");
    apply(&mut world);
    assert!(built(&world).clusters.iter().all(|site| site.objects.iter().all(|o| o.change == ChangeKind::NoChange)));
}

#[test]
fn secrets_show_as_digests_and_are_applied_with_their_data() {
    let world = world();
    let plan = built(&world);
    let text = serde_json::to_string(&plan).unwrap();
    assert!(!text.contains("geheim") && !text.contains("Z2VoZWlt"));
    assert!(plan.secrets.iter().any(|secret| secret.name == "shop-1/db-password" && secret.digest.len() == 64));
    let objects = objects(&world.plan_input()).unwrap();
    let secret = objects[&id(2)].apply.iter().find(|apply| object::name(&apply.object) == "db-password").unwrap();
    assert_eq!(secret.object.pointer("/stringData/password"), Some(&json!("geheim")));
    assert_eq!(objects[&id(2)].apply.iter().filter(|apply| apply.mint.is_some()).count(), 1);
    // The plan and the order speak of the same objects in the same order.
    for site in &plan.clusters {
        let planned: Vec<_> = site.objects.iter().map(|object| (&object.object, object.phase, object.change)).collect();
        let applied = &objects[&site.cluster].apply;
        assert_eq!(planned.len(), applied.len());
        for (planned, applied) in planned.iter().zip(applied) {
            assert_eq!(*planned, (&object::reference(&applied.object), applied.phase, applied.change));
        }
    }
}

#[test]
fn the_hash_follows_content_and_facts_but_not_the_moment() {
    let world = world();
    let plan = built(&world);
    let facts = facts_digest(&world.clusters);
    let hash = hash(&plan, &world.render.digest, &facts);
    assert_eq!(hash.len(), 64);
    assert_eq!(hash, super::hash(&built(&world), &world.render.digest, &facts));
    assert_ne!(hash, super::hash(&plan, "other render", &facts));
    let mut later = world.clusters.clone();
    later[0].facts.probed_at = None;
    later[0].facts.nodes[0].cpu_used_millis = 5;
    later.reverse();
    assert_eq!(facts, facts_digest(&later));
    later[0].facts.load_balancer = false;
    assert_ne!(facts, facts_digest(&later));
    let mut other = plan.clone();
    other.clusters[0].objects[1].change = ChangeKind::Update;
    assert_ne!(hash, super::hash(&other, &world.render.digest, &facts));
}

#[test]
fn foreign_objects_and_namespaces_are_named() {
    let mut world = world();
    let foreign = |kind: &str, version: &str, namespace: &str, name: &str| {
        let live = json!({"apiVersion": version, "kind": kind, "metadata": {"name": name, "namespace": namespace}});
        Observed { object: object::reference(&live), live: Some(live) }
    };
    world.observed.insert(
        id(1),
        vec![foreign("Namespace", "v1", "", "shop-1"), foreign("Deployment", "apps/v1", "shop-1", "web")],
    );
    let plan = built(&world);
    let site = plan.clusters.iter().find(|site| site.cluster == id(1)).unwrap();
    assert!(!site.makes_namespace);
    assert!(site.objects.iter().all(|object| object.object.kind != "Namespace"));
    let codes: Vec<&str> = plan.warnings.iter().map(|note| note.code.as_str()).collect();
    assert!(codes.contains(&"namespace-foreign") && codes.contains(&"HYP-4007"), "{codes:?}");
    world.clusters[1].facts.cluster_admin = false;
    assert!(built(&world).warnings.iter().any(|note| note.code == "namespace-missing"));
}

fn claim(owner: &str) -> Observed {
    let live = json!({"apiVersion": "v1", "kind": "PersistentVolumeClaim", "metadata": {
        "name": "data-db-0", "namespace": "shop-1", "labels": {LABEL_SERVICE: owner, "hypo.etsi.org/component": "db"}},
        "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1Gi"}}}});
    Observed { object: object::reference(&live), live: Some(live) }
}

#[test]
fn volumes_are_made_found_attached_or_left_behind() {
    let mut world = world();
    let volume = |world: &World| built(world).volumes;
    assert_eq!((volume(&world)[0].claim.as_str(), volume(&world)[0].change), ("data-db-0", ChangeKind::Create));
    world.observed.insert(id(2), vec![claim(&world.identity.service.to_string())]);
    assert_eq!(volume(&world)[0].change, ChangeKind::NoChange);
    let moved = World { observed: world.observed.clone(), ..self::world().put("db", &[1]) };
    let plan = built(&moved);
    assert_eq!(plan.volumes.len(), 2);
    assert!(plan.warnings.iter().any(|note| note.code == "volume-at-risk" && note.text.contains("1Gi")));
    assert!(
        plan.clusters.iter().flat_map(|site| &site.objects).all(|object| object.object.kind != "PersistentVolumeClaim")
    );
    world.observed.insert(id(2), vec![claim(&FORMER.to_string())]);
    world.kept = vec![KeptVolume {
        id: VolumeId(Uuid::nil()),
        service: FORMER,
        cluster: id(2),
        namespace: "shop-1".into(),
        claim: "data-db-0".into(),
        component: "db".into(),
        bytes: 1 << 30,
    }];
    assert_eq!(volume(&world)[0].change, ChangeKind::Update);
    let adopt = &objects(&world.plan_input()).unwrap()[&id(2)].adopt;
    assert_eq!(adopt.iter().map(ToString::to_string).collect::<Vec<_>>(), ["PersistentVolumeClaim/data-db-0"]);
    let refused = |world: &World| build(&world.plan_input()).unwrap_err().code;
    world.kept[0].namespace = "elsewhere".into();
    assert_eq!(refused(&world), ErrorCode::VolumeMismatch);
    world.kept.clear();
    assert_eq!(refused(&world), ErrorCode::VolumeInUse, "a StatefulSet would take it without asking");
}

#[test]
fn a_claim_of_the_package_that_was_kept_is_adopted() {
    let yaml = r#"
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data-db-0, namespace: shop}
spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: db, namespace: shop}
spec:
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec:
      containers: [{name: db, image: db, volumeMounts: [{name: d, mountPath: /d}]}]
      volumes: [{name: d, persistentVolumeClaim: {claimName: data-db-0}}]
"#;
    let mut world = World::new(yaml, 2).put("db", &[2]);
    world.observed.insert(id(2), vec![claim(&FORMER.to_string())]);
    assert_eq!(build(&world.plan_input()).unwrap_err().code, ErrorCode::VolumeInUse);
    world.kept = vec![KeptVolume {
        id: VolumeId(Uuid::nil()),
        service: FORMER,
        cluster: id(2),
        namespace: "shop-1".into(),
        claim: "data-db-0".into(),
        component: "db".into(),
        bytes: 1 << 30,
    }];
    assert!(built(&world).warnings.iter().all(|note| note.code != "HYP-4007"));
    assert_eq!(objects(&world.plan_input()).unwrap()[&id(2)].adopt.len(), 1);
}

#[test]
fn a_kept_volume_must_fit() {
    let kept = KeptVolume {
        id: VolumeId(Uuid::nil()),
        service: FORMER,
        cluster: id(2),
        namespace: "shop-1".into(),
        claim: "data-db-0".into(),
        component: "db".into(),
        bytes: 1 << 30,
    };
    let with = |change: &dyn Fn(&mut World)| {
        let mut world = world();
        world.observed.insert(id(2), vec![claim(&FORMER.to_string())]);
        world.kept = vec![kept.clone()];
        change(&mut world);
        build(&world.plan_input()).map(drop).map_err(|error| error.code)
    };
    let live = |world: &mut World, pointer: &str, value: Value| {
        let claim = world.observed.get_mut(&id(2)).unwrap()[0].live.as_mut().unwrap();
        crate::record::set(claim, pointer, value);
    };
    assert_eq!(with(&|_| {}), Ok(()));
    assert_eq!(with(&|world| world.observed.get_mut(&id(2)).unwrap()[0].live = None), Err(ErrorCode::VolumeNotFound));
    assert_eq!(
        with(&|world| live(world, "/metadata/deletionTimestamp", json!("2026-01-01T00:00:00Z"))),
        Err(ErrorCode::VolumeNotFound)
    );
    assert_eq!(
        with(&|world| live(world, "/spec/resources/requests/storage", json!("512Mi"))),
        Err(ErrorCode::VolumeMismatch)
    );
    assert_eq!(
        with(&|world| live(world, "/spec/accessModes", json!(["ReadOnlyMany"]))),
        Err(ErrorCode::VolumeMismatch)
    );
    let free = |world: &mut World| world.observed.clear();
    let unknown = with(&|world| {
        free(world);
        world.kept[0].claim = "other".into();
    });
    assert_eq!(unknown, Err(ErrorCode::VolumeMismatch));
    let elsewhere = with(&|world| {
        free(world);
        world.kept[0].cluster = id(1);
    });
    assert_eq!(elsewhere, Err(ErrorCode::VolumeMismatch), "db runs on 2");
    let world = world();
    let homes = homes(&world.analysis, &world.graph, &world.render, &world.request, &[kept]);
    assert_eq!(homes, BTreeMap::from([("db".to_owned(), vec![id(2)])]));
}

#[test]
fn fewer_replicas_leave_volumes_that_go_only_by_name() {
    let mut world = world();
    let ours = world.identity.service.to_string();
    let mut second = claim(&ours);
    second.object.name = "data-db-1".into();
    second.live.as_mut().unwrap()["metadata"]["name"] = json!("data-db-1");
    world.observed.insert(id(2), vec![claim(&ours), second]);
    let kept = |plan: &Plan| plan.volumes.iter().find(|volume| volume.claim == "data-db-1").unwrap().change;
    assert_eq!(kept(&built(&world)), ChangeKind::NoChange);
    let site = objects(&world.plan_input()).unwrap().remove(&id(2)).unwrap();
    assert_eq!((site.mounts, site.discard), (vec!["data-db-0".to_owned()], vec![]));
    world.delete_volumes.insert((id(2), "data-db-1".into()));
    assert_eq!(kept(&built(&world)), ChangeKind::Delete);
    assert_eq!(objects(&world.plan_input()).unwrap()[&id(2)].discard, ["data-db-1"]);
    world.delete_volumes.insert((id(2), "data-db-0".into()));
    assert_eq!(build(&world.plan_input()).unwrap_err().code, ErrorCode::VolumeNotFound, "it is mounted");
    world.delete_volumes.clear();
    world.request.overrides.entry("db".into()).or_default().replicas_on.insert(id(2), 2);
    let plan = built(&world);
    assert!(plan.volumes.iter().all(|volume| volume.note.contains("stays")), "{:?}", plan.volumes);
}

#[test]
fn a_broken_placement_is_refused_by_the_validator() {
    let mut world = world();
    world.clusters[1].facts.storage_classes.clear();
    let error = build(&world.plan_input()).unwrap_err();
    assert_eq!(error.component.as_deref(), Some("db"));
    assert!(error.message.contains("storage class"), "{error}");
    let mut world = self::world();
    world.clusters[0].facts.nodes[0].cpu_millis = 100;
    assert!(build(&world.plan_input()).unwrap_err().message.contains("capacity"));
}

#[test]
fn lost_privilege_is_a_warning() {
    let mut world = world();
    world.request.peers = PeerPolicy::Everything;
    assert!(built(&world).warnings.iter().any(|note| note.code == "least-privilege-lost"));
}

#[test]
fn wanted_names_what_to_observe() {
    let world = world();
    let wanted = wanted(&world.plan_input()).unwrap();
    assert!(wanted[&id(1)].iter().any(|object| object.kind == "Namespace"));
    assert!(wanted[&id(2)].iter().any(|object| object.to_string() == "StatefulSet/db"));
}
