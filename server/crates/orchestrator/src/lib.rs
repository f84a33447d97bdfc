//! What is done in which order: sagas, reconcilers and feeds, through the ports of `hypo-model`.
//!
//! The one thing `app` sees is [`Orchestrator`]. To order a plan:
//! 1. when the plan is made, seal its objects ([`Orchestrator::seal_plan`]);
//! 2. in one transaction claim the plan and write the order document, state `acknowledged`, with its [`Work`] as JSON
//!    under the member [`WORK`] (which no client is shown);
//! 3. call [`Orchestrator::begin`] with the same work.
//!
//! A crash in between is healed by the reconciler `start-orders`, which begins every acknowledged order that has no
//! run; the saga's key is the order's id, so that beginning twice begins once. The states of order documents are
//! projections of the saga ([`project`]), those of services are written by its steps; nobody else writes them.
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
pub use handle::{Error, Orchestrator, Running, WORK, Work};
pub use live::{ClaimView, ComponentView, EventView, Live, PodView, ServiceView};
pub use sites::{Site, WorkloadRef};
pub use terminate::{Terminate, TerminateSite};
pub use world::{Settings, World};
