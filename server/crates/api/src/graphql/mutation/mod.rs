//! Changing: a file per aggregate.

mod access;
mod clusters;
mod orders;
mod packages;
mod services;

use async_graphql::MergedObject;

/// Changing.
#[derive(Default, MergedObject)]
pub struct Mutation(packages::Packages, orders::Orders, services::Services, clusters::Clusters, access::Access);
