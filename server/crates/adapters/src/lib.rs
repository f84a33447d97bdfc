//! The outside world: a folder per system. The only crate that sees kube and reqwest; implements the ports of
//! `hypo-model`.
#![forbid(unsafe_code)]

pub mod helm;
pub mod identity;
pub mod kubernetes;
pub mod sealed;
