//! What is done in which order: sagas, reconcilers and feeds, through the ports of `hypo-model`.
//!
//! The one thing `app` sees is [`Orchestrator`]. To order a plan: seal its objects when the plan is made
//! ([`Orchestrator::seal_plan`]), write the order document (`acknowledged`) in a transaction that claims the plan,
//! then call [`Orchestrator::fulfil`]. A crash in between is healed by the `start-orders` reconciler, which starts
//! every acknowledged order that has no saga; the saga's key is the order's id, so starting twice starts once.
//! Document states are projections of the saga ([`project`]); nobody else writes them.
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

mod sites;

pub use failure::Failure;
pub use fulfil::Fulfil;
pub use handle::{Orchestrator, Running};
pub use live::{ComponentView, EventView, Live, PodView, ServiceView};
pub use sites::{Site, WorkloadRef};
pub use terminate::Terminate;
pub use world::{Settings, World};
