//! Pure decisions: placement, plan and diff, split, flavour transforms, fabric providers, causes of failure,
//! and the ports through which the world is reached (their only async).
#![forbid(unsafe_code)]

pub mod cause;
pub mod cluster;
pub mod digest;
pub mod drift;
pub mod entry;
pub mod fabric;
pub mod flavour;
pub mod health;
pub mod identity;
pub mod overrides;
pub mod placement;
pub mod plan;
pub mod ports;
pub mod record;
pub mod split;
pub mod terminate;

mod object;
#[cfg(test)]
mod testing;
