//! No finder shows, and no change touches, what belongs to another tenant. Every public function that takes a scope
//! or a tenant stands in the list; the source is read to see that none is missing.

use std::{collections::BTreeSet, fs, path::Path};

use hypo_engine::{Dag, Saga, StepDef};
use hypo_shared::{
    ClusterId, GrantId, OrderId, PackageId, PlanId, SagaId, ServiceId, TenantId, TokenId, UserId, VolumeId,
};
use hypo_store::{
    Page, Result, Scope, Slice, Store,
    accounts::{Tenant, User, tenants, tokens, users},
    audit::{self, AuditQuery},
    clusters::{self, ClusterRow, DomainRow},
    documents::{self, Document, ListQuery},
    events::{self, Cursor, EventFilter, RecordFilter},
    grants, hubs, idempotency, offerings, ordering,
    packages::{self, blobs},
    peers, plans, saga_log, services, write,
};
use serde_json::json;

use crate::{common::Db, make, on_both};

on_both!(a_tenant_sees_and_changes_only_its_own);

/// Everything one tenant can have.
struct Estate {
    tenant: Tenant,
    user: User,
    token: TokenId,
    document: Document,
    domain: DomainRow,
    cluster: ClusterRow,
    grant: GrantId,
    package: PackageId,
    plan: PlanId,
    order: OrderId,
    saga: SagaId,
    service: ServiceId,
    volume: VolumeId,
    /// Namespace and claim.
    volume_at: (String, String),
    hub: hubs::Hub,
    peer: peers::Peer,
    event: uuid::Uuid,
    offering: offerings::OfferingRow,
}

async fn settle(store: &Store, name: &str) -> Estate {
    let tenant = make::tenant(name);
    let user = make::user(tenant.id, name);
    let token = make::token(user.id, tenant.id, name);
    let document = Document { external_id: Some("peer-1".into()), ..make::document(tenant.id, name) };
    let domain = make::domain(tenant.id, "domain");
    let cluster = make::cluster(tenant.id, domain.id, "cluster");
    let grant = make::grant(tenant.id, make::id(), cluster.id);
    let plan = make::plan(tenant.id);
    let (order, service): (OrderId, ServiceId) = (make::id(), make::id());
    let volume = make::volume(tenant.id, service, cluster.id, "data-0");
    let fields = [hypo_shared::plan::FieldDiff { path: "/a".into(), from: json!(1), to: json!(2) }];
    let dag = Dag::new(vec![StepDef::new("a", "act", json!({}))]).about(tenant.id, order.0);
    let saga = Saga::new(make::id(), "toy", name, json!({}), dag, make::at(0));
    let delivery = saga_log::NewDelivery {
        tenant: tenant.id,
        channel: "hub".into(),
        target: name.into(),
        payload: json!({}),
        at: make::at(0),
    };
    let (hub, peer) = (make::hub(tenant.id), make::peer(tenant.id, "oss"));
    let offering = make::offering(tenant.id, name);
    let (item, front) = (make::order_item(document.id, &offering), make::shown(document.id, &offering));
    let package = write!(store, |tx| {
        tenants::create(tx, &tenant).await?;
        users::create(tx, &user).await?;
        tokens::create(tx, &token).await?;
        documents::create(tx, &document).await?;
        documents::open_to(tx, document.id, make::id()).await?;
        clusters::create_domain(tx, &domain).await?;
        clusters::create(tx, &cluster).await?;
        grants::create(tx, &grant).await?;
        plans::create(tx, &plan).await?;
        plans::create_run(tx, &make::run(tenant.id, order, service)).await?;
        services::put_applied(tx, &[make::applied(tenant.id, service, cluster.id, "web")]).await?;
        services::put_status(tx, &make::status(tenant.id, service, cluster.id, "web")).await?;
        let (object, at) = (make::object("web"), make::at(0));
        services::set_drift(tx, tenant.id, service, cluster.id, &object, &fields, at).await?;
        services::keep_volume(tx, &volume).await?;
        idempotency::claim(tx, tenant.id, name, "digest", make::at(0)).await?;
        saga_log::create(tx, &saga).await?;
        saga_log::enqueue(tx, &delivery).await?;
        hubs::create(tx, &hub).await?;
        peers::create(tx, &peer).await?;
        offerings::create(tx, &offering).await?;
        ordering::create(tx, &item).await?;
        ordering::show(tx, &front).await?;
        audit::append(tx, make::entry(tenant.id, "settle"));
        let blob = blobs::put(tx, name.as_bytes(), make::at(0)).await?;
        packages::create(tx, &make::package(tenant.id, name, &blob)).await
    })
    .unwrap();
    let volume_at = (volume.namespace.clone(), volume.claim.clone());
    let (token, grant, package, plan, volume) = (token.id, grant.id, package.id, plan.id, volume.id);
    let saga = saga.id;
    let newest = events::newest(store.read(), tenant.id, &RecordFilter::default(), 1).await.unwrap();
    let event = newest.first().expect("its documents were events").id;
    Estate {
        tenant,
        user,
        token,
        document,
        domain,
        cluster,
        grant,
        package,
        plan,
        order,
        saga,
        service,
        volume,
        volume_at,
        hub,
        peer,
        event,
        offering,
    }
}

fn one<T>(found: Result<T>) -> bool {
    found.is_ok()
}

fn some<T>(found: Result<Option<T>>) -> bool {
    found.unwrap().is_some()
}

fn any<T>(found: Result<Vec<T>>) -> bool {
    !found.unwrap().is_empty()
}

fn page<T>(found: Result<Page<T>>, whose: impl Fn(&T) -> bool) -> bool {
    let page = found.unwrap();
    assert!(page.total >= page.items.len() as u64);
    page.items.iter().any(whose)
}

/// Which finders show something of `it` to `scope`.
async fn shown(store: &Store, scope: Scope, it: &Estate) -> Vec<(&'static str, bool)> {
    let db = store.read();
    let (tenant, kind) = (it.tenant.id, it.document.kind.as_str());
    let object = make::object("web");
    let everything = EventFilter::default();
    let orders = ListQuery::of(kind);
    let trail = AuditQuery::default();
    let slice = Slice::default();
    let batch = events::since(db, scope, Cursor::START, &everything, 1000).await.unwrap();
    let all = RecordFilter::default();
    let history = events::records(db, scope, Cursor::START, &all, 1000).await.unwrap();
    let newest = events::newest(db, scope, &all, 1000).await.unwrap();
    vec![
        ("documents::find", some(documents::find(db, scope, kind, it.document.id).await)),
        ("documents::get", one(documents::get(db, scope, kind, it.document.id).await)),
        ("documents::list", page(documents::list(db, scope, &orders).await, |row| row.tenant == tenant)),
        ("documents::list_text", page(documents::list_text(db, scope, &orders).await, |row| row.id == it.document.id)),
        ("events::since", batch.events.iter().any(|event| event.event.tenant == tenant)),
        ("events::records", history.records.iter().any(|record| record.tenant == tenant)),
        ("events::newest", newest.iter().any(|record| record.tenant == tenant)),
        ("events::record", some(events::record(db, scope, it.event).await)),
        ("hubs::find", some(hubs::find(db, scope, it.hub.id).await)),
        ("hubs::get", one(hubs::get(db, scope, it.hub.id).await)),
        ("hubs::list", hubs::list(db, scope, None, None).await.unwrap().iter().any(|hub| hub.tenant == tenant)),
        ("peers::list", peers::list(db, scope).await.unwrap().contains(&it.peer)),
        ("packages::find", some(packages::find(db, scope, it.package).await)),
        ("packages::get", one(packages::get(db, scope, it.package).await)),
        ("packages::by_ids", any(packages::by_ids(db, scope, &[it.package]).await)),
        ("packages::list", page(packages::list(db, scope, None, slice).await, |row| row.tenant == tenant)),
        ("clusters::find", some(clusters::find(db, scope, it.cluster.id).await)),
        ("clusters::get", one(clusters::get(db, scope, it.cluster.id).await)),
        ("clusters::list", page(clusters::list(db, scope, slice).await, |row| row.tenant == tenant)),
        ("clusters::find_domain", some(clusters::find_domain(db, scope, it.domain.id).await)),
        ("clusters::get_domain", one(clusters::get_domain(db, scope, it.domain.id).await)),
        ("clusters::list_domains", page(clusters::list_domains(db, scope, slice).await, |row| row.tenant == tenant)),
        ("grants::get", one(grants::get(db, scope, it.grant).await)),
        ("grants::list", page(grants::list(db, scope, slice).await, |row| row.owner == tenant)),
        ("tenants::get", one(tenants::get(db, scope, tenant).await)),
        ("tenants::list", tenants::list(db, scope).await.unwrap().contains(&it.tenant)),
        ("users::get", one(users::get(db, scope, it.user.id).await)),
        ("users::list", users::list(db, scope).await.unwrap().contains(&it.user)),
        ("tokens::list", any(tokens::list(db, scope, Some(it.user.id)).await)),
        ("plans::find", some(plans::find(db, scope, it.plan).await)),
        ("plans::get", one(plans::get(db, scope, it.plan).await)),
        ("plans::list", page(plans::list(db, scope, slice).await, |row| row.tenant == tenant)),
        ("plans::find_run", one(plans::find_run(db, scope, it.order).await)),
        ("plans::runs_of_service", any(plans::runs_of_service(db, scope, it.service).await)),
        ("services::applied", any(services::applied(db, scope, it.service).await)),
        ("services::find_applied", some(services::find_applied(db, scope, it.service, it.cluster.id, &object).await)),
        ("services::applied_on_cluster", any(services::applied_on_cluster(db, scope, it.cluster.id).await)),
        ("services::services_on_cluster", any(services::services_on_cluster(db, scope, it.cluster.id).await)),
        ("services::status", any(services::status(db, scope, it.service).await)),
        ("services::health", services::health(db, scope, it.service).await.unwrap() != Default::default()),
        ("services::drift", any(services::drift(db, scope, it.service).await)),
        ("services::get_volume", one(services::get_volume(db, scope, it.volume).await)),
        (
            "services::volumes_of_namespace",
            any(services::volumes_of_namespace(db, scope, it.cluster.id, &it.volume_at.0).await),
        ),
        (
            "services::find_volume",
            some(services::find_volume(db, scope, it.cluster.id, &it.volume_at.0, &it.volume_at.1).await),
        ),
        ("services::kept_volumes", page(services::kept_volumes(db, scope, slice).await, |row| row.tenant == tenant)),
        ("saga_log::load", some(saga_log::load(db, scope, it.saga).await)),
        ("saga_log::of_subject", any(saga_log::of_subject(db, scope, it.order.0).await)),
        ("saga_log::of_subjects", any(saga_log::of_subjects(db, scope, &[it.order.0]).await)),
        (
            "saga_log::dead",
            saga_log::dead(db, scope, slice).await.unwrap().iter().any(|(job, _)| job.target == it.tenant.name),
        ),
        ("offerings::find", some(offerings::find(db, scope, it.offering.id).await)),
        (
            "offerings::by_product_offering",
            some(offerings::by_product_offering(db, scope, it.offering.product_offering).await),
        ),
        ("offerings::list", offerings::list(db, scope, slice).await.unwrap().contains(&it.offering)),
        ("audit::list", page(audit::list(db, scope, &trail).await, |row| row.tenant == tenant)),
        ("audit::verify_chain", audit::verify_chain(db, scope).await.unwrap() > 0),
    ]
}

/// Which finders that ask for a tenant show something of `it` to `me`.
async fn shown_to(store: &Store, me: TenantId, it: &Estate) -> Vec<(&'static str, bool)> {
    let db = store.read();
    let (kind, name) = (it.document.kind.as_str(), it.tenant.name.as_str());
    let same = |found: Result<Option<Document>>| found.unwrap().is_some_and(|found| found.id == it.document.id);
    let package = |found: Result<Option<packages::Package>>| found.unwrap().is_some_and(|row| row.id == it.package);
    let digest = "d".repeat(64);
    let offered = clusters::offered(db, me).await.unwrap();
    let waiting = ordering::to_approve(db, me, 1000).await.unwrap();
    let open = grants::open_for(db, me).await.unwrap();
    assert_eq!(open, [], "nobody has granted anything to these two");
    vec![
        ("documents::find_external", same(documents::find_external(db, me, kind, "peer-1").await)),
        ("documents::readers", any(documents::readers(db, me, it.document.id).await)),
        ("packages::latest", package(packages::latest(db, me, name).await)),
        ("packages::by_digest", package(packages::by_digest(db, me, &digest).await)),
        ("clusters::offered", offered.iter().any(|offer| offer.cluster.id == it.cluster.id)),
        ("clusters::offered_one", one(clusters::offered_one(db, me, it.cluster.id).await)),
        ("grants::open_for", open.iter().any(|grant| grant.cluster == it.cluster.id) || me == it.tenant.id),
        ("peers::named", peers::named(db, me, &it.peer.name).await.is_ok_and(|peer| peer.id == it.peer.id)),
        (
            "offerings::by_specification",
            some(offerings::by_specification(db, me, it.offering.product_specification).await),
        ),
        ("offerings::versions", offerings::versions(db, me, name).await.unwrap().contains(&it.offering)),
        ("ordering::to_approve", waiting.iter().any(|item| item.offering == Some(it.offering.id))),
        ("ordering::shown", some(ordering::shown(db, me, kind, it.document.id).await)),
        ("idempotency::find", some(idempotency::find(db, me, name).await)),
    ]
}

/// Which changes `me` can make to what is `it`'s. The last ones remove it.
async fn changed(store: &Store, me: TenantId, it: &Estate) -> Vec<(&'static str, bool)> {
    let (kind, name) = (it.document.kind.as_str(), it.tenant.name.as_str());
    let (id, at) = (it.document.id, make::at(50));
    let (hash, order): (String, OrderId) = ("h".repeat(64), make::id());
    let (cluster, grantee): (ClusterId, TenantId) = (it.cluster.id, make::id());
    let user: Option<UserId> = None;
    let document = Document { tenant: me, rev: 1, ..it.document.clone() };
    let domain = DomainRow { tenant: me, country: "IT".into(), ..it.domain.clone() };
    let moved = ClusterRow { tenant: me, country: "IT".into(), ..it.cluster.clone() };
    let member = User { tenant: me, disabled: true, ..it.user.clone() };
    let grant = make::grant(me, grantee, cluster);
    let (analysis, generated, sha) = (json!({}), json!([]), hex_of(name));
    vec![
        ("hubs::delete", one(write!(store, |tx| hubs::delete(tx, me, it.hub.id).await))),
        ("peers::delete", one(write!(store, |tx| peers::delete(tx, me, it.peer.id).await))),
        ("documents::update", one(write!(store, |tx| documents::update(tx, &document).await))),
        ("documents::delete", one(write!(store, |tx| documents::delete(tx, me, kind, id, None, at).await))),
        (
            "packages::set_render",
            one(write!(store, |tx| {
                packages::set_render(tx, me, it.package, &sha, &analysis, &generated, at).await
            })),
        ),
        ("packages::delete", one(write!(store, |tx| packages::delete(tx, me, it.package, at).await))),
        ("clusters::update_domain", one(write!(store, |tx| clusters::update_domain(tx, &domain, at).await))),
        ("clusters::update", one(write!(store, |tx| clusters::update(tx, &moved, at).await))),
        ("grants::create", one(write!(store, |tx| grants::create(tx, &grant).await))),
        ("grants::revoke", one(write!(store, |tx| grants::revoke(tx, me, it.grant, at).await))),
        ("clusters::delete", one(write!(store, |tx| clusters::delete(tx, me, cluster, at).await))),
        ("clusters::delete_domain", one(write!(store, |tx| clusters::delete_domain(tx, me, it.domain.id, at).await))),
        ("users::set_password", one(write!(store, |tx| users::set_password(tx, me, it.user.id, "$").await))),
        ("tokens::revoke", one(write!(store, |tx| tokens::revoke(tx, me, user, it.token, at).await))),
        ("users::update", one(write!(store, |tx| users::update(tx, &member, at).await))),
        (
            "plans::claim_for_order",
            one(write!(store, |tx| plans::claim_for_order(tx, me, it.plan, &hash, order, at).await)),
        ),
        (
            "services::attach_volume",
            one(write!(store, |tx| services::attach_volume(tx, me, it.volume, it.service).await)),
        ),
        (
            "services::mark_volume_deleted",
            one(write!(store, |tx| services::mark_volume_deleted(tx, me, it.volume, at).await)),
        ),
        ("idempotency::complete", one(write!(store, |tx| idempotency::complete(tx, me, name, &json!(1)).await))),
    ]
}

fn hex_of(text: &str) -> String {
    hypo_store::accounts::secret_hash(text)
}

fn names(list: &[(&'static str, bool)], which: bool) -> Vec<&'static str> {
    list.iter().filter(|(_, seen)| *seen == which).map(|(name, _)| *name).collect()
}

async fn a_tenant_sees_and_changes_only_its_own(db: Db) {
    let store = &db.store;
    let ours = settle(store, "ours").await;
    let theirs = settle(store, "theirs").await;
    let (we, they) = (ours.tenant.id, theirs.tenant.id);

    db.tamper("UPDATE deliveries SET run_at = NULL, error = 'given up'").await;

    // `verify_chain` counts rows of whoever looks, so it is asked with somebody who has none.
    let nobody = Scope::Tenant(make::id());
    assert_eq!(names(&shown(store, nobody, &theirs).await, true), [""; 0]);
    let mut strangers = shown(store, Scope::Tenant(we), &theirs).await;
    strangers.retain(|(name, _)| *name != "audit::verify_chain");
    assert_eq!(names(&strangers, true), [""; 0], "shown to another tenant");
    let finders = shown(store, Scope::Tenant(they), &theirs).await;
    assert_eq!(names(&finders, false), [""; 0], "not shown to its owner");
    assert_eq!(names(&shown(store, Scope::Platform, &theirs).await, false), [""; 0], "not shown to the platform");

    assert_eq!(names(&shown_to(store, we, &theirs).await, true), [""; 0]);
    let tenant_finders = shown_to(store, they, &theirs).await;
    assert_eq!(names(&tenant_finders, false), [""; 0]);

    assert_eq!(names(&changed(store, we, &theirs).await, true), [""; 0], "changed by another tenant");
    assert_eq!(names(&shown(store, Scope::Tenant(they), &theirs).await, false), [""; 0], "still all there");
    let changes = changed(store, they, &theirs).await;
    assert_eq!(names(&changes, false), [""; 0], "not changed by its owner");

    let covered: BTreeSet<String> =
        finders.iter().chain(&tenant_finders).chain(&changes).map(|(name, _)| (*name).to_owned()).collect();
    let asked = functions_that_ask_for_a_tenant();
    let missing: Vec<_> = asked.difference(&covered).collect();
    assert_eq!(missing, Vec::<&String>::new(), "add them to the lists above");
    assert!(asked.len() > 50, "the source was read: {asked:?}");
}

/// Creators that take a tenant to write it into the new row, and so reach nothing of others.
const CREATORS: [&str; 2] = ["idempotency::claim", "services::set_drift"];

/// `module::function` of every public function whose parameters name a scope or tenant, and of the updates.
fn functions_that_ask_for_a_tenant() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                for function in source.split("pub async fn ").skip(1) {
                    let (name, rest) = function.split_once('(').unwrap();
                    let name = name.split('<').next().unwrap();
                    let parameters = rest.split(") ->").next().unwrap();
                    let asks = ["Into<Scope>", "TenantId"].iter().any(|kind| parameters.contains(kind));
                    let name = format!("{}::{name}", module(&path));
                    if asks && !CREATORS.contains(&name.as_str()) {
                        found.insert(name);
                    }
                }
            }
        }
    }
    for opened_by_its_owner in ["documents::open_to", "documents::close_to"] {
        assert!(found.remove(opened_by_its_owner), "{opened_by_its_owner} is meant for the reader's tenant");
    }
    assert!(found.remove("tenants::find"), "it finds whose row a mirror is of, in this crate's own words");
    assert!(found.remove("documents::explain"), "it tells how a list would be read and reads no row");
    found
}

/// The public path of a file: its folder, or itself where a folder's files are public modules of their own.
fn module(path: &Path) -> String {
    let file = path.file_stem().unwrap().to_string_lossy().into_owned();
    let folder = path.parent().unwrap().file_name().unwrap().to_string_lossy().into_owned();
    if folder == "src" || folder == "accounts" || file == "blobs" { file } else { folder }
}
