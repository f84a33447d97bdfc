//! Step 4: exactly what will happen, warnings first; then the order.

use hypo_shared::order::OnFailure;
use leptos::prelude::*;
use uuid::Uuid;

use super::{plan_cluster, steps::steps};
use crate::{
    api::{
        ApiError,
        ops::{self, Action, PlaceOrderInput, Plan},
    },
    state::{draft, fetch::fetch, place::Place, session::can},
    ui::{
        badge::Tone,
        icon::{Icon, icon},
        panel::{Panel, failure, notice},
    },
    widgets::{
        act::{Act, deed, fault_notice},
        bytes::bytes,
        head::PageHead,
        lists::notes,
        time::when,
        words::Said,
    },
};

pub fn page(package: Uuid, id: Uuid) -> AnyView {
    let plan = fetch(move || ops::PlanDetail { id });
    let title = Signal::derive(move || {
        plan.ok().flatten().map_or_else(|| "Plan".to_owned(), |it| format!("Plan for {}", it.package.name))
    });
    html! {
        <PageHead title=title lead="Nothing has happened yet. This is what the order will do, object by object." />
        {steps(3, [Some("/new".into()), Some(format!("/new/{package}/components")), Some(format!("/new/{package}/placement")), None])}
        {plan.show(move |it| match it {
            Some(it) => body(package, &it),
            None => failure("No such plan. Plans are kept for 24 hours.", "HYP-2008", move || plan.reload()),
        })}
    }
    .into_any()
}

fn body(package: Uuid, plan: &Plan) -> AnyView {
    let warnings = if plan.warnings.is_empty() {
        notice("ok", "No warnings.", ().into_any())
    } else {
        notes("warn", &plan.warnings)
    };
    html! {
        {counts(plan)}
        <div class="split">
            <div class="stack">
                <Panel title=format!("Warnings ({})", plan.warnings.len())>{warnings}</Panel>
                {plan.clusters.iter().map(plan_cluster::panel).collect_view()}
                {links(plan)}
                {volumes(plan)}
                {secrets(plan)}
                {reasons(plan)}
            </div>
            <div class="stack">{order(package, plan)}{facts(plan)}</div>
        </div>
    }
    .into_any()
}

fn counts(plan: &Plan) -> AnyView {
    let sum = |pick: fn(&ops::ClusterPlan) -> i64| plan.clusters.iter().map(pick).sum::<i64>();
    let tile = |label: &'static str, figure: usize, tone: Option<Tone>| {
        let mark = tone.filter(|_| figure > 0).map(crate::ui::badge::shape);
        html! { <div class="tile"><span class="label row">{mark}{label}</span><span class="figure">{figure}</span></div> }
    };
    let size = |it: i64| usize::try_from(it).unwrap_or(0);
    html! {
        <div class="tiles plan-tiles">
            {tile("Create", size(sum(|it| it.creates)), Some(Tone::Ok))}
            {tile("Update", size(sum(|it| it.updates)), Some(Tone::Busy))}
            {tile("Delete", size(sum(|it| it.deletes)), Some(Tone::Bad))}
            {tile("Clusters", plan.clusters.len(), None)}
            {tile("Links", plan.links.len(), None)}
            {tile("Volumes", plan.volumes.len(), None)}
        </div>
    }
    .into_any()
}

fn order(package: Uuid, plan: &Plan) -> AnyView {
    if let Some(order) = &plan.order {
        let link = html! { <a class="button" href=format!("/orders/{}", order.id)>"Open the order"</a> }.into_any();
        return html! { <Panel title="Order">{notice("info", "This plan has been ordered.", link)}</Panel> }.into_any();
    }
    let on_failure = RwSignal::new(OnFailure::Compensate);
    let fault = RwSignal::new(None::<ApiError>);
    let (id, hash) = (plan.id, plan.hash.clone());
    let place = Place::here();
    let make = move || {
        let input = PlaceOrderInput {
            plan_id: id,
            plan_hash: hash.clone(),
            on_failure: Some(on_failure.get_untracked()),
            external_id: None,
        };
        Some(deed(ops::PlaceOrder { input }, move |order| {
            draft::forget(package);
            place.go(&format!("/orders/{}", order.id));
        }))
    };
    let choice = move |value: OnFailure, title: &'static str, about: &'static str| {
        html! {
            <label class="choice">
                <input type="radio" name="on-failure" prop:checked=move || on_failure.get() == value on:change=move |_| on_failure.set(value) />
                <span><span class="strong">{title}</span><span class="soft small">{about}</span></span>
            </label>
        }
    };
    let stale = move || {
        fault.get().is_some_and(|error| ["HYP-2007", "HYP-2009", "HYP-2010"].contains(&error.code.as_str())).then(|| {
            html! { <a class="button" href=format!("/new/{package}/placement")>{icon(Icon::Refresh)}"Plan again"</a> }
        })
    };
    let allowed = Signal::derive(|| !can(Action::PlaceOrder));
    html! {
        <Panel title="Order">
            <fieldset class="stack-s"><legend class="strong small">"If something fails"</legend>
                {choice(OnFailure::Compensate, "Undo", "Everything that was made is taken away again; data volumes are kept.")}
                {choice(OnFailure::Hold, "Hold", "Keep what stands and wait for a person to retry or cancel.")}
            </fieldset>
            {fault_notice(fault)}
            {stale}
            <Act label="Place the order" class="primary" deed=make disabled=allowed why=Signal::stored("Your role may not order.".to_owned()) fault=fault />
        </Panel>
    }
    .into_any()
}

fn facts(plan: &Plan) -> AnyView {
    let routing: Vec<_> = plan.routing.iter().map(|note| html! { <li>{note.text.clone()}</li> }).collect();
    let routing = (!routing.is_empty()).then(|| html! { <h3>"Routing"</h3><ul class="plain small">{routing}</ul> });
    let plan = plan.clone();
    html! {
        <Panel title="This plan">
            <dl class="facts">
                <div><dt>"Made"</dt><dd>{when(plan.created_at)}</dd></div>
                <div><dt>"Expires"</dt><dd>{when(plan.expires_at)}</dd></div>
                <div><dt>"Package"</dt><dd>{format!("{} {}", plan.package.name, plan.package.version)}</dd></div>
                <div><dt>"Cost (no unit)"</dt><dd>{format!("{:.2}", plan.cost)}</dd></div>
                <div><dt>"Hash"</dt><dd><code>{plan.hash.chars().take(16).collect::<String>()}</code></dd></div>
            </dl>
            {routing}
        </Panel>
    }
    .into_any()
}

fn links(plan: &Plan) -> AnyView {
    if plan.links.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = plan
        .links
        .iter()
        .map(|it| {
            html! {
                <tr><td>{it.from.clone()}<span class="sub">{it.from_cluster.name.clone()}</span></td><td>{it.to.clone()}<span class="sub">{it.to_cluster.name.clone()}</span></td>
                    <td><code>{format!("{}:{}", it.service, it.port)}</code></td><td class="wide">{it.protocol.clone()}</td><td class="wide">{it.provider.clone()}</td></tr>
            }
        })
        .collect();
    html! {
        <Panel title=format!("Encrypted links ({})", plan.links.len()) bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Links"><table class="grid">
                <thead><tr><th>"From"</th><th>"To"</th><th>"Keeps the name"</th><th class="wide">"Protocol"</th><th class="wide">"By"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn volumes(plan: &Plan) -> AnyView {
    if plan.volumes.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = plan
        .volumes
        .iter()
        .map(|it| {
            html! {
                <tr><td><span class="strong">{it.claim.clone()}</span><span class="sub">{it.component.clone()}</span></td><td>{it.cluster.name.clone()}</td>
                    <td class="num">{bytes(it.bytes)}</td><td>{it.change.badge()}</td><td class="wide">{it.note.clone()}</td></tr>
            }
        })
        .collect();
    html! {
        <Panel title="Volumes" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Volumes"><table class="grid">
                <thead><tr><th>"Claim"</th><th>"Cluster"</th><th class="num">"Size"</th><th>"Change"</th><th class="wide">"Note"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn secrets(plan: &Plan) -> AnyView {
    if plan.secrets.is_empty() {
        return ().into_any();
    }
    let rows: Vec<_> = plan
        .secrets
        .iter()
        .map(|it| html! { <tr><td><code>{it.name.clone()}</code></td><td>{it.cluster.name.clone()}</td><td><code>{it.digest.chars().take(16).collect::<String>()}</code></td></tr> })
        .collect();
    html! {
        <Panel title="Secrets, by digest" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Secrets"><table class="grid">
                <thead><tr><th>"Secret"</th><th>"Cluster"</th><th>"Digest"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn reasons(plan: &Plan) -> AnyView {
    let rows: Vec<_> = plan
        .placement
        .iter()
        .map(|it| {
            let rejected: Vec<_> = it.rejected.iter().map(|no| html! { <li><span class="strong">{no.cluster.clone()}</span>": "{no.reason.clone()}</li> }).collect();
            let rejected = (!rejected.is_empty()).then(|| html! { <ul class="plain small soft">{rejected}</ul> });
            let clusters: Vec<_> = it.clusters.iter().map(|cluster| html! { <span class="chip">{cluster.name.clone()}</span> }).collect();
            html! { <tr><td class="strong">{it.component.clone()}</td><td><span class="row">{clusters}</span></td><td>{it.chosen.clone()}{rejected}</td></tr> }
        })
        .collect();
    html! {
        <Panel title="Why there" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="Reasons"><table class="grid">
                <thead><tr><th>"Component"</th><th>"Runs on"</th><th>"Reason, and what was ruled out"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}
