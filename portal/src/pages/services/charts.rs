//! CPU and memory by the metrics API: one range and one crosshair for all charts, gaps as gaps.

use leptos::prelude::*;
use uuid::Uuid;

use crate::{
    api::{
        ApiError, Snippet,
        live::{self, Lane},
        ops::{self, FrameKind, MetricsFrame},
    },
    charts::{
        model::{Board, Frame, Line},
        view::{LiveChart, Shared},
    },
    state::{
        clock::{self, Clock},
        place::Place,
        theme::ThemeChoice,
    },
    time::length,
    ui::{
        icon::Icon,
        panel::{empty, failure},
    },
    widgets::snippet::graphql_button,
};

const RANGES: [(&str, f64); 4] = [("5m", 300_000.0), ("15m", 900_000.0), ("30m", 1_800_000.0), ("1h", 3_600_000.0)];

pub fn tab(id: Uuid) -> AnyView {
    let place = Place::here();
    let slug = place.param("range");
    let range = Signal::derive(move || {
        RANGES.iter().find(|(name, _)| slug.with(|slug| slug == name)).map_or(300_000.0, |(_, ms)| *ms)
    });
    let choice = ThemeChoice::here();
    let shared = Shared {
        board: StoredValue::new(Board::default()),
        version: RwSignal::new(0),
        range,
        end: RwSignal::new(clock::now()),
        cursor: RwSignal::new(None),
        hidden: RwSignal::new(Vec::new()),
        theme: Signal::derive(move || choice.get() as u8),
    };
    let fault = RwSignal::new(None::<ApiError>);
    let heard = RwSignal::new(0.0);
    let metrics = RwSignal::new(Vec::<(String, String)>::new());
    live::subscribe(Lane::Live, &ops::Metrics { service_id: id, resume: None }, move |frame| match frame {
        Ok(frame) => {
            shared.board.update_value(|board| board.take(read(frame)));
            let (end, found) = shared.board.with_value(|board| (board.times.last().copied(), board.metrics()));
            let _ = shared.end.try_set(end.unwrap_or_else(clock::now));
            let _ = heard.try_set(clock::now());
            if metrics.try_with_untracked(|old| *old != found) == Some(true) {
                metrics.set(found);
            }
            let _ = shared.version.try_update(|version| *version += 1);
        }
        Err(error) => {
            let _ = fault.try_set(Some(error));
        }
    });
    let charts = move || {
        let all = metrics.get();
        if all.is_empty() {
            return match fault.get() {
                Some(error) => failure(&error.message, &error.code, move || fault.set(None)),
                None => empty(
                    Icon::Graph,
                    "No measurement yet. Clusters with the metrics API report CPU and memory every few seconds.",
                    ().into_any(),
                ),
            };
        }
        all.into_iter().map(|(metric, unit)| html! { <LiveChart shared=shared metric=metric.clone() unit=unit title=title(&metric) /> }).collect_view().into_any()
    };
    html! {
        <div class="row">{ranges(place, slug)}<span class="spacer"></span>{pill(shared, heard)}
            {graphql_button(move || Some(Snippet::of(&ops::Metrics { service_id: id, resume: None })))}</div>
        <div class="charts">{charts}</div>
    }
    .into_any()
}

/// The frame as the charts see it; a null is a gap.
fn read(frame: MetricsFrame) -> Frame {
    let line = |series: ops::Series| Line {
        key: series.key,
        component: series.component,
        cluster: series.cluster,
        metric: series.metric,
        unit: series.unit,
        simulated: series.simulated,
        values: series.v.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
    };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a step")]
    Frame {
        whole: matches!(frame.kind, FrameKind::Snapshot | FrameKind::Reset),
        heartbeat: frame.kind == FrameKind::Heartbeat,
        step_ms: frame.step_ms as f64,
        lag_ms: frame.lag_ms as f64,
        source: frame.source,
        times: frame.t,
        lines: frame.series.into_iter().map(line).collect(),
    }
}

fn ranges(place: Place, slug: Signal<String>) -> AnyView {
    let all: Vec<_> = RANGES
        .into_iter()
        .enumerate()
        .map(|(at, (name, ms))| {
            let on = move || slug.with(|slug| slug == name || (slug.is_empty() && at == 0));
            html! { <button type="button" aria-pressed=move || on().to_string() on:click=move |_| place.set_query("range", name)>{length(ms)}</button> }
        })
        .collect();
    html! { <div class="segments" role="group" aria-label="Time range">{all}</div> }.into_any()
}

/// Live with its lag, or since when nothing came.
fn pill(shared: Shared, heard: RwSignal<f64>) -> AnyView {
    let words = move || {
        shared.version.track();
        let (lag, source) = shared.board.with_value(|board| (board.lag_ms, board.source.clone()));
        let silent = Clock::now() - heard.get();
        let source = if source.is_empty() { String::new() } else { format!(" · {source}") };
        if heard.get() == 0.0 {
            "Waiting for the first values".to_owned()
        } else if silent > 20_000.0 {
            format!("Nothing for {}{source}", length(silent))
        } else {
            format!("Live, {} behind{source}", length(lag.max(0.0)))
        }
    };
    let tone = move || {
        if heard.get() == 0.0 {
            "pill"
        } else if Clock::now() - heard.get() > 20_000.0 {
            "pill tone-warn"
        } else {
            "pill tone-ok"
        }
    };
    html! { <span class=tone><span class="dot"></span>{words}</span> }.into_any()
}

fn title(metric: &str) -> String {
    match metric {
        "cpu" => "CPU".into(),
        "memory" => "Memory".into(),
        other => other.replace('_', " "),
    }
}
