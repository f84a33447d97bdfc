use super::Graph;
use crate::render::Render;
/// The graph of a render.
#[must_use]
pub fn graph(_render: &Render) -> Graph {
    Graph::default()
}
