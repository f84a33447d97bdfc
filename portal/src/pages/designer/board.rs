//! The board: a column for the planner and one per cluster, by owner; a card per component in every column it is in.

use std::collections::BTreeMap;

use hypo_shared::{
    ClusterId,
    analysis::{Analysis, Component},
    quantity::format_bytes,
};
use leptos::prelude::*;
use uuid::Uuid;

use super::overrides::overrides_dialog;
use crate::{
    api::ops::Cluster,
    state::draft::Draft,
    ui::icon::{Icon, icon},
    widgets::words::Said,
};

/// What cards and columns share; copyable so that closures can carry it.
#[derive(Clone, Copy)]
struct Desk {
    analysis: StoredValue<Analysis>,
    clusters: StoredValue<Vec<Cluster>>,
    draft: RwSignal<Draft>,
    /// The component that is dragged and the column it comes from.
    held: RwSignal<Option<(String, Option<Uuid>)>>,
    /// Spoken after a move.
    said: RwSignal<String>,
    editing: RwSignal<Option<String>>,
}

#[component]
pub fn Board(analysis: Analysis, clusters: Vec<Cluster>, draft: RwSignal<Draft>) -> AnyView {
    let mut clusters = clusters;
    clusters.sort_by(|a, b| (!a.own, &a.owner.name, &a.name).cmp(&(!b.own, &b.owner.name, &b.name)));
    let columns: Vec<Option<Cluster>> = std::iter::once(None).chain(clusters.iter().cloned().map(Some)).collect();
    let desk = Desk {
        analysis: StoredValue::new(analysis),
        clusters: StoredValue::new(clusters),
        draft,
        held: RwSignal::new(None),
        said: RwSignal::new(String::new()),
        editing: RwSignal::new(None),
    };
    let shown: Vec<_> = columns.into_iter().map(|cluster| desk.column(cluster)).collect();
    html! {
        <section class="panel" aria-label="Placement board">
            <header><h2>"Placement board"</h2><span class="small muted">"Drag a card, use its menu, or press ← and → on it. Hold Ctrl while dropping to keep it where it was as well."</span></header>
            <div class="board-scroll" tabindex="0" role="region" aria-label="Columns of the board"><div class="board">{shown}</div></div>
            <footer class="board-foot">{move || desk.crossing()}</footer>
        </section>
        <div class="sr" role="status" aria-live="polite">{move || desk.said.get()}</div>
        {overrides_dialog(desk.editing, draft)}
    }
    .into_any()
}

impl Desk {
    fn pins(self, component: &str) -> Vec<Uuid> {
        self.draft.with(|draft| {
            draft.request.pins.get(component).map(|pins| pins.iter().map(|it| it.0).collect()).unwrap_or_default()
        })
    }

    fn name_of(self, cluster: Option<Uuid>) -> String {
        let Some(id) = cluster else { return "the planner".into() };
        self.clusters.with_value(|all| all.iter().find(|it| it.id == id).map(|it| it.name.clone()).unwrap_or_default())
    }

    /// Components that must go together with this one, itself included.
    fn glued(self, component: &str) -> Vec<String> {
        self.analysis.with_value(|analysis| {
            let group = analysis.glue.iter().find(|glue| glue.members.iter().any(|it| it == component));
            group.map_or_else(|| vec![component.to_owned()], |glue| glue.members.clone())
        })
    }

    fn set(self, component: &str, clusters: &[Uuid], said: &str) {
        let all = self.glued(component);
        self.draft.update(|draft| {
            for component in &all {
                draft.reasons.remove(component);
                if clusters.is_empty() {
                    draft.request.pins.remove(component);
                } else {
                    draft.request.pins.insert(component.clone(), clusters.iter().copied().map(ClusterId).collect());
                }
            }
        });
        let together =
            if all.len() > 1 { format!(" with {}, which must stay together", all.len() - 1) } else { String::new() };
        self.said.set(format!("{component}{together}: {said}"));
    }

    /// Moves from one column to another; `also` keeps the old place.
    fn shift(self, component: &str, from: Option<Uuid>, to: Option<Uuid>, also: bool) {
        let mut pins = self.pins(component);
        match to {
            None => pins.clear(),
            Some(to) => {
                if !also {
                    pins.retain(|it| Some(*it) != from);
                }
                if !pins.contains(&to) {
                    pins.push(to);
                }
            }
        }
        self.set(component, &pins, &format!("now on {}", self.name_of(to)));
    }

    fn toggle(self, component: &str, cluster: Uuid) {
        let mut pins = self.pins(component);
        if pins.contains(&cluster) {
            pins.retain(|it| *it != cluster);
            self.set(component, &pins, &format!("no longer on {}", self.name_of(Some(cluster))));
        } else {
            pins.push(cluster);
            self.set(component, &pins, &format!("also on {}", self.name_of(Some(cluster))));
        }
    }

    /// Arrow keys: the neighbouring column.
    fn step(self, component: &str, from: Option<Uuid>, right: bool) {
        let order: Vec<Option<Uuid>> = std::iter::once(None)
            .chain(self.clusters.with_value(|all| all.iter().map(|it| Some(it.id)).collect::<Vec<_>>()))
            .collect();
        let at = order.iter().position(|it| *it == from).unwrap_or(0);
        let to = if right { at + 1 } else { at.wrapping_sub(1) };
        if let Some(to) = order.get(to) {
            self.shift(component, from, *to, false);
            // The card is made anew in its new column: give it the focus back.
            let selector = format!("[data-card=\"{component}@{}\"]", to.map(|id| id.to_string()).unwrap_or_default());
            request_animation_frame(move || crate::ui::browser::focus(&selector));
        }
    }

    fn column(self, cluster: Option<Cluster>) -> AnyView {
        let id = cluster.as_ref().map(|it| it.id);
        let over = RwSignal::new(false);
        let members = Memo::new(move |_| {
            self.analysis.with_value(|analysis| {
                let here = |component: &&Component| {
                    let pins = self.pins(&component.name);
                    id.map_or(pins.is_empty(), |id| pins.contains(&id))
                };
                analysis.components.iter().filter(here).cloned().collect::<Vec<_>>()
            })
        });
        let cards = move || members.get().into_iter().map(|component| self.card(component, id)).collect_view();
        let drop = move |event: leptos::ev::DragEvent| {
            event.prevent_default();
            over.set(false);
            if let Some((component, from)) = self.held.get_untracked() {
                self.shift(&component, from, id, event.ctrl_key() || event.meta_key());
            }
            self.held.set(None);
        };
        let label = cluster.as_ref().map_or_else(|| "Place for me".to_owned(), |it| it.name.clone());
        html! {
            <div class="column" class:over=move || over.get() role="group" aria-label=label
                on:dragover=move |event| { event.prevent_default(); if !over.get_untracked() { over.set(true) } }
                on:dragleave=move |_| over.set(false) on:drop=drop>
                {column_head(cluster, members)}
                <ul role="list" class="cards-list">{cards}</ul>
            </div>
        }
        .into_any()
    }

    fn card(self, component: Component, column: Option<Uuid>) -> AnyView {
        let name = component.name.clone();
        let menu =
            format!("menu-{}-{}", crate::ui::field::slug(&name), column.map(|id| id.to_string()).unwrap_or_default());
        let (dragged, keyed, why) = (name.clone(), name.clone(), name.clone());
        let changed = {
            let name = name.clone();
            move || {
                self.draft.with(|draft| {
                    draft.request.overrides.contains_key(&name) || draft.request.requires.contains_key(&name)
                })
            }
        };
        let glued = self.glued(&name).len() > 1;
        let reason = move || {
            self.draft
                .with(|draft| draft.reasons.get(&why).cloned())
                .map(|text| html! { <span class="card-why">{text}</span> })
        };
        html! {
            <li class="card" draggable="true" tabindex="0" data-card=format!("{name}@{}", column.map(|id| id.to_string()).unwrap_or_default())
                aria-label=format!("{name}, {}. Left and right arrow move it.", component.kind)
                on:dragstart=move |event| {
                    if let Some(transfer) = event.data_transfer() { let _ = transfer.set_data("text/plain", &dragged); }
                    self.held.set(Some((dragged.clone(), column)));
                }
                on:dragend=move |_| self.held.set(None)
                on:keydown=move |event| match event.key().as_str() {
                    "ArrowRight" => { event.prevent_default(); self.step(&keyed, column, true) }
                    "ArrowLeft" => { event.prevent_default(); self.step(&keyed, column, false) }
                    _ => {}
                }>
                <div class="card-head"><span class="strong clip">{name.clone()}</span>
                    <button type="button" class="button quiet icon tiny" aria-label=format!("Where {name} runs") popovertarget=menu.clone()>{icon(Icon::More)}</button></div>
                <span class="card-below">{format!("{} · {} m · {}", component.kind, component.cpu_millis, format_bytes(component.memory_bytes))}</span>
                <span class="row">
                    {component.stateful.then(|| html! { <span class="chip accent">{icon(Icon::Disk)}"keeps data"</span> })}
                    {glued.then(|| html! { <span class="chip">"glued"</span> })}
                    {move || changed().then(|| html! { <span class="chip">"overrides"</span> })}
                </span>
                {reason}
                {self.menu(menu, name.clone())}
            </li>
        }
        .into_any()
    }

    fn menu(self, id: String, component: String) -> AnyView {
        let places: Vec<_> = self.clusters.with_value(|all| {
            all.iter()
                .map(|cluster| {
                    let (on, toggled, at) = (component.clone(), component.clone(), cluster.id);
                    html! {
                        <button type="button" role="menuitemcheckbox" aria-checked=move || self.pins(&on).contains(&at).to_string()
                            on:click=move |_| self.toggle(&toggled, at)>{format!("{} · {}", cluster.name, cluster.owner.name)}</button>
                    }
                })
                .collect()
        });
        let (free, edit) = (component.clone(), component.clone());
        html! {
            <div class="menu" id=id.clone() popover="auto" role="menu" aria-label=format!("Where {component} runs")>
                <div class="label">"Runs on"</div>
                {places}
                <button type="button" role="menuitem" popovertarget=id.clone() popovertargetaction="hide" on:click=move |_| self.set(&free, &[], "left to the planner")>"Leave it to the planner"</button>
                <button type="button" role="menuitem" popovertarget=id.clone() popovertargetaction="hide" on:click=move |_| self.editing.set(Some(edit.clone()))>{icon(Icon::Settings)}"Overrides and wishes…"</button>
            </div>
        }
        .into_any()
    }

    /// How many edges leave their cluster with what is pinned now; the plan has the exact links.
    fn crossing(self) -> AnyView {
        let pins: BTreeMap<String, Vec<ClusterId>> = self.draft.with(|draft| draft.request.pins.clone());
        let (mut far, mut open) = (Vec::new(), 0);
        self.analysis.with_value(|analysis| {
            for edge in &analysis.edges {
                match (pins.get(&edge.from), pins.get(&edge.to)) {
                    (Some(from), Some(to)) if from.iter().any(|cluster| !to.contains(cluster)) => {
                        far.push(format!("{} → {}", edge.from, edge.to));
                    }
                    (Some(_), Some(_)) => {}
                    _ => open += 1,
                }
            }
        });
        let crossing = match far.len() {
            0 => "No known edge crosses clusters".to_owned(),
            1 => "One of the known edges crosses clusters and becomes an encrypted link".to_owned(),
            some => format!("{some} of the known edges cross clusters and become encrypted links"),
        };
        let text = match open {
            0 => format!("{crossing}."),
            1 => format!("{crossing}; one depends on the planner."),
            open => format!("{crossing}; {open} depend on the planner."),
        };
        html! { <span class="small soft">{text}</span>{far.into_iter().map(|it| html! { <span class="chip">{it}</span> }).collect_view()} }.into_any()
    }
}

fn column_head(cluster: Option<Cluster>, members: Memo<Vec<Component>>) -> AnyView {
    let Some(cluster) = cluster else {
        return html! { <header class="column-head"><span class="strong">"Place for me"</span><span class="small muted">"The planner decides"</span>
            <span class="small muted">{move || format!("{} components", members.with(Vec::len))}</span></header> }
        .into_any();
    };
    let room = cluster.cpu_millis.max(1);
    let used = cluster.cpu_used_millis;
    let asked =
        move || members.with(|members| members.iter().map(|it| i64::try_from(it.cpu_millis).unwrap_or(0)).sum::<i64>());
    let part = move || format!("{}%", ((used + asked()) * 100 / room).clamp(0, 100));
    let owner = if cluster.own { "yours".to_owned() } else { cluster.owner.name.clone() };
    let tight = move || used + asked() > room;
    html! {
        <header class="column-head">
            <span class="row"><span class="strong">{cluster.name.clone()}</span><span class="chip">{cluster.country.clone()}</span></span>
            <span class="small muted">{format!("{owner} · {}", cluster.domain.name)}</span>
            <div class="meter" class:tight=tight><span>{move || format!("CPU {} of {} m", used + asked(), room)}</span>
                <span class="track"><i style:--part=part></i></span></div>
            {(cluster.status != hypo_shared::resource::ResourceStatus::Available).then(|| cluster.status.badge())}
        </header>
    }
    .into_any()
}
