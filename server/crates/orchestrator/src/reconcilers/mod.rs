//! What pushes the world back to the record. Each takes no input, looks, acts, and returns a typed status.

mod drift;
mod probe;
mod sweep;

pub use drift::Drift;
pub(crate) use drift::revert;
pub use probe::Probe;
pub(crate) use probe::probe;
pub use sweep::Sweep;

fn failed(error: impl std::fmt::Display) -> hypo_engine::ReconcileError {
    hypo_engine::ReconcileError(error.to_string())
}
