//! Finding documents: the tenant's own and those opened to it.

use hypo_shared::TenantId;
use uuid::Uuid;

use crate::{
    Reader, Result, Scope,
    documents::{Document, not_found},
    mirror::EVERYBODY,
    sql::Filter,
};

/// The document, when it exists and the scope sees it.
///
/// # Errors
/// Database failures only.
pub async fn find(db: &Reader, scope: impl Into<Scope>, kind: &str, id: Uuid) -> Result<Option<Document>> {
    db.row(&visible(Filter::new().eq("kind", kind.to_owned()).eq("id", id), scope.into())).await
}

/// As [`find`].
///
/// # Errors
/// `OrderNotFound`, `ServiceNotFound` or `NotFound` when there is none to see.
pub async fn get(db: &Reader, scope: impl Into<Scope>, kind: &str, id: Uuid) -> Result<Document> {
    find(db, scope, kind, id).await?.ok_or_else(|| not_found(kind, id))
}

/// The tenant's own document with a peer's id.
///
/// # Errors
/// Database failures only.
pub async fn find_external(db: &Reader, tenant: TenantId, kind: &str, external_id: &str) -> Result<Option<Document>> {
    let filter = Filter::new().eq("tenant", tenant).eq("kind", kind.to_owned());
    db.row(&filter.eq("external_id", external_id.to_owned())).await
}

fn visible(filter: Filter, scope: Scope) -> Filter {
    match scope {
        Scope::Platform => filter,
        Scope::Tenant(tenant) => filter.and_pair(
            "(tenant = {} OR EXISTS (SELECT 1 FROM document_readers r WHERE r.document = documents.id \
             AND r.tenant IN ({}, {other})))",
            tenant,
            EVERYBODY,
        ),
    }
}
