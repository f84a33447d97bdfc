//! The rules of the log: one key one saga, claims, the fence, wishes, events, projections.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::Utc;
use hypo_engine::{LogError, Saga, SagaLog, SagaState, StepState, Transition, Wish};
use hypo_shared::ErrorCode;
use hypo_store::{
    Error, Result, Scope, Tx, accounts,
    events::{Cursor, EventFilter, since},
    saga_log::{self, Projection, StoredSagas},
    write,
};
use serde_json::json;

use super::{
    common::Db,
    make::{finish, saga},
};
use crate::on_both;

const LEASE: Duration = Duration::from_secs(5);
const NO_LEASE: Duration = Duration::ZERO;

async fn one_key_is_one_saga(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    let first = saga("plan-1");
    let second = saga("plan-1");
    assert!(log.create(&first).await.unwrap().new);
    let again = log.create(&second).await.unwrap();
    assert_eq!((again.id, again.new), (first.id, false));
    assert_eq!(log.load(first.id).await.unwrap(), Some(first.clone()), "it reads back as it was written");
    assert_eq!(log.load(second.id).await.unwrap(), None);
    let read = db.store.read();
    let subject = first.subject.unwrap();
    assert_eq!(saga_log::of_subject(read, first.tenant.unwrap(), subject).await.unwrap(), std::slice::from_ref(&first));
    assert_eq!(saga_log::of_subject(read, second.tenant.unwrap(), subject).await.unwrap(), [], "another tenant");
    assert_eq!(saga_log::load(read, second.tenant.unwrap(), first.id).await.unwrap(), None);
}

async fn a_saga_is_created_with_the_rest_of_a_write_or_not_at_all(db: Db) {
    let new = saga("k");
    let failed: Result<()> = write!(db.store, |tx| {
        saga_log::create(tx, &new).await?;
        Err(Error::refused(ErrorCode::PlanStale, "too late"))
    });
    assert_eq!(failed.unwrap_err().code(), ErrorCode::PlanStale);
    assert_eq!(saga_log::load(db.store.read(), Scope::Platform, new.id).await.unwrap(), None);
    write!(db.store, |tx| saga_log::create(tx, &new).await).unwrap();
    assert_eq!(saga_log::load(db.store.read(), Scope::Platform, new.id).await.unwrap(), Some(new));
}

async fn a_stale_owner_is_refused(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    let id = log.create(&saga("k")).await.unwrap().id;
    let mut first = log.claim("one", NO_LEASE, 10).await.unwrap().remove(0).saga;
    assert_eq!(first.epoch, 1);
    tokio::time::sleep(Duration::from_millis(5)).await;
    let mut second = log.claim("two", LEASE, 10).await.unwrap().remove(0).saga;
    assert_eq!((second.id, second.epoch), (id, 2));
    assert!(log.claim("three", LEASE, 10).await.unwrap().is_empty(), "it is held");

    assert!(matches!(finish(&log, &mut first).await, Err(LogError::Fenced)));
    assert!(log.renew(&[(id, 1)], LEASE).await.unwrap().is_empty(), "the stale lease is not prolonged");
    assert_eq!(log.renew(&[(id, 2)], LEASE).await.unwrap().len(), 1);
    let fence = |epoch| {
        let store = db.store.clone();
        async move { write!(store, |tx| saga_log::fence(tx, id, epoch).await) }
    };
    assert_eq!(fence(1).await.unwrap_err().code(), ErrorCode::StateConflict);
    fence(2).await.unwrap();
    assert_eq!(log.load(id).await.unwrap().unwrap(), second, "the refused write has changed nothing");

    finish(&log, &mut second).await.unwrap();
    assert_eq!(log.load(id).await.unwrap().unwrap(), second);
    assert!(log.claim("four", LEASE, 10).await.unwrap().is_empty(), "it has ended");
    assert!(matches!(finish(&log, &mut saga("unknown")).await, Err(LogError::NotFound)));
}

async fn many_owners_share_the_work(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    for number in 0..40 {
        log.create(&saga(&number.to_string())).await.unwrap();
    }
    let claims = (0..8).map(|owner| {
        let log = log.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            loop {
                let claims = log.claim(&format!("owner-{owner}"), LEASE, 3).await.unwrap();
                if claims.is_empty() {
                    return mine;
                }
                mine.extend(claims.into_iter().map(|claim| (claim.saga.id, claim.saga.epoch)));
            }
        })
    });
    let mut all = Vec::new();
    for claim in claims.collect::<Vec<_>>() {
        all.extend(claim.await.unwrap());
    }
    // Passing over rows that another one is taking may leave some for the next round.
    all.extend(log.claim("last", LEASE, 40).await.unwrap().into_iter().map(|claim| (claim.saga.id, claim.saga.epoch)));
    assert!(all.iter().all(|(_, epoch)| *epoch == 1), "each was claimed once");
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), 40, "and none was forgotten");
}

async fn a_wish_wakes_a_saga_that_waits(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    let id = log.create(&saga("k")).await.unwrap().id;
    let mut held = log.claim("one", LEASE, 1).await.unwrap().remove(0).saga;
    held.state = SagaState::Held;
    log.append(&held, &Transition { release: true, ..Transition::default() }).await.unwrap();
    assert!(log.claim("one", LEASE, 1).await.unwrap().is_empty(), "a held saga waits for a person");

    let mut woken = log.woken();
    woken.mark_unchanged();
    log.wish(id, Wish::Retry).await.unwrap();
    tokio::time::timeout(Duration::from_secs(5), woken.changed()).await.unwrap().unwrap();
    let claim = log.claim("two", LEASE, 1).await.unwrap().remove(0);
    let [(first, Wish::Retry)] = claim.wishes[..] else { panic!("{:?}", claim.wishes) };

    // A second wish comes in before the first is obeyed: the saga stays due though the commit releases it.
    log.wish(id, Wish::Cancel).await.unwrap();
    assert!(log.renew(&[(id, claim.saga.epoch)], LEASE).await.unwrap()[0].has_wishes);
    let taken = Transition { wishes_taken: vec![first], release: true, ..Transition::default() };
    log.append(&claim.saga, &taken).await.unwrap();
    let claim = log.claim("three", LEASE, 1).await.unwrap().remove(0);
    assert_eq!(claim.wishes.iter().map(|(_, wish)| *wish).collect::<Vec<_>>(), [Wish::Cancel]);
    assert!(matches!(log.wish(saga("other").id, Wish::Retry).await, Err(LogError::NotFound)));
}

async fn every_commit_is_an_event(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    let new = saga("k");
    log.create(&new).await.unwrap();
    let mut held = log.claim("one", LEASE, 1).await.unwrap().remove(0).saga;
    held.steps[0].state = StepState::Running;
    held.steps[0].attempt = 1;
    let running = Transition { touched: vec![0], run_at: Some(Utc::now()), ..Transition::default() };
    log.append(&held, &running).await.unwrap();
    finish(&log, &mut held).await.unwrap();

    let filter = EventFilter { topics: vec![saga_log::TOPIC.to_owned()], subjects: vec![new.subject.unwrap()] };
    let tenant = new.tenant.unwrap();
    let batch = since(db.store.read(), tenant, Cursor::START, &filter, 100).await.unwrap();
    let kinds: Vec<&str> = batch.events.iter().map(|event| event.event.kind.as_str()).collect();
    assert_eq!(kinds, ["created", "changed", "stateChanged"]);
    let payload = &batch.events[1].event.payload;
    assert_eq!(payload["saga"], json!(new.id));
    assert_eq!(payload["steps"].as_array().unwrap().len(), 1, "touched steps only");
    assert_eq!(payload["steps"][0]["state"], "running");
    let resumed = since(db.store.read(), tenant, batch.events[1].cursor, &filter, 100).await.unwrap();
    assert_eq!(resumed.events, batch.events[2..]);
}

/// Names a tenant after the saga's state, or refuses.
struct Rename(bool);

#[async_trait]
impl Projection for Rename {
    async fn project(&self, tx: &mut Tx, saga: &Saga, _: &Transition) -> Result<()> {
        let tenant = accounts::Tenant {
            id: saga.tenant.unwrap(),
            name: format!("{:?}", saga.state),
            roles: vec![],
            created_at: saga.created_at,
        };
        accounts::tenants::create(tx, &tenant).await?;
        if self.0 { Err(Error::refused(ErrorCode::StateConflict, "no")) } else { Ok(()) }
    }
}

async fn a_projection_is_part_of_the_commit(db: Db) {
    let refusing = StoredSagas::new(db.store.clone()).projection(Arc::new(Rename(true)));
    let log = StoredSagas::new(db.store.clone()).projection(Arc::new(Rename(false)));
    let id = log.create(&saga("k")).await.unwrap().id;
    let claimed = log.claim("one", LEASE, 1).await.unwrap().remove(0).saga;
    assert!(finish(&refusing, &mut claimed.clone()).await.is_err());
    assert_eq!(log.load(id).await.unwrap().unwrap(), claimed, "neither the saga …");
    let tenant = claimed.tenant.unwrap();
    assert_eq!(accounts::tenants::list(db.store.read(), tenant).await.unwrap(), [], "… nor the document has changed");
    finish(&log, &mut claimed.clone()).await.unwrap();
    assert_eq!(accounts::tenants::list(db.store.read(), tenant).await.unwrap()[0].name, "Completed");
}

async fn a_restart_changes_nothing(db: Db) {
    let log = StoredSagas::new(db.store.clone());
    let id = log.create(&saga("k")).await.unwrap().id;
    let claimed = log.claim("one", NO_LEASE, 1).await.unwrap().remove(0).saga;
    drop(log);
    let db = db.reopen().await;
    let log = StoredSagas::new(db.store.clone());
    assert_eq!(log.load(id).await.unwrap().unwrap(), claimed);
    assert_eq!(log.claim("two", LEASE, 1).await.unwrap().remove(0).saga.epoch, 2);
}

on_both!(
    one_key_is_one_saga,
    a_saga_is_created_with_the_rest_of_a_write_or_not_at_all,
    a_stale_owner_is_refused,
    many_owners_share_the_work,
    a_wish_wakes_a_saga_that_waits,
    every_commit_is_an_event,
    a_projection_is_part_of_the_commit,
    a_restart_changes_nothing,
);
