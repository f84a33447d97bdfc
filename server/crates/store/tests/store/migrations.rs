use hypo_migrations::{Migrator, MigratorTrait};
use hypo_store::{
    Store,
    documents::{self, Document},
    write,
};
use sea_orm::{ConnectionTrait, Database, Statement};
use serde_json::{Value, json};

use crate::{common::Db, make, on_both};

on_both!(
    all_steps_go_down_and_up_again,
    each_step_takes_back_what_it_made,
    replicas_that_start_together_make_one_schema,
    what_the_orchestrator_has_written_is_known_from_before,
);

/// Tables, columns and indexes, as the database lists them.
async fn schema(db: &Db) -> Vec<String> {
    let connection = Database::connect(&db.url).await.unwrap();
    let sql = if db.url.starts_with("postgres") {
        "SELECT table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS line \
         FROM information_schema.columns WHERE table_schema = 'public' \
         UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' \
         UNION ALL SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    } else {
        "SELECT type || ' ' || name || ' ' || coalesce(sql, '') AS line FROM sqlite_schema ORDER BY 1"
    };
    let rows = connection.query_all_raw(Statement::from_string(connection.get_database_backend(), sql)).await.unwrap();
    connection.close().await.unwrap();
    let lines = rows.iter().map(|row| row.try_get::<String>("", "line").unwrap());
    lines.filter(|line| !line.contains("seaql_migrations") && !line.contains("sqlite_sequence")).collect()
}

fn steps() -> u32 {
    u32::try_from(Migrator::migrations().len()).unwrap()
}

async fn all_steps_go_down_and_up_again(db: Db) {
    let full = schema(&db).await;
    assert!(full.len() > 50, "{full:#?}");
    db.store.migrate_down(steps()).await.unwrap();
    assert_eq!(schema(&db).await, Vec::<String>::new());
    db.store.migrate().await.unwrap();
    assert_eq!(schema(&db).await, full);
    db.store.migrate().await.expect("harmless when it is up to date");
    let document = make::document(make::id(), "after");
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
}

async fn each_step_takes_back_what_it_made(db: Db) {
    let mut above = vec![schema(&db).await];
    for _ in 0..steps() {
        db.store.migrate_down(1).await.unwrap();
        above.push(schema(&db).await);
    }
    assert_eq!(above.pop(), Some(vec![]));
    let connection = Database::connect(&db.url).await.unwrap();
    while let Some(expected) = above.pop() {
        Migrator::up(&connection, Some(1)).await.unwrap();
        assert_eq!(schema(&db).await, expected);
    }
    connection.close().await.unwrap();
}

/// On SQLite one process has the file, so there only the same store is asked several times.
async fn replicas_that_start_together_make_one_schema(db: Db) {
    let full = schema(&db).await;
    db.store.migrate_down(steps()).await.unwrap();
    let mut starts = Vec::new();
    for _ in 0..4 {
        let replica =
            if db.url.starts_with("postgres") { Store::connect(&db.url).await.unwrap() } else { db.store.clone() };
        starts.push(tokio::spawn(async move { replica.migrate().await }));
    }
    for start in starts {
        assert_eq!(start.await.unwrap(), Ok(()));
    }
    assert_eq!(schema(&db).await, full);
}

/// Documents of before `m0017_applications` get their application; what clients have written gets none.
async fn what_the_orchestrator_has_written_is_known_from_before(db: Db) {
    let all = Migrator::migrations();
    let at = all.iter().position(|step| step.name() == "m0017_applications").unwrap();
    let tenant = make::id();
    let ours = json!([{"name": "size", "value": 1}, {"name": "hypo.package", "value": "p"}]);
    let service = |doc: Value| Document { kind: "service".into(), doc, ..make::document(tenant, "") };
    let whole = service(json!({"serviceType": "CFS", "serviceCharacteristic": ours}));
    let above = json!([{"relationshipType": "supports", "service": {"id": whole.id}}]);
    let part = service(json!({"serviceType": "RFS", "serviceCharacteristic": ours, "serviceRelationship": above}));
    let theirs = service(json!({"serviceType": "CFS", "serviceCharacteristic": [{"name": "size", "value": 1}]}));
    let bare = service(json!({"name": "bare"}));
    write!(db.store, |tx| {
        for document in [&whole, &part, &theirs, &bare] {
            documents::create(tx, document).await?;
        }
        Ok(())
    })
    .unwrap();
    db.store.migrate_down(u32::try_from(all.len() - at).unwrap()).await.unwrap();
    db.store.migrate().await.unwrap();
    for (document, application) in [(&whole, Some(whole.id)), (&part, Some(whole.id)), (&theirs, None), (&bare, None)] {
        let found = documents::get(db.store.read(), tenant, "service", document.id).await.unwrap();
        assert_eq!(found.application, application, "{}", found.doc);
    }
}
