//! What is done in which order: sagas, reconcilers and feeds, through the ports of `hypo-model`.
//!
//! The one thing `app` sees is [`Orchestrator`]. To order a plan: when it is made, seal its objects
//! ([`Orchestrator::seal_plan`]); when it is ordered, build the saga ([`Orchestrator::prepare`]) and, in one
//! transaction, claim the plan, write the order document in state `acknowledged` and call [`Prepared::store`]. The
//! engine begins when that is committed. The states of order documents are projections of the saga ([`project`]),
//! those of services are written by its steps; nobody else writes them.
#![forbid(unsafe_code)]

pub mod failure;
pub mod fulfil;
pub mod handle;
pub mod live;
pub mod project;
pub mod reconcilers;
pub mod seal;
pub mod terminate;
pub mod world;

mod gone;
mod sites;
mod volumes;

pub use failure::Failure;
pub use fulfil::Fulfil;
pub use handle::{Error, Orchestrator, Prepared, Running, Work};
pub use live::{ClaimView, ComponentView, EventView, Live, PodView, ServiceView};
pub use sites::{Site, WorkloadRef};
pub use terminate::{Terminate, TerminateSite};
pub use world::{Settings, World};
