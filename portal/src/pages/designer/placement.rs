//! Step 3: where every component runs. By drag, by menu, by keyboard, or by the planner.

use hypo_shared::{analysis::Analysis, validate};
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use super::{board::Board, graph, kept, steps::steps};
use crate::{
    api::{
        ApiError, Snippet, client,
        ops::{self, Cluster, CreatePlanInput, Plan},
    },
    state::{
        draft::{Draft, draft},
        fetch::fetch,
        place::Place,
        toasts::Toasts,
    },
    ui::{
        field::TextField,
        icon::{Icon, icon},
        panel::{Panel, empty, failure},
    },
    widgets::{act::fault_notice, head::PageHead, snippet::graphql_button},
};

pub fn page(id: Uuid) -> AnyView {
    let package = fetch(move || ops::PackageDetail { id });
    let clusters = fetch(|| ops::Clusters {});
    let draft = draft(id);
    let title = Signal::derive(move || {
        package.ok().flatten().map_or_else(|| "Placement".to_owned(), |it| format!("Place {}", it.name))
    });
    html! {
        <PageHead title=title lead="A component may sit on several clusters: callers then use the instance beside them, else the nearest healthy one." />
        {steps(2, [Some("/new".into()), Some(format!("/new/{id}/components")), None, None])}
        {package.show(move |it| {
            let Some(it) = it else { return failure("No such package.", "HYP-1012", move || package.reload()) };
            let Some(analysis) = graph::read(&it) else {
                return failure("The analysis of this package cannot be read.", "HYP-9003", move || package.reload());
            };
            // The package's name is the first guess for the service's; the form below begins with it.
            if draft.with_untracked(|draft| draft.name.is_empty()) {
                draft.update(|draft| draft.name = label(&it.name));
            }
            clusters.show(move |clusters| body(id, &analysis, clusters, draft))
        })}
    }
    .into_any()
}

/// A name Kubernetes takes, made of another name.
fn label(name: &str) -> String {
    let text: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).take(40).collect();
    text.trim_matches('-').to_owned()
}

fn body(id: Uuid, analysis: &Analysis, clusters: Vec<Cluster>, draft: RwSignal<Draft>) -> AnyView {
    if clusters.is_empty() {
        let action = html! { <a class="button primary" href="/domains">"Domains and clusters"</a> }.into_any();
        return empty(
            Icon::Cluster,
            "No cluster is offered to you. Add one of your own, or ask an owner for a grant.",
            action,
        );
    }
    let fault = RwSignal::new(None::<ApiError>);
    html! {
        {fault_notice(fault)}
        {order_bar(id, draft, fault)}
        {kept::panel(analysis, draft)}
        <Board analysis=analysis.clone() clusters=clusters draft=draft />
    }
    .into_any()
}

fn input(id: Uuid, draft: &Draft) -> CreatePlanInput {
    CreatePlanInput {
        package_id: id,
        name: draft.name.clone(),
        request: serde_json::to_value(&draft.request).unwrap_or_default(),
        service_id: draft.service,
        attach_volumes: (!draft.attach.is_empty()).then(|| draft.attach.clone()),
        delete_volumes: None,
    }
}

fn order_bar(id: Uuid, draft: RwSignal<Draft>, fault: RwSignal<Option<ApiError>>) -> AnyView {
    let name = RwSignal::new(draft.with_untracked(|draft| draft.name.clone()));
    let name_fault = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let (place, toasts) = (Place::here(), Toasts::here());
    Effect::new(move |_| {
        let text = name.get();
        if draft.with_untracked(|draft| draft.name != text) {
            draft.update(|draft| draft.name = text);
        }
    });
    // `then` sees the plan; both buttons ask for one.
    let ask = move |then: fn(Plan, RwSignal<Draft>, Place, Toasts)| {
        let wrong = validate::dns_label("name", &name.get_untracked(), 40);
        name_fault.set(wrong.first().map(|it| it.text.clone()).unwrap_or_default());
        if !wrong.is_empty() {
            return crate::ui::browser::focus("#f-name-of-the-service");
        }
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        fault.set(None);
        let input = draft.with_untracked(|draft| input(id, draft));
        spawn_local(async move {
            let outcome = client::send(ops::CreatePlan { input }).await;
            let _ = busy.try_set(false);
            match outcome {
                Ok(plan) => then(plan, draft, place, toasts),
                Err(error) => {
                    let _ = fault.try_set(Some(error));
                }
            }
        });
    };
    let snippet = move || Some(Snippet::of(&ops::CreatePlan { input: draft.with_untracked(|draft| input(id, draft)) }));
    html! {
        <Panel title="The service">
            <div class="order-bar">
                <TextField label="Name of the service" value=name fault=name_fault hint="Becomes the namespace; lower-case letters, digits and '-'." />
                <div class="row">
                    <button type="button" class="button" on:click=move |_| draft.update(|draft| { draft.request.pins.clear(); draft.reasons.clear(); })>"Clear"</button>
                    <button type="button" class="button" aria-busy=move || busy.get().then_some("true") on:click=move |_| ask(adopt)>{icon(Icon::Play)}"Place for me"</button>
                    <button type="button" class="button primary" aria-busy=move || busy.get().then_some("true") on:click=move |_| ask(review)>"Review the plan"</button>
                    {graphql_button(snippet)}
                </div>
            </div>
        </Panel>
    }
    .into_any()
}

/// Takes the planner's placement over to the board, with its reasons.
fn adopt(plan: Plan, draft: RwSignal<Draft>, _: Place, toasts: Toasts) {
    draft.update(|draft| {
        for placed in &plan.placement {
            let clusters = placed.clusters.iter().map(|cluster| cluster.id.into()).collect();
            draft.request.pins.insert(placed.component.clone(), clusters);
            draft.reasons.insert(placed.component.clone(), placed.chosen.clone());
        }
    });
    toasts.done(format!("Placed {} components; move what you want elsewhere.", plan.placement.len()));
}

fn review(plan: Plan, _: RwSignal<Draft>, place: Place, _: Toasts) {
    place.go(&format!("/new/{}/plan/{}", plan.package.id, plan.id));
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn names_become_labels() {
        assert_eq!(label("Online Boutique"), "online-boutique");
        assert_eq!(label("_shop_"), "shop");
        assert!(hypo_shared::validate::dns_label("name", &label("Voting App 2"), 40).is_empty());
    }
}
