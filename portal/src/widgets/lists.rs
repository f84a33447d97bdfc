//! Rows that several pages show.

use leptos::prelude::*;

use super::{
    time::{when, when_known},
    words::{Said, action},
};
use crate::api::ops::{ClusterEvent, Note, Order, Service};

pub fn orders(rows: &[Order]) -> AnyView {
    let body: Vec<_> = rows
        .iter()
        .map(|order| {
            let service = order.service.as_ref().map(|service| {
                html! { <a href=format!("/services/{}", service.id)>{service.name.clone()}</a> }
            });
            html! {
                <tr>
                    <td><a class="lead" href=format!("/orders/{}", order.id)>{order.name.clone()}</a>
                        <span class="sub">{order.waiting_for.clone()}</span></td>
                    <td>{order.state.badge()}</td>
                    <td>{action(order.action)}</td>
                    <td class="wide">{service}</td>
                    <td class="wide">{order.created_by.clone()}</td>
                    <td>{when(order.created_at)}</td>
                    <td class="wide">{when_known(order.completed_at)}</td>
                </tr>
            }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Orders">
            <table class="grid">
                <thead><tr><th>"Order"</th><th>"State"</th><th>"Action"</th><th class="wide">"Service"</th><th class="wide">"By"</th><th>"Placed"</th><th class="wide">"Ended"</th></tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

pub fn services(rows: &[Service]) -> AnyView {
    let body: Vec<_> = rows
        .iter()
        .map(|service| {
            let doors: Vec<_> = service.entry_points.iter().take(2).map(door).collect();
            html! {
                <tr>
                    <td><a class="lead" href=format!("/services/{}", service.id)>{service.name.clone()}</a>
                        <span class="sub">{service.health_message.clone()}</span></td>
                    <td>{service.health.badge()}</td>
                    <td>{service.state.badge()}</td>
                    <td class="wide"><span class="row">{doors}</span></td>
                    <td>{when_known(service.started_at.or(Some(service.created_at)))}</td>
                </tr>
            }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Services">
            <table class="grid">
                <thead><tr><th>"Service"</th><th>"Health"</th><th>"State"</th><th class="wide">"Open"</th><th>"Since"</th></tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// A link to an entry point in a tab of its own.
pub fn door(entry: &crate::api::ops::EntryPoint) -> AnyView {
    html! {
        <a class="button tiny" href=entry.url.clone() target="_blank" rel="noopener"
            title=format!("{} on {}: {}", entry.component, entry.cluster.name, entry.url)>
            {crate::ui::icon::icon(crate::ui::icon::Icon::Open)}{format!("Open {}", entry.component)}
        </a>
    }
    .into_any()
}

pub fn events(rows: &[ClusterEvent]) -> AnyView {
    let body: Vec<_> = rows
        .iter()
        .map(|event| {
            let tone = if event.r#type == "Normal" { crate::ui::badge::Tone::Off } else { crate::ui::badge::Tone::Warn };
            let times = (event.count > 1).then(|| html! { <span class="chip">{format!("× {}", event.count)}</span> });
            html! {
                <tr>
                    <td>{when(event.at)}</td>
                    <td>{crate::ui::badge::badge(tone, event.reason.clone())}" "{times}</td>
                    <td><span class="mono">{event.object.clone()}</span><span class="sub">{event.cluster.clone()}</span></td>
                    <td>{event.message.clone()}</td>
                </tr>
            }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Events">
            <table class="grid">
                <thead><tr><th>"When"</th><th>"Reason"</th><th>"Object"</th><th>"Message"</th></tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Remarks with their code.
pub fn notes(tone: &'static str, rows: &[Note]) -> AnyView {
    let all: Vec<_> = rows
        .iter()
        .map(|note| {
            let code = note.code.clone();
            let known = code.starts_with("HYP-");
            let code = if known {
                crate::ui::panel::error_link(&code)
            } else {
                html! { <span class="small muted mono">{code}</span> }.into_any()
            };
            crate::ui::panel::notice(tone, note.text.clone(), code)
        })
        .collect();
    html! { <div class="stack-s">{all}</div> }.into_any()
}
