//! Orders of one's own offerings that wait for a yes or no.

use leptos::prelude::*;

use crate::{
    api::{
        ApiError,
        ops::{self, Action, Order},
    },
    state::{fetch::fetch_live, session::can, toasts::Toasts},
    ui::{
        dialog::{Dialog, open_while},
        field::TextField,
        panel::Panel,
    },
    widgets::{
        act::{Act, deed, fault_notice},
        time::when,
    },
};

/// Nothing where nothing waits.
pub fn panel() -> AnyView {
    let waiting = fetch_live(|| ops::OrdersToApprove {});
    let refused = RwSignal::new(None::<Order>);
    let list = move || {
        let orders = waiting.ok().filter(|orders| !orders.is_empty() && can(Action::ControlService))?;
        let rows: Vec<_> = orders.iter().map(|it| row(it, refused)).collect();
        Some(html! {
            <Panel title=format!("Waiting for your word ({})", rows.len()) bare=true>
                <div class="table-scroll" tabindex="0" role="region" aria-label="Orders to approve"><table class="grid">
                    <thead><tr><th>"Order"</th><th class="wide">"By"</th><th>"Placed"</th><th><span class="sr">"Actions"</span></th></tr></thead>
                    <tbody>{rows}</tbody></table></div>
            </Panel>
        })
    };
    html! { {list}{rejection(refused)} }.into_any()
}

fn row(it: &Order, refused: RwSignal<Option<Order>>) -> AnyView {
    let (id, order, toasts) = (it.id, it.clone(), Toasts::here());
    let approve = move || {
        Some(deed(ops::ApproveOrder { id, reason: None }, move |_| toasts.done("The order goes on.".to_owned())))
    };
    html! {
        <tr><td><span class="strong">{it.name.clone()}</span></td><td class="wide">{it.created_by.clone()}</td><td>{when(it.created_at)}</td>
            <td class="num"><span class="row nowrap end"><Act label="Approve" class="primary tiny" plain=true deed=approve />
                <button type="button" class="button danger tiny" on:click=move |_| refused.set(Some(order.clone()))>"Reject…"</button></span></td></tr>
    }
    .into_any()
}

/// The customer reads the reason, so there has to be one.
fn rejection(refused: RwSignal<Option<Order>>) -> AnyView {
    let open = open_while(refused);
    html! {
        <Dialog title="Reject an order" open=open>
            {move || refused.get().map(|order| {
                let reason = RwSignal::new(String::new());
                let fault = RwSignal::new(None::<ApiError>);
                let silent = Signal::derive(move || reason.get().trim().is_empty());
                let make = move || Some(deed(ops::RejectOrder { id: order.id, reason: reason.get_untracked() }, move |_| open.set(false)));
                html! {
                    {fault_notice(fault)}
                    <TextField label="Reason" value=reason hint="The customer reads it." autofocus=true />
                    <footer><button type="button" class="button" on:click=move |_| open.set(false)>"Cancel"</button>
                        <Act label="Reject the order" class="danger" deed=make disabled=silent why=Signal::stored("Say why.".to_owned()) fault=fault /></footer>
                }
            })}
        </Dialog>
    }
    .into_any()
}
