//! A layered drawing from left to right (Sugiyama, Tagawa, Toda 1981): cycles broken by depth-first search, layers by
//! longest path, order by barycentres, long edges over bends. Groups are lanes below each other: every lane is layered
//! by its own edges, edges between lanes run in the gaps between columns and lanes. Pure and deterministic.

use super::route::{between, route};

/// What to draw: the group of every node, and edges between nodes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Graph {
    /// Group (lane) per node, counted from 0.
    pub groups: Vec<usize>,
    pub edges: Vec<(usize, usize)>,
}

/// Where everything stands, in pixels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Layout {
    /// Upper left corner per node.
    pub nodes: Vec<(f64, f64)>,
    /// Top and height per group.
    pub lanes: Vec<(f64, f64)>,
    /// Points an edge passes, per edge: first at the caller's right side, last at the peer's left.
    pub routes: Vec<Vec<(f64, f64)>>,
    pub width: f64,
    pub height: f64,
}

pub const NODE_W: f64 = 184.0;
pub const NODE_H: f64 = 46.0;
pub(super) const GAP_X: f64 = 76.0;
const ROW: f64 = 64.0;
pub(super) const MARGIN: f64 = 16.0;
/// Room for a lane's name.
const LANE_HEAD: f64 = 30.0;
pub(super) const LANE_GAP: f64 = 18.0;

/// A node or a bend of a long edge.
struct Cell {
    layer: usize,
    lane: usize,
    before: Vec<usize>,
    after: Vec<usize>,
}

/// Lays the graph out.
#[must_use]
pub fn layout(graph: &Graph) -> Layout {
    if graph.groups.is_empty() {
        return Layout::default();
    }
    let forward = without_cycles(graph);
    let layers = layers(graph, &forward);
    let (cells, chains) = cells(graph, &forward, &layers);
    let columns = ordered(&cells);
    place(graph, &cells, &chains, &columns)
}

/// Edges with back edges turned round.
fn without_cycles(graph: &Graph) -> Vec<(usize, usize)> {
    let count = graph.groups.len();
    let mut out: Vec<Vec<usize>> = vec![Vec::new(); count];
    for (at, (from, _)) in graph.edges.iter().enumerate() {
        out[*from].push(at);
    }
    let mut forward = graph.edges.clone();
    // 0 unseen, 1 on the path, 2 done.
    let mut seen = vec![0_u8; count];
    let has_caller: Vec<bool> =
        (0..count).map(|node| graph.edges.iter().any(|(from, to)| *to == node && from != to)).collect();
    let roots = (0..count).filter(|node| !has_caller[*node]).chain(0..count);
    for root in roots {
        if seen[root] != 0 {
            continue;
        }
        let mut path = vec![(root, 0)];
        seen[root] = 1;
        while let Some((node, next)) = path.last_mut() {
            let Some(edge) = out[*node].get(*next).copied() else {
                seen[*node] = 2;
                path.pop();
                continue;
            };
            *next += 1;
            let to = graph.edges[edge].1;
            match seen[to] {
                0 => {
                    seen[to] = 1;
                    path.push((to, 0));
                }
                1 => forward[edge] = (to, graph.edges[edge].0),
                _ => {}
            }
        }
    }
    forward
}

fn layers(graph: &Graph, forward: &[(usize, usize)]) -> Vec<usize> {
    let count = graph.groups.len();
    let inside = |edge: &&(usize, usize)| edge.0 != edge.1 && graph.groups[edge.0] == graph.groups[edge.1];
    let forward: Vec<(usize, usize)> = forward.iter().filter(inside).copied().collect();
    let mut layer = vec![0_usize; count];
    // Longest path by relaxation: at most as many rounds as nodes, the edges have no cycle.
    for _ in 0..count {
        let mut changed = false;
        for (from, to) in &forward {
            if layer[*to] < layer[*from] + 1 {
                layer[*to] = layer[*from] + 1;
                changed = true;
            }
        }
        if !changed {
            break;
        }
    }
    // A caller nobody calls stands next to its nearest peer.
    for node in 0..count {
        let called = forward.iter().any(|(_, to)| *to == node);
        let nearest = forward.iter().filter(|(from, _)| *from == node).map(|(_, to)| layer[*to]).min();
        if let (false, Some(nearest)) = (called, nearest) {
            layer[node] = nearest.saturating_sub(1);
        }
    }
    spread(graph, &forward, &mut layer);
    layer
}

/// In lanes, nodes without a neighbour in their lane fill the rows instead of standing in one tall column.
fn spread(graph: &Graph, inside: &[(usize, usize)], layer: &mut [usize]) {
    let lanes = graph.groups.iter().max().map_or(1, |last| last + 1);
    if lanes < 2 {
        return;
    }
    let columns = layer.iter().max().map_or(1, |last| last + 1).max(4);
    for lane in 0..lanes {
        let mut free: Vec<usize> = vec![0; columns];
        for (node, at) in layer.iter().enumerate() {
            let alone = !inside.iter().any(|(from, to)| *from == node || *to == node);
            if graph.groups[node] == lane && !alone {
                free[*at] += 1;
            }
        }
        for node in (0..layer.len()).filter(|node| graph.groups[*node] == lane) {
            if !inside.iter().any(|(from, to)| *from == node || *to == node) {
                let emptiest = (0..columns).min_by_key(|column| free[*column]).unwrap_or(0);
                free[emptiest] += 1;
                layer[node] = emptiest;
            }
        }
    }
}

fn cells(graph: &Graph, forward: &[(usize, usize)], layers: &[usize]) -> (Vec<Cell>, Vec<Vec<usize>>) {
    let mut cells: Vec<Cell> = layers
        .iter()
        .zip(&graph.groups)
        .map(|(layer, lane)| Cell { layer: *layer, lane: *lane, before: Vec::new(), after: Vec::new() })
        .collect();
    let mut chains = Vec::new();
    for (from, to) in forward {
        let mut chain = vec![*from];
        // Bends only inside a lane: across lanes they would stretch lanes they do not belong to.
        if graph.groups[*from] == graph.groups[*to] {
            for layer in layers[*from] + 1..layers[*to] {
                chain.push(cells.len());
                cells.push(Cell { layer, lane: graph.groups[*from], before: Vec::new(), after: Vec::new() });
            }
        }
        chain.push(*to);
        // Only edges inside a lane pull on the order: the others run between lanes.
        for pair in chain.windows(2) {
            if cells[pair[0]].lane == cells[pair[1]].lane {
                cells[pair[0]].after.push(pair[1]);
                cells[pair[1]].before.push(pair[0]);
            }
        }
        chains.push(chain);
    }
    (cells, chains)
}

/// Cells per layer, sorted by lane and barycentre.
fn ordered(cells: &[Cell]) -> Vec<Vec<usize>> {
    let count = cells.iter().map(|cell| cell.layer).max().unwrap_or(0) + 1;
    let mut columns = vec![Vec::new(); count];
    for (at, cell) in cells.iter().enumerate() {
        columns[cell.layer].push(at);
    }
    let mut rank = vec![0.0_f64; cells.len()];
    let number = |columns: &[Vec<usize>], rank: &mut [f64]| {
        for column in columns {
            for (at, cell) in column.iter().enumerate() {
                rank[*cell] = at as f64 - column.len() as f64 / 2.0;
            }
        }
    };
    for column in &mut columns {
        column.sort_by_key(|cell| cells[*cell].lane);
    }
    number(&columns, &mut rank);
    for sweep in 0..12 {
        for step in 0..count {
            let at = if sweep % 2 == 0 { step } else { count - 1 - step };
            let mut keyed: Vec<(usize, f64, usize)> = columns[at]
                .iter()
                .map(|cell| {
                    let near = if sweep % 2 == 0 { &cells[*cell].before } else { &cells[*cell].after };
                    let mean = if near.is_empty() {
                        rank[*cell]
                    } else {
                        near.iter().map(|other| rank[*other]).sum::<f64>() / near.len() as f64
                    };
                    (cells[*cell].lane, mean, *cell)
                })
                .collect();
            keyed.sort_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)));
            columns[at] = keyed.into_iter().map(|(_, _, cell)| cell).collect();
            number(&columns, &mut rank);
        }
    }
    columns
}

fn place(graph: &Graph, cells: &[Cell], chains: &[Vec<usize>], columns: &[Vec<usize>]) -> Layout {
    let lanes = graph.groups.iter().max().map_or(1, |last| last + 1);
    let head = if lanes > 1 { LANE_HEAD } else { 0.0 };
    let tallest: Vec<usize> = (0..lanes)
        .map(|lane| {
            columns
                .iter()
                .map(|column| column.iter().filter(|cell| cells[**cell].lane == lane).count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut tops = Vec::new();
    let mut y = MARGIN;
    for rows in &tallest {
        let height = head + rows.max(&1).to_owned() as f64 * ROW + if lanes > 1 { 8.0 } else { 0.0 };
        tops.push((y, height));
        y += height + if lanes > 1 { LANE_GAP } else { 0.0 };
    }
    let mut at = vec![(0.0, 0.0); cells.len()];
    for (layer, column) in columns.iter().enumerate() {
        let x = MARGIN + layer as f64 * (NODE_W + GAP_X) + if lanes > 1 { MARGIN } else { 0.0 };
        for lane in 0..lanes {
            let members: Vec<usize> = column.iter().copied().filter(|cell| cells[*cell].lane == lane).collect();
            let free = (tallest[lane] - members.len()) as f64 * ROW / 2.0;
            for (row, cell) in members.into_iter().enumerate() {
                at[cell] = (x, tops[lane].0 + head + free + row as f64 * ROW + (ROW - NODE_H) / 2.0);
            }
        }
    }
    let mut far = 0;
    let routes = graph
        .edges
        .iter()
        .zip(chains)
        .map(|(edge, chain)| {
            if graph.groups[edge.0] == graph.groups[edge.1] {
                return route(*edge, chain, &at);
            }
            far += 1;
            between(graph, *edge, &at, &tops, columns.len(), far)
        })
        .collect();
    let extra = if lanes > 1 { 2.0 * MARGIN } else { 0.0 };
    Layout {
        nodes: at[..graph.groups.len()].to_vec(),
        width: 2.0 * MARGIN + columns.len() as f64 * NODE_W + (columns.len() - 1) as f64 * GAP_X + extra,
        height: y + MARGIN - if lanes > 1 { LANE_GAP } else { 0.0 },
        lanes: tops,
        routes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flat(count: usize, edges: &[(usize, usize)]) -> Graph {
        Graph { groups: vec![0; count], edges: edges.to_vec() }
    }

    #[test]
    fn callers_stand_left_of_their_peers() {
        let edges = [(0, 1), (1, 2), (0, 2), (3, 2)];
        let drawn = layout(&flat(4, &edges));
        for (from, to) in edges {
            assert!(drawn.nodes[from].0 < drawn.nodes[to].0, "{from} -> {to}");
        }
        assert_eq!(drawn.nodes[3].0, drawn.nodes[1].0, "a lone caller stands next to its peer");
    }

    #[test]
    fn no_two_nodes_overlap() {
        let edges: Vec<_> = (1..12).map(|to| (0, to)).chain([(3, 4), (5, 4), (11, 2)]).collect();
        let drawn = layout(&flat(12, &edges));
        for (a, first) in drawn.nodes.iter().enumerate() {
            for second in &drawn.nodes[a + 1..] {
                let apart = (first.0 - second.0).abs() >= NODE_W || (first.1 - second.1).abs() >= NODE_H;
                assert!(apart, "{first:?} {second:?}");
            }
            assert!(first.0 + NODE_W <= drawn.width && first.1 + NODE_H <= drawn.height);
        }
    }

    #[test]
    fn cycles_and_self_calls_are_drawn() {
        let drawn = layout(&flat(3, &[(0, 1), (1, 2), (2, 0), (1, 1)]));
        assert_eq!(drawn.routes.len(), 4);
        let back = &drawn.routes[2];
        assert!(back[0].0 > back[back.len() - 1].0, "the back edge runs from right to left");
    }

    #[test]
    fn lanes_keep_their_nodes() {
        let graph = Graph { groups: vec![0, 1, 0, 1], edges: vec![(0, 1), (2, 3), (0, 2)] };
        let drawn = layout(&graph);
        for (node, group) in graph.groups.iter().enumerate() {
            let (top, height) = drawn.lanes[*group];
            let y = drawn.nodes[node].1;
            assert!(y >= top && y + NODE_H <= top + height, "node {node}");
        }
        assert!(drawn.lanes[0].0 + drawn.lanes[0].1 <= drawn.lanes[1].0);
    }

    #[test]
    fn lines_between_lanes_pass_no_box() {
        // Three lanes of three columns each, and lines from everywhere to everywhere in other lanes.
        let groups: Vec<usize> = (0..18).map(|node| node / 6).collect();
        let inside = (0..3).flat_map(|lane| (0..4).map(move |node| (lane * 6 + node, lane * 6 + node + 2)));
        let across = (0..18).flat_map(|from| (0..18).map(move |to| (from, to)));
        let edges: Vec<_> = inside.chain(across.filter(|(from, to)| from / 6 != to / 6)).collect();
        let drawn = layout(&Graph { groups: groups.clone(), edges: edges.clone() });
        for ((from, to), route) in
            edges.iter().zip(&drawn.routes).filter(|((from, to), _)| groups[*from] != groups[*to])
        {
            assert_eq!(route[0].0, drawn.nodes[*from].0 + NODE_W, "it leaves at the right");
            assert_eq!(route[route.len() - 1].0, drawn.nodes[*to].0, "it enters at the left");
            for pair in route.windows(2) {
                let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
                assert!(x == to_x || y == to_y, "upright or level");
                for (left, top) in &drawn.nodes {
                    let apart = x.max(to_x) <= *left
                        || x.min(to_x) >= left + NODE_W
                        || y.max(to_y) <= *top
                        || y.min(to_y) >= top + NODE_H;
                    assert!(apart, "{from} -> {to}: {pair:?} crosses the box at {left} {top}");
                }
            }
        }
    }

    #[test]
    fn long_edges_bend_and_the_layout_is_the_same_each_time() {
        let graph = flat(4, &[(0, 1), (1, 2), (2, 3), (0, 3)]);
        let drawn = layout(&graph);
        assert_eq!(drawn.routes[3].len(), 4);
        assert_eq!(drawn, layout(&graph));
        assert_eq!(layout(&Graph::default()), Layout::default());
    }
}
