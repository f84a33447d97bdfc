//! Things that may happen once, whoever races.

use std::{collections::BTreeSet, sync::Arc};

use hypo_shared::{ErrorCode, OrderId, TenantId};
use hypo_store::{
    Error,
    accounts::{setup, tenants, users},
    idempotency::{self, Claim},
    packages::{self, blobs},
    plans, write,
};
use serde_json::json;

use crate::{common::Db, make, on_both};

on_both!(
    a_plan_is_claimed_once_under_twenty_claims,
    a_claim_says_why_it_was_refused,
    a_one_time_sign_in_works_once,
    an_idempotency_key_is_one_request,
    racing_imports_get_their_own_revisions,
    bytes_that_were_changed_are_not_given,
    blobs_nobody_needs_are_swept,
);

async fn a_plan_is_claimed_once_under_twenty_claims(db: Db) {
    let plan = make::plan(make::id());
    write!(db.store, |tx| plans::create(tx, &plan).await).unwrap();
    let plan = Arc::new(plan);
    let claims: Vec<_> = (0..20)
        .map(|_| {
            let (store, plan) = (db.store.clone(), Arc::clone(&plan));
            tokio::spawn(async move {
                let order: OrderId = make::id();
                let claim = write!(store, |tx| {
                    plans::claim_for_order(tx, plan.tenant, plan.id, &plan.hash, order, make::at(60)).await
                });
                (order, claim)
            })
        })
        .collect();
    let mut winners = Vec::new();
    for claim in claims {
        match claim.await.unwrap() {
            (order, Ok(row)) => {
                assert_eq!(row.order, Some(order));
                winners.push(order);
            }
            (_, Err(error)) => assert_eq!(error.code(), ErrorCode::PlanAlreadyOrdered),
        }
    }
    assert_eq!(winners.len(), 1);
    let stored = plans::get(db.store.read(), plan.tenant, plan.id).await.unwrap();
    assert_eq!(stored, plans::PlanRow { order: Some(winners[0]), ..(*plan).clone() });
}

async fn a_claim_says_why_it_was_refused(db: Db) {
    let plan = make::plan(make::id());
    write!(db.store, |tx| plans::create(tx, &plan).await).unwrap();
    let (first, second): (OrderId, OrderId) = (make::id(), make::id());
    let claim = async |tenant, hash: &str, order, seconds| {
        write!(db.store, |tx| plans::claim_for_order(tx, tenant, plan.id, hash, order, make::at(seconds)).await)
            .map(drop)
            .map_err(|error| error.code())
    };
    let day = 24 * 3600;
    assert_eq!(claim(make::id(), &plan.hash, first, 1).await, Err(ErrorCode::PlanNotFound));
    assert_eq!(claim(plan.tenant, "other", first, 1).await, Err(ErrorCode::PlanHashMismatch));
    assert_eq!(claim(plan.tenant, &plan.hash, first, day).await, Err(ErrorCode::PlanExpired));
    assert_eq!(claim(plan.tenant, &plan.hash, first, day - 1).await, Ok(()));
    assert_eq!(claim(plan.tenant, &plan.hash, first, day + 9).await, Ok(()), "the same order may ask again");
    assert_eq!(claim(plan.tenant, &plan.hash, second, 1).await, Err(ErrorCode::PlanAlreadyOrdered));
    assert_eq!(write!(db.store, |tx| plans::sweep(tx, make::at(3 * day)).await), Ok(0), "ordered plans stay");
}

async fn a_one_time_sign_in_works_once(db: Db) {
    let tenant = make::tenant("edge");
    let user = make::user(tenant.id, "ada");
    write!(db.store, |tx| {
        tenants::create(tx, &tenant).await?;
        users::create(tx, &user).await?;
        setup::create(tx, "first", user.id, make::at(0), make::at(60)).await?;
        setup::create(tx, "second", user.id, make::at(0), make::at(60)).await
    })
    .unwrap();
    let redeem = async |hash: &str, seconds| {
        write!(db.store, |tx| setup::redeem(tx, hash, make::at(seconds)).await).map_err(|error| error.code())
    };
    assert_eq!(redeem("first", 1).await, Err(ErrorCode::SetupTokenUsed), "a newer one replaced it");
    assert_eq!(redeem("second", 60).await, Err(ErrorCode::SetupTokenUsed), "expired");
    assert_eq!(redeem("second", 59).await, Ok(user.id));
    assert_eq!(redeem("second", 59).await, Err(ErrorCode::SetupTokenUsed));
}

async fn an_idempotency_key_is_one_request(db: Db) {
    let tenant: TenantId = make::id();
    let claim = async |tenant, digest: &str| {
        write!(db.store, |tx| idempotency::claim(tx, tenant, "k1", digest, make::at(0)).await)
            .map_err(|error| error.code())
    };
    assert_eq!(claim(tenant, "a").await, Ok(Claim::New));
    assert_eq!(claim(tenant, "a").await, Ok(Claim::Pending));
    write!(db.store, |tx| idempotency::complete(tx, tenant, "k1", &json!({"id": 1})).await).unwrap();
    assert_eq!(claim(tenant, "a").await, Ok(Claim::Done(json!({"id": 1}))));
    assert_eq!(claim(tenant, "b").await, Err(ErrorCode::IdempotencyConflict));
    assert_eq!(claim(make::id(), "b").await, Ok(Claim::New), "keys are per tenant");
    assert_eq!(write!(db.store, |tx| idempotency::sweep(tx, make::at(1)).await), Ok(2));
}

async fn racing_imports_get_their_own_revisions(db: Db) {
    let tenant: TenantId = make::id();
    let imports: Vec<_> = (0..6)
        .map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                write!(store, |tx| {
                    let blob = blobs::put(tx, b"chart", make::at(0)).await?;
                    packages::create(tx, &make::package(tenant, "shop", &blob)).await
                })
                .unwrap()
                .revision
            })
        })
        .collect();
    let mut revisions = BTreeSet::new();
    for import in imports {
        revisions.insert(import.await.unwrap());
    }
    assert_eq!(revisions, (1..=6).collect());
    let latest = packages::latest(db.store.read(), tenant, "shop").await.unwrap().unwrap();
    assert_eq!((latest.revision, latest.values), (6, json!({"z": 1, "a": 2})));

    let twice: Result<_, Error> = write!(db.store, |tx| {
        let package = packages::get(tx, tenant, latest.id).await?;
        packages::create(tx, &package).await
    });
    assert!(matches!(twice, Err(Error::Duplicate(_))), "{twice:?}");
}

async fn bytes_that_were_changed_are_not_given(db: Db) {
    let name = write!(db.store, |tx| blobs::put(tx, b"as it was", make::at(0)).await).unwrap();
    let again = write!(db.store, |tx| blobs::put(tx, b"as it was", make::at(9)).await).unwrap();
    assert_eq!(name, again);
    assert_eq!(blobs::get(db.store.read(), &name).await.unwrap(), b"as it was");
    let missing = blobs::get(db.store.read(), &"0".repeat(64)).await.unwrap_err();
    assert_eq!(missing.code(), ErrorCode::NotFound);
    db.tamper("UPDATE blobs SET bytes = CAST('as it wax' AS {blob})").await;
    let corrupt = blobs::get(db.store.read(), &name).await.unwrap_err();
    assert_eq!(corrupt.code(), ErrorCode::StoreCorrupt);
}

async fn blobs_nobody_needs_are_swept(db: Db) {
    let tenant: TenantId = make::id();
    let (package, render) = write!(db.store, |tx| {
        blobs::put(tx, b"orphan", make::at(0)).await?;
        blobs::put(tx, b"orphan, but new", make::at(90)).await?;
        let render = blobs::put(tx, b"rendered", make::at(0)).await?;
        let blob = blobs::put(tx, b"chart", make::at(0)).await?;
        let package = packages::create(tx, &make::package(tenant, "shop", &blob)).await?;
        let analysis = json!({"schema": "hypo.analysis/1"});
        packages::set_render(tx, tenant, package.id, &render, &analysis, &json!(["a"]), make::at(2)).await?;
        Ok((package, render))
    })
    .unwrap();
    assert_eq!(write!(db.store, |tx| blobs::sweep(tx, make::at(60)).await), Ok(1));
    let found = packages::by_digest(db.store.read(), tenant, &package.digest).await.unwrap().unwrap();
    assert_eq!(found.render, Some(render.clone()));
    assert_eq!(blobs::get(db.store.read(), &render).await.unwrap(), b"rendered");
    write!(db.store, |tx| packages::delete(tx, tenant, package.id, make::at(3)).await).unwrap();
    assert_eq!(write!(db.store, |tx| blobs::sweep(tx, make::at(60)).await), Ok(2));
    let unknown = write!(db.store, |tx| packages::create(tx, &make::package(tenant, "x", &render)).await).unwrap_err();
    assert_eq!(unknown.code(), ErrorCode::StateConflict, "a package needs its blob");
}
