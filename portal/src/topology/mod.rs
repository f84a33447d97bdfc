//! Graphs: a pure layered layout and its SVG view.

pub mod layout;
mod route;
pub mod view;
