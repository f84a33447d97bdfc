//! Graphs: a pure layered layout and its SVG view.

pub mod layout;
pub mod view;
