//! The futures of this crate may be spawned: handlers and sagas hold them across threads.

use hypo_store::{
    Store,
    accounts::{Tenant, tenants},
    write,
};

async fn through_a_write(store: Store, tenant: Tenant) -> hypo_store::Result<usize> {
    let named = &tenant;
    write!(store, |tx| tenants::create(tx, named).await)?;
    write!(store, |tx| {
        tenants::update(tx, &tenant).await?;
        Ok(tenants::list(tx, tenant.id).await?.len())
    })
}

#[tokio::test]
async fn a_write_can_be_spawned() {
    let store = Store::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let tenant =
        Tenant { id: uuid::Uuid::now_v7().into(), name: "edge".into(), roles: vec![], created_at: chrono::Utc::now() };
    assert_eq!(tokio::spawn(through_a_write(store, tenant)).await.unwrap(), Ok(1));
}
