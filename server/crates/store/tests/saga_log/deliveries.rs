//! Deliveries and named leases.

use std::time::Duration;

use chrono::Utc;
use hypo_engine::{DeliveryQueue, LeaseTable, LogError};
use hypo_shared::TenantId;
use hypo_store::{
    Scope, Slice,
    saga_log::{self, Deliveries, Leases, NewDelivery},
    write,
};
use serde_json::json;
use uuid::Uuid;

use super::common::Db;
use crate::on_both;

const LEASE: Duration = Duration::from_secs(5);

async fn a_delivery_is_done_retried_or_given_up(db: Db) {
    let queue = Deliveries::new(db.store.clone());
    let tenant = TenantId(Uuid::now_v7());
    for target in ["a", "b"] {
        let (channel, target) = ("hub".to_owned(), target.to_owned());
        let delivery = NewDelivery { tenant, channel, target, payload: json!({"n": 1}), at: Utc::now() };
        write!(db.store, |tx| saga_log::enqueue(tx, &delivery).await).unwrap();
    }
    let jobs = queue.claim("one", LEASE, 10).await.unwrap();
    assert_eq!(jobs.iter().map(|job| (job.target.as_str(), job.attempt)).collect::<Vec<_>>(), [("a", 1), ("b", 1)]);
    assert!(queue.claim("two", LEASE, 10).await.unwrap().is_empty(), "they are held");
    queue.done(&jobs[0]).await.unwrap();
    queue.retry(&jobs[1], Duration::ZERO, "503").await.unwrap();
    tokio::time::sleep(Duration::from_millis(5)).await;

    let again = queue.claim("two", LEASE, 10).await.unwrap();
    assert_eq!(again.len(), 1);
    assert_eq!((again[0].target.as_str(), again[0].attempt), ("b", 2));
    assert!(matches!(queue.done(&jobs[1]).await, Err(LogError::Fenced)), "the first claim is over");
    queue.dead(&again[0], "410").await.unwrap();
    assert!(queue.claim("three", LEASE, 10).await.unwrap().is_empty());
    let dead = saga_log::dead(db.store.read(), tenant, Slice::default()).await.unwrap();
    assert_eq!(dead, [(again[0].clone(), "410".to_owned())]);
    let other = saga_log::dead(db.store.read(), TenantId(Uuid::now_v7()), Slice::default()).await.unwrap();
    assert_eq!(other, [], "another tenant");
    assert_eq!(saga_log::dead(db.store.read(), Scope::Platform, Slice::default()).await.unwrap().len(), 1);
}

async fn a_lease_has_one_owner(db: Db) {
    let leases = Leases::new(db.store.clone());
    assert!(leases.acquire("drift", "one", LEASE).await.unwrap());
    assert!(leases.acquire("drift", "one", Duration::from_secs(2)).await.unwrap(), "its owner prolongs it");
    assert!(!leases.acquire("drift", "two", LEASE).await.unwrap());
    assert!(leases.acquire("other", "two", LEASE).await.unwrap());
    tokio::time::sleep(Duration::from_millis(2300)).await;
    assert!(leases.acquire("drift", "two", LEASE).await.unwrap(), "it has run out");
    leases.release("drift", "one").await.unwrap();
    assert!(!leases.acquire("drift", "one", LEASE).await.unwrap(), "only its owner gives it back");
    leases.release("drift", "two").await.unwrap();
    assert!(leases.acquire("drift", "one", LEASE).await.unwrap());
}

on_both!(a_delivery_is_done_retried_or_given_up, a_lease_has_one_owner);
