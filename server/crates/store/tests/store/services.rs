use hypo_shared::{
    ClusterId, ErrorCode, ServiceId, TenantId, plan::FieldDiff, resource::ResourceStatus, service::Health,
};
use hypo_store::{
    Error, Scope, Slice, clusters,
    events::{self, Cursor, EventFilter},
    grants, plans,
    services::{self, AppliedObject, ComponentStatus},
    write,
};
use serde_json::json;

use crate::{common::Db, make, on_both};

on_both!(
    a_granted_cluster_is_offered_without_credentials,
    probes_keep_the_last_facts,
    domains_with_clusters_stay,
    applied_objects_are_replaced_and_forgotten,
    health_is_the_worst_and_changes_are_events,
    drift_keeps_its_beginning,
    kept_volumes_are_kept_once,
    runs_are_found_by_order_and_service,
);

async fn event_kinds(db: &Db, tenant: TenantId, topic: &str) -> Vec<String> {
    let filter = EventFilter { topics: vec![topic.into()], ..EventFilter::default() };
    let batch = events::since(db.store.read(), tenant, Cursor::START, &filter, 100).await.unwrap();
    batch.events.into_iter().map(|event| event.event.kind).collect()
}

async fn a_granted_cluster_is_offered_without_credentials(db: Db) {
    let (owner, user): (TenantId, TenantId) = (make::id(), make::id());
    let domain = make::domain(owner, "athens");
    let theirs = make::cluster(owner, domain.id, "edge");
    let home = make::domain(user, "core");
    let mine = make::cluster(user, home.id, "core");
    write!(db.store, |tx| {
        clusters::create_domain(tx, &domain).await?;
        clusters::create_domain(tx, &home).await?;
        clusters::create(tx, &theirs).await?;
        clusters::create(tx, &mine).await
    })
    .unwrap();
    let offered = async || clusters::offered(db.store.read(), user).await.unwrap();
    assert_eq!(offered().await.len(), 1);
    let grant = make::grant(owner, user, theirs.id);
    write!(db.store, |tx| grants::create(tx, &grant).await).unwrap();
    let both = offered().await;
    assert_eq!(both[0].cluster, mine, "by name, one's own whole");
    assert_eq!(both[0].grant, None);
    assert_eq!(both[1].grant, Some(grant.id));
    assert_eq!((both[1].cluster.id, &both[1].cluster.kubeconfig), (theirs.id, &None));
    assert!(clusters::get(db.store.read(), user, theirs.id).await.is_err(), "a grant is not ownership");
    assert_eq!(clusters::get(db.store.read(), owner, theirs.id).await, Ok(theirs.clone()));

    let again = make::grant(owner, user, theirs.id);
    let refused = write!(db.store, |tx| grants::create(tx, &again).await);
    assert!(matches!(refused, Err(Error::Duplicate(_))), "{refused:?}");
    let stolen = make::grant(user, make::id(), theirs.id);
    let refused = write!(db.store, |tx| grants::create(tx, &stolen).await).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ClusterNotFound, "only the owner grants");

    let foreign = write!(db.store, |tx| grants::revoke(tx, user, grant.id, make::at(2)).await).unwrap_err();
    assert_eq!(foreign.code(), ErrorCode::GrantNotFound, "only the owner revokes");
    let revoked = write!(db.store, |tx| grants::revoke(tx, owner, grant.id, make::at(2)).await).unwrap();
    let twice = write!(db.store, |tx| grants::revoke(tx, owner, grant.id, make::at(3)).await).unwrap();
    assert_eq!((twice.revoked_at, &twice), (Some(make::at(2)), &revoked));
    assert_eq!(offered().await.len(), 1);
    let refused = clusters::offered_one(db.store.read(), user, theirs.id).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ClusterNotFound);
    for side in [owner, user] {
        assert_eq!(event_kinds(&db, side, grants::TOPIC).await, ["granted", "revoked"]);
    }
    write!(db.store, |tx| grants::create(tx, &again).await).expect("after revoking it may be given again");
}

async fn probes_keep_the_last_facts(db: Db) {
    let owner: TenantId = make::id();
    let domain = make::domain(owner, "athens");
    let cluster = make::cluster(owner, domain.id, "edge");
    write!(db.store, |tx| {
        clusters::create_domain(tx, &domain).await?;
        clusters::create(tx, &cluster).await
    })
    .unwrap();
    let facts = json!({"version": "v1.34.2"});
    let probe = async |facts, status, problem, at| {
        write!(db.store, |tx| clusters::record_probe(tx, cluster.id, facts, status, problem, make::at(at)).await)
            .unwrap()
    };
    probe(Some(&facts), ResourceStatus::Available, None, 1).await;
    probe(Some(&facts), ResourceStatus::Available, None, 2).await;
    probe(None, ResourceStatus::Unknown, Some("timed out"), 3).await;
    let after = clusters::get(db.store.read(), owner, cluster.id).await.unwrap();
    assert_eq!(after.facts, facts);
    assert_eq!((after.status, after.problem.as_deref()), (ResourceStatus::Unknown, Some("timed out")));
    assert_eq!(after.probed_at, Some(make::at(3)));
    let kinds = event_kinds(&db, owner, clusters::TOPIC).await;
    assert_eq!(
        kinds,
        ["created", "created", "stateChanged", "changed", "stateChanged", "changed"],
        "the same again is no event"
    );
    let renamed = clusters::ClusterRow { name: "edge-1".into(), facts: json!("ignored"), ..after.clone() };
    write!(db.store, |tx| clusters::update(tx, &renamed, make::at(4)).await).unwrap();
    let now = clusters::get(db.store.read(), owner, cluster.id).await.unwrap();
    assert_eq!(now, clusters::ClusterRow { name: "edge-1".into(), ..after });
}

async fn domains_with_clusters_stay(db: Db) {
    let owner: TenantId = make::id();
    let domain = make::domain(owner, "athens");
    let cluster = make::cluster(owner, domain.id, "edge");
    write!(db.store, |tx| {
        clusters::create_domain(tx, &domain).await?;
        clusters::create(tx, &cluster).await
    })
    .unwrap();
    let refused = write!(db.store, |tx| clusters::delete_domain(tx, owner, domain.id, make::at(1)).await);
    assert_eq!(refused.unwrap_err().code(), ErrorCode::StateConflict);
    let foreign = make::cluster(make::id(), domain.id, "intruder");
    let refused = write!(db.store, |tx| clusters::create(tx, &foreign).await).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::DomainNotFound);
    write!(db.store, |tx| {
        clusters::delete(tx, owner, cluster.id, make::at(2)).await?;
        clusters::delete_domain(tx, owner, domain.id, make::at(2)).await
    })
    .unwrap();
    assert_eq!(clusters::list_domains(db.store.read(), Scope::Platform, Slice::default()).await.unwrap().total, 0);
}

async fn applied_objects_are_replaced_and_forgotten(db: Db) {
    let (tenant, service): (TenantId, ServiceId) = (make::id(), make::id());
    let (east, west): (ClusterId, ClusterId) = (make::id(), make::id());
    let first = make::applied(tenant, service, east, "web");
    let other = make::applied(tenant, service, west, "web");
    write!(db.store, |tx| services::put_applied(tx, &[first.clone(), other.clone()]).await).unwrap();
    let second = AppliedObject { uid: Some("u-1".into()), digest: "1".repeat(64), applied_at: make::at(9), ..first };
    write!(db.store, |tx| services::put_applied(tx, std::slice::from_ref(&second)).await).unwrap();
    let found = services::find_applied(db.store.read(), tenant, service, east, &second.object()).await;
    assert_eq!(found, Ok(Some(second.clone())));
    assert_eq!(services::applied(db.store.read(), tenant, service).await.unwrap().len(), 2);
    assert_eq!(services::applied_on_cluster(db.store.read(), tenant, west).await, Ok(vec![other]));
    assert_eq!(services::services_on_cluster(db.store.read(), Scope::Platform, east).await, Ok(vec![service]));
    write!(db.store, |tx| services::forget_applied(tx, service, east, &second.object()).await).unwrap();
    assert_eq!(services::services_on_cluster(db.store.read(), tenant, east).await, Ok(vec![]));
}

async fn health_is_the_worst_and_changes_are_events(db: Db) {
    let (tenant, service, cluster): (TenantId, ServiceId, ClusterId) = (make::id(), make::id(), make::id());
    assert_eq!(services::health(db.store.read(), tenant, service).await, Ok(Health::Unknown));
    let bad = make::status(tenant, service, cluster, "web");
    let good = ComponentStatus {
        component: "store".into(),
        health: Health::Healthy,
        ready: 2,
        message: String::new(),
        cause: None,
        ..bad.clone()
    };
    let put = async |status: &ComponentStatus| write!(db.store, |tx| services::put_status(tx, status).await).unwrap();
    assert!(put(&bad).await);
    assert!(put(&good).await);
    assert!(!put(&ComponentStatus { observed_at: make::at(60), ..bad.clone() }).await, "only the time differs");
    assert_eq!(services::health(db.store.read(), tenant, service).await, Ok(Health::Degraded));
    let seen = services::status(db.store.read(), tenant, service).await.unwrap();
    assert_eq!(seen, [good.clone(), ComponentStatus { observed_at: make::at(60), ..bad }]);
    assert_eq!(event_kinds(&db, tenant, services::TOPIC).await, ["healthChanged", "healthChanged"]);
    write!(db.store, |tx| services::forget_status(tx, service, Some(("web", cluster))).await).unwrap();
    assert_eq!(services::status(db.store.read(), tenant, service).await, Ok(vec![good]));
    write!(db.store, |tx| services::forget_status(tx, service, None).await).unwrap();
    assert_eq!(services::status(db.store.read(), tenant, service).await, Ok(vec![]));
}

async fn drift_keeps_its_beginning(db: Db) {
    let (tenant, service, cluster): (TenantId, ServiceId, ClusterId) = (make::id(), make::id(), make::id());
    let object = make::object("web");
    let field = |path: &str, live| FieldDiff { path: path.into(), from: json!(1), to: live };
    let set = async |fields: &[FieldDiff], seconds| {
        write!(db.store, |tx| {
            services::set_drift(tx, tenant, service, cluster, &object, fields, make::at(seconds)).await
        })
        .unwrap()
    };
    assert!(!set(&[], 0).await, "none before, none now");
    assert!(set(&[field("/spec/replicas", json!(3))], 1).await);
    assert!(!set(&[field("/spec/replicas", json!(3))], 2).await);
    assert!(set(&[field("/spec/replicas", json!(4)), field("/metadata/labels/a", json!(null))], 3).await);
    let rows = services::drift(db.store.read(), tenant, service).await.unwrap();
    let rows: Vec<_> = rows.iter().map(|row| (row.path.as_str(), row.live.clone(), row.since)).collect();
    assert_eq!(rows, [("/spec/replicas", json!(4), make::at(1)), ("/metadata/labels/a", json!(null), make::at(3))]);
    assert!(set(&[], 4).await);
    assert_eq!(event_kinds(&db, tenant, services::TOPIC).await.len(), 3);
    set(&[field("/x", json!(0))], 5).await;
    write!(db.store, |tx| services::clear_drift(tx, service).await).unwrap();
    assert_eq!(services::drift(db.store.read(), tenant, service).await, Ok(vec![]));
}

async fn kept_volumes_are_kept_once(db: Db) {
    let (tenant, service, cluster): (TenantId, ServiceId, ClusterId) = (make::id(), make::id(), make::id());
    let volume = make::volume(tenant, service, cluster, "data-0");
    let twin = make::volume(tenant, service, cluster, "data-0");
    let first = write!(db.store, |tx| services::keep_volume(tx, &volume).await).unwrap();
    let second = write!(db.store, |tx| services::keep_volume(tx, &twin).await).unwrap();
    assert_eq!((&first, &second), (&volume, &volume));
    assert_eq!(services::kept_volumes(db.store.read(), tenant, Slice::default()).await.unwrap().total, 1);
    let foreign = make::volume(make::id(), service, cluster, "data-0");
    let refused = write!(db.store, |tx| services::keep_volume(tx, &foreign).await);
    assert!(matches!(refused, Err(Error::Duplicate(_))), "another tenant's row is not given: {refused:?}");
    write!(db.store, |tx| services::mark_volume_deleted(tx, tenant, volume.id, make::at(5)).await).unwrap();
    let twice = write!(db.store, |tx| services::mark_volume_deleted(tx, tenant, volume.id, make::at(6)).await);
    assert_eq!(twice.unwrap_err().code(), ErrorCode::VolumeNotFound);
    let kept = services::get_volume(db.store.read(), tenant, volume.id).await.unwrap();
    assert_eq!((kept.deleted_at, kept.bytes), (Some(make::at(5)), 5 << 30));
    write!(db.store, |tx| services::keep_volume(tx, &twin).await).expect("the claim may be kept again");
}

async fn runs_are_found_by_order_and_service(db: Db) {
    let (tenant, service): (TenantId, ServiceId) = (make::id(), make::id());
    let run = make::run(tenant, make::id(), service);
    write!(db.store, |tx| plans::create_run(tx, &run).await).unwrap();
    let twice = write!(db.store, |tx| plans::create_run(tx, &run).await);
    assert!(matches!(twice, Err(Error::Duplicate(_))), "{twice:?}");
    assert_eq!(plans::find_run(db.store.read(), tenant, run.order).await, Ok(run.clone()));
    assert_eq!(plans::runs_of_service(db.store.read(), tenant, service).await, Ok(vec![run]));
}
