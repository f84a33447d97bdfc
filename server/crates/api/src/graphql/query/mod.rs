//! Reading: a file per aggregate.

mod access;
mod catalogue;
mod clusters;
mod events;
mod inventory;
mod offerings;
mod peers;
mod tmf;

use async_graphql::MergedObject;

/// Reading.
#[derive(Default, MergedObject)]
pub struct Query(
    access::Access,
    catalogue::Catalogue,
    clusters::Clusters,
    events::Events,
    inventory::Inventory,
    tmf::TmfRoot,
    peers::Peers,
    offerings::Offerings,
);
