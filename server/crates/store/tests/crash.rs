//! `kill -9` in the middle of writes, again and again: after opening the SQLite file anew every acknowledged write is
//! there, whole, and the file is sound. This program is its own child: it writes and says on its output what was
//! acknowledged.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use chrono::DateTime;
use hypo_shared::TenantId;
use hypo_store::{
    Scope, Store,
    audit::{self, AuditQuery, NewEntry},
    documents::{self, Document, ListQuery},
    events::{self, Cursor, EventFilter},
    packages::blobs,
    write,
};
use serde_json::json;
use uuid::Uuid;

const CHILD: &str = "HYPO_CRASH_CHILD";
const ROUNDS: usize = 8;

fn main() -> ExitCode {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    match std::env::var(CHILD) {
        Ok(file) => runtime.block_on(write_until_killed(&file)),
        Err(_) => runtime.block_on(kill_and_check()),
    }
    ExitCode::SUCCESS
}

fn tenant() -> TenantId {
    Uuid::from_u128(7).into()
}

/// Four writers; each write is a document, its event, an audit row and a blob.
async fn write_until_killed(file: &str) {
    let store = Store::connect(&format!("sqlite://{file}")).await.expect("the store opens");
    store.migrate().await.expect("the schema comes up");
    let writer = async || -> ! {
        loop {
            let id = Uuid::now_v7();
            write_one(&store, id).await;
            let mut out = std::io::stdout().lock();
            writeln!(out, "{id}").and_then(|()| out.flush()).expect("somebody reads");
        }
    };
    futures::future::join4(writer(), writer(), writer(), writer()).await;
}

async fn write_one(store: &Store, id: Uuid) {
    let at = DateTime::from_timestamp(1_900_000_000, 0).expect("a time in range");
    let document = Document {
        state: "active".into(),
        name: id.to_string(),
        external_id: Some(id.to_string()),
        ..Document::new("service", id, tenant(), json!({"padding": "x".repeat(3000)}), at)
    };
    let entry = || NewEntry {
        id: id.into(),
        tenant: tenant(),
        actor: "system:test".into(),
        role: None,
        action: "write".into(),
        subject: id.to_string(),
        outcome: "done".into(),
        detail: json!(null),
        at,
    };
    write!(store, |tx| {
        documents::create(tx, &document).await?;
        blobs::put(tx, id.as_bytes(), at).await?;
        audit::append(tx, entry());
        Ok(())
    })
    .expect("a write is acknowledged");
}

async fn kill_and_check() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("hypo.db");
    let mut acknowledged = Vec::new();
    for round in 0..ROUNDS {
        let before = acknowledged.len();
        acknowledged.extend(run_and_kill(&file, 5 + round * 7));
        assert!(acknowledged.len() > before, "the child wrote something");
        check(&file, &acknowledged).await;
    }
    let mut out = std::io::stdout();
    let result = writeln!(
        out,
        "crash: {ROUNDS} kills, {} acknowledged writes, all there\n\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        acknowledged.len()
    );
    result.expect("somebody reads");
}

/// Lets a child acknowledge `count` writes, kills it, and gives everything it has said.
fn run_and_kill(file: &Path, count: usize) -> Vec<Uuid> {
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .env(CHILD, file)
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut ids: Vec<Uuid> = Vec::new();
    while ids.len() < count {
        let line = lines.next().expect("the child is alive").expect("text");
        ids.push(line.parse().expect("an id"));
    }
    // SIGKILL on Unix. What is still in the pipe was acknowledged before it.
    child.kill().expect("the child is ours");
    for line in lines {
        // The last line may be torn; then the write was acknowledged to nobody.
        ids.extend(line.ok().and_then(|line| line.parse::<Uuid>().ok()));
    }
    child.wait().expect("the child is gone");
    ids
}

async fn check(file: &Path, acknowledged: &[Uuid]) {
    let store = Store::connect(&format!("sqlite://{}", file.display())).await.expect("the store opens after a kill");
    store.check_integrity().await.expect("the file is sound");
    let db = store.read();
    for id in acknowledged {
        let document = documents::get(db, tenant(), "service", *id).await.expect("an acknowledged write is there");
        assert_eq!(document.rev, 1);
        let subject = AuditQuery { subject: Some(id.to_string()), ..AuditQuery::default() };
        assert_eq!(audit::list(db, tenant(), &subject).await.expect("readable").total, 1);
    }
    // Whole or not at all: as many documents as events, audit rows and blobs.
    let documents = documents::list(db, Scope::Platform, &ListQuery::of("service")).await.expect("readable").total;
    let audited = audit::verify_chain(db, Scope::Platform).await.expect("the chain holds");
    let mut cursor = Cursor::START;
    let mut told = 0;
    loop {
        let batch = events::since(db, Scope::Platform, cursor, &EventFilter::default(), 500).await.expect("readable");
        told += batch.events.len() as u64;
        cursor = batch.next;
        if !batch.more {
            break;
        }
    }
    let one = write!(store, |tx| blobs::sweep(tx, DateTime::from_timestamp(0, 0).expect("a time")).await);
    assert_eq!(one, Ok(0), "the store takes writes again");
    assert_eq!((audited, told), (documents, documents));
    assert!(documents >= acknowledged.len() as u64);
    store.close().await.expect("the store closes");
}
