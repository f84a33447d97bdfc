//! Hubs, their positions and their lines.

use std::time::Duration;

use chrono::Utc;
use hypo_engine::DeliveryQueue;
use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Slice, Store,
    documents::{self, Document},
    events::{self, Cursor, RecordFilter},
    hubs::{self, CHANNEL, Hub},
    saga_log::{Deliveries, NewDelivery, enqueue},
    write,
};
use serde_json::json;

use crate::{common::Db, make, on_both};

on_both!(
    an_event_has_the_document_of_its_revision,
    a_position_moves_once,
    a_line_is_first_in_first_out,
    what_was_given_up_is_sent_again_first,
    a_paused_line_waits,
    events_are_kept_until_every_hub_was_told,
);

async fn line_up(store: &Store, hub: &Hub, numbers: std::ops::Range<u32>) {
    write!(store, |tx| {
        for number in numbers.clone() {
            let delivery = NewDelivery {
                tenant: hub.tenant,
                channel: CHANNEL.into(),
                target: hub.id.to_string(),
                payload: json!({"n": number}),
                at: Utc::now(),
            };
            enqueue(tx, &delivery).await?;
        }
        Ok(())
    })
    .unwrap();
}

const LEASE: Duration = Duration::from_secs(5);

async fn an_event_has_the_document_of_its_revision(db: Db) {
    let document =
        Document { doc: json!({"state": "acknowledged", "z": 1, "a": [2]}), ..make::document(make::id(), "x") };
    write!(db.store, |tx| {
        events::correlate(tx, "trace-1");
        let first = documents::create(tx, &document).await?;
        let doc = json!({"state": "held", "z": 1, "a": [2, 3]});
        documents::update(tx, &Document { state: "held".into(), doc, ..first }).await
    })
    .unwrap();
    let all = RecordFilter::default();
    let found = events::records(db.store.read(), document.tenant, Cursor::START, &all, 10).await.unwrap();
    let types: Vec<_> = found.records.iter().map(|record| record.event_type.as_str()).collect();
    let both = ["ServiceOrderStateChangeEvent", "ServiceOrderAttributeValueChangeEvent"];
    assert_eq!(types, ["ServiceOrderCreateEvent", both[0], both[1]]);
    assert_eq!(found.records[0].document.to_string(), r#"{"state":"acknowledged","z":1,"a":[2]}"#);
    assert_eq!(found.records[1].document["a"], json!([2, 3]));
    assert!(found.records.iter().all(|record| record.correlation.as_deref() == Some("trace-1")));
    let ids: std::collections::BTreeSet<_> = found.records.iter().map(|record| record.id).collect();
    assert_eq!(ids.len(), 3);
    let one = events::record(db.store.read(), document.tenant, found.records[1].id).await.unwrap();
    assert_eq!(one.as_ref(), Some(&found.records[1]));
    let other: TenantId = make::id();
    assert_eq!(events::record(db.store.read(), other, found.records[1].id).await.unwrap(), None);
    let only = RecordFilter { types: vec![both[0].into()], subject: Some(document.id), ..RecordFilter::default() };
    assert_eq!(events::newest(db.store.read(), document.tenant, &only, 10).await.unwrap(), [found.records[1].clone()]);
}

async fn a_position_moves_once(db: Db) {
    let hub = make::hub(make::id());
    let document = make::document(hub.tenant, "before");
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    let hub = write!(db.store, |tx| hubs::create(tx, &hub).await).unwrap();
    let head = events::head(db.store.read()).await.unwrap();
    assert_eq!(hub.position, head, "it hears what comes after it");
    let document = make::document(hub.tenant, "after");
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    let next = events::head(db.store.read()).await.unwrap();
    let moved = async || write!(db.store, |tx| hubs::advance(tx, hub.id, hub.position, next).await).unwrap();
    assert!(moved().await && !moved().await, "the second process finds it moved");
    let found = hubs::get(db.store.read(), hub.tenant, hub.id).await.unwrap();
    assert_eq!(found, Hub { position: next, ..hub.clone() });
    let other: TenantId = make::id();
    assert_eq!(hubs::get(db.store.read(), other, hub.id).await.unwrap_err().code(), ErrorCode::HubNotFound);
    line_up(&db.store, &hub, 0..2).await;
    let gone = write!(db.store, |tx| hubs::delete(tx, other, hub.id).await);
    assert_eq!(gone.unwrap_err().code(), ErrorCode::HubNotFound);
    write!(db.store, |tx| hubs::delete(tx, hub.tenant, hub.id).await).unwrap();
    assert!(Deliveries::new(db.store.clone()).claim("one", LEASE, 10).await.unwrap().is_empty());
}

async fn a_line_is_first_in_first_out(db: Db) {
    let tenant = make::id();
    let (a, b) = (make::hub(tenant), make::hub(tenant));
    for hub in [&a, &b] {
        write!(db.store, |tx| hubs::create(tx, hub).await).unwrap();
        line_up(&db.store, hub, 0..3).await;
    }
    let queue = Deliveries::new(db.store.clone());
    let heads = queue.claim("one", LEASE, 10).await.unwrap();
    assert_eq!(
        heads.iter().map(|job| job.payload["n"].as_u64()).collect::<Vec<_>>(),
        [Some(0), Some(0)],
        "one of each"
    );
    assert!(queue.claim("two", LEASE, 10).await.unwrap().is_empty(), "the next ones wait for those in flight");
    let (of_a, of_b) =
        if heads[0].target == a.id.to_string() { (&heads[0], &heads[1]) } else { (&heads[1], &heads[0]) };
    queue.retry(of_a, Duration::from_secs(60), "503").await.unwrap();
    queue.done(of_b).await.unwrap();
    let next = queue.claim("one", LEASE, 10).await.unwrap();
    assert_eq!(next.len(), 1, "a waits for its next attempt, and what stands behind waits too");
    assert_eq!((next[0].target.clone(), next[0].payload["n"].as_u64()), (b.id.to_string(), Some(1)));
    let lines = hubs::lines(db.store.read(), &[a, b]).await.unwrap();
    assert_eq!((lines[0].waiting, lines[0].error.as_deref(), lines[0].delivered), (3, Some("503"), 0));
    assert_eq!((lines[1].waiting, lines[1].error.as_deref(), lines[1].delivered), (2, None, 1));
}

async fn what_was_given_up_is_sent_again_first(db: Db) {
    let hub = make::hub(make::id());
    write!(db.store, |tx| hubs::create(tx, &hub).await).unwrap();
    line_up(&db.store, &hub, 0..4).await;
    let queue = Deliveries::new(db.store.clone());
    for number in 0..2 {
        let job = queue.claim("one", LEASE, 10).await.unwrap().remove(0);
        assert_eq!(job.payload["n"], number);
        queue.dead(&job, "410").await.unwrap();
    }
    let letters = hubs::dead(db.store.read(), &hub, Slice::default()).await.unwrap();
    assert_eq!(letters.iter().map(|letter| letter.error.as_str()).collect::<Vec<_>>(), ["410", "410"]);
    let one = letters[1].id;
    assert_eq!(write!(db.store, |tx| hubs::replay(tx, &hub, Some(one), Utc::now()).await).unwrap(), 1);
    assert_eq!(write!(db.store, |tx| hubs::replay(tx, &hub, Some(one), Utc::now()).await).unwrap(), 0);
    assert_eq!(write!(db.store, |tx| hubs::replay(tx, &hub, None, Utc::now()).await).unwrap(), 1);
    let mut order = Vec::new();
    while let Some(job) = queue.claim("one", LEASE, 10).await.unwrap().pop() {
        order.push(job.payload["n"].as_u64().unwrap());
        queue.done(&job).await.unwrap();
    }
    assert_eq!(order, [0, 1, 2, 3]);
}

async fn a_paused_line_waits(db: Db) {
    let hub = make::hub(make::id());
    let hub = write!(db.store, |tx| hubs::create(tx, &hub).await).unwrap();
    line_up(&db.store, &hub, 0..1).await;
    write!(db.store, |tx| hubs::pause(tx, hub.id, true).await).unwrap();
    let queue = Deliveries::new(db.store.clone());
    assert!(queue.claim("one", LEASE, 10).await.unwrap().is_empty());
    let moved = write!(db.store, |tx| hubs::advance(tx, hub.id, hub.position, hub.position).await).unwrap();
    assert!(!moved, "nothing is put in its line");
    write!(db.store, |tx| hubs::pause(tx, hub.id, false).await).unwrap();
    assert_eq!(queue.claim("one", LEASE, 10).await.unwrap().len(), 1);
}

async fn events_are_kept_until_every_hub_was_told(db: Db) {
    let hub = make::hub(make::id());
    let hub = write!(db.store, |tx| hubs::create(tx, &hub).await).unwrap();
    for name in ["one", "two", "three"] {
        let document = make::document(hub.tenant, name);
        write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    }
    let prune = async || write!(db.store, |tx| events::prune(tx, make::at(60)).await).unwrap();
    assert_eq!(prune().await, 0);
    let all = RecordFilter::default();
    let found = events::records(db.store.read(), hub.tenant, hub.position, &all, 1).await.unwrap();
    assert!(write!(db.store, |tx| hubs::advance(tx, hub.id, hub.position, found.next).await).unwrap());
    assert_eq!(prune().await, 1);
    let rest = events::records(db.store.read(), hub.tenant, found.next, &all, 10).await.unwrap();
    assert_eq!(rest.records.len(), 2);
    assert_eq!(events::newest(db.store.read(), hub.tenant, &all, 10).await.unwrap(), rest.records);
}
