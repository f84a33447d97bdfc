//! Whose rows a finder may see, and how a list is cut.

use hypo_shared::TenantId;
use serde::{Deserialize, Serialize};

/// Whose rows a finder may see. A [`TenantId`] converts into it; the platform's view has to be written out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Rows of this tenant, and what others opened to it.
    Tenant(TenantId),
    /// Rows of every tenant: administrators, sagas and reconcilers only.
    Platform,
}

impl From<TenantId> for Scope {
    fn from(tenant: TenantId) -> Self {
        Self::Tenant(tenant)
    }
}

/// Where a list starts and how long it may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slice {
    pub offset: u64,
    /// At most 1000 rows are given, whatever is asked for.
    pub limit: u64,
}

impl Slice {
    /// The most rows one call gives.
    pub const MAX: u64 = 1000;

    pub(crate) fn sql(self) -> String {
        let (offset, limit) = self.cut();
        format!("LIMIT {limit} OFFSET {offset}")
    }

    /// Offset and limit that a database can count to.
    pub(crate) fn cut(self) -> (u64, u64) {
        (self.offset.min(i64::MAX as u64), self.limit.min(Self::MAX))
    }
}

impl Default for Slice {
    fn default() -> Self {
        Self { offset: 0, limit: 100 }
    }
}

/// A part of a list and how long the whole is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Rows that match, on all pages.
    pub total: u64,
}
