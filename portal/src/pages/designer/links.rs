//! Candidates to accept and edges drawn by hand.

use hypo_shared::{analysis::Analysis, placement::ExtraEdge};
use leptos::prelude::*;

use crate::{
    state::draft::Draft,
    ui::{
        field::{SelectField, TextField},
        icon::{Icon, icon},
        panel::Panel,
    },
};

pub fn panel(analysis: &Analysis, draft: RwSignal<Draft>) -> AnyView {
    let from = RwSignal::new(analysis.components.first().map(|it| it.name.clone()).unwrap_or_default());
    let to = RwSignal::new(analysis.components.get(1).map(|it| it.name.clone()).unwrap_or_default());
    let port = RwSignal::new(String::new());
    let fault = RwSignal::new(String::new());
    let names: Vec<(String, String)> =
        analysis.components.iter().map(|it| (it.name.clone(), it.name.clone())).collect();
    let names = Signal::stored(names);
    // The port of the peer's Service is the likely one.
    let ports = StoredValue::new(
        analysis
            .components
            .iter()
            .map(|it| {
                (it.name.clone(), it.services.iter().flat_map(|service| &service.ports).map(|port| port.port).next())
            })
            .collect::<Vec<_>>(),
    );
    Effect::new(move |_| {
        let to = to.get();
        let likely = ports.with_value(|ports| ports.iter().find(|(name, _)| *name == to).and_then(|(_, port)| *port));
        if let Some(likely) = likely {
            port.set(likely.to_string());
        }
    });
    let add = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        match port.get_untracked().trim().parse::<u16>() {
            Ok(port) if port > 0 && from.get_untracked() != to.get_untracked() => {
                fault.set(String::new());
                accept(draft, ExtraEdge { from: from.get_untracked(), to: to.get_untracked(), port });
            }
            Ok(port) if port > 0 => fault.set("A component does not need an edge to itself.".into()),
            _ => fault.set("Give a port from 1 to 65535.".into()),
        }
    };
    let drawn = move || {
        draft.with(|draft| draft.request.extra_edges.clone()).into_iter().map(|edge| {
            let gone = edge.clone();
            html! {
                <li class="row"><span class="chip accent">{format!("{} → {}:{}", edge.from, edge.to, edge.port)}</span>
                    <button type="button" class="button quiet icon tiny" aria-label=format!("Remove the edge from {} to {}", edge.from, edge.to)
                        on:click=move |_| draft.update(|draft| draft.request.extra_edges.retain(|edge| *edge != gone))>{icon(Icon::Close)}</button></li>
            }
        }).collect_view()
    };
    let candidates: Vec<_> = analysis
        .candidates
        .iter()
        .map(|edge| {
            let extra = ExtraEdge { from: edge.from.clone(), to: edge.to.clone(), port: edge.port };
            let taken = extra.clone();
            let disabled = move || draft.with(|draft| draft.request.extra_edges.contains(&taken));
            html! {
                <li class="row">
                    <span>{format!("{} → {}:{}", edge.from, edge.to, edge.port)}</span>
                    <span class="muted small">{format!("confidence {:.2}", edge.confidence)}</span>
                    <code class="small">{edge.evidence.first().map(|it| it.string.clone())}</code>
                    <button type="button" class="button tiny" disabled=disabled on:click=move |_| accept(draft, extra.clone())>"Accept as edge"</button>
                </li>
            }
        })
        .collect();
    let has_candidates = !candidates.is_empty();
    html! {
        <Panel title="Edges by hand">
            {has_candidates.then(|| html! { <h3>"Candidates"</h3><ul role="list" class="stack-s">{candidates}</ul> })}
            <ul role="list" class="row">{drawn}</ul>
            <form class="edge-form" on:submit=add novalidate>
                <SelectField label="From component" value=from options=names />
                <SelectField label="To component" value=to options=names />
                <TextField label="Port" value=port fault=fault />
                <button type="submit" class="button">{icon(Icon::Plus)}"Add edge"</button>
            </form>
        </Panel>
    }
    .into_any()
}

fn accept(draft: RwSignal<Draft>, edge: ExtraEdge) {
    draft.update(|draft| {
        if edge.port > 0 && !draft.request.extra_edges.contains(&edge) {
            draft.request.extra_edges.push(edge);
            draft.request.extra_edges.sort();
        }
    });
}
