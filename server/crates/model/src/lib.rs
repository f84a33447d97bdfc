//! Pure decisions: placement, plan and diff, split, flavour transforms, fabric providers, causes of failure,
//! and the ports through which the world is reached (their only async).
#![forbid(unsafe_code)]

pub mod cluster;
pub mod ports;
