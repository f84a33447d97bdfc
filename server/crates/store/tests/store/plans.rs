//! Filtered and sorted pages are read from an index, and the database says so.
#![expect(clippy::print_stderr, reason = "the number of services is the figure of the proof")]

use std::time::{Duration, Instant};

use hypo_shared::TenantId;
use hypo_store::{
    Scope, Slice,
    documents::{self, Document, ListQuery, Showing},
    write,
};
use hypo_tmf::Query;

use crate::{common::Db, make, on_both};

on_both!(filtered_and_sorted_pages_use_an_index, applications_are_not_looked_for_among_all_services);

/// Services without `HYPO_SCALE_SERVICES`: enough that reading all of them is the dearer plan, and quick to make.
const SERVICES: u32 = 8_000;

async fn filtered_and_sorted_pages_use_an_index(db: Db) {
    let services = std::env::var("HYPO_SCALE_SERVICES").ok().and_then(|value| value.parse().ok()).unwrap_or(SERVICES);
    let tenant: TenantId = make::id();
    load(&db, tenant, services).await;
    let references = if db.url.starts_with("postgres") { "documents_doc" } else { "SEARCH document_refs" };
    let (mut pages, mut slowest) = (0, (Duration::ZERO, ""));
    for (raw, index) in [
        ("state=active", "documents_state"),
        ("state=active&sort=name", "documents_state_by_name"),
        ("state=active,reserved&sort=name", "documents_state_by_name"),
        ("state=active&sort=-startDate", "documents_state_by_start_date"),
        ("state=active&startDate.gt=2026-01-01&sort=-startDate", "documents_state_by_start_date"),
        ("state=active&sort=orderDate", "documents_state_by_order_date"),
        ("sort=name", "documents_by_name"),
        ("sort=-lastUpdate", "documents_by_update"),
        ("sort=-startDate", "documents_by_start_date"),
        ("startDate.gt=2026-01-08", "documents_by_start_date"),
        ("name=service-77", "documents_by_name"),
        ("category=c3&sort=name", "documents_category_by_name"),
        ("externalId=x-4711", "documents_external_id"),
        ("id=019", "documents_id"),
        ("", "documents_created"),
        ("relatedParty.id=p7&sort=-startDate", references),
        ("state=active&relatedParty.id=p7,p8", references),
    ] {
        let query = Query::parse(raw).unwrap();
        let asked = ListQuery {
            filter: query.filter.clone(),
            order: query.sort.clone(),
            slice: Slice { offset: 0, limit: 20 },
            ..ListQuery::of("service")
        };
        let plan = documents::explain(db.store.read(), tenant, &asked).await.unwrap().join("\n");
        assert!(plan.contains(index), "{raw} does not use {index}:\n{plan}");
        // A place of an index by the kind alone is every document of it too.
        for whole in ["Seq Scan on documents", "SCAN documents ", "(kind=?)"] {
            assert!(!plan.contains(whole), "{raw} reads every document:\n{plan}");
        }
        let start = Instant::now();
        let page = documents::list(db.store.read(), tenant, &asked).await.unwrap();
        (pages, slowest) = (pages + 1, slowest.max((start.elapsed(), raw)));
        assert!(page.items.len() as u64 <= page.total && page.items.len() <= 20);
    }
    let database = if db.url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    eprintln!(
        "figure: {services} services on {database}, {pages} filtered and sorted pages by an index, slowest {} ms ({:?})",
        slowest.0.as_millis(),
        slowest.1
    );
    let query = Query::parse("relatedParty.id=p7").unwrap();
    let asked = ListQuery { filter: query.filter, ..ListQuery::of("service") };
    assert_eq!(documents::list(db.store.read(), tenant, &asked).await.unwrap().total, u64::from(services / 100));
}

async fn applications_are_not_looked_for_among_all_services(db: Db) {
    let tenant: TenantId = make::id();
    load(&db, tenant, SERVICES).await;
    let whole = Document { kind: "service".into(), ..make::document(tenant, "shop") };
    let whole = Document { application: Some(whole.id), ..whole };
    let part = Document { kind: "service".into(), application: Some(whole.id), ..make::document(tenant, "cart") };
    write!(db.store, |tx| {
        documents::create(tx, &whole).await?;
        documents::create(tx, &part).await.map(drop)
    })
    .unwrap();
    for (scope, showing, wanted) in [
        (Scope::Tenant(tenant), Showing::Applications, &whole),
        (Scope::Platform, Showing::Applications, &whole),
        (Scope::Platform, Showing::PartsOf(whole.id), &part),
    ] {
        let states = vec![wanted.state.clone()];
        let asked = ListQuery { states, showing, descending: true, ..ListQuery::of("service") };
        let plan = documents::explain(db.store.read(), scope, &asked).await.unwrap().join("\n");
        // These two hold what the orchestrator runs and nothing else; of a few rows either is a good place to look.
        assert!(["documents_applications", "documents_parts"].iter().any(|index| plan.contains(index)), "{plan}");
        assert!(["Seq Scan on documents", "SCAN documents "].iter().all(|whole| !plan.contains(whole)), "{plan}");
        let page = documents::list(db.store.read(), scope, &asked).await.unwrap();
        assert_eq!((page.total, page.items[0].id), (1, wanted.id));
    }
    let other = ListQuery { showing: Showing::Applications, ..ListQuery::of("service") };
    assert_eq!(documents::list(db.store.read(), make::id::<TenantId>(), &other).await.unwrap().total, 0);
}

/// Services written by the database itself, four fifths of them active.
async fn load(db: &Db, tenant: TenantId, services: u32) {
    let postgres = db.url.starts_with("postgres");
    let (from, text) = if postgres {
        (format!("generate_series(1, {services}) AS g(i)"), "lpad(to_hex(i), 12, '0')")
    } else {
        (
            format!(
                "(WITH RECURSIVE g(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM g WHERE i < {services}) SELECT i FROM g)"
            ),
            "printf('%012x', i)",
        )
    };
    let id = format!("'00000000-0000-7000-8000-' || {text}");
    let (id_column, tenant) = if postgres {
        (format!("CAST({id} AS uuid)"), format!("CAST('{tenant}' AS uuid)"))
    } else {
        (format!("unhex(replace({id}, '-', ''))"), format!("unhex('{}')", tenant.0.simple()))
    };
    let day = "substr('0' || (i % 28 + 1), -2)".to_owned();
    let day = if postgres { "lpad((i % 28 + 1)::text, 2, '0')".to_owned() } else { day };
    let doc = format!(
        "'{{\"id\":\"' || {id} || '\",\"name\":\"service-' || i || '\",\"state\":\"' || \
         CASE WHEN i % 5 = 0 THEN 'reserved' ELSE 'active' END || '\",\"category\":\"c' || (i % 50) || \
         '\",\"externalId\":\"x-' || i || '\",\"startDate\":\"2026-01-' || {day} || 'T10:00:00.000Z\",\
         \"lastUpdate\":\"2026-02-' || {day} || 'T10:00:00.000Z\",\"relatedParty\":[{{\"id\":\"p' || (i % 100) || '\"}}]}}'"
    );
    db.tamper(&format!(
        "INSERT INTO documents (id, tenant, kind, rev, state, name, doc, created_at, updated_at) \
         SELECT {id_column}, {tenant}, 'service', 1, 'active', 'service', {doc}, i, i FROM {from}"
    ))
    .await;
    // As autovacuum does; SQLite is planned without statistics, as in operation.
    if postgres {
        db.tamper("VACUUM ANALYZE documents").await;
    }
}
