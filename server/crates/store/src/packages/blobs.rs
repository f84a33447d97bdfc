//! Bytes by their SHA-256. Stored once however often they are put; checked whenever they are read. Blobs have no
//! tenant: their names cannot be guessed, and reach a caller only inside rows of its tenant.

use chrono::{DateTime, Utc};
use hypo_shared::ErrorCode;
use sha2::{Digest, Sha256};

use crate::{
    Error, Reader, Result, Tx,
    sql::{args, get as column},
};

/// Stores bytes and gives their name, 64 hex digits.
///
/// # Errors
/// Database failures only.
pub async fn put(tx: &mut Tx, bytes: &[u8], at: DateTime<Utc>) -> Result<String> {
    let name = hex::encode(Sha256::digest(bytes));
    let sql = "INSERT INTO blobs (sha256, size, bytes, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![name, bytes.len() as u64, bytes.to_vec(), at]).await?;
    Ok(name)
}

/// The bytes of a name.
///
/// # Errors
/// `NotFound`; [`Error::Corrupt`] when what is stored is not what was put.
pub async fn get(db: &Reader, name: &str) -> Result<Vec<u8>> {
    let rows = db.query("SELECT bytes FROM blobs WHERE sha256 = $1", args![name.to_owned()]).await?;
    let row = rows.first().ok_or_else(|| Error::refused(ErrorCode::NotFound, format!("blob {name}")))?;
    let bytes: Vec<u8> = column(row, "bytes")?;
    if hex::encode(Sha256::digest(&bytes)) == name {
        Ok(bytes)
    } else {
        Err(Error::Corrupt(format!("blob {name} holds other bytes")))
    }
}

/// Removes blobs no package refers to that were put before `before` (an import puts its blobs first). Counts.
///
/// # Errors
/// Database failures only.
pub async fn sweep(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64> {
    let sql = "DELETE FROM blobs WHERE created_at < $1 \
               AND NOT EXISTS (SELECT 1 FROM packages p WHERE p.blob = blobs.sha256 OR p.render = blobs.sha256)";
    tx.execute(sql, args![before]).await
}
