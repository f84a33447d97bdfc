//! Step 2: what the package holds, what the user decides about peers, its values.

use hypo_shared::{analysis::Analysis, placement::PeerPolicy, quantity::format_bytes};
use leptos::prelude::*;
use uuid::Uuid;

use super::{graph, links, steps::steps, values};
use crate::{
    api::ops,
    state::{
        draft::{Draft, draft},
        fetch::fetch,
    },
    ui::panel::{Panel, failure},
    widgets::{head::PageHead, lists::notes},
};

/// The note with which the analysis says that a package names no peers.
const PEERS_UNKNOWN: &str = "peersUnknown";

pub fn page(id: Uuid) -> AnyView {
    let package = fetch(move || ops::PackageDetail { id });
    let draft = draft(id);
    let title = Signal::derive(move || {
        package.ok().flatten().map_or_else(|| "Components".to_owned(), |it| format!("Components of {}", it.name))
    });
    let next =
        html! { <a class="button primary" href=format!("/new/{id}/placement")>"Place the components"</a> }.into_any();
    html! {
        <PageHead title=title actions=next />
        {steps(1, [Some("/new".into()), None, Some(format!("/new/{id}/placement")), None])}
        {package.show(move |it| {
            let Some(it) = it else { return failure("No such package.", "HYP-1012", move || package.reload()) };
            match graph::read(&it) {
                Some(analysis) => body(&it, &analysis, draft),
                None => failure("The analysis of this package cannot be read.", "HYP-9003", move || package.reload()),
            }
        })}
    }
    .into_any()
}

fn body(package: &ops::Package, analysis: &Analysis, draft: RwSignal<Draft>) -> AnyView {
    let remarks: Vec<ops::Note> = analysis
        .notes
        .iter()
        .filter(|note| note.code != PEERS_UNKNOWN)
        .map(|note| ops::Note { code: note.code.clone(), text: note.text.clone() })
        .collect();
    let unknown =
        analysis.notes.iter().find(|note| note.code == PEERS_UNKNOWN).map(|note| peers(note.text.clone(), draft));
    html! {
        {unknown}
        {graph::panel(analysis)}
        {links::panel(analysis, draft)}
        {table(analysis)}
        {glue(analysis)}
        {outside(analysis)}
        {(!remarks.is_empty()).then(|| html! { <Panel title="Notes">{notes("", &remarks)}</Panel> })}
        {values::panel(package)}
    }
    .into_any()
}

/// The package names no peers: the user chooses what may talk across clusters.
fn peers(text: String, draft: RwSignal<Draft>) -> AnyView {
    let choices = [
        (
            PeerPolicy::Declared,
            "Only edges I draw",
            "Least privilege. Draw the edges below; nothing else crosses clusters.",
        ),
        (
            PeerPolicy::Everything,
            "Every service from everywhere",
            "Works at once. Least privilege is lost: the plan says so.",
        ),
        (
            PeerPolicy::Learn,
            "Learn",
            "The same as every service from everywhere: nothing observes connections yet, so nothing narrows it.",
        ),
    ];
    let options: Vec<_> = choices
        .into_iter()
        .map(|(policy, title, about)| {
            html! {
                <label class="choice">
                    <input type="radio" name="peers" prop:checked=move || draft.with(|draft| draft.request.peers == policy)
                        on:change=move |_| draft.update(|draft| draft.request.peers = policy) />
                    <span><span class="strong">{title}</span><span class="soft small">{about}</span></span>
                </label>
            }
        })
        .collect();
    html! {
        <Panel title="Who may talk to whom?">
            {crate::ui::panel::notice("warn", text.clone(), ().into_any())}
            <fieldset class="stack-s"><legend class="sr">"Peer policy"</legend>{options}</fieldset>
        </Panel>
    }
    .into_any()
}

fn table(analysis: &Analysis) -> AnyView {
    let rows: Vec<_> = analysis
        .components
        .iter()
        .map(|it| {
            let services: Vec<String> = it
                .services
                .iter()
                .map(|service| {
                    let ports: Vec<String> = service.ports.iter().map(|port| port.port.to_string()).collect();
                    format!("{}:{}", service.name, ports.join(","))
                })
                .collect();
            let data = it.stateful.then(|| html! { <span class="chip accent">"keeps data"</span> });
            html! {
                <tr>
                    <td><span class="strong">{it.name.clone()}</span>" "{data}<span class="sub">{it.kind.clone()}</span></td>
                    <td class="wide"><code>{services.join(" ")}</code></td>
                    <td class="num">{it.replicas}</td>
                    <td class="num">{format!("{} m", it.cpu_millis)}</td>
                    <td class="num">{format_bytes(it.memory_bytes)}</td>
                    <td class="num wide">{it.owned.len()}</td>
                </tr>
            }
        })
        .collect();
    html! {
        <Panel title=format!("Components ({})", analysis.components.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Components"><table class="grid">
                <thead><tr><th>"Component"</th><th class="wide">"Services"</th><th class="num">"Replicas"</th><th class="num">"CPU"</th><th class="num">"Memory"</th><th class="num wide">"Objects"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Panel>
    }
    .into_any()
}

fn glue(analysis: &Analysis) -> AnyView {
    if analysis.glue.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = analysis
        .glue
        .iter()
        .map(|it| html! { <li><span class="strong">{it.members.join(", ")}</span>": "{it.reason.clone()}</li> })
        .collect();
    html! { <Panel title="Must stay together"><ul class="plain">{rows}</ul></Panel> }.into_any()
}

fn outside(analysis: &Analysis) -> AnyView {
    if analysis.external.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = analysis
        .external
        .iter()
        .map(|it| {
            let port = it.port.map(|port| format!(":{port}")).unwrap_or_default();
            html! { <tr><td><code>{format!("{}{port}", it.host)}</code></td><td>{it.from.clone()}</td><td class="wide">{graph::evidence(&it.evidence)}</td></tr> }
        })
        .collect();
    html! {
        <Panel title="Hosts outside the package" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Hosts outside the package"><table class="grid">
                <thead><tr><th>"Host"</th><th>"Called by"</th><th class="wide">"Evidence"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}
