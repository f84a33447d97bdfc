//! Changing: a file per aggregate.

mod access;
mod clusters;
mod events;
mod offerings;
mod orders;
mod packages;
mod peers;
mod services;
mod tmf;

use async_graphql::MergedObject;

/// Changing.
#[derive(Default, MergedObject)]
pub struct Mutation(
    packages::Packages,
    orders::Orders,
    services::Services,
    clusters::Clusters,
    events::Events,
    access::Access,
    peers::Peers,
    offerings::Offerings,
    tmf::TmfRoot,
);
