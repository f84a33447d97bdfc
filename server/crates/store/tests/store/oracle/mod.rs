//! SQL finds what the evaluator finds: generated documents of every shape, generated queries, both databases.
#![expect(clippy::print_stderr, reason = "the number of queries is the figure of the proof")]

mod chance;
mod queries;
mod shapes;

use std::sync::Arc;

use hypo_shared::TenantId;
use hypo_store::{
    Slice,
    documents::{self, Document, ListQuery},
    write,
};
use hypo_tmf::Query;
use serde_json::Value;
use uuid::Uuid;

use crate::{common::Db, make, on_both};
use chance::Chance;

on_both!(sql_finds_what_the_evaluator_finds);

/// Documents that are looked through by every query.
const DOCUMENTS: u64 = 60;
/// Queries without `HYPO_ORACLE_QUERIES`, per database.
const QUERIES: u64 = 2_000;

async fn sql_finds_what_the_evaluator_finds(db: Db) {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let (queries, seed) = (number("HYPO_ORACLE_QUERIES").unwrap_or(QUERIES), number("HYPO_ORACLE_SEED").unwrap_or(1));
    let (tenant, other): (TenantId, TenantId) = (make::id(), make::id());
    let mut chance = Chance::new(seed);
    let mut visible: Vec<(Uuid, Value)> = Vec::new();
    for number in 0..DOCUMENTS {
        let owner = if number % 5 == 0 { other } else { tenant };
        let doc = shapes::document(&mut chance);
        let document =
            Document { kind: "thing".into(), doc: doc.clone(), created_at: make::at(0), ..make::document(owner, "") };
        let opened = number % 10 == 0;
        write!(db.store, |tx| {
            documents::create(tx, &document).await?;
            if opened { documents::open_to(tx, document.id, tenant).await } else { Ok(()) }
        })
        .unwrap();
        if owner == tenant || opened {
            visible.push((document.id, doc));
        }
    }
    visible.sort_by_key(|(id, _)| *id);
    let (db, visible) = (Arc::new(db), Arc::new(visible));
    let workers: Vec<_> = (0..4)
        .map(|worker| {
            let (db, visible) = (Arc::clone(&db), Arc::clone(&visible));
            tokio::spawn(async move {
                let mut found = 0;
                for number in (worker..queries).step_by(4) {
                    let query = queries::query(&mut Chance::new(seed.wrapping_mul(1_000_003) + number));
                    found += u64::from(check(&db, tenant, &visible, &query, number).await > 0);
                }
                found
            })
        })
        .collect();
    let mut with_answer = 0;
    for worker in workers {
        with_answer += worker.await.expect("a worker met a difference");
    }
    let database = if db.url.starts_with("postgres") { "PostgreSQL" } else { "SQLite" };
    eprintln!("figure: {queries} queries on {database}, {with_answer} with an answer, 0 differences (seed {seed})");
    assert!(with_answer > queries / 10, "queries that find nothing test nothing");
}

/// Compares one list; gives how many documents match.
async fn check(db: &Db, tenant: TenantId, visible: &[(Uuid, Value)], query: &Query, number: u64) -> u64 {
    let all: Vec<&(Uuid, Value)> = visible.iter().collect();
    let (expected, total) = query.apply(all, |(_, doc)| doc, |(id, _)| *id);
    let (offset, limit) = query.window();
    let asked = ListQuery {
        filter: query.filter.clone(),
        order: query.sort.clone(),
        slice: Slice { offset, limit },
        ..ListQuery::of("thing")
    };
    let page = documents::list(db.store.read(), tenant, &asked)
        .await
        .unwrap_or_else(|error| panic!("query {number} {query:#?}: {error}"));
    let found: Vec<Uuid> = page.items.iter().map(|document| document.id).collect();
    let wanted: Vec<Uuid> = expected.iter().map(|(id, _)| *id).collect();
    if (&found, page.total) != (&wanted, total) {
        let differs = |one: &[Uuid], other: &[Uuid]| {
            visible
                .iter()
                .filter(|(id, _)| one.contains(id) && !other.contains(id))
                .map(|(id, doc)| format!("{id} {doc}"))
                .collect::<Vec<_>>()
        };
        let doc =
            |id: Option<&Uuid>| visible.iter().find(|(known, _)| Some(known) == id).map(|(_, doc)| doc.to_string());
        let at = found.iter().zip(&wanted).position(|(one, other)| one != other).unwrap_or_default();
        panic!(
            "query {number} {query:?}\nfinds {} of {total} expected\ntoo many: {:#?}\nmissing: {:#?}\n\
             first difference at {at}: found {:#?}, expected {:#?}",
            page.total,
            differs(&found, &wanted),
            differs(&wanted, &found),
            doc(found.get(at)),
            doc(wanted.get(at)),
        );
    }
    total
}
