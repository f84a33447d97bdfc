use chrono::Duration;
use hypo_shared::{ErrorCode, Role};
use hypo_store::{
    Error, Scope, Store,
    accounts::{Tenant, User, attempts, secret_hash, sessions, tenants, tokens, users},
    write,
};

use crate::{common::Db, make, on_both};

on_both!(
    names_are_unique,
    a_session_ends_when_it_should,
    a_token_ends_when_it_should,
    failures_are_counted_in_windows,
    secrets_do_not_show,
);

async fn somebody(store: &Store, name: &str) -> (Tenant, User) {
    let tenant = make::tenant(&format!("{name}'s"));
    let user = make::user(tenant.id, name);
    write!(store, |tx| {
        tenants::create(tx, &tenant).await?;
        users::create(tx, &user).await
    })
    .unwrap();
    (tenant, user)
}

async fn names_are_unique(db: Db) {
    let (tenant, user) = somebody(&db.store, "ada").await;
    let twin = make::user(tenant.id, "ada");
    let taken = write!(db.store, |tx| users::create(tx, &twin).await);
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
    let twin = make::tenant(&tenant.name);
    let taken = write!(db.store, |tx| tenants::create(tx, &twin).await);
    assert!(matches!(taken, Err(Error::Duplicate(_))), "{taken:?}");
    let homeless = make::user(make::id(), "bob");
    let refused = write!(db.store, |tx| users::create(tx, &homeless).await).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::StateConflict);
    assert_eq!(users::find_by_name(db.store.read(), "ada").await, Ok(Some(user)));
    assert_eq!(users::find_by_name(db.store.read(), "Ada").await, Ok(None));
    let renamed = Tenant { name: "north".into(), roles: vec![], ..tenant };
    write!(db.store, |tx| tenants::update(tx, &renamed, make::at(1)).await).unwrap();
    assert_eq!(tenants::get(db.store.read(), renamed.id, renamed.id).await, Ok(renamed.clone()));
    assert_eq!(tenants::names(db.store.read()).await, Ok(vec![(renamed.id, "north".into())]));
}

async fn a_session_ends_when_it_should(db: Db) {
    let (_, user) = somebody(&db.store, "ada").await;
    let hours = |hours| make::at(0) + Duration::hours(hours);
    let signed_in = async |secret: &str, at| {
        sessions::authenticate(db.store.read(), &secret_hash(secret), at).await.unwrap().map(|(session, _)| session.id)
    };
    let start = async |secret: &str| {
        let session = make::session(&user, secret);
        write!(db.store, |tx| sessions::create(tx, &session).await).unwrap();
        session.id
    };
    let first = start("one").await;
    assert_eq!(signed_in("one", hours(7)).await, Some(first));
    assert_eq!(signed_in("two", hours(7)).await, None);
    assert_eq!(signed_in("one", hours(8)).await, None, "expired");
    write!(db.store, |tx| sessions::touch(tx, first, hours(7), Some(hours(15))).await).unwrap();
    write!(db.store, |tx| sessions::touch(tx, first, hours(9), None).await).unwrap();
    let (session, _) = sessions::authenticate(db.store.read(), &secret_hash("one"), hours(14)).await.unwrap().unwrap();
    assert_eq!((session.last_seen, session.expires_at), (hours(9), hours(15)));
    write!(db.store, |tx| sessions::delete(tx, user.id, first).await).unwrap();
    assert_eq!(signed_in("one", hours(7)).await, None, "signed out");

    start("two").await;
    write!(db.store, |tx| users::set_password(tx, user.tenant, user.id, "$new").await).unwrap();
    assert_eq!(signed_in("two", hours(1)).await, None, "the password changed");
    start("three").await;
    let renamed = User { display_name: "Ada L.".into(), ..user.clone() };
    write!(db.store, |tx| users::update(tx, &renamed, hours(1)).await).unwrap();
    assert!(signed_in("three", hours(1)).await.is_some(), "a name is no right");
    let demoted = User { role: Role::Viewer, ..renamed };
    write!(db.store, |tx| users::update(tx, &demoted, hours(1)).await).unwrap();
    assert_eq!(signed_in("three", hours(1)).await, None, "the role changed");
    let found = users::get(db.store.read(), user.tenant, user.id).await.unwrap();
    assert_eq!(found, User { password_hash: "$new".into(), ..demoted });
    start("four").await;
    assert_eq!(sessions::list(db.store.read(), user.id, hours(1)).await.unwrap().len(), 1);
    assert_eq!(write!(db.store, |tx| sessions::sweep(tx, hours(8)).await), Ok(1));
}

async fn a_token_ends_when_it_should(db: Db) {
    let (_, user) = somebody(&db.store, "ada").await;
    let days = |days| make::at(0) + Duration::days(days);
    let use_it = async |secret: &str, at| {
        let found = tokens::authenticate(db.store.read(), &secret_hash(secret), at).await;
        found.map(|found| found.is_some()).map_err(|error| error.code())
    };
    for secret in ["one", "two", "three"] {
        let token = make::token(user.id, user.tenant, secret);
        write!(db.store, |tx| tokens::create(tx, &token).await).unwrap();
    }
    assert_eq!(use_it("none", days(1)).await, Ok(false));
    assert_eq!(use_it("one", days(29)).await, Ok(true));
    assert_eq!(use_it("one", days(30)).await, Err(ErrorCode::TokenExpired));
    let (one, owner) = tokens::authenticate(db.store.read(), &secret_hash("one"), days(1)).await.unwrap().unwrap();
    assert_eq!((owner.id, one.role), (user.id, Role::Viewer));
    write!(db.store, |tx| tokens::touch(tx, one.id, days(2)).await).unwrap();
    write!(db.store, |tx| tokens::revoke(tx, user.tenant, Some(user.id), one.id, days(3)).await).unwrap();
    let again = write!(db.store, |tx| tokens::revoke(tx, Scope::Platform, None, one.id, days(4)).await).unwrap();
    assert_eq!((again.revoked_at, again.last_used_at), (Some(days(3)), Some(days(2))));
    assert_eq!(use_it("one", days(4)).await, Err(ErrorCode::TokenExpired));
    let stranger = write!(db.store, |tx| {
        let two = tokens::list(tx, user.tenant, Some(user.id)).await?.into_iter().find(|token| token.id != one.id);
        let two = two.expect("two are left").id;
        tokens::revoke(tx, user.tenant, Some(make::id()), two, days(4)).await
    });
    assert_eq!(stranger.unwrap_err().code(), ErrorCode::TokenNotFound, "one's own only");
    let disabled = User { disabled: true, ..user.clone() };
    write!(db.store, |tx| users::update(tx, &disabled, days(5)).await).unwrap();
    assert_eq!(use_it("two", days(5)).await, Err(ErrorCode::TokenExpired));
    write!(db.store, |tx| users::update(tx, &user, days(6)).await).unwrap();
    assert_eq!(use_it("three", days(6)).await, Err(ErrorCode::TokenExpired), "enabling gives no token back");
}

async fn failures_are_counted_in_windows(db: Db) {
    let fail = async |key: &str, seconds: i64| {
        let start = make::at(seconds) - Duration::minutes(15);
        write!(db.store, |tx| attempts::record_failure(tx, key, start, make::at(seconds)).await).unwrap()
    };
    assert_eq!((fail("ada", 0).await, fail("ada", 10).await, fail("bob", 10).await), (1, 2, 1));
    assert_eq!(fail("ada", 900).await, 3, "the window began at 0 and lasts 15 minutes");
    assert_eq!(fail("ada", 901).await, 1, "a new window");
    assert_eq!(attempts::failures(db.store.read(), "ada", make::at(901)).await, Ok(1));
    assert_eq!(attempts::failures(db.store.read(), "ada", make::at(902)).await, Ok(0));
    write!(db.store, |tx| attempts::clear(tx, "ada").await).unwrap();
    assert_eq!(attempts::failures(db.store.read(), "ada", make::at(0)).await, Ok(0));
    let racing: Vec<_> = (0..20)
        .map(|_| {
            let store = db.store.clone();
            tokio::spawn(async move {
                write!(store, |tx| attempts::record_failure(tx, "eve", make::at(0), make::at(1)).await)
            })
        })
        .collect();
    for task in racing {
        task.await.unwrap().unwrap();
    }
    assert_eq!(attempts::failures(db.store.read(), "eve", make::at(0)).await, Ok(20));
}

async fn secrets_do_not_show(db: Db) {
    let (_, user) = somebody(&db.store, "ada").await;
    assert!(!format!("{user:?}").contains("argon2id"), "{user:?}");
    assert_eq!(secret_hash("x").len(), 64);
}
