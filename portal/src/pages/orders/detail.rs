//! One order, live: its steps on a time axis, what it waits for, why it failed and what to do.

use hypo_shared::order::OrderAction;
use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::{
        ApiError,
        live::{self, Lane},
        ops::{self, Action, FrameKind, Order, Step},
    },
    state::{clock::Clock, session::can},
    ui::{
        browser::download,
        icon::{Icon, icon},
        panel::{Panel, failure, notice, skeleton},
    },
    widgets::{
        act::{Act, deed},
        failure::cause,
        head::PageHead,
        lists::notes,
        snippet::graphql_button,
        time::{when, when_known},
        timeline::timeline,
        words::{Said, action},
    },
};

pub fn page(id: Uuid) -> AnyView {
    let order = RwSignal::new(None::<Result<Order, ApiError>>);
    live::subscribe(Lane::Live, &ops::OrderTimeline { id, resume: None }, move |frame| {
        let _ = order.try_update(|order| match frame {
            Ok(frame) => take(order, frame),
            Err(error) => {
                if !matches!(order, Some(Ok(_))) {
                    *order = Some(Err(error));
                }
            }
        });
    });
    // The first answer comes over HTTP too: the page is there even where web sockets are blocked.
    let read = crate::state::fetch::fetch_live(move || ops::OrderDetail { id });
    Effect::new(move |_| match read.get() {
        Some(Ok(Some(found))) => order.set(Some(Ok(found))),
        Some(Ok(None)) => order.set(Some(Err(ApiError {
            code: "HYP-3001".into(),
            message: "No such order.".into(),
            fields: Vec::new(),
        }))),
        Some(Err(error)) if order.with_untracked(Option::is_none) => order.set(Some(Err(error))),
        _ => {}
    });
    let title = Signal::derive(move || match order.get() {
        Some(Ok(order)) => format!("Order {}", order.name),
        _ => "Order".to_owned(),
    });
    let badge = (move || order.get().and_then(Result::ok).map(|order| order.state.badge())).into_any();
    html! {
        <PageHead title=title badges=badge actions=actions(id, order) />
        {move || match order.get() {
            None => skeleton(6),
            Some(Err(error)) => failure(&error.message, &error.code, move || read.reload()),
            Some(Ok(order)) => body(&order),
        }}
    }
    .into_any()
}

/// A snapshot replaces, a delta carries the steps that changed.
fn take(order: &mut Option<Result<Order, ApiError>>, frame: ops::TimelineFrame) {
    if frame.kind == FrameKind::Heartbeat {
        return;
    }
    let mut next = frame.order;
    if next.steps.is_empty() {
        let fresh = matches!(frame.kind, FrameKind::Snapshot | FrameKind::Reset);
        let old = match order.take() {
            Some(Ok(old)) if !fresh => old.steps,
            _ => Vec::new(),
        };
        next.steps = merged(old, frame.steps);
    }
    *order = Some(Ok(next));
}

/// Steps are the same when name and cluster are.
fn merged(mut steps: Vec<Step>, changed: Vec<Step>) -> Vec<Step> {
    for step in changed {
        match steps.iter_mut().find(|old| old.name == step.name && old.cluster == step.cluster) {
            Some(old) => *old = step,
            None => steps.push(step),
        }
    }
    steps
}

fn actions(id: Uuid, order: RwSignal<Option<Result<Order, ApiError>>>) -> AnyView {
    let may = move |what: OrderAction| {
        let fits = order.with(|order| match order {
            Some(Ok(order)) => {
                order.state.can(what) && if what == OrderAction::Cancel { order.can_cancel } else { order.can_retry }
            }
            _ => false,
        });
        fits && can(Action::ControlOrder)
    };
    let save = move |_| {
        if let Some(Ok(order)) = order.get_untracked() {
            let steps: Vec<_> = order
                .steps
                .iter()
                .map(|step| {
                    serde_json::json!({
                        "name": step.name, "title": step.title, "state": step.state, "cluster": step.cluster,
                        "attempt": step.attempt, "message": step.message, "detail": step.detail,
                        "startedAt": step.started_at.map(|it| it.0), "endedAt": step.ended_at.map(|it| it.0)
                    })
                })
                .collect();
            let document =
                serde_json::json!({ "id": order.id, "name": order.name, "state": order.state, "steps": steps });
            download(
                &format!("order-{}.json", order.name),
                "application/json",
                &serde_json::to_string_pretty(&document).unwrap_or_default(),
            );
        }
    };
    html! {
        {move || may(OrderAction::Retry).then(|| html! { <Act label="Retry" class="primary" deed=move || Some(deed(ops::RetryOrder { id }, |_| ())) /> })}
        {move || may(OrderAction::Cancel).then(|| html! { <Act label="Cancel the order" class="danger" deed=move || Some(deed(ops::CancelOrder { id }, |_| ())) /> })}
        <button type="button" class="button" on:click=save>{icon(Icon::Download)}"JSON"</button>
        {graphql_button(move || Some(crate::api::Snippet::of(&ops::OrderTimeline { id, resume: None })))}
    }
    .into_any()
}

fn body(order: &Order) -> AnyView {
    let waiting = order
        .waiting_for
        .clone()
        .filter(|_| !order.state.is_final())
        .map(|text| notice("info", format!("Waiting for: {text}"), ().into_any()));
    let failures: Vec<_> = order.failures.iter().map(cause).collect();
    let remarks = (!order.notes.is_empty()).then(|| notes("", &order.notes));
    let (steps, begin, end) = (order.steps.clone(), order.created_at, order.completed_at);
    let running = !order.state.is_final();
    // An order of somebody else's offering has no steps here: they are its provider's.
    let bars: AnyView = if steps.is_empty() && order.plan_id.is_none() {
        html! { <p class="body soft">"The provider carries this order out. Its state is shown here; its steps are the provider's."</p> }
    } else {
        (move || timeline(&steps, begin, end, if running { Clock::now() } else { begin.0 })).into_any()
    };
    let result =
        order.service.as_ref().filter(|_| order.state == hypo_shared::order::OrderState::Completed).map(|service| {
            let link =
                html! { <a class="button primary" href=format!("/services/{}", service.id)>"Open the service"</a> }
                    .into_any();
            notice("ok", format!("{} is done.", order.name), link)
        });
    html! {
        {result}
        {waiting}
        {failures}
        <div class="split">
            <Panel title="Timeline" bare=true>{bars}</Panel>
            <div class="stack">{facts(order)}{remarks}</div>
        </div>
    }
    .into_any()
}

fn facts(order: &Order) -> AnyView {
    let service = order.service.clone().map(|it| html! { <div><dt>"Service"</dt><dd><a href=format!("/services/{}", it.id)>{it.name.clone()}</a></dd></div> });
    let on_failure = match order.on_failure {
        hypo_shared::order::OnFailure::Compensate => "Undo what was done",
        hypo_shared::order::OnFailure::Hold => "Hold for a person",
    };
    let order = order.clone();
    let by = (!order.created_by.is_empty())
        .then(|| html! { <div><dt>"Placed by"</dt><dd>{order.created_by.clone()}</dd></div> });
    html! {
        <Panel title="Facts">
            <dl class="facts">
                <div><dt>"Action"</dt><dd>{action(order.action)}</dd></div>
                {service}
                {by}
                <div><dt>"Placed"</dt><dd>{when(order.created_at)}</dd></div>
                <div><dt>"Ended"</dt><dd>{when_known(order.completed_at)}</dd></div>
                <div><dt>"On failure"</dt><dd>{on_failure}</dd></div>
                <div><dt>"Id"</dt><dd><code>{order.id.to_string()}</code></dd></div>
            </dl>
        </Panel>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::json::Json;

    fn step(name: &str, cluster: Option<&str>, attempt: i64) -> Step {
        Step { name: name.into(), cluster: cluster.map(str::to_owned), attempt, ..Step::absent() }
    }

    #[test]
    fn a_delta_changes_the_steps_it_names() {
        let old = vec![step("apply", Some("a"), 1), step("apply", Some("b"), 1)];
        let new = merged(old, vec![step("apply", Some("b"), 2), step("ready", Some("a"), 1)]);
        let seen: Vec<_> = new.iter().map(|it| (it.name.as_str(), it.cluster.as_deref(), it.attempt)).collect();
        assert_eq!(seen, [("apply", Some("a"), 1), ("apply", Some("b"), 2), ("ready", Some("a"), 1)]);
    }
}
