//! What can be done to a running service and to one of its components.

use hypo_shared::service::ServiceState;
use leptos::prelude::*;
use uuid::Uuid;

use super::scale::Scaling;
use crate::{
    api::ops::{self, Action, Service, ServiceComponent},
    state::{place::Place, session::can, toasts::Toasts},
    ui::{
        field::slug,
        icon::{Icon, icon},
    },
    widgets::act::{Act, deed},
};

/// Beside the heading.
pub fn bar(id: Uuid, service: RwSignal<Option<Service>>) -> AnyView {
    let place = Place::here();
    let shown = Memo::new(move |_| {
        let running = service.with(|it| it.as_ref().is_some_and(|it| it.state != ServiceState::Terminated));
        running && can(Action::ControlService)
    });
    let package = Memo::new(move |_| service.with(|it| it.as_ref().map(|it| it.package.id)));
    (move || {
        shown.get().then(|| {
            let change = package.get().map(|package| {
                html! { <a class="button" href=format!("/new/{package}/placement") on:click=move |_| super::super::designer::change(package, id, service)>"Change placement"</a> }
            });
            html! {
                {change}
                <Act label="Redeploy" deed=move || Some(deed(ops::RedeployService { id }, move |order| place.go(&format!("/orders/{}", order.id)))) />
                <a class="button danger" href=format!("/services/{id}/terminate")>"Terminate…"</a>
            }
        })
    })
    .into_any()
}

/// A menu per component and cluster.
pub fn component(service: Uuid, it: &ServiceComponent, scaling: RwSignal<Option<Scaling>>) -> AnyView {
    if !can(Action::ControlService) {
        return ().into_any();
    }
    let (name, cluster) = (it.name.clone(), it.cluster.id);
    let menu = format!("act-{}-{cluster}", slug(&name));
    let wish = Scaling::of(it);
    let toasts = Toasts::here();
    let restarted = name.clone();
    let restart = move |_| {
        let said = restarted.clone();
        let operation =
            ops::RestartComponent { service_id: service, component: restarted.clone(), cluster_id: cluster };
        deed(operation, move |_| toasts.done(format!("{said} restarts."))).start(RwSignal::new(false), None);
    };
    html! {
        <button type="button" class="button quiet icon" aria-label=format!("Actions for {name} on {}", it.cluster.name) popovertarget=menu.clone()>{icon(Icon::More)}</button>
        <div class="menu" id=menu.clone() popover="auto">
            <button type="button" popovertarget=menu.clone() popovertargetaction="hide" on:click=move |_| scaling.set(Some(wish.clone()))>{icon(Icon::Plus)}"Scale…"</button>
            <button type="button" popovertarget=menu.clone() popovertargetaction="hide" on:click=restart>{icon(Icon::Refresh)}"Restart"</button>
            <a href=format!("/services/{service}/logs?component={name}")>{icon(Icon::Order)}"Logs"</a>
        </div>
    }
    .into_any()
}
