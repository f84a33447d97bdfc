//! Packages: reading them safely, their component graph, who talks to whom and why we think so,
//! the values form and the renaming that lets two installations share a cluster.
//!
//! Pure: bytes in, data out. No file, network, clock or randomness.
#![forbid(unsafe_code)]

pub mod analyse;
pub mod canonical;
pub mod components;
pub mod error;
pub mod limits;
pub mod manifest;
pub mod naming;
pub mod render;
pub mod source;
pub mod values;

mod object;
mod scan;

pub use analyse::{Options, analyse};
pub use components::{Graph, graph};
pub use error::Error;
pub use limits::Limits;
pub use manifest::{Document, Origin};
pub use render::{GeneratedField, Hook, Render, compare_renders, keep_generated};
pub use source::{PackageKind, SourceFile};
