//! The outside world: a folder per system. The only crate that sees kube and reqwest; implements the ports of
//! `hypo-model`.
#![forbid(unsafe_code)]

pub mod callback;
pub mod files;
pub mod guard;
pub mod helm;
pub mod identity;
pub mod kubernetes;
pub mod peer;
pub mod sealed;
