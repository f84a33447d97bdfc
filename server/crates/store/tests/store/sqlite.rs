//! What is asked of the SQLite file itself.

use hypo_shared::ErrorCode;
use hypo_store::{Store, documents, write};

use crate::{common, make};

#[tokio::test]
async fn a_second_open_is_refused_with_what_to_do() {
    let db = common::sqlite().await.unwrap();
    let refused = Store::connect(&db.url).await.unwrap_err();
    assert_eq!(refused.code(), ErrorCode::ConfigInvalid);
    assert!(refused.to_string().contains("postgres://"), "{refused}");
    db.reopen().await;
}

#[tokio::test]
async fn other_addresses_are_refused() {
    for url in ["", "mysql://x", "hypo.db", "sqlite"] {
        assert_eq!(Store::connect(url).await.unwrap_err().code(), ErrorCode::ConfigInvalid, "{url}");
    }
    let nobody = Store::connect("sqlite:///proc/nothing/hypo.db").await.unwrap_err();
    assert_eq!(nobody.code(), ErrorCode::StoreUnavailable);
}

#[cfg(unix)]
#[tokio::test]
async fn the_file_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let db = common::sqlite().await.unwrap();
    let document = make::document(make::id(), "kept");
    write!(db.store, |tx| documents::create(tx, &document).await).unwrap();
    let path = db.url.strip_prefix("sqlite://").unwrap();
    for name in [path.to_owned(), format!("{path}-wal"), format!("{path}.lock")] {
        let mode = std::fs::metadata(&name).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is {mode:o}");
    }
}

#[tokio::test]
async fn a_path_may_hold_any_character() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new folder/what? 100%.db");
    let store = Store::connect(&format!("sqlite://{}", path.display())).await.unwrap();
    store.migrate().await.unwrap();
    store.check_integrity().await.unwrap();
    assert!(path.exists());
}

#[tokio::test]
async fn memory_is_one_database() {
    let store = Store::connect("sqlite::memory:").await.unwrap();
    store.migrate().await.unwrap();
    let document = make::document(make::id(), "there");
    write!(store, |tx| documents::create(tx, &document).await).unwrap();
    assert!(documents::get(store.read(), document.tenant, &document.kind, document.id).await.is_ok());
    store.close().await.unwrap();
}

/// Reads go on while a write is open, and see what was there before it.
#[tokio::test(flavor = "multi_thread")]
async fn readers_do_not_wait_for_the_writer() {
    let db = common::sqlite().await.unwrap();
    let document = make::document(make::id(), "half");
    write!(db.store, |tx| {
        documents::create(tx, &document).await?;
        let outside = documents::find(db.store.read(), document.tenant, &document.kind, document.id).await?;
        assert_eq!(outside, None);
        let inside = documents::find(tx, document.tenant, &document.kind, document.id).await?;
        assert!(inside.is_some());
        Ok(())
    })
    .unwrap();
    assert!(documents::get(db.store.read(), document.tenant, &document.kind, document.id).await.is_ok());
}
