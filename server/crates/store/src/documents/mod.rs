//! TMF documents: orders, services, resources, specifications, organizations. The JSON is the record.

mod compile;
mod find;
mod list;
mod parse;
mod readers;
mod write;

use chrono::{DateTime, Utc};
use hypo_shared::{ErrorCode, TenantId};
use hypo_tmf::query::{Filter, SortKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

pub use find::{find, find_external, get};
pub use list::{CANDIDATES, Text, explain, list, list_text, statement};
pub use parse::parse;
pub use readers::{close_to, open_to, readers};
pub use write::{create, delete, update};

use crate::{Error, Slice, sql::table};

/// The kinds in use, also the topics of their events.
pub mod kind {
    /// TMF641 ServiceOrder.
    pub const SERVICE_ORDER: &str = "serviceOrder";
    /// TMF638 Service, customer-facing or resource-facing.
    pub const SERVICE: &str = "service";
    /// TMF639 Resource.
    pub const RESOURCE: &str = "resource";
    /// TMF633 ServiceSpecification.
    pub const SERVICE_SPECIFICATION: &str = "serviceSpecification";
    /// TMF632 Organization.
    pub const ORGANIZATION: &str = "organization";
}

/// A TMF document and the columns it is found by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Document {
    pub id: Uuid,
    /// The owner.
    pub tenant: TenantId,
    /// See [`kind`].
    pub kind: String,
    /// 1 when created, one more with every update.
    pub rev: i64,
    /// A projection, never read to decide.
    pub state: String,
    pub name: String,
    /// The whole document; members keep their order. Text from outside is read with [`parse`].
    pub doc: Value,
    /// A peer's or client's id, unique per tenant and kind.
    pub external_id: Option<String>,
    /// The application the orchestrator runs and this document shows, whole or in part; of the whole, its own id.
    pub application: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

table!(Document, "documents" { id, tenant, kind, rev, state, name, doc, external_id, application, created_at, updated_at });

impl Document {
    /// A document at revision 1 without state and name.
    #[must_use]
    pub fn new(kind: &str, id: Uuid, tenant: TenantId, doc: Value, at: DateTime<Utc>) -> Self {
        let (state, name) = (String::new(), String::new());
        let (kind, rev, external_id, application) = (kind.to_owned(), 1, None, None);
        Self { id, tenant, kind, rev, state, name, doc, external_id, application, created_at: at, updated_at: at }
    }

    /// Whether it shows an application that the orchestrator runs, not a component of one.
    #[must_use]
    pub fn is_application(&self) -> bool {
        self.application == Some(self.id)
    }
}

/// Documents by the application they show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Showing {
    /// Whether they show one or not.
    #[default]
    Anything,
    /// An application, whole.
    Applications,
    /// A component of this application.
    PartsOf(Uuid),
}

/// What a list is ordered by; the id breaks ties.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum SortBy {
    #[default]
    CreatedAt,
    UpdatedAt,
    Name,
    State,
}

/// Which documents, in which order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuery {
    pub kind: String,
    /// Any of these states; empty means all.
    pub states: Vec<String>,
    pub showing: Showing,
    /// What a client or our own code asks for.
    pub filter: Filter,
    /// More equalities, in short: dotted member path and value, read as [`Filter::equals`] reads them.
    pub filters: Vec<(String, Value)>,
    /// A client's order; when it is empty, `sort` and `descending` say it.
    pub order: Vec<SortKey>,
    pub sort: SortBy,
    pub descending: bool,
    pub slice: Slice,
}

impl ListQuery {
    /// All documents of a kind, oldest first.
    #[must_use]
    pub fn of(kind: &str) -> Self {
        Self { kind: kind.to_owned(), ..Self::default() }
    }
}

fn not_found(kind: &str, id: impl std::fmt::Display) -> Error {
    let code = match kind {
        kind::SERVICE_ORDER => ErrorCode::OrderNotFound,
        kind::SERVICE => ErrorCode::ServiceNotFound,
        _ => ErrorCode::NotFound,
    };
    Error::refused(code, format!("{kind} {id}"))
}
