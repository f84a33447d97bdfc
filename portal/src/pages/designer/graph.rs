//! Who talks to whom, with the evidence: graph, side panel and the same as a table.

use hypo_shared::analysis::{Analysis, Component, Edge, Evidence};
use leptos::prelude::*;

use crate::{
    api::ops::Package,
    topology::view::{Edge as Line, GraphView, Node, Picked},
    ui::panel::{Panel, failure},
};

/// Reads the analysis document; the words are the shared crate's.
pub fn read(package: &Package) -> Option<Analysis> {
    serde_json::from_value(package.analysis.clone()).ok()
}

pub fn graph_panel(package: &Package) -> AnyView {
    match read(package) {
        Some(analysis) => panel(&analysis),
        None => failure("The analysis of this package cannot be read.", "HYP-9003", || {}),
    }
}

pub fn panel(analysis: &Analysis) -> AnyView {
    let picked = RwSignal::new(None::<Picked>);
    let at = |name: &str| analysis.components.iter().position(|component| component.name == name);
    let all: Vec<(Edge, &'static str)> = analysis
        .edges
        .iter()
        .map(|edge| (edge.clone(), "sure"))
        .chain(analysis.candidates.iter().map(|edge| (edge.clone(), "maybe")))
        .filter(|(edge, _)| at(&edge.from).is_some() && at(&edge.to).is_some())
        .collect();
    let nodes: Vec<Node> = analysis
        .components
        .iter()
        .map(|component| Node {
            title: component.name.clone(),
            below: if component.stateful {
                format!("{} · keeps data", component.kind)
            } else {
                component.kind.clone()
            },
            tone: None,
            group: 0,
        })
        .collect();
    let lines: Vec<Line> = all
        .iter()
        .map(|(edge, kind)| Line {
            from: at(&edge.from).unwrap_or(0),
            to: at(&edge.to).unwrap_or(0),
            kind,
            label: format!("{} calls {} on port {}", edge.from, edge.to, edge.port),
        })
        .collect();
    let analysis = analysis.clone();
    let shown = all.clone();
    let side = move || {
        match picked.get() {
        Some(Picked::Edge(edge)) => shown.get(edge).map(|(edge, kind)| about_edge(edge, kind)),
        Some(Picked::Node(node)) => analysis.components.get(node).map(|component| about_component(&analysis, component)),
        None => Some(html! { <p class="soft">"Pick a component or a line to see why it is there. Dashed lines are candidates: they are never used silently."</p> }.into_any()),
    }
    };
    let rows: Vec<_> = all
        .iter()
        .map(|(edge, kind)| {
            let at = edge.evidence.first().map(|it| format!("{} {}", it.document, it.path)).unwrap_or_default();
            html! {
                <tr><td>{edge.from.clone()}</td><td>{edge.to.clone()}</td><td class="num">{edge.port}</td>
                    <td class="num">{format!("{:.2}", edge.confidence)}</td><td>{if *kind == "sure" { "Edge" } else { "Candidate" }}</td>
                    <td class="wide"><code>{at}</code></td></tr>
            }
        })
        .collect();
    html! {
        <Panel title="Who talks to whom" bare=true>
            <div class="graph-split">
                <GraphView nodes=nodes edges=lines picked=picked label="Components and who calls whom" />
                <aside class="graph-side" aria-live="polite">{side}</aside>
            </div>
            <details class="fold graph-table"><summary>{format!("The same as a table ({})", rows.len())}</summary>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Edges"><table class="grid">
                    <thead><tr><th>"From"</th><th>"To"</th><th class="num">"Port"</th><th class="num">"Confidence"</th><th>"Used as"</th><th class="wide">"First evidence"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table></div>
            </details>
        </Panel>
    }
    .into_any()
}

fn about_edge(edge: &Edge, kind: &str) -> AnyView {
    let port =
        if edge.port == 0 { "no port named".to_owned() } else { format!("port {} {}", edge.port, edge.protocol) };
    let verdict = if kind == "sure" { "An edge" } else { "A candidate, not used unless you accept it" };
    html! {
        <h3>{format!("{} → {}", edge.from, edge.to)}</h3>
        <p class="soft">{format!("{verdict}: {port}, through the Service {}, confidence {:.2}.", edge.service, edge.confidence)}</p>
        {evidence(&edge.evidence)}
    }
    .into_any()
}

pub fn evidence(rows: &[Evidence]) -> AnyView {
    let items: Vec<_> = rows
        .iter()
        .map(|it| {
            html! { <li><span class="strong">{it.document.clone()}</span><code>{it.path.clone()}</code><code class="hit">{it.string.clone()}</code></li> }
        })
        .collect();
    html! { <h4 class="small muted">"Evidence"</h4><ul role="list" class="evidence">{items}</ul> }.into_any()
}

fn about_component(analysis: &Analysis, component: &Component) -> AnyView {
    let list = |title: &'static str, items: Vec<String>| {
        (!items.is_empty()).then(|| {
            let items: Vec<_> = items.into_iter().map(|item| html! { <li>{item}</li> }).collect();
            html! { <h4 class="small muted">{title}</h4><ul class="plain">{items}</ul> }
        })
    };
    let calls = analysis
        .edges
        .iter()
        .filter(|edge| edge.from == component.name)
        .map(|edge| format!("{}:{}", edge.to, edge.port))
        .collect();
    let called = analysis.edges.iter().filter(|edge| edge.to == component.name).map(|edge| edge.from.clone()).collect();
    let outside = analysis.external.iter().filter(|it| it.from == component.name).map(|it| it.host.clone()).collect();
    let volumes = component
        .volumes
        .iter()
        .map(|it| format!("{} ({})", it.name, hypo_shared::quantity::format_bytes(it.bytes)))
        .collect();
    html! {
        <h3>{component.name.clone()}</h3>
        <p class="soft">{format!("{} · {} replicas · {} millicores · {}", component.kind, component.replicas, component.cpu_millis,
            hypo_shared::quantity::format_bytes(component.memory_bytes))}</p>
        {list("Calls", calls)}
        {list("Called by", called)}
        {list("Outside hosts", outside)}
        {list("Volumes", volumes)}
        {list("Images", component.images.clone())}
        {list("Goes with it", component.owned.iter().map(ToString::to_string).collect())}
    }
    .into_any()
}
