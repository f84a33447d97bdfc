//! Whether somebody has changed, removed or added rows behind our back.

use std::collections::BTreeMap;

use hypo_shared::TenantId;

use crate::{
    Error, Reader, Result, Scope, Slice,
    audit::{Entry, chain::hash_of},
    sql::{Filter, args, get},
};

/// Checks the chains the scope sees, rows and ends, and gives the number of rows.
///
/// # Errors
/// [`Error::Corrupt`] with the first row that does not fit.
pub async fn verify_chain(db: &Reader, scope: impl Into<Scope>) -> Result<u64> {
    let scope = scope.into();
    // The ends are read first: rows written while we look lie behind them and are not judged.
    let heads = Filter::new().scope("tenant", scope);
    let sql = format!("SELECT tenant, seq, hash FROM audit_heads{}", heads.condition());
    let mut ends: BTreeMap<TenantId, (i64, String)> = BTreeMap::new();
    for row in &db.query(&sql, heads.values()).await? {
        ends.insert(get(row, "tenant")?, (get(row, "seq")?, get(row, "hash")?));
    }
    let mut checked = 0;
    for (tenant, (end, hash)) in &ends {
        checked += verify_one(db, *tenant, *end, hash).await?;
    }
    let strangers = Filter::new().scope("tenant", scope);
    let strangers = strangers.and_raw("NOT EXISTS (SELECT 1 FROM audit_heads h WHERE h.tenant = audit.tenant)");
    if scope == Scope::Platform && db.count::<Entry>(&strangers).await? > 0 {
        return Err(Error::Corrupt("audit rows of a tenant without a chain".to_owned()));
    }
    Ok(checked)
}

async fn verify_one(db: &Reader, tenant: TenantId, end: i64, end_hash: &str) -> Result<u64> {
    let mut seq = 0;
    let mut last = String::new();
    while seq < end {
        let filter = Filter::new().eq("tenant", tenant).and("seq > {}", seq).and("seq <= {}", end).order("seq");
        let rows: Vec<Entry> = db.rows(&filter.slice(Slice { offset: 0, limit: Slice::MAX })).await?;
        if rows.is_empty() {
            return Err(Error::Corrupt(format!("audit row {} of tenant {tenant} is missing", seq + 1)));
        }
        for row in rows {
            if row.seq != seq + 1 || row.prev_hash != last || row.hash != hash_of(&row) {
                return Err(Error::Corrupt(format!("audit row {} of tenant {tenant} was changed", seq + 1)));
            }
            seq = row.seq;
            last = row.hash;
        }
    }
    if last != end_hash {
        return Err(Error::Corrupt(format!("the audit chain of tenant {tenant} does not end where it should")));
    }
    let beyond = "SELECT count(*) AS n FROM audit WHERE tenant = $1 AND seq <= 0";
    if db.scalar::<i64>(beyond, args![tenant]).await?.unwrap_or(0) > 0 {
        return Err(Error::Corrupt(format!("audit rows before the chain of tenant {tenant}")));
    }
    u64::try_from(end).map_err(|_| Error::Corrupt("a chain of negative length".to_owned()))
}
