//! Opening a document to other tenants, for reading. Only grants decide who; the caller has checked.

use hypo_shared::TenantId;
use uuid::Uuid;

use crate::{
    Reader, Result, Tx,
    sql::{args, get},
};

/// Lets a tenant read the document. Harmless when it may already.
///
/// # Errors
/// `StateConflict` when the document is gone.
pub async fn open_to(tx: &mut Tx, document: Uuid, tenant: TenantId) -> Result<()> {
    let sql = "INSERT INTO document_readers (document, tenant) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    tx.execute(sql, args![document, tenant]).await.map(drop)
}

/// Takes the right away again. Harmless when it was not given.
///
/// # Errors
/// Database failures only.
pub async fn close_to(tx: &mut Tx, document: Uuid, tenant: TenantId) -> Result<()> {
    let sql = "DELETE FROM document_readers WHERE document = $1 AND tenant = $2";
    tx.execute(sql, args![document, tenant]).await.map(drop)
}

/// Who may read the document beside its owner, for the owner's eyes.
///
/// # Errors
/// Database failures only.
pub async fn readers(db: &Reader, owner: TenantId, document: Uuid) -> Result<Vec<TenantId>> {
    let sql = "SELECT r.tenant FROM document_readers r JOIN documents d ON d.id = r.document \
               WHERE d.id = $1 AND d.tenant = $2 ORDER BY r.tenant";
    db.query(sql, args![document, owner]).await?.iter().map(|row| get(row, "tenant")).collect()
}
