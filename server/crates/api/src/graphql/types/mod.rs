//! Objects of the schema, a file per type; small ones stand with the object they belong to.

mod access;
mod client;
mod cluster;
mod enums;
mod event;
mod event_filter;
mod frames;
mod live;
mod offering;
mod order;
mod package;
mod page;
mod peer;
mod plan;
mod plan_parts;
mod service;
mod session;

pub use access::{AuditEntry, Grant, NewToken, Tenant, Token, User};
pub use client::{Client, CreateClientInput, NewClient};
pub use cluster::{Cluster, Domain};
pub use enums::{Flavour, FrameKind, PackageKind, VolumeChoice};
pub use event::{DeadLetter, EventFrame, EventSlice, Hub, HubWithSecret, RegisterHubInput};
pub use event_filter::EventFilter;
pub use frames::{ChangeFrame, Cursor, HealthFrame, LogFrame, MetricsFrame, TimelineFrame};
pub use live::{AppliedObject, ClusterEvent, Drift, EntryPoint, ServiceComponent, ServiceLink, ServiceVolume};
pub use offering::{Offering, PublishOfferingInput};
pub use order::{Failure, Order, Step};
pub use package::Package;
pub use page::{AuditConnection, OrderConnection, PackageConnection, ServiceConnection};
pub use peer::{Peer, RegisterPeerInput};
pub use plan::{Note, Plan};
pub use service::{KeptVolume, Service, TerminationPlan};
pub use session::{Overview, Session};

/// GraphQL integers have 32 bits; counts beyond that are shown as the largest.
fn int(number: impl TryInto<i32>) -> i32 {
    number.try_into().unwrap_or(i32::MAX)
}

/// Bytes as a float: exact up to 2^53, about 9 PB.
#[expect(clippy::cast_precision_loss, reason = "exact up to 2^53 bytes, which no cluster has")]
fn float(number: u64) -> f64 {
    number as f64
}
