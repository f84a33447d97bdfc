//! Writing the collected rows at the end of their chains.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use hypo_shared::TenantId;
use sha2::{Digest, Sha256};

use crate::{
    Result, Tx,
    audit::{Entry, NewEntry},
    sql::{args, get},
};

/// With the values of a row: tenant, number and hash.
const MOVE_HEAD: &str = "UPDATE audit_heads SET seq = $3, hash = $12 WHERE tenant = $2";

/// Tenants in order, so that two writes never wait for each other crosswise.
pub async fn flush(tx: &mut Tx) -> Result<()> {
    let mut chains: BTreeMap<TenantId, Vec<NewEntry>> = BTreeMap::new();
    for entry in std::mem::take(&mut tx.audit) {
        chains.entry(entry.tenant).or_default().push(entry);
    }
    for (tenant, entries) in chains {
        let (mut seq, mut last) = lock_head(tx, tenant).await?;
        for entry in entries {
            seq += 1;
            let row = link(entry, seq, last);
            tx.insert_and(&row, MOVE_HEAD).await?;
            last = row.hash;
        }
    }
    Ok(())
}

/// Number and hash of the last row. An update locks the head until the commit, on both databases.
async fn lock_head(tx: &Tx, tenant: TenantId) -> Result<(i64, String)> {
    let sql = "INSERT INTO audit_heads (tenant, seq, hash) VALUES ($1, 0, '') \
               ON CONFLICT (tenant) DO UPDATE SET seq = audit_heads.seq RETURNING seq, hash";
    let rows = tx.query(sql, args![tenant]).await?;
    rows.first().map_or(Ok((0, String::new())), |row| Ok((get(row, "seq")?, get(row, "hash")?)))
}

fn link(new: NewEntry, seq: i64, prev_hash: String) -> Entry {
    let NewEntry { id, tenant, actor, role, action, subject, outcome, detail, at } = new;
    // Kept to the microsecond, so hashed to the microsecond.
    let at = DateTime::<Utc>::from_timestamp_micros(at.timestamp_micros()).unwrap_or(at);
    let hash = String::new();
    let mut row = Entry { id, tenant, seq, actor, role, action, subject, outcome, detail, at, prev_hash, hash };
    row.hash = hash_of(&row);
    row
}

/// The hash of a row: SHA-256 over its JSON without `hash`. serde_json writes members in a fixed order.
pub fn hash_of(row: &Entry) -> String {
    let mut content = row.clone();
    content.hash = String::new();
    let bytes = serde_json::to_vec(&content).expect("a row has string keys only and no writer can fail");
    hex::encode(Sha256::digest(&bytes))
}
