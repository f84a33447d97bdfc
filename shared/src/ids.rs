//! Typed identifiers. All are UUIDv7 made at the edge (never here: this crate has no clock).
//! Alphabetical and append-only.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident),+ $(,)?) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl From<Uuid> for $name {
            fn from(id: Uuid) -> Self {
                Self(id)
            }
        }
    )+};
}

ids! {
    /// A row of the audit trail.
    AuditId,
    /// A Kubernetes cluster: TMF639 resource, `@type` KubernetesCluster.
    ClusterId,
    /// An administrative domain: TMF639 resource, `@type` HypoDomain.
    DomainId,
    /// A permission given by an owner to another tenant.
    GrantId,
    /// A TMF641 service order.
    OrderId,
    /// A package revision: TMF633 specification plus a content-addressed blob.
    PackageId,
    /// An immutable plan row.
    PlanId,
    /// A running saga.
    SagaId,
    /// A TMF638 service.
    ServiceId,
    /// A browser session.
    SessionId,
    /// A TMF632 organization that owns things.
    TenantId,
    /// An API token.
    TokenId,
    /// A person who signs in.
    UserId,
    /// A volume kept after its service ended.
    VolumeId,
}
