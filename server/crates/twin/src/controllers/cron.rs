//! CronJobs: a Job at every moment of a five-field schedule (UTC).

use std::sync::Arc;

use chrono::{DateTime, Datelike, Duration, Timelike, Utc};
use serde_json::{Value, json};

use super::{events, jobs, owned, sooner};
use crate::{clock, cluster::State, json as at};

const ID: &str = "cronjobs.batch";

/// One pass over all CronJobs.
pub fn run(state: &mut State, next: &mut Option<DateTime<Utc>>) {
    for cron in state.store.all(ID) {
        if at::deleting(&cron) {
            continue;
        }
        let schedule = at::text(&cron, "/spec/schedule").to_owned();
        let last = [at::text(&cron, "/status/lastScheduleTime"), at::text(&cron, "/metadata/creationTimestamp")]
            .into_iter()
            .find_map(clock::parse)
            .unwrap_or(state.now);
        let mut due = None;
        if !at::flag(&cron, "/spec/suspend") {
            // Missed moments collapse into the latest one, as the controller does.
            let mut at = last;
            while let Some(moment) = following(&schedule, at) {
                if moment > state.now {
                    sooner(next, moment);
                    break;
                }
                due = Some(moment);
                at = moment;
            }
        }
        if let Some(moment) = due {
            start(state, &cron, moment);
        }
        tidy(state, &cron);
    }
}

fn start(state: &mut State, cron: &Arc<Value>, moment: DateTime<Utc>) {
    let active: Vec<_> =
        owned::of(state, "jobs.batch", cron).into_iter().filter(|job| jobs::ended(job).is_none()).collect();
    let mut status = cron.get("status").cloned().unwrap_or_else(|| json!({}));
    status["lastScheduleTime"] = clock::seconds(moment).into();
    match at::text(cron, "/spec/concurrencyPolicy") {
        "Forbid" if !active.is_empty() => {
            events::emit(
                state,
                "CronJob",
                cron,
                "Normal",
                "JobAlreadyActive",
                "Not starting job because prior execution is running and concurrency policy is Forbid",
            );
            state.save_status(ID, cron, status);
            return;
        }
        "Replace" => active.iter().for_each(|job| owned::delete(state, "jobs.batch", job)),
        _ => {}
    }
    let template = &cron["spec"]["jobTemplate"];
    let name = format!("{}-{}", at::name(cron), moment.timestamp() / 60);
    let mut job = json!({
        "apiVersion": "batch/v1", "kind": "Job",
        "metadata": {"name": name, "namespace": at::namespace(cron), "ownerReferences": owned::reference("batch/v1", "CronJob", cron)},
        "spec": template["spec"],
    });
    for field in ["labels", "annotations"] {
        if let Some(value) = template.pointer(&format!("/metadata/{field}")) {
            job["metadata"][field] = value.clone();
        }
    }
    match state.make("jobs.batch", job) {
        Ok(made) => events::emit(
            state,
            "CronJob",
            cron,
            "Normal",
            "SuccessfulCreate",
            &format!("Created job {}", at::name(&made)),
        ),
        Err(error) if error.reason == "AlreadyExists" => {}
        Err(error) => events::emit(
            state,
            "CronJob",
            cron,
            "Warning",
            "FailedCreate",
            &format!("Error creating job: {}", error.message),
        ),
    }
    state.save_status(ID, cron, status);
}

fn tidy(state: &mut State, cron: &Arc<Value>) {
    let all = owned::of(state, "jobs.batch", cron);
    for (end, field) in [("Complete", "successfulJobsHistoryLimit"), ("Failed", "failedJobsHistoryLimit")] {
        let limit = usize::try_from(at::int(cron, &format!("/spec/{field}")).unwrap_or(1)).unwrap_or(1);
        let mut done: Vec<_> = all.iter().filter(|job| jobs::ended(job) == Some(end)).collect();
        done.sort_by_key(|job| at::text(job, "/metadata/creationTimestamp").to_owned());
        for job in done.iter().take(done.len().saturating_sub(limit)) {
            owned::delete(state, "jobs.batch", job);
        }
    }
    let active: Vec<_> = all
        .iter()
        .filter(|job| jobs::ended(job).is_none() && !at::deleting(job))
        .map(|job| json!({"kind": "Job", "apiVersion": "batch/v1", "name": at::name(job), "namespace": at::namespace(job), "uid": at::uid(job)}))
        .collect();
    if let Some(live) = state.store.get(ID, at::namespace(cron), at::name(cron)) {
        let mut status = live.get("status").cloned().unwrap_or_else(|| json!({}));
        if active.is_empty() {
            at::remove(&mut status, "/active");
        } else {
            status["active"] = active.into();
        }
        if status != json!({}) {
            state.save_status(ID, &live, status);
        }
    }
}

/// The first moment of a schedule after another one, within four years.
fn following(schedule: &str, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let named = match schedule {
        "@hourly" => "0 * * * *",
        "@daily" | "@midnight" => "0 0 * * *",
        "@weekly" => "0 0 * * 0",
        "@monthly" => "0 0 1 * *",
        "@yearly" | "@annually" => "0 0 1 1 *",
        other => other,
    };
    let fields: Vec<&str> = named.split_whitespace().collect();
    let [minute, hour, day, month, weekday] = fields.as_slice() else { return None };
    let mut at = after.with_second(0)?.with_nanosecond(0)? + Duration::minutes(1);
    for _ in 0..4 * 366 {
        let days_match = {
            let (by_day, by_week) = (
                has(day, at.day()),
                has(weekday, at.weekday().num_days_from_sunday())
                    || (at.weekday().num_days_from_sunday() == 0 && has(weekday, 7)),
            );
            // Cron takes either when both are restricted.
            if *day != "*" && *weekday != "*" { by_day || by_week } else { by_day && by_week }
        };
        if has(month, at.month()) && days_match {
            let today = at.date_naive();
            while at.date_naive() == today {
                if has(hour, at.hour()) && has(minute, at.minute()) {
                    return Some(at);
                }
                at += Duration::minutes(1);
            }
        } else {
            at = (at + Duration::days(1)).with_hour(0)?.with_minute(0)?;
        }
    }
    None
}

/// Whether a field (`*`, `5`, `1-5`, `*/10`, lists of these) holds a number.
fn has(field: &str, value: u32) -> bool {
    field.split(',').any(|part| {
        let (range, step) =
            part.split_once('/').map_or((part, 1), |(range, step)| (range, step.parse().unwrap_or(1).max(1)));
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (0, u32::MAX),
            Some((from, to)) => (from.parse().unwrap_or(u32::MAX), to.parse().unwrap_or(0)),
            None => {
                let one = range.parse().unwrap_or(u32::MAX);
                (one, if part.contains('/') { u32::MAX } else { one })
            }
        };
        value >= from && value <= to && (value - from).is_multiple_of(step)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schedules() {
        let at = |text: &str| clock::parse(text).expect("a time");
        let start = at("2026-01-01T10:07:30Z");
        for (schedule, wanted) in [
            ("*/15 * * * *", "2026-01-01T10:15:00Z"),
            ("0 3 * * *", "2026-01-02T03:00:00Z"),
            ("30 10 * * 1-5", "2026-01-01T10:30:00Z"),
            ("0 0 1 * *", "2026-02-01T00:00:00Z"),
            ("@hourly", "2026-01-01T11:00:00Z"),
        ] {
            assert_eq!(following(schedule, start), Some(at(wanted)), "{schedule}");
        }
        assert_eq!(following("nonsense", start), None);
    }
}
