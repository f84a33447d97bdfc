//! An order's steps on a time axis. Every row opens to what went in, what came out and what it waited for.

use leptos::prelude::*;

use super::words::Said;
use crate::{
    api::ops::Step,
    time::{Time, brief, length},
    ui::{badge::Tone, code::code},
};

/// Where a bar begins and how long it is, in percent of the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    pub from: f64,
    pub len: f64,
}

/// The bar of a step between `begin` and `end`; a step that runs goes on until `now`.
#[must_use]
pub fn bar(started: Option<Time>, ended: Option<Time>, begin: f64, end: f64, now: f64) -> Option<Bar> {
    let started = started?.0;
    let whole = (end - begin).max(1.0);
    let from = ((started - begin) / whole * 100.0).clamp(0.0, 100.0);
    let to = ((ended.map_or(now, |time| time.0) - begin) / whole * 100.0).clamp(from, 100.0);
    Some(Bar { from, len: (to - from).max(0.6) })
}

/// `begin` is when the order was placed; `end` when it ended, `None` while it runs.
pub fn timeline(steps: &[Step], begin: Time, end: Option<Time>, now: f64) -> AnyView {
    let last =
        steps.iter().filter_map(|step| step.ended_at.or(step.started_at)).map(|time| time.0).fold(begin.0, f64::max);
    let stop = end.map_or_else(|| now.max(last), |time| time.0.max(last));
    let rows: Vec<_> = steps.iter().map(|step| row(step, begin.0, stop, now)).collect();
    let half = (stop - begin.0) / 2.0;
    let ticks: Vec<_> = (0..=2).map(|at| html! { <span>{brief(half * f64::from(at))}</span> }).collect();
    html! {
        <div class="timeline" role="list" aria-label="Steps">
            <div class="axis" aria-hidden="true"><span></span><span class="ticks">{ticks}</span></div>
            {rows}
        </div>
    }
    .into_any()
}

fn row(step: &Step, begin: f64, end: f64, now: f64) -> AnyView {
    let tone = step.state.tone();
    let at = bar(step.started_at, step.ended_at, begin, end, now);
    let took = step.started_at.map(|from| length(step.ended_at.map_or(now, |to| to.0) - from.0));
    let strip = at.map(|at| {
        let class = format!("strip {}{}", tone.class(), if tone == Tone::Busy { " moving" } else { "" });
        html! { <i class=class style:--from=format!("{:.2}%", at.from) style:--len=format!("{:.2}%", at.len)></i> }
    });
    // A title that names the cluster need not say it twice.
    let cluster = step
        .cluster
        .clone()
        .filter(|cluster| !step.title.contains(cluster.as_str()))
        .map(|cluster| html! { <span class="chip">{cluster}</span> });
    let again = (step.attempt > 1).then(|| html! { <span class="chip">{format!("attempt {}", step.attempt)}</span> });
    let detail = (!step.detail.is_null()).then(|| code(serde_json::to_string_pretty(&step.detail).unwrap_or_default()));
    let after = (!step.after.is_empty())
        .then(|| html! { <p class="small soft">{format!("After: {}", step.after.join(", "))}</p> });
    html! {
        <details class="fold step-row" role="listitem">
            <summary>
                <span class="step-what">{step.state.badge()}<span class="strong">{step.title.clone()}</span>{cluster}{again}</span>
                <span class="lane-bar"><span class="track">{strip}</span><span class="took">{took}</span></span>
            </summary>
            <div class="step-more">
                {step.message.clone().map(|text| html! { <p>{text}</p> })}
                <p class="small soft">"Step "<code>{step.name.clone()}</code></p>
                {after}
                {detail}
            </div>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_stand_where_the_step_was() {
        let at = |ms| Some(Time(ms));
        assert_eq!(bar(at(250.0), at(500.0), 0.0, 1000.0, 1000.0), Some(Bar { from: 25.0, len: 25.0 }));
        assert_eq!(bar(at(500.0), None, 0.0, 1000.0, 1000.0), Some(Bar { from: 50.0, len: 50.0 }));
        assert_eq!(bar(None, None, 0.0, 1000.0, 1000.0), None);
        let short = bar(at(1000.0), at(1000.0), 0.0, 1000.0, 1000.0).unwrap();
        assert!(short.len > 0.0, "a step that took no time can still be seen");
    }
}
