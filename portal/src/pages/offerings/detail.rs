//! One offering: what it is, the form to order it by, and for its provider its lifecycle.

use leptos::prelude::*;
use uuid::Uuid;

use super::{lifecycle, order, orderable};
use crate::{
    api::ops::{self, Action, Offering, OfferingChoice},
    state::{fetch::fetch_live, session::can, toasts::Toasts},
    ui::panel::{Panel, failure, notice},
    widgets::{
        act::{Act, deed},
        head::PageHead,
        time::when,
        typed::shown,
    },
};

pub fn page(id: Uuid) -> AnyView {
    let offering = fetch_live(move || ops::OfferingDetail { id });
    let here = move || offering.ok().flatten();
    let title = Signal::derive(move || here().map_or_else(|| "Offering".to_owned(), |it| it.name));
    let badges = (move || here().map(|it| lifecycle(&it.lifecycle_status))).into_any();
    // A form that is being filled in is not drawn anew when something else in the tenant changes.
    let shape = Memo::new(move |_| here());
    let body = move || shape.get().map(|it| body(&it));
    html! {
        <PageHead title=title badges=badges actions=(move || here().map(|it| manage(&it))).into_any() />
        {move || match offering.get() {
            Some(Ok(None)) => failure("No such offering, or it is no longer offered.", "HYP-3001", move || offering.reload()),
            Some(Err(error)) => failure(&error.message, &error.code, move || offering.reload()),
            _ => ().into_any(),
        }}
        {body}
    }
    .into_any()
}

/// What its provider can do with it.
fn manage(it: &Offering) -> Option<AnyView> {
    if it.package_id.is_none() || !can(Action::WriteCatalogue) {
        return None;
    }
    let (id, toasts) = (it.id, Toasts::here());
    let package =
        it.package_id.map(|package| html! { <a class="button" href=format!("/packages/{package}")>"Its package"</a> });
    let act = match it.lifecycle_status.as_str() {
        "Retired" | "Obsolete" => None,
        state if orderable(state) => Some(
            html! { <Act label="Retire" class="danger" deed=move || Some(deed(ops::RetireOffering { id }, move |_| toasts.done("Nobody can order it any more.".to_owned()))) /> }
                .into_any(),
        ),
        _ => Some(
            html! { <Act label="Launch" class="primary" deed=move || Some(deed(ops::LaunchOffering { id }, move |_| toasts.done("Everybody can order it now.".to_owned()))) /> }
                .into_any(),
        ),
    };
    Some(html! { {package}{act} }.into_any())
}

fn body(it: &Offering) -> AnyView {
    let form = if !orderable(&it.lifecycle_status) {
        notice("info", "It cannot be ordered in this state. What was ordered stays.", ().into_any())
    } else if can(Action::PlaceOrder) {
        order::panel(it)
    } else {
        notice("info", "Your role does not place orders.", ().into_any())
    };
    html! { <div class="split"><div class="stack">{form}</div><div class="stack">{facts(it)}{choices(&it.form)}</div></div> }
        .into_any()
}

fn facts(it: &Offering) -> AnyView {
    let it = it.clone();
    let about = (!it.description.is_empty()).then(|| html! { <p>{it.description.clone()}</p> });
    html! {
        <Panel title="Facts">
            {about}
            <dl class="facts">
                <div><dt>"From"</dt><dd>{it.provider.clone()}</dd></div>
                <div><dt>"Version"</dt><dd>{it.version.clone()}</dd></div>
                <div><dt>"Approval"</dt><dd>{super::approval(it.approval)}</dd></div>
                <div><dt>"Published"</dt><dd>{when(it.created_at)}</dd></div>
                <div><dt>"In the catalogue"</dt><dd><a href=format!("/records/catalogue/TMF633/serviceSpecification/{}", it.id)>"Service specification"</a></dd></div>
            </dl>
        </Panel>
    }
    .into_any()
}

fn choices(form: &[OfferingChoice]) -> AnyView {
    let rows: Vec<_> = form
        .iter()
        .map(|it| {
            let allowed = if it.allowed.is_empty() {
                bounds(it)
            } else {
                it.allowed.iter().map(shown).collect::<Vec<_>>().join(", ")
            };
            html! { <tr><td><code>{it.name.clone()}</code></td><td>{it.kind.clone()}</td><td>{allowed}</td></tr> }
        })
        .collect();
    if rows.is_empty() {
        return ().into_any();
    }
    html! {
        <Panel title="What can be chosen" bare=true>
            <div class="table-scroll" tabindex="0" role="region" aria-label="What can be chosen"><table class="grid">
                <thead><tr><th>"Characteristic"</th><th>"Kind"</th><th>"Values"</th></tr></thead><tbody>{rows}</tbody></table></div>
        </Panel>
    }
    .into_any()
}

fn bounds(it: &OfferingChoice) -> String {
    match (it.minimum, it.maximum) {
        (Some(least), Some(most)) => format!("{least} to {most}"),
        (Some(least), None) => format!("from {least}"),
        (None, Some(most)) => format!("up to {most}"),
        (None, None) => "any".to_owned(),
    }
}
