//! The reference scan: which hosts a component's configuration names, and which Services answer to them.
//!
//! `texts` collects the strings of a component (variables expanded), `lexer` cuts them at URL, DSN and `host:port`
//! boundaries, `names` knows every name a Service answers to, `resolve` weighs a match.

mod boundary;
mod environment;
pub(crate) mod expand;
pub(crate) mod keys;
pub(crate) mod lexer;
pub(crate) mod names;
mod outside;
pub(crate) mod resolve;
pub(crate) mod texts;
