//! The durable saga engine, the delivery driver and the reconciler driver. Knows no telecom.
//!
//! # Sagas
//! A saga is work a person waits for and that can be undone. Its *kind* is registered in a [`Registry`] with a pure
//! builder from parameters to a [`Dag`] of named steps; a step names an [`Action`] with `run` and `undo`. The built
//! graph is stored with the saga, so a saga in flight survives an upgrade that builds other graphs.
//!
//! For every step the engine records the intent, calls the action with an idempotency key that is the same for every
//! try, and commits the result together with the next intents in one transaction ([`SagaLog::append`]). A process may
//! die anywhere: whoever claims the saga next finds recorded intents, and runs those actions again with the same key.
//! A claim is a lease with an epoch; a write with an older epoch is refused ([`LogError::Fenced`]).
//!
//! What an action must keep to:
//! - `run` twice with the same key has the effect of once (look up by key before creating again);
//! - `undo` succeeds when there is nothing to undo: every step that was *started* is undone, also one that failed or
//!   whose outcome is unknown;
//! - `run` returns soon after [`StepContext::cancel`] fires.
//!
//! What the engine cannot promise: a process that is paused between its last look at its lease and a request may
//! send that request after another process has undone the step. Where the outside can fence, give it
//! [`StepContext::epoch`]; elsewhere label what is made with the key, so that a reconciler finds what nobody owns.
//!
//! All decisions are made by the pure function [`machine::decide`]; [`Engine`] only carries them out.
//!
//! # Deliveries and reconcilers
//! A delivery ([`DeliveryDriver`]) is one stored row that is handed to the outside until it is accepted or declared
//! dead. A reconciler ([`ReconcilerHost`]) takes no input, compares wanted with observed, and returns a typed status.

pub mod delivery;
pub mod inject;
pub mod log;
pub mod machine;
pub mod memory;
pub mod reconcile;
pub mod testing;

mod action;
mod dag;
mod driver;
mod engine;
mod handle;
mod registry;
mod saga;

pub use action::{Action, ProgressSink, StepContext, StepError, StepErrorKind};
pub use dag::{Dag, DagError, Retry, StepDef};
pub use delivery::{Deliver, DeliveryConfig, DeliveryDriver, DeliveryError, DeliveryQueue, Job};
pub use engine::{Config, Engine};
pub use handle::{EngineError, EngineHandle};
pub use inject::{CrashAt, Inject, Injected, NoInjection, Point, Site};
pub use log::{Claim, Created, Held, LogError, SagaLog, Transition, Wish};
pub use memory::MemoryLog;
pub use reconcile::{LeaseTable, ReconcileError, Reconciler, ReconcilerHandle, ReconcilerHost, ReconcilerStatus};
pub use registry::{Builder, Registry};
pub use saga::{Cause, Failure, FailureKind, Saga, Step};

pub use hypo_shared::{
    order::OnFailure,
    timeline::{SagaState, StepState},
};
