//! Logs: follow, pause by scrolling up, search, filter, wrap, timestamps, download. Fifty thousand lines stay smooth
//! because only the rows near the view are on the page.

use leptos::{html, prelude::*};
use uuid::Uuid;

use crate::{
    api::{
        live::{self, Lane},
        ops::{self, FrameKind, LogFrame, Service},
    },
    state::place::Place,
    time::{Time, clock},
    ui::{
        browser::download,
        field::SelectField,
        icon::{Icon, icon},
    },
    widgets::{
        log_lines::{Line, Log, ROW},
        snippet::graphql_button,
    },
};

/// What the toolbar and the view share.
#[derive(Clone, Copy)]
struct Desk {
    log: StoredValue<Log>,
    /// Counts up when the log changes; the lines themselves are outside the signal graph.
    version: RwSignal<u32>,
    follow: RwSignal<bool>,
    wrap: RwSignal<bool>,
    stamps: RwSignal<bool>,
    top: RwSignal<f64>,
    height: RwSignal<f64>,
    hit: RwSignal<usize>,
    wanted: RwSignal<String>,
    node: NodeRef<html::Div>,
}

pub fn tab(id: Uuid, service: RwSignal<Option<Service>>) -> AnyView {
    let place = Place::here();
    let component = RwSignal::new(place.query("component").unwrap_or_default());
    let cluster = RwSignal::new(place.query("cluster").unwrap_or_default());
    let desk = Desk {
        log: StoredValue::new(Log::default()),
        version: RwSignal::new(0),
        follow: RwSignal::new(true),
        wrap: RwSignal::new(false),
        stamps: RwSignal::new(true),
        top: RwSignal::new(0.0),
        height: RwSignal::new(600.0),
        hit: RwSignal::new(0),
        wanted: RwSignal::new(place.query("find").unwrap_or_default()),
        node: NodeRef::new(),
    };
    let operation = move || ops::Logs {
        service_id: id,
        component: Some(component.get()).filter(|it| !it.is_empty()),
        cluster_id: cluster.get().parse().ok(),
        tail: Some(1000),
        resume: None,
    };
    Effect::new(move |_| {
        place.set_query("component", &component.get());
        place.set_query("cluster", &cluster.get());
        desk.log.update_value(Log::clear);
        let operation = operation();
        // Each effect run has an owner of its own: changing a filter ends the old subscription.
        live::subscribe(Lane::Logs, &operation, move |frame| {
            if let Ok(frame) = frame {
                desk.take(frame);
            }
        });
    });
    Effect::new(move |_| {
        let wanted = desk.wanted.get();
        place.set_query("find", &wanted);
        desk.log.update_value(|log| log.search(&wanted));
        desk.hit.set(0);
        desk.version.update(|version| *version += 1);
    });
    html! {
        <section class="panel logs" aria-label="Logs">
            {toolbar(desk, service, component, cluster)}
            {desk.view()}
            <footer class="pager">
                <span>{move || { desk.version.track(); format!("{} lines", desk.log.with_value(Log::len)) }}</span>
                <span class="spacer"></span>
                {graphql_button(move || Some(crate::api::Snippet::of(&untrack(operation))))}
            </footer>
        </section>
    }
    .into_any()
}

fn toolbar(
    desk: Desk,
    service: RwSignal<Option<Service>>,
    component: RwSignal<String>,
    cluster: RwSignal<String>,
) -> AnyView {
    let names = Memo::new(move |_| {
        let mut names: Vec<String> = service.with(|it| {
            it.as_ref().map(|it| it.components.iter().map(|it| it.name.clone()).collect()).unwrap_or_default()
        });
        names.sort();
        names.dedup();
        std::iter::once((String::new(), "Every component".to_owned()))
            .chain(names.into_iter().map(|it| (it.clone(), it)))
            .collect::<Vec<_>>()
    });
    let clusters = Memo::new(move |_| {
        let mut all: Vec<(String, String)> = service.with(|it| {
            it.as_ref()
                .map(|it| it.components.iter().map(|it| (it.cluster.id.to_string(), it.cluster.name.clone())).collect())
                .unwrap_or_default()
        });
        all.sort_by(|a, b| a.1.cmp(&b.1));
        all.dedup();
        std::iter::once((String::new(), "Every cluster".to_owned())).chain(all).collect::<Vec<_>>()
    });
    let count = move || {
        desk.version.track();
        let matches = desk.log.with_value(Log::matches);
        if desk.wanted.with(String::is_empty) {
            String::new()
        } else if matches == 0 {
            "no match".into()
        } else {
            format!("{} of {matches}", desk.hit.get() + 1)
        }
    };
    let toggle = |signal: RwSignal<bool>, label: &'static str| {
        html! { <button type="button" aria-pressed=move || signal.get().to_string() on:click=move |_| signal.update(|on| *on = !*on)>{label}</button> }
    };
    let save = move |_| {
        let text = desk.log.with_value(|log| log.text(|at| clock(Time(at))));
        download("log.txt", "text/plain", &text);
    };
    html! {
        <header>
            <SelectField label="Component" value=component options=Signal::from(names) small=true />
            <SelectField label="Cluster" value=cluster options=Signal::from(clusters) small=true />
            <div class="search">{icon(Icon::Search)}
                <input class="input small" type="search" data-search="" aria-label="Search the log" placeholder="Search the log" prop:value=move || desk.wanted.get()
                    on:input=move |event| desk.wanted.set(event_target_value(&event))
                    on:keydown=move |event| if event.key() == "Enter" { desk.jump(!event.shift_key()) } /></div>
            <span class="small soft" role="status">{count}</span>
            <span class="segments" role="group" aria-label="Next match">
                <button type="button" aria-label="Previous match" on:click=move |_| desk.jump(false)>"↑"</button>
                <button type="button" aria-label="Next match" on:click=move |_| desk.jump(true)>"↓"</button></span>
            <span class="spacer"></span>
            <span class="segments" role="group" aria-label="How the log is shown">{toggle(desk.stamps, "Times")}{toggle(desk.wrap, "Wrap")}</span>
            <button type="button" class="button" aria-pressed=move || desk.follow.get().to_string() on:click=move |_| desk.set_follow(!desk.follow.get_untracked())>
                {move || icon(if desk.follow.get() { Icon::Pause } else { Icon::Play })}{move || if desk.follow.get() { "Following" } else { "Follow" }}</button>
            <button type="button" class="button icon" aria-label="Download the log" on:click=save>{icon(Icon::Download)}</button>
        </header>
    }
    .into_any()
}

impl Desk {
    fn take(self, frame: LogFrame) {
        if frame.kind == FrameKind::Heartbeat {
            return;
        }
        self.log.update_value(|log| {
            if frame.kind == FrameKind::Reset {
                log.clear();
            }
            if frame.dropped > 0 || frame.kind == FrameKind::Gap {
                log.mark(
                    js_sys::Date::now(),
                    format!("{} lines were left out here: they came faster than they could be read.", frame.dropped),
                );
            }
            for line in frame.lines {
                log.push(Line {
                    number: 0,
                    at: line.at.0,
                    component: line.component,
                    cluster: line.cluster,
                    pod: line.pod,
                    text: line.text,
                    mark: false,
                });
            }
        });
        let _ = self.version.try_update(|version| *version += 1);
        if self.follow.try_get_untracked() == Some(true) {
            self.to_end();
        }
    }

    fn to_end(self) {
        request_animation_frame(move || {
            if let Some(Some(node)) = self.node.try_get_untracked() {
                node.set_scroll_top(node.scroll_height());
            }
        });
    }

    fn set_follow(self, follow: bool) {
        self.follow.set(follow);
        if follow {
            self.to_end();
        }
    }

    /// Goes to the next or previous match and stops following.
    fn jump(self, down: bool) {
        let count = self.log.with_value(Log::matches);
        if count == 0 {
            return;
        }
        let at = self.hit.get_untracked();
        let at = if down { (at + 1) % count } else { (at + count - 1) % count };
        self.hit.set(at);
        self.follow.set(false);
        let row = self.log.with_value(|log| log.row_of_match(at));
        if let (Some(row), Some(node)) = (row, self.node.get_untracked()) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "pixels")]
            node.set_scroll_top((row as f64 * ROW - self.height.get_untracked() / 2.0).max(0.0) as i32);
        }
    }

    fn scrolled(self) {
        let Some(node) = self.node.get_untracked() else { return };
        let (top, height) = (f64::from(node.scroll_top()), f64::from(node.client_height()));
        let at_end = f64::from(node.scroll_height()) - top - height < ROW * 1.5;
        self.top.set(top);
        if (self.height.get_untracked() - height).abs() > 1.0 {
            self.height.set(height);
        }
        if self.follow.get_untracked() != at_end {
            self.follow.set(at_end);
        }
    }

    fn view(self) -> AnyView {
        let total = move || {
            self.version.track();
            self.log.with_value(Log::len)
        };
        let shown = Memo::new(move |_| {
            self.version.track();
            let (top, height) = (self.top.get(), self.height.get());
            // Wrapped rows have no fixed height: the newest two hundred are shown as they are.
            let (from, to) = self.log.with_value(|log| {
                if self.wrap.get() { (log.len().saturating_sub(200), log.len()) } else { log.window(top, height) }
            });
            (from, self.log.with_value(|log| log.rows(from, to)))
        });
        let offset = move || {
            if self.wrap.get() { "0px".to_owned() } else { shown.with(|(from, _)| format!("{}px", *from as f64 * ROW)) }
        };
        let tall = move || if self.wrap.get() { "auto".to_owned() } else { format!("{}px", total() as f64 * ROW) };
        let rows = move || {
            let stamps = self.stamps.get();
            self.wanted.track();
            shown.with(|(_, rows)| rows.iter().map(|line| self.row(line, stamps)).collect_view())
        };
        let empty = move || {
            (total() == 0).then(
                || html! { <p class="log-empty soft">"No line yet. Lines appear here as the pods write them."</p> },
            )
        };
        html! {
            <div class="log-view" class:wrap=move || self.wrap.get() node_ref=self.node tabindex="0" role="log" aria-label="Log lines" aria-live="off" on:scroll=move |_| self.scrolled()>
                {empty}
                <div class="log-space" style:height=tall><div class="log-rows" style:transform=move || format!("translateY({})", offset())>{rows}</div></div>
            </div>
        }
        .into_any()
    }

    fn row(self, line: &Line, stamps: bool) -> AnyView {
        if line.mark {
            return html! { <div class="log-row mark">{line.text.clone()}</div> }.into_any();
        }
        let parts: Vec<_> = self
            .log
            .with_value(|log| log.parts(&line.text))
            .into_iter()
            .map(|(text, hit)| if hit { html! { <mark>{text}</mark> }.into_any() } else { text.into_any() })
            .collect();
        let stamp = stamps.then(|| html! { <span class="log-time">{clock(Time(line.at))}</span> });
        let who = format!("{} {}", line.cluster, line.pod);
        html! { <div class="log-row">{stamp}<span class="log-who" title=who>{line.component.clone()}</span><span class="log-text">{parts}</span></div> }.into_any()
    }
}
