//! Packages: what was brought, in which revision.

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::ops::{self, Action, PackageKind},
    pages::{
        designer::graph_panel,
        paged::{self, About, Rows},
    },
    state::{fetch::fetch, session::can},
    ui::{
        code::code,
        icon::{Icon, icon},
        panel::{Panel, empty, failure},
    },
    widgets::{head::PageHead, time::when},
};

const fn kind(kind: PackageKind) -> &'static str {
    match kind {
        PackageKind::Manifests => "Manifests",
        PackageKind::HelmChart => "Helm chart",
    }
}

fn bring() -> AnyView {
    (move || {
        can(Action::ImportPackage)
            .then(|| html! { <a class="button primary" href="/new">{icon(Icon::Upload)}"Bring a package"</a> })
    })
    .into_any()
}

pub fn list() -> AnyView {
    let about = About {
        title: "Packages",
        lead: "Kubernetes manifests and Helm charts as they were brought. Nobody edits them here.",
        search: "Search packages",
        states: Vec::new(),
        actions: Some(bring()),
    };
    paged::list(
        about,
        |asked| ops::Packages { first: asked.first, after: asked.after },
        |page, wanted| {
            let table = if page.nodes.is_empty() {
                empty(
                    Icon::Box,
                    "No package yet. A folder of Kubernetes manifests or a Helm chart is enough; nothing has to be changed in it.",
                    bring(),
                )
            } else {
                table(page.nodes.iter().filter(|it| wanted.fits(&[&it.name, &it.version])))
            };
            Rows { table, total: page.total_count, page: page.page_info }
        },
    )
}

fn table<'a>(packages: impl Iterator<Item = &'a ops::Package>) -> AnyView {
    let rows: Vec<_> = packages
        .map(|it| {
            html! {
                <tr>
                    <td><a class="lead" href=format!("/packages/{}", it.id)>{it.name.clone()}</a></td>
                    <td>{it.version.clone()}</td>
                    <td class="wide">{kind(it.kind)}</td>
                    <td class="num wide">{it.revision}</td>
                    <td class="wide"><code>{it.digest.chars().take(12).collect::<String>()}</code></td>
                    <td>{when(it.created_at)}</td>
                    <td class="num"><a class="button tiny" href=format!("/new/{}/components", it.id)>"Order"</a></td>
                </tr>
            }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Packages"><table class="grid">
            <thead><tr><th>"Package"</th><th>"Version"</th><th class="wide">"Kind"</th><th class="num wide">"Revision"</th><th class="wide">"Digest"</th><th>"Brought"</th><th><span class="sr">"Actions"</span></th></tr></thead>
            <tbody>{rows}</tbody>
        </table></div>
    }
    .into_any()
}

pub fn detail(id: Uuid) -> AnyView {
    let package = fetch(move || ops::PackageDetail { id });
    let title = Signal::derive(move || package.ok().flatten().map_or_else(|| "Package".to_owned(), |it| it.name));
    let order = html! {
        {move || can(Action::WriteCatalogue).then(|| html! { <a class="button" href=format!("/packages/{id}/publish")>"Publish…"</a> })}
        <a class="button primary" href=format!("/new/{id}/components")>"Order it"</a>
    }
    .into_any();
    html! {
        <PageHead title=title actions=order />
        {package.show(move |it| match it {
            Some(it) => html! { {facts(&it)}{graph_panel(&it)}{values(&it)} }.into_any(),
            None => failure("No such package.", "HYP-1012", move || package.reload()),
        })}
    }
    .into_any()
}

fn facts(it: &ops::Package) -> AnyView {
    let it = it.clone();
    html! {
        <Panel title="Facts">
            <dl class="facts">
                <div><dt>"Version"</dt><dd>{it.version.clone()}</dd></div>
                <div><dt>"Kind"</dt><dd>{kind(it.kind)}</dd></div>
                <div><dt>"Revision"</dt><dd>{it.revision}</dd></div>
                <div><dt>"Brought"</dt><dd>{when(it.created_at)}</dd></div>
                <div><dt>"Digest of the rendered objects"</dt><dd><code>{it.digest.clone()}</code></dd></div>
            </dl>
        </Panel>
    }
    .into_any()
}

fn values(it: &ops::Package) -> AnyView {
    let generated: Vec<_> = it
        .generated
        .iter()
        .map(|row| html! { <li><code>{format!("{} {}", row.object, row.path)}</code></li> })
        .collect();
    let generated = (!generated.is_empty()).then(|| {
        html! { <Panel title="Generated values"><p class="soft">"These differ from render to render (passwords, certificates). They are made once and kept across upgrades."</p><ul class="small">{generated}</ul></Panel> }
    });
    let text = serde_json::to_string_pretty(&it.values).unwrap_or_default();
    let values = (text != "null" && text != "{}").then(|| html! { <Panel title="Values">{code(text)}</Panel> });
    html! { {generated}{values} }.into_any()
}
