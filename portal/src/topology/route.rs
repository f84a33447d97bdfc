//! Where lines run: beside boxes, never through them.

use super::layout::{GAP_X, Graph, LANE_GAP, MARGIN, NODE_H, NODE_W};

/// A line between lanes keeps to where no box can stand: the gaps between columns and those between lanes. Lines that
/// share a gap run beside each other; `turn` counts them.
pub fn between(
    graph: &Graph,
    (from, to): (usize, usize),
    at: &[(f64, f64)],
    lanes: &[(f64, f64)],
    columns: usize,
    turn: usize,
) -> Vec<(f64, f64)> {
    let aside = ((turn % 5) as f64 - 2.0) * 5.0;
    let last = 2.0 * MARGIN + (columns - 1) as f64 * (NODE_W + GAP_X);
    let ((x, y), (to_x, to_y)) = (at[from], at[to]);
    let out = if x >= last { x + NODE_W + 12.0 + aside / 2.0 } else { x + NODE_W + GAP_X / 2.0 + aside };
    let into = if to_x <= 2.0 * MARGIN { to_x - 14.0 + aside / 2.0 } else { to_x - GAP_X / 2.0 + aside };
    let (start, end) = ((x + NODE_W, y + NODE_H / 2.0), (to_x, to_y + NODE_H / 2.0));
    if (out - into).abs() < 1.0 {
        return vec![start, (out, start.1), (out, end.1), end];
    }
    let (top, height) = lanes[graph.groups[from]];
    let gap = (LANE_GAP / 2.0) + aside / 2.0;
    let across = if to_y > y { top + height + gap } else { top - gap };
    vec![start, (out, start.1), (out, across), (into, across), (into, end.1), end]
}

/// A line inside a lane: over the bends of its chain, from the caller's right side to the peer's left.
pub fn route(edge: (usize, usize), chain: &[usize], at: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let (from, _) = edge;
    let middle = |cell: usize| at[cell].1 + NODE_H / 2.0;
    let turned = chain[0] != from;
    let mut points: Vec<(f64, f64)> = chain
        .iter()
        .enumerate()
        .map(|(step, cell)| {
            let x = at[*cell].0;
            match step {
                0 => (x + NODE_W, middle(*cell)),
                _ if step + 1 == chain.len() => (x, middle(*cell)),
                _ => (x + NODE_W / 2.0, middle(*cell)),
            }
        })
        .collect();
    if turned {
        points.reverse();
    }
    points
}
