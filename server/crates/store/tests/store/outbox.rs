use std::{collections::BTreeSet, time::Duration};

use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Scope, Store,
    documents::{self, Document},
    events::{self, Cursor, EventFilter, NewEvent},
    write,
};
use serde_json::json;

use crate::{common::Db, make, on_both};

on_both!(
    every_change_is_an_event_in_order,
    a_reader_goes_on_where_it_was_after_a_restart,
    nobody_misses_an_event_of_racing_writers,
    filters_skip_and_still_advance,
    cursors_of_other_stores_and_pruned_ones_are_refused,
    a_commit_wakes_listeners_and_a_rollback_does_not,
);

async fn kinds(store: &Store, scope: impl Into<Scope>, from: Cursor) -> (Vec<String>, Cursor) {
    let batch = events::since(store.read(), scope, from, &EventFilter::default(), 100).await.unwrap();
    (batch.events.into_iter().map(|event| event.event.kind).collect(), batch.next)
}

async fn every_change_is_an_event_in_order(db: Db) {
    let document = make::document(make::id(), "lived");
    write!(db.store, |tx| {
        let first = documents::create(tx, &document).await?;
        let second = documents::update(tx, &Document { name: "renamed".into(), ..first }).await?;
        let third = documents::update(tx, &Document { state: "inProgress".into(), ..second }).await?;
        documents::delete(tx, third.tenant, &third.kind, third.id, None, make::at(9)).await
    })
    .unwrap();
    let (kinds, _) = kinds(&db.store, document.tenant, Cursor::START).await;
    assert_eq!(kinds, ["created", "changed", "stateChanged", "deleted"]);
    let batch =
        events::since(db.store.read(), document.tenant, Cursor::START, &EventFilter::default(), 1).await.unwrap();
    let expected = NewEvent {
        topic: document.kind.clone(),
        tenant: document.tenant,
        subject: document.id,
        kind: "created".into(),
        payload: json!({"rev": 1, "state": "acknowledged", "name": "lived"}),
        at: make::at(0),
    };
    assert_eq!(batch.events[0].event, expected);
    assert!(batch.more);
    assert_eq!(batch.next, batch.events[0].cursor);
}

async fn a_reader_goes_on_where_it_was_after_a_restart(db: Db) {
    let tenant: TenantId = make::id();
    let add = async |store: &Store| {
        let document = make::document(tenant, "next");
        write!(store, |tx| documents::create(tx, &document).await).unwrap().id
    };
    add(&db.store).await;
    let (seen, cursor) = kinds(&db.store, tenant, Cursor::START).await;
    assert_eq!(seen.len(), 1);
    let (second, third) = (add(&db.store).await, add(&db.store).await);
    let kept = cursor.to_string();
    let db = db.reopen().await;
    let fourth = add(&db.store).await;
    let cursor: Cursor = kept.parse().unwrap();
    let batch = events::since(db.store.read(), tenant, cursor, &EventFilter::default(), 100).await.unwrap();
    let subjects: Vec<_> = batch.events.iter().map(|event| event.event.subject).collect();
    assert_eq!(subjects, [second, third, fourth]);
    let (nothing, end) = kinds(&db.store, tenant, batch.next).await;
    assert_eq!((nothing, end), (vec![], batch.next));
}

/// The trap: a number taken first and committed last. The reader follows while eight writers race.
async fn nobody_misses_an_event_of_racing_writers(db: Db) {
    const WRITERS: usize = 8;
    const EACH: usize = 25;
    let tenant: TenantId = make::id();
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = db.store.clone();
            tokio::spawn(async move {
                for number in 0..EACH {
                    let document = make::document(tenant, &format!("{writer}-{number}"));
                    write!(store, |tx| documents::create(tx, &document).await).unwrap();
                }
            })
        })
        .collect();
    let mut changes = db.store.changes();
    let mut cursor = Cursor::START;
    let mut seen = BTreeSet::new();
    let mut last = None;
    while seen.len() < WRITERS * EACH {
        let batch = events::since(db.store.read(), tenant, cursor, &EventFilter::default(), 7).await.unwrap();
        for event in &batch.events {
            assert!(last < Some(event.cursor), "in order");
            last = Some(event.cursor);
            assert!(seen.insert(event.event.subject), "each once");
        }
        cursor = batch.next;
        if !batch.more && seen.len() < WRITERS * EACH {
            let woken = tokio::time::timeout(Duration::from_secs(20), changes.changed()).await;
            woken.expect("events are still to come, so somebody commits").unwrap();
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(kinds(&db.store, tenant, cursor).await.0.len(), 0);
}

async fn filters_skip_and_still_advance(db: Db) {
    let (ours, theirs): (TenantId, TenantId) = (make::id(), make::id());
    let mine = make::document(ours, "mine");
    let noise: Vec<_> = (0..5).map(|_| make::document(theirs, "noise")).collect();
    write!(db.store, |tx| {
        for document in &noise {
            documents::create(tx, document).await?;
        }
        documents::create(tx, &mine).await?;
        documents::create(tx, &make::document(ours, "also mine")).await
    })
    .unwrap();
    let only = EventFilter { topics: vec![mine.kind.clone()], subjects: vec![mine.id] };
    let batch = events::since(db.store.read(), ours, Cursor::START, &only, 100).await.unwrap();
    assert_eq!(batch.events.len(), 1);
    assert!(!batch.more);
    assert_eq!(batch.next, events::head(db.store.read()).await.unwrap(), "past what did not match");
    let other = EventFilter { topics: vec!["audit".into()], ..EventFilter::default() };
    assert_eq!(events::since(db.store.read(), ours, Cursor::START, &other, 100).await.unwrap().events, []);
}

async fn cursors_of_other_stores_and_pruned_ones_are_refused(db: Db) {
    let tenant: TenantId = make::id();
    let empty = EventFilter::default();
    for second in 0..4 {
        let document = Document { created_at: make::at(second), ..make::document(tenant, "old") };
        write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    }
    let first = events::since(db.store.read(), tenant, Cursor::START, &empty, 1).await.unwrap().next;
    let head = events::head(db.store.read()).await.unwrap();
    assert_eq!(write!(db.store, |tx| events::prune(tx, make::at(2)).await), Ok(2));
    let refused = events::since(db.store.read(), tenant, first, &empty, 10).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::CursorInvalid, "an event behind it is gone");
    let kept = events::since(db.store.read(), tenant, Cursor::START, &empty, 10).await.unwrap();
    assert_eq!(kept.events.len(), 2, "from the start means from what is kept");
    assert_eq!(write!(db.store, |tx| events::prune(tx, make::at(100)).await), Ok(1), "the newest stays");
    assert_eq!(events::head(db.store.read()).await.unwrap(), head);
    assert_eq!(events::since(db.store.read(), tenant, head, &empty, 10).await.unwrap().events, []);

    let elsewhere = crate::common::sqlite().await.unwrap();
    let refused = events::since(elsewhere.store.read(), tenant, head, &empty, 10).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::CursorInvalid, "of another store");
}

async fn a_commit_wakes_listeners_and_a_rollback_does_not(db: Db) {
    let mut changes = db.store.changes();
    let document = make::document(make::id(), "quiet");
    let refused: hypo_store::Result<()> = write!(db.store, |tx| {
        documents::create(tx, &document).await?;
        Err(hypo_store::Error::refused(ErrorCode::InvalidInput, "no"))
    });
    assert!(refused.is_err());
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!changes.has_changed().unwrap());
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.expect("woken").unwrap();
}

/// A commit of one replica wakes the other.
#[tokio::test(flavor = "multi_thread")]
async fn replicas_wake_each_other() {
    let Some(db) = crate::common::postgres().await else { return };
    let other = Store::connect(&db.url).await.unwrap();
    other.migrate().await.unwrap();
    let mut changes = other.changes();
    let document = make::document(make::id(), "elsewhere");
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    tokio::time::timeout(Duration::from_secs(10), changes.changed()).await.expect("woken").unwrap();
    let batch = events::since(other.read(), document.tenant, Cursor::START, &EventFilter::default(), 10).await.unwrap();
    assert_eq!(batch.events.len(), 1);
}
