//! Live charts on a canvas: the data stays outside the signal graph, one frame draws what changed.

pub mod draw;
pub mod model;
pub mod scale;
pub mod view;
