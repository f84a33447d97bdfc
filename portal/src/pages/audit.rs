//! Who did what, when, with which outcome.

use leptos::prelude::*;

use crate::{
    api::ops,
    state::fetch::fetch_live,
    ui::{
        badge::{Tone, badge},
        icon::Icon,
        panel::empty,
    },
    widgets::{
        head::PageHead,
        pager::Pager,
        search::{matching, search_box},
        time::when,
    },
};

pub fn page() -> AnyView {
    let pager = Pager::new();
    let rows = fetch_live(move || ops::AuditTrail { first: Some(100), after: pager.after() });
    let wanted = search_box("Search the audit trail");
    let body = move |page: ops::AuditConnection| {
        let rows: Vec<_> = page
            .nodes
            .iter()
            .filter(|it| matching(&wanted.value(), &[&it.actor, &it.action, &it.subject, &it.detail]))
            .map(|it| {
                let fine = ["ok", "done", "allowed", "success"].contains(&it.outcome.as_str());
                let tone = if fine { Tone::Ok } else if it.outcome.contains("den") || it.outcome.contains("refus") { Tone::Bad } else { Tone::Warn };
                // `serviceOrder/ID`: the kind reads as a word, the id goes below it.
                let (kind, id) = it.subject.split_once('/').unwrap_or((&it.subject, ""));
                html! {
                    <tr><td class="nowrap">{when(it.at)}</td><td>{it.actor.clone()}<span class="sub">{it.role.clone()}</span></td><td class="nowrap"><code>{it.action.clone()}</code></td>
                        <td>{badge(tone, it.outcome.clone())}</td><td class="wide nowrap">{kind.to_owned()}<span class="sub mono">{id.to_owned()}</span></td><td class="wide long mono">{it.detail.clone()}</td></tr>
                }
            })
            .collect();
        if rows.is_empty() {
            return empty(Icon::Audit, "No entry fits.", ().into_any());
        }
        html! {
            <div class="table-scroll" tabindex="0" role="region" aria-label="Audit trail"><table class="grid">
                <thead><tr><th>"When"</th><th>"Who"</th><th>"What"</th><th>"Outcome"</th><th class="wide">"Subject"</th><th class="wide">"Detail"</th></tr></thead>
                <tbody>{rows}</tbody></table></div>
            {pager.view(page.total_count, page.page_info.has_next_page, page.page_info.end_cursor)}
        }
        .into_any()
    };
    html! {
        <PageHead title="Audit" lead="Every write in your tenant, and every write under your grants." />
        <section class="panel" aria-label="Audit trail"><header>{wanted.view()}</header>{rows.show(body)}</section>
    }
    .into_any()
}
