//! Help without a network: concepts, shortcuts, and the page of every error code (the server carries them).

use hypo_shared::ErrorCode;
use leptos::{prelude::*, task::spawn_local};

use crate::{
    api::{ApiError, client},
    state::keys::Keys,
    ui::{
        markdown::markdown,
        panel::{Panel, failure, skeleton},
    },
    widgets::{
        head::PageHead,
        search::{matching, search_box},
    },
};

/// Word and what it means here.
const CONCEPTS: [(&str, &str); 9] = [
    (
        "Package",
        "Kubernetes manifests or a Helm chart, as they were brought. HypO renders them once per revision and never edits them.",
    ),
    (
        "Component",
        "A workload of a package (Deployment, StatefulSet, DaemonSet, Job) with everything that belongs to it.",
    ),
    (
        "Edge",
        "One component calls another, with the evidence for it. A candidate is a weak guess: shown, never used silently.",
    ),
    (
        "Cluster and domain",
        "A Kubernetes cluster belongs to a domain, a domain to an owner. Owners grant clusters to other tenants.",
    ),
    (
        "Plan",
        "Exactly what an order will do, object by object. It changes nothing, holds for 24 hours and is refused when the facts change.",
    ),
    (
        "Order",
        "Carries a plan out step by step. When a step fails it undoes what it did, or waits for a person: your choice.",
    ),
    (
        "Service",
        "What an order made: its components run on clusters, its state is what you want, its health is what is seen.",
    ),
    (
        "Link",
        "An encrypted connection between two clusters, so that a component keeps the name by which it calls another. Until something has proven the path it says “unverified”.",
    ),
    ("Drift", "A field that differs from what was planned. HypO shows it, or puts it back, as you choose per service."),
];

pub fn page() -> AnyView {
    let keys = Keys::here();
    let wanted = search_box("Search error codes");
    let codes = move || {
        ErrorCode::ALL
            .iter()
            .filter(|code| matching(&wanted.value(), &[code.code(), code.title()]))
            .map(|code| html! { <tr><td><a class="mono" href=format!("/help/error/{}", code.code())>{code.code()}</a></td><td>{code.title()}</td></tr> })
            .collect_view()
    };
    let concepts: Vec<_> =
        CONCEPTS.iter().map(|(word, about)| html! { <div><dt>{*word}</dt><dd>{*about}</dd></div> }).collect();
    html! {
        <PageHead title="Help" lead="Everything here works without the internet." />
        <div class="split">
            <section class="panel" aria-label="Error codes">
                <header><h2>"Error codes"</h2><span class="spacer"></span>{wanted.view()}</header>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Error codes"><table class="grid">
                    <thead><tr><th>"Code"</th><th>"What it says"</th></tr></thead><tbody>{codes}</tbody></table></div>
            </section>
            <div class="stack">
                <Panel title="Words"><dl class="words">{concepts}</dl></Panel>
                <Panel title="Keyboard">
                    <p>"Every action works without a mouse. Press "<kbd>"?"</kbd>" anywhere."</p>
                    <div><button type="button" class="button" on:click=move |_| keys.help.set(true)>"Show the shortcuts"</button></div>
                </Panel>
                <Panel title="Interfaces">
                    <p>"Every action has a "<span class="mono">"{ }"</span>" button that shows it as GraphQL. The endpoint is "<code>"/graphql"</code>"; tokens are made under "<a href="/settings">"Settings"</a>". TM Forum APIs are under "<code>"/tmf-api"</code>"."</p>
                </Panel>
            </div>
        </div>
    }
    .into_any()
}

pub fn error(code: String) -> AnyView {
    let text = RwSignal::new(None::<Result<String, ApiError>>);
    let again = RwSignal::new(0);
    let title = code.parse::<ErrorCode>().map_or("This code is not known to this version.", ErrorCode::title);
    let name = code.clone();
    Effect::new(move |_| {
        again.track();
        let path = format!("/help/errors/{code}");
        spawn_local(async move {
            let answer = client::text(&path).await;
            let _ = text.try_set(Some(answer));
        });
    });
    let body = move || match text.get() {
        None => skeleton(6),
        Some(Ok(text)) => html! { <div class="prose">{markdown(&text)}</div> }.into_any(),
        Some(Err(error)) => failure(&error.message, "", move || again.update(|again| *again += 1)),
    };
    html! {
        <PageHead title=name.clone() lead=title />
        <Panel title="What it means and what to do">{body}</Panel>
        <p><a href="/help">"All error codes"</a></p>
    }
    .into_any()
}
