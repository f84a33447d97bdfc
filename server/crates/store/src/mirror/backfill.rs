//! Documents for rows that were written before there were any.

use chrono::{DateTime, Utc};

use super::EVERYBODY;
use crate::{Result, Scope, Slice, Store, accounts::tenants, clusters, documents, grants, packages};

/// Writes every document that is missing or reads otherwise than its row; counts the rows looked at. Called at start.
///
/// # Errors
/// Those of the store.
pub async fn backfill(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut looked_at = 0;
    for row in tenants::list(store.read(), Scope::Platform).await? {
        crate::write!(store, |tx| {
            super::put(tx, super::tenant(&row), now).await?;
            documents::open_to(tx, row.id.0, EVERYBODY).await
        })?;
        looked_at += 1;
    }
    let page = |offset: u64| Slice { offset, limit: Slice::MAX };
    let mut offset = 0;
    loop {
        let rows = clusters::list_domains(store.read(), Scope::Platform, page(offset)).await?;
        for row in &rows.items {
            crate::write!(store, |tx| {
                let mirror = super::domain(tx, row).await?;
                super::put(tx, mirror, now).await
            })?;
        }
        offset += rows.items.len() as u64;
        if rows.items.is_empty() || offset >= rows.total {
            break;
        }
    }
    looked_at += offset;
    looked_at += all_clusters(store, now).await?;
    Ok(looked_at + all_packages(store, now).await?)
}

async fn all_clusters(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut offset = 0;
    loop {
        let slice = Slice { offset, limit: Slice::MAX };
        let rows = clusters::list(store.read(), Scope::Platform, slice).await?;
        for row in &rows.items {
            let readers: Vec<_> = grants::open_on(store.read(), row.id).await?;
            crate::write!(store, |tx| {
                let mirror = super::cluster(tx, row).await?;
                super::put(tx, mirror, now).await?;
                for grant in &readers {
                    documents::open_to(tx, row.id.0, grant.grantee).await?;
                }
                Ok(())
            })?;
        }
        offset += rows.items.len() as u64;
        if rows.items.is_empty() || offset >= rows.total {
            return Ok(offset);
        }
    }
}

async fn all_packages(store: &Store, now: DateTime<Utc>) -> Result<u64> {
    let mut offset = 0;
    loop {
        let slice = Slice { offset, limit: Slice::MAX };
        let rows = packages::list(store.read(), Scope::Platform, None, slice).await?;
        for row in &rows.items {
            crate::write!(store, |tx| {
                let mirror = super::package(tx, row).await?;
                super::put(tx, mirror, now).await
            })?;
        }
        offset += rows.items.len() as u64;
        if rows.items.is_empty() || offset >= rows.total {
            return Ok(offset);
        }
    }
}
