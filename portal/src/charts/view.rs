//! A chart with its legend, the values under the crosshair and the same as a table.

use leptos::{html, prelude::*};
use wasm_bindgen::JsCast;

use super::{
    draw::{Ink, Scene, draw, lines_of, time_at},
    model::Board,
    scale::format,
};
use crate::time::{Time, clock};

/// What all charts of a page share: data, range and crosshair.
#[derive(Clone, Copy)]
pub struct Shared {
    pub board: StoredValue<Board>,
    /// Counts up when the data changed.
    pub version: RwSignal<u32>,
    /// Milliseconds that are shown.
    pub range: Signal<f64>,
    /// The right end: the newest point.
    pub end: RwSignal<f64>,
    pub cursor: RwSignal<Option<f64>>,
    /// Series that are switched off, by key.
    pub hidden: RwSignal<Vec<i64>>,
    /// Changes when the colours do.
    pub theme: Signal<u8>,
}

#[component]
pub fn LiveChart(
    shared: Shared,
    #[prop(into)] metric: String,
    #[prop(into)] unit: String,
    #[prop(into)] title: String,
) -> AnyView {
    let canvas = NodeRef::<html::Canvas>::new();
    let ink = StoredValue::new_local(None::<Ink>);
    let waiting = StoredValue::new(false);
    let (name, measure) = (StoredValue::new(metric.clone()), StoredValue::new(unit.clone()));
    let paint = move || {
        waiting.try_set_value(false);
        let Some(Some(canvas)) = canvas.try_get_untracked() else { return };
        ink.update_value(|ink| {
            if ink.is_none() {
                *ink = Some(Ink::read(&canvas));
            }
        });
        let to = shared.end.get_untracked();
        let from = to - shared.range.get_untracked();
        let hidden = shared.hidden.get_untracked();
        shared.board.with_value(|board| {
            ink.with_value(|ink| {
                if let Some(ink) = ink {
                    let (metric, unit) = (name.get_value(), measure.get_value());
                    let cursor = shared.cursor.get_untracked();
                    draw(
                        &canvas,
                        ink,
                        &Scene { board, metric: &metric, unit: &unit, from, to, cursor, hidden: &hidden },
                    );
                }
            });
        });
    };
    // Whatever changed, one frame draws it once.
    let schedule = move || {
        if waiting.try_get_value() == Some(false) {
            waiting.set_value(true);
            request_animation_frame(paint);
        }
    };
    Effect::new(move |_| {
        shared.theme.track();
        ink.set_value(None);
        shared.version.track();
        shared.range.track();
        shared.cursor.track();
        shared.hidden.track();
        if canvas.get().is_some() {
            schedule();
        }
    });
    let resized = window_event_listener(leptos::ev::resize, move |_| schedule());
    on_cleanup(move || resized.remove());
    let point = move |event: leptos::ev::PointerEvent| {
        if let Some(target) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
            shared.cursor.set(Some(f64::from(event.client_x()) - target.get_bounding_client_rect().left()));
        }
    };
    let chips = {
        let (metric, unit) = (metric.clone(), unit.clone());
        move || {
            shared.version.track();
            let at = shared.cursor.get().zip(canvas.get()).map(|(pixel, canvas)| {
                let to = shared.end.get_untracked();
                time_at(&canvas, pixel, to - shared.range.get(), to)
            });
            let rows = shared.board.with_value(|board| legend(board, &metric, at));
            let stamp = at.map(|at| html! { <span class="small muted">{clock(Time(at))}</span> });
            html! { {stamp}{rows.into_iter().map(|row| chip(shared, &row, &unit)).collect_view()} }
        }
    };
    let table = move || {
        shared.version.track();
        let (metric, unit) = (name.get_value(), measure.get_value());
        shared.board.with_value(|board| rows(board, &metric, &unit))
    };
    let open = RwSignal::new(false);
    html! {
        <section class="panel chart" aria-label=title.clone()>
            <header><h2>{title.clone()}</h2></header>
            <div class="chart-plot"><span class="ink-probe" hidden></span>
                <canvas node_ref=canvas role="img" aria-label=format!("{title} over time; the table below has the numbers")
                    on:pointermove=point on:pointerleave=move |_| shared.cursor.set(None)></canvas></div>
            <div class="legend">{chips}</div>
            <details class="fold graph-table" on:toggle=move |_| open.update(|open| *open = !*open)><summary>"The same as a table"</summary>
                {move || open.get().then(table)}
            </details>
        </section>
    }
    .into_any()
}

/// A series in the legend: key, its place, names, whether simulated, value at the crosshair or the newest.
struct Row {
    key: i64,
    at: usize,
    name: String,
    simulated: bool,
    value: f64,
}

fn legend(board: &Board, metric: &str, at: Option<f64>) -> Vec<Row> {
    let row = at.map_or(board.times.len(), |at| board.times.partition_point(|time| *time <= at));
    lines_of(board, metric)
        .into_iter()
        .enumerate()
        .map(|(index, line)| Row {
            key: line.key,
            at: index,
            name: format!("{} · {}", line.component, line.cluster),
            simulated: line.simulated,
            value: row.checked_sub(1).and_then(|row| line.values.get(row).copied()).unwrap_or(f64::NAN),
        })
        .collect()
}

fn chip(shared: Shared, row: &Row, unit: &str) -> AnyView {
    let key = row.key;
    let on = move || !shared.hidden.with(|hidden| hidden.contains(&key));
    let toggle = move |_| {
        shared.hidden.update(|hidden| {
            if hidden.contains(&key) {
                hidden.retain(|it| *it != key);
            } else {
                hidden.push(key);
            }
        });
    };
    let simulated = row.simulated.then(|| html! { <span class="muted">"simulated"</span> });
    html! {
        <button type="button" class="legend-item" aria-pressed=move || on().to_string() on:click=toggle>
            <i class=format!("swatch s{}", row.at % 8 + 1)></i><span>{row.name.clone()}</span>{simulated}<span class="strong">{format(row.value, unit)}</span>
        </button>
    }
    .into_any()
}

fn rows(board: &Board, metric: &str, unit: &str) -> AnyView {
    let lines = lines_of(board, metric);
    let heads: Vec<_> = lines
        .iter()
        .map(|line| html! { <th class="num">{format!("{} · {}", line.component, line.cluster)}</th> })
        .collect();
    let body: Vec<_> = (0..board.times.len())
        .rev()
        .take(30)
        .map(|row| {
            let cells: Vec<_> =
                lines.iter().map(|line| html! { <td class="num">{format(line.values[row], unit)}</td> }).collect();
            html! { <tr><td>{clock(Time(board.times[row]))}</td>{cells}</tr> }
        })
        .collect();
    html! {
        <div class="table-scroll" tabindex="0" role="region" aria-label="Values"><table class="grid"><thead><tr><th>"UTC"</th>{heads}</tr></thead><tbody>{body}</tbody></table></div>
    }
    .into_any()
}
