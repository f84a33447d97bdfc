use hypo_shared::{ErrorCode, TenantId};
use hypo_store::{
    Error, Scope, Slice,
    audit::{self, AuditQuery},
    write,
};

use crate::{common::Db, make, on_both};

on_both!(rows_are_chained_and_listed, racing_writers_keep_one_chain, tampering_is_found, rows_cannot_be_changed);

async fn write_some(db: &Db, tenant: TenantId, count: usize) {
    for number in 0..count {
        write!(db.store, |tx| {
            audit::append(tx, make::entry(tenant, &format!("action{number}")));
            Ok(())
        })
        .unwrap();
    }
}

async fn rows_are_chained_and_listed(db: Db) {
    let (ours, theirs): (TenantId, TenantId) = (make::id(), make::id());
    write!(db.store, |tx| {
        for action in ["a", "b", "a"] {
            audit::append(tx, make::entry(ours, action));
        }
        audit::append(tx, make::entry(theirs, "a"));
        Ok(())
    })
    .unwrap();
    let refused: Result<(), Error> = write!(db.store, |tx| {
        audit::append(tx, make::entry(ours, "never"));
        Err(Error::refused(ErrorCode::InvalidInput, "no"))
    });
    assert!(refused.is_err());
    let page = audit::list(db.store.read(), ours, &AuditQuery::default()).await.unwrap();
    let rows: Vec<_> = page.items.iter().map(|row| (row.seq, row.action.as_str())).collect();
    assert_eq!(rows, [(3, "a"), (2, "b"), (1, "a")]);
    assert_eq!(page.items[2].prev_hash, "");
    assert_eq!(page.items[1].prev_hash, page.items[2].hash);
    let only = AuditQuery { action: Some("a".into()), slice: Slice { offset: 0, limit: 1 }, ..AuditQuery::default() };
    let page = audit::list(db.store.read(), ours, &only).await.unwrap();
    assert_eq!((page.items.len(), page.total), (1, 2));
    assert_eq!(audit::verify_chain(db.store.read(), ours).await, Ok(3));
    assert_eq!(audit::verify_chain(db.store.read(), Scope::Platform).await, Ok(4));
    let db = db.reopen().await;
    write_some(&db, ours, 1).await;
    assert_eq!(audit::verify_chain(db.store.read(), ours).await, Ok(4));
}

async fn racing_writers_keep_one_chain(db: Db) {
    let tenants: [TenantId; 2] = [make::id(), make::id()];
    let tasks: Vec<_> = (0..12)
        .map(|task| {
            let store = db.store.clone();
            tokio::spawn(async move {
                for number in 0..5 {
                    write!(store, |tx| {
                        // Both orders: the locks must not be taken crosswise.
                        audit::append(tx, make::entry(tenants[task % 2], &number.to_string()));
                        audit::append(tx, make::entry(tenants[(task + 1) % 2], &number.to_string()));
                        Ok(())
                    })
                    .unwrap();
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(audit::verify_chain(db.store.read(), Scope::Platform).await, Ok(120));
}

async fn tampering_is_found(db: Db) {
    let allow = if db.url.starts_with("postgres") {
        "DROP TRIGGER audit_final ON audit"
    } else {
        "DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete"
    };
    let tenant: TenantId = make::id();
    write_some(&db, tenant, 4).await;
    db.tamper(allow).await;
    let copy = "CREATE TABLE spare AS SELECT * FROM audit; CREATE TABLE spare_heads AS SELECT * FROM audit_heads";
    db.tamper(copy).await;
    let changes = [
        "UPDATE audit SET actor = 'user:eve' WHERE seq = 2",
        "UPDATE audit SET at = at + 1 WHERE seq = 3",
        "UPDATE audit SET detail = '{}' WHERE seq = 1",
        "UPDATE audit SET role = NULL WHERE seq = 1",
        "UPDATE audit SET hash = prev_hash, prev_hash = hash WHERE seq = 3",
        "DELETE FROM audit WHERE seq = 2",
        "DELETE FROM audit WHERE seq = 4",
        "DELETE FROM audit",
        "DELETE FROM audit_heads",
        "UPDATE audit_heads SET seq = 3, hash = (SELECT hash FROM audit WHERE seq = 2)",
        "UPDATE audit SET seq = 0 WHERE seq = 1",
    ];
    for change in changes {
        assert_eq!(audit::verify_chain(db.store.read(), Scope::Platform).await, Ok(4), "before {change}");
        db.tamper(change).await;
        let found = audit::verify_chain(db.store.read(), Scope::Platform).await;
        assert_eq!(found.map_err(|error| error.code()), Err(ErrorCode::StoreCorrupt), "{change}");
        db.tamper("DELETE FROM audit; DELETE FROM audit_heads").await;
        db.tamper("INSERT INTO audit SELECT * FROM spare; INSERT INTO audit_heads SELECT * FROM spare_heads").await;
    }
}

async fn rows_cannot_be_changed(db: Db) {
    let tenant: TenantId = make::id();
    write_some(&db, tenant, 1).await;
    for change in ["UPDATE audit SET actor = 'user:eve'", "DELETE FROM audit"] {
        let refused = db.try_sql(change).await.unwrap_err();
        assert!(refused.contains("audit rows are final"), "{refused}");
    }
    assert_eq!(audit::verify_chain(db.store.read(), tenant).await, Ok(1));
}
