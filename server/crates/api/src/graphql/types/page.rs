//! Connections.

use async_graphql::SimpleObject;
use hypo_app::page::Page;

use super::{AuditEntry, Order, Package, Service, int};

/// Where a list goes on.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether more follow.
    has_next_page: bool,
    /// For `after`.
    end_cursor: Option<String>,
}

macro_rules! connections {
    ($($(#[$doc:meta])* $name:ident of $node:ident from $app:path;)+) => {$(
        $(#[$doc])*
        #[derive(SimpleObject)]
        pub struct $name {
            /// The items of the page.
            nodes: Vec<$node>,
            /// Where the list goes on.
            page_info: PageInfo,
            /// Items of the whole list.
            total_count: i32,
        }

        impl From<Page<$app>> for $name {
            fn from(page: Page<$app>) -> Self {
                Self {
                    nodes: page.items.into_iter().map(Into::into).collect(),
                    page_info: PageInfo { has_next_page: page.next.is_some(), end_cursor: page.next },
                    total_count: int(page.total),
                }
            }
        }
    )+};
}

connections! {
    /// Rows of the audit trail, newest first.
    AuditConnection of AuditEntry from hypo_app::access::AuditEntry;
    /// Orders, newest first.
    OrderConnection of Order from hypo_app::orders::Order;
    /// Packages, newest first.
    PackageConnection of Package from hypo_app::packages::Package;
    /// Services, newest first.
    ServiceConnection of Service from hypo_app::services::Service;
}
