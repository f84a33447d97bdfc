//! Who talks to whom where: the service's components grouped by cluster, and the same as a table.

use hypo_shared::{analysis::Analysis, service::LinkState};
use leptos::prelude::*;

use crate::{
    api::ops::{Service, ServiceComponent},
    topology::view::{Edge, GraphView, Node, Picked},
    ui::panel::Panel,
    widgets::{failure::cause, words::Said},
};

/// A connection between two placed components.
#[derive(Clone, Debug, PartialEq)]
struct Call {
    from: usize,
    to: usize,
    port: u16,
    link: Option<LinkState>,
}

/// The package's edges over the placed components: the instance beside the caller, else the one its link leads to.
fn calls(service: &Service, analysis: &Analysis) -> Vec<Call> {
    let places = &service.components;
    let mut calls = Vec::new();
    for edge in &analysis.edges {
        for (from, caller) in places.iter().enumerate().filter(|(_, it)| it.name == edge.from) {
            let beside = places.iter().position(|it| it.name == edge.to && it.cluster.id == caller.cluster.id);
            if let Some(to) = beside {
                calls.push(Call { from, to, port: edge.port, link: None });
            }
        }
    }
    // Links also stand for edges drawn by hand, which the package does not know.
    for link in &service.links {
        let find = |name: &str, cluster| places.iter().position(|it| it.name == *name && it.cluster.id == cluster);
        if let (Some(from), Some(to)) = (find(&link.from, link.from_cluster.id), find(&link.to, link.to_cluster.id)) {
            let port = u16::try_from(link.port).unwrap_or(0);
            calls.push(Call { from, to, port, link: Some(link.state) });
        }
    }
    calls
}

pub fn tab(service: RwSignal<Option<Service>>) -> AnyView {
    let picked = RwSignal::new(None::<Picked>);
    let body = move || {
        let service = service.get()?;
        let analysis: Analysis = serde_json::from_value(service.package.analysis.clone()).unwrap_or_default();
        let calls = calls(&service, &analysis);
        let mut lanes: Vec<(uuid::Uuid, String)> = Vec::new();
        let mut nodes = Vec::new();
        for it in &service.components {
            let group = lanes.iter().position(|(id, _)| *id == it.cluster.id).unwrap_or_else(|| {
                lanes.push((it.cluster.id, format!("{} · {}", it.cluster.name, it.cluster.owner.name)));
                lanes.len() - 1
            });
            let below = format!("{} · {}/{} ready", it.health.said(), it.ready, it.desired);
            nodes.push(Node { title: it.name.clone(), below, tone: Some(it.health.tone()), group });
        }
        let name = |at: usize| format!("{} on {}", service.components[at].name, service.components[at].cluster.name);
        let edges: Vec<Edge> = calls
            .iter()
            .map(|call| Edge {
                from: call.from,
                to: call.to,
                kind: if call.link.is_some() { "far" } else { "sure" },
                label: format!("{} calls {} on port {}", name(call.from), name(call.to), call.port),
            })
            .collect();
        let lanes: Vec<String> = lanes.into_iter().map(|(_, name)| name).collect();
        let rows: Vec<_> = calls
            .iter()
            .map(|call| {
                let state = call.link.map_or_else(|| html! { <span class="muted">"inside the cluster"</span> }.into_any(), Said::badge);
                html! { <tr><td>{name(call.from)}</td><td>{name(call.to)}</td><td class="num">{call.port}</td><td>{state}</td></tr> }
            })
            .collect();
        let parts = service.components.clone();
        let lines = StoredValue::new((calls, edges.iter().map(|edge| edge.label.clone()).collect::<Vec<_>>()));
        let side = move || match picked.get() {
            Some(Picked::Node(at)) => parts.get(at).map(about),
            Some(Picked::Edge(at)) => lines.with_value(|(calls, labels)| {
                let link = calls.get(at)?.link.map(Said::badge);
                let label = labels.get(at)?.clone();
                Some(html! { <h3>{label}</h3>{link} }.into_any())
            }),
            None => Some(
                html! { <p class="soft">"Pick a component or a line. Strong lines cross clusters."</p> }.into_any(),
            ),
        };
        Some(html! {
            <Panel title="Topology" bare=true>
                <div class="graph-split">
                    <GraphView nodes=nodes edges=edges lanes=lanes picked=picked label="Components by cluster and who calls whom" />
                    <aside class="graph-side" aria-live="polite">{side}</aside>
                </div>
                <details class="fold graph-table"><summary>{format!("The same as a table ({})", rows.len())}</summary>
                    <div class="table-scroll" tabindex="0" role="region" aria-label="Calls"><table class="grid">
                        <thead><tr><th>"From"</th><th>"To"</th><th class="num">"Port"</th><th>"Link"</th></tr></thead><tbody>{rows}</tbody></table></div>
                </details>
            </Panel>
        })
    };
    body.into_any()
}

fn about(it: &ServiceComponent) -> AnyView {
    let pods: Vec<_> = it
        .pods
        .iter()
        .map(|pod| html! { <li class="mono">{pod.name.clone()}{pod.simulated.then_some(" (simulated)")}</li> })
        .collect();
    html! {
        <h3>{it.name.clone()}</h3>
        <span>{it.health.badge()}</span>
        <p>{it.message.clone()}</p>
        <p class="soft">{format!("{} on {}, {} of {} ready, {} restarts", it.kind, it.cluster.name, it.ready, it.desired, it.restarts)}</p>
        <ul class="plain">{pods}</ul>
        <ul class="plain small">{it.images.iter().map(|image| html! { <li><code>{image.clone()}</code></li> }).collect_view()}</ul>
        {it.cause.as_ref().map(cause)}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use hypo_shared::analysis::Edge as Known;

    use super::*;
    use crate::api::{json::Json, ops::ServiceLink};

    fn part(name: &str, cluster: u128) -> ServiceComponent {
        let mut it = ServiceComponent { name: name.into(), ..ServiceComponent::absent() };
        it.cluster.id = uuid::Uuid::from_u128(cluster);
        it
    }

    #[test]
    fn calls_stay_beside_the_caller_or_follow_a_link() {
        let mut service =
            Service { components: vec![part("web", 1), part("web", 2), part("db", 2)], ..Service::absent() };
        let mut link = ServiceLink {
            from: "web".into(),
            to: "db".into(),
            port: 5432,
            state: LinkState::Up,
            ..ServiceLink::absent()
        };
        link.from_cluster.id = uuid::Uuid::from_u128(1);
        link.to_cluster.id = uuid::Uuid::from_u128(2);
        service.links.push(link);
        let edge = Known {
            from: "web".into(),
            to: "db".into(),
            service: "db".into(),
            port: 5432,
            protocol: "TCP".into(),
            confidence: 1.0,
            evidence: Vec::new(),
        };
        let analysis = Analysis { edges: vec![edge], ..Analysis::default() };
        let seen = calls(&service, &analysis);
        assert_eq!(
            seen,
            [
                Call { from: 1, to: 2, port: 5432, link: None },
                Call { from: 0, to: 2, port: 5432, link: Some(LinkState::Up) },
            ]
        );
    }
}
