//! The graph as SVG: nodes are buttons, edges can be picked, groups are named lanes. A table of the same data stands
//! beside it wherever it is used.

use leptos::prelude::*;

use super::layout::{Graph, NODE_H, NODE_W, layout};
use crate::ui::{
    badge::Tone,
    icon::{Icon, icon},
};

#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    pub title: String,
    pub below: String,
    pub tone: Option<Tone>,
    pub group: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    pub from: usize,
    pub to: usize,
    /// `sure`, `maybe` or `far` (crosses clusters).
    pub kind: &'static str,
    pub label: String,
}

/// What the side panel is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    Node(usize),
    Edge(usize),
}

#[component]
pub fn GraphView(
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Names of the lanes; one lane is drawn without a frame.
    #[prop(optional)]
    lanes: Vec<String>,
    picked: RwSignal<Option<Picked>>,
    #[prop(into)] label: String,
) -> AnyView {
    let graph = Graph {
        groups: nodes.iter().map(|node| node.group).collect(),
        edges: edges.iter().map(|edge| (edge.from, edge.to)).collect(),
    };
    let drawn = layout(&graph);
    // `None` fits the graph into its panel.
    let zoom = RwSignal::new(None::<f64>);
    let (width, height) = (drawn.width, drawn.height);
    let frames: Vec<_> = lanes
        .iter()
        .zip(&drawn.lanes)
        .filter(|_| lanes.len() > 1)
        .map(|(name, (top, tall))| {
            html! {
                <rect class="lane" x="8" y=*top width=(width - 16.0).max(0.0) height=*tall rx="10" />
                <text class="lane-name" x="22" y=top + 20.0>{name.clone()}</text>
            }
        })
        .collect();
    let near = move |edge: (usize, usize), at: usize| match picked.get() {
        None => "",
        Some(Picked::Edge(own)) => {
            if own == at {
                " picked"
            } else {
                " dim"
            }
        }
        Some(Picked::Node(node)) => {
            if edge.0 == node || edge.1 == node {
                " near"
            } else {
                " dim"
            }
        }
    };
    let lines: Vec<_> = edges
        .iter()
        .zip(&drawn.routes)
        .enumerate()
        .map(|(at, (edge, points))| {
            let far = graph.groups[edge.from] != graph.groups[edge.to];
            let path = if far { bent(points) } else { curve(points) };
            let ends = (edge.from, edge.to);
            let kind = edge.kind;
            html! {
                <g class="edge-group" on:click=move |_| picked.set(Some(Picked::Edge(at)))>
                    <title>{edge.label.clone()}</title>
                    <path class="edge-touch" d=path.clone() />
                    <path class=move || format!("edge {kind}{}", near(ends, at)) d=path marker-end="url(#arrow)" />
                </g>
            }
        })
        .collect();
    let linked = StoredValue::new(graph.edges.clone());
    let boxes: Vec<_> = nodes
        .iter()
        .zip(&drawn.nodes)
        .enumerate()
        .map(|(at, (node, (x, y)))| {
            let class = move || match picked.get() {
                Some(Picked::Node(own)) if own == at => "node picked",
                Some(Picked::Node(other)) => {
                    let touches = linked.with_value(|all| all.iter().any(|(a, b)| (*a == at && *b == other) || (*b == at && *a == other)));
                    if touches { "node" } else { "node dim" }
                }
                Some(Picked::Edge(edge)) => {
                    let end = linked.with_value(|all| all.get(edge).is_some_and(|(a, b)| *a == at || *b == at));
                    if end { "node" } else { "node dim" }
                }
                None => "node",
            };
            let tone = node.tone.map_or("", Tone::class);
            let name = format!("{} {}", node.title, node.below);
            let pick = move || picked.update(|old| *old = if *old == Some(Picked::Node(at)) { None } else { Some(Picked::Node(at)) });
            html! {
                <g class=class role="button" tabindex="0" aria-pressed=move || (picked.get() == Some(Picked::Node(at))).to_string()
                    transform=format!("translate({x} {y})") on:click=move |_| pick()
                    on:keydown=move |event| if matches!(event.key().as_str(), "Enter" | " ") { event.prevent_default(); pick() }>
                    <title>{name}</title>
                    <rect class="box" width=NODE_W height=NODE_H rx="8" />
                    <rect class=format!("edge-mark {tone}") width="4" height=NODE_H - 16.0 x="0" y="8" rx="2" />
                    <text x="14" y="20">{clip(&node.title, 21)}</text>
                    <text class="below" x="14" y="36">{clip(&node.below, 26)}</text>
                </g>
            }
        })
        .collect();
    html! {
        <div class="graph">
            <div class="graph-tools">
                <button type="button" class="button icon tiny" aria-label="Larger" on:click=move |_| zoom.update(|zoom| *zoom = Some((zoom.unwrap_or(0.9) * 1.25).min(2.5)))>{icon(Icon::Plus)}</button>
                <button type="button" class="button icon tiny" aria-label="Smaller" on:click=move |_| zoom.update(|zoom| *zoom = Some((zoom.unwrap_or(1.0) / 1.25).max(0.4)))>"−"</button>
                <button type="button" class="button tiny" on:click=move |_| { zoom.set(None); picked.set(None) }>"Fit"</button>
            </div>
            <div class="graph-scroll" tabindex="0" role="region" aria-label=label.clone()>
                <svg viewBox=format!("0 0 {width} {height}") class=move || if zoom.get().is_some() { "free" } else { "" }
                    width=move || zoom.get().map_or_else(|| "100%".to_owned(), |zoom| format!("{}", width * zoom))
                    style:max-width=move || zoom.get().map_or_else(|| format!("{width}px"), |_| "none".to_owned()) role="group" aria-label=label.clone()>
                    <defs>
                        <marker id="arrow" viewBox="0 0 8 8" refX="7.500" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse">
                            <path class="arrow-head" d="M0 .5 8 4 0 7.500Z" />
                        </marker>
                    </defs>
                    {frames}{lines}{boxes}
                </svg>
            </div>
        </div>
    }
    .into_any()
}

/// A smooth line through the points with level ends.
fn curve(points: &[(f64, f64)]) -> String {
    let Some(((x, y), rest)) = points.split_first() else { return String::new() };
    let mut path = format!("M{x:.1} {y:.1}");
    let mut last = (*x, *y);
    for (x, y) in rest {
        let half = ((x - last.0).abs() / 2.0).max(24.0) * if *x < last.0 { -1.0 } else { 1.0 };
        let (bend_out, bend_in) = if *x < last.0 { (last.0 - half, x + half) } else { (last.0 + half, x - half) };
        path.push_str(&format!("C{bend_out:.1} {:.1} {bend_in:.1} {y:.1} {x:.1} {y:.1}", last.1));
        last = (*x, *y);
    }
    path
}

/// Upright and level lines through the points, with round corners.
fn bent(points: &[(f64, f64)]) -> String {
    const ROUND: f64 = 8.0;
    let Some(((x, y), rest)) = points.split_first() else { return String::new() };
    let mut path = format!("M{x:.1} {y:.1}");
    let mut last = (*x, *y);
    for (step, (x, y)) in rest.iter().enumerate() {
        let Some((next_x, next_y)) = rest.get(step + 1) else {
            path.push_str(&format!("L{x:.1} {y:.1}"));
            break;
        };
        let toward = |(from_x, from_y): (f64, f64)| {
            let (far_x, far_y) = (from_x - x, from_y - y);
            let far = far_x.abs() + far_y.abs();
            let part = if far > 0.0 { ROUND.min(far / 2.0) / far } else { 0.0 };
            (x + far_x * part, y + far_y * part)
        };
        let ((near_x, near_y), (off_x, off_y)) = (toward(last), toward((*next_x, *next_y)));
        path.push_str(&format!("L{near_x:.1} {near_y:.1}Q{x:.1} {y:.1} {off_x:.1} {off_y:.1}"));
        last = (*x, *y);
    }
    path
}

fn clip(text: &str, max: usize) -> String {
    if text.chars().count() <= max { text.to_owned() } else { text.chars().take(max - 1).chain(['…']).collect() }
}
