//! What one needs first: doors, components, remarks, drift, volumes, orders.

use hypo_shared::service::DriftPolicy;
use leptos::prelude::*;
use serde_json::Value;

use super::{
    actions,
    scale::{self, Scaling},
};
use crate::{
    api::ops::{self, Action, Service, ServiceComponent},
    state::session::can,
    ui::{
        icon::{Icon, icon},
        panel::Panel,
    },
    widgets::{
        act::{Act, deed},
        bytes::bytes,
        failure::cause,
        lists,
        time::{when, when_known},
        words::Said,
    },
};

pub fn tab(service: RwSignal<Option<Service>>) -> AnyView {
    let scaling = RwSignal::new(None);
    let body = move || service.get().map(|it| body(&it, scaling));
    html! { {body}{scale::dialog(service, scaling)} }.into_any()
}

fn body(it: &Service, scaling: RwSignal<Option<Scaling>>) -> AnyView {
    let causes: Vec<_> = it.components.iter().filter_map(|component| component.cause.as_ref()).map(cause).collect();
    let remarks = (!it.notes.is_empty()).then(|| lists::notes("warn", &it.notes));
    let orders = (!it.orders.is_empty()).then(|| {
        let table = lists::orders(&it.orders);
        html! { <Panel title="Orders" bare=true>{table}</Panel> }
    });
    html! {
        {causes}
        {remarks}
        {doors(it)}
        {components(it, scaling)}
        {drift(it)}
        {links(it)}
        {volumes(it)}
        {orders}
        {facts(it)}
    }
    .into_any()
}

fn doors(it: &Service) -> AnyView {
    if it.entry_points.is_empty() {
        return ().into_any();
    }
    let doors: Vec<_> = it
        .entry_points
        .iter()
        .map(|door| {
            html! {
                <a class="tile door" href=door.url.clone() target="_blank" rel="noopener">
                    <span class="row strong">{icon(Icon::Open)}{format!("Open {}", door.component)}</span>
                    <span class="mono clip">{door.url.clone()}</span>
                    <span class="below">{format!("{} on {}", door.kind, door.cluster.name)}</span>
                </a>
            }
        })
        .collect();
    html! { <div class="cards">{doors}</div> }.into_any()
}

fn components(it: &Service, scaling: RwSignal<Option<Scaling>>) -> AnyView {
    let id = it.id;
    let rows: Vec<_> = it.components.iter().map(|component| component_row(id, component, scaling)).collect();
    html! {
        <Panel title=format!("Components ({})", rows.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Components"><table class="grid">
                <thead><tr><th>"Component"</th><th>"Cluster"</th><th>"Health"</th><th class="num">"Ready"</th><th class="num wide">"Restarts"</th><th class="wide">"Pods"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                <tbody>{rows}</tbody>
            </table></div>
        </Panel>
    }
    .into_any()
}

fn component_row(id: uuid::Uuid, it: &ServiceComponent, scaling: RwSignal<Option<Scaling>>) -> AnyView {
    let pods: Vec<_> = it
        .pods
        .iter()
        .map(|pod| {
            let simulated = pod.simulated.then(|| html! { <span class="chip">"simulated"</span> });
            let tone = if pod.ready { crate::ui::badge::Tone::Ok } else { crate::ui::badge::Tone::Busy };
            html! { <span class="row small nowrap" title=format!("{} on node {}", pod.phase, pod.node)>{crate::ui::badge::shape(tone)}<span class="mono">{pod.name.clone()}</span>{simulated}</span> }
        })
        .collect();
    html! {
        <tr>
            <td><span class="strong">{it.name.clone()}</span><span class="sub">{it.message.clone()}</span></td>
            <td>{it.cluster.name.clone()}<span class="sub">{it.cluster.owner.name.clone()}</span></td>
            <td>{it.health.badge()}</td>
            <td class="num">{format!("{}/{}", it.ready, it.desired)}</td>
            <td class="num wide">{it.restarts}</td>
            <td class="wide">{pods}</td>
            <td class="num">{actions::component(id, it, scaling)}</td>
        </tr>
    }
    .into_any()
}

fn drift(it: &Service) -> AnyView {
    let id = it.id;
    let policy = it.drift_policy;
    let may = can(Action::ControlService);
    let choice = move |value: DriftPolicy, label: &'static str| {
        html! {
            <button type="button" aria-pressed=(policy == value).to_string() disabled=!may
                on:click=move |_| deed(ops::SetDriftPolicy { service_id: id, policy: value }, |_| ()).start(RwSignal::new(false), None)>{label}</button>
        }
    };
    let tools = html! { <div class="segments" role="group" aria-label="What is done about drift">{choice(DriftPolicy::Alert, "Only show")}{choice(DriftPolicy::Revert, "Put back")}</div> }.into_any();
    if it.drift.is_empty() {
        return html! { <Panel title="Drift" tools=tools><p class="row soft">{crate::ui::badge::shape(crate::ui::badge::Tone::Ok)}"What runs is what was planned."</p></Panel> }.into_any();
    }
    let rows: Vec<_> = it
        .drift
        .iter()
        .map(|row| {
            html! {
                <tr><td><span class="mono">{row.object.clone()}</span><span class="sub">{row.cluster.name.clone()}</span></td><td><code>{row.path.clone()}</code></td>
                    <td><code>{plain(&row.expected)}</code></td><td><code>{plain(&row.live)}</code></td><td class="wide">{when(row.since)}</td></tr>
            }
        })
        .collect();
    let revert = may.then(|| html! { <div class="body"><div><Act label="Put planned values back" deed=move || Some(deed(ops::RevertDrift { service_id: id }, |_| ())) /></div></div> });
    html! {
        <Panel title=format!("Drift ({})", rows.len()) tools=tools bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Drift"><table class="grid">
                <thead><tr><th>"Object"</th><th>"Field"</th><th>"Planned"</th><th>"Live"</th><th class="wide">"Since"</th></tr></thead><tbody>{rows}</tbody></table></div>
            {revert}
        </Panel>
    }
    .into_any()
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "–".into(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn links(it: &Service) -> AnyView {
    if it.links.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = it
        .links
        .iter()
        .map(|link| {
            html! {
                <tr><td>{link.from.clone()}<span class="sub">{link.from_cluster.name.clone()}</span></td><td>{link.to.clone()}<span class="sub">{link.to_cluster.name.clone()}</span></td>
                    <td><code>{format!("{}:{}", link.service, link.port)}</code></td><td>{link.state.badge()}</td><td class="wide">{link.provider.clone()}</td></tr>
            }
        })
        .collect();
    html! {
        <Panel title=format!("Links between clusters ({})", it.links.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Links"><table class="grid">
                <thead><tr><th>"From"</th><th>"To"</th><th>"Service"</th><th>"State"</th><th class="wide">"By"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn volumes(it: &Service) -> AnyView {
    if it.volumes.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = it
        .volumes
        .iter()
        .map(|volume| {
            let bound = if volume.bound { "Bound" } else { "Waiting for a volume" };
            html! { <tr><td><span class="strong">{volume.claim.clone()}</span><span class="sub">{volume.component.clone()}</span></td><td>{volume.cluster.name.clone()}</td><td class="num">{bytes(volume.bytes)}</td><td>{bound}</td></tr> }
        })
        .collect();
    html! {
        <Panel title="Volumes" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Volumes"><table class="grid">
                <thead><tr><th>"Claim"</th><th>"Cluster"</th><th class="num">"Size"</th><th>"State"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn facts(it: &Service) -> AnyView {
    let it = it.clone();
    html! {
        <Panel title="Facts">
            <dl class="facts">
                <div><dt>"Package"</dt><dd><a href=format!("/packages/{}", it.package.id)>{format!("{} {}", it.package.name, it.package.version)}</a></dd></div>
                <div><dt>"Made"</dt><dd>{when(it.created_at)}</dd></div>
                <div><dt>"Started"</dt><dd>{when_known(it.started_at)}</dd></div>
                <div><dt>"Ended"</dt><dd>{when_known(it.ended_at)}</dd></div>
                <div><dt>"Id"</dt><dd><code>{it.id.to_string()}</code></dd></div>
            </dl>
        </Panel>
    }
    .into_any()
}
