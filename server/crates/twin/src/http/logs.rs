//! GET pods/NAME/log.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use chrono::{DateTime, Duration, SecondsFormat, Utc};
use hyper::Response;
use serde_json::Value;

use super::{
    body_of,
    target::{Query, Resource},
};
use crate::{
    clock,
    cluster::{Cluster, State, stopped},
    error::{ApiError, ApiResult},
    json as at,
    runtime::{
        Phase,
        log::{self, Line, Log},
    },
};

/// Where the lines of a container come from.
#[derive(Clone)]
enum Source {
    Real(Arc<Log>),
    Simulated { pod: String, container: String, image: String, start: DateTime<Utc>, end: Option<DateTime<Utc>> },
}

impl Source {
    fn lines(&self, from: u64, now: DateTime<Utc>) -> Vec<Line> {
        match self {
            Self::Real(log) => log.from(from),
            Self::Simulated { pod, container, image, start, end } => {
                log::simulated(pod, container, image, *start, end.unwrap_or(now), from)
            }
        }
    }
}

fn print(line: &Line, timestamps: bool) -> String {
    if timestamps {
        format!("{} {}\n", line.time.to_rfc3339_opts(SecondsFormat::Nanos, true), line.text)
    } else {
        format!("{}\n", line.text)
    }
}

/// The log of a container, whole or followed.
///
/// # Errors
/// 404 for the pod, 400 for a wrong or missing container name or one that has not started.
pub fn read(cluster: &Arc<Cluster>, target: &Resource, query: &Query) -> ApiResult<Response<Body>> {
    let state = cluster.state();
    let pod = state
        .store
        .get("pods", &target.namespace, &target.name)
        .ok_or_else(|| ApiError::not_found(&target.kind, &target.name))?;
    let (source, now) = (source(&state, &pod, query)?, state.now);
    drop(state);
    let timestamps = query.flag("timestamps");
    let since = clock::parse(query.get("sinceTime"))
        .or_else(|| query.number::<i64>("sinceSeconds").map(|seconds| now - Duration::seconds(seconds)));
    let mut lines = source.lines(0, now);
    let mut next = lines.last().map_or(0, |line| line.at + 1);
    lines.retain(|line| since.is_none_or(|since| line.time >= since));
    if let Some(tail) = query.number::<usize>("tailLines") {
        lines.drain(..lines.len().saturating_sub(tail));
    }
    let mut text: String = lines.iter().map(|line| print(line, timestamps)).collect();
    let limit = query.number::<usize>("limitBytes");
    if let Some(limit) = limit {
        let cut = (0..=limit.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
        text.truncate(cut);
    }
    if !query.flag("follow") || query.flag("previous") || limit.is_some() {
        return Ok(body_of("text/plain", Body::from(text)));
    }
    let cluster = cluster.clone();
    let stream = async_stream::stream! {
        yield Ok::<_, std::convert::Infallible>(Bytes::from(text));
        let mut stop = cluster.stop.subscribe();
        loop {
            let more = tokio::select! {
                more = following(&cluster, &source, next) => more,
                () = stopped(&mut stop) => false,
            };
            if !more {
                return;
            }
            let lines = source.lines(next, cluster.clock.now());
            next = lines.last().map_or(next, |line| line.at + 1);
            let text: String = lines.iter().map(|line| print(line, timestamps)).collect();
            if !text.is_empty() {
                yield Ok(Bytes::from(text));
            }
        }
    };
    Ok(body_of("text/plain", Body::from_stream(stream)))
}

/// Waits for the next line; false when none will come.
async fn following(cluster: &Cluster, source: &Source, next: u64) -> bool {
    match source {
        Source::Real(log) => log.more(next).await,
        Source::Simulated { end: Some(_), .. } => false,
        Source::Simulated { pod, start, .. } => {
            let due = log::due(*start, next);
            loop {
                if cluster.clock.now() >= due {
                    return true;
                }
                if !cluster.state().pods.values().any(|run| run.name == *pod && run.stopping.is_none()) {
                    return false;
                }
                tokio::time::sleep(super::POLL).await;
            }
        }
    }
}

fn source(state: &State, pod: &Value, query: &Query) -> ApiResult<Source> {
    let name = at::name(pod);
    let specs: Vec<&Value> =
        at::list(pod, "/spec/initContainers").iter().chain(at::list(pod, "/spec/containers")).collect();
    let mains = at::list(pod, "/spec/containers");
    let wanted = query.get("container");
    let spec = if wanted.is_empty() {
        let [only] = mains else {
            let names: Vec<_> = mains.iter().map(|one| at::text(one, "/name")).collect();
            return Err(ApiError::bad_request(format!(
                "a container name must be specified for pod {name}, choose one of: [{}]",
                names.join(" ")
            )));
        };
        only
    } else {
        specs
            .into_iter()
            .find(|one| at::text(one, "/name") == wanted)
            .ok_or_else(|| ApiError::bad_request(format!("container {wanted} is not valid for pod {name}")))?
    };
    let container = at::text(spec, "/name");
    let waiting = |reason: &str| {
        ApiError::bad_request(format!("container {container:?} in pod {name:?} is waiting to start: {reason}"))
    };
    let run = state
        .pods
        .get(at::uid(pod))
        .and_then(|run| run.containers.get(container))
        .ok_or_else(|| waiting("ContainerCreating"))?;
    let simulated = |start, end| Source::Simulated {
        pod: name.to_owned(),
        container: container.to_owned(),
        image: at::text(spec, "/image").to_owned(),
        start,
        end,
    };
    if query.flag("previous") {
        if let Some(log) = &run.previous_log {
            return Ok(Source::Real(log.clone()));
        }
        let last = run.last.as_ref().filter(|_| run.log.is_none()).ok_or_else(|| {
            ApiError::bad_request(format!("previous terminated container {container:?} in pod {name:?} not found"))
        })?;
        return Ok(simulated(last.started, Some(last.finished)));
    }
    if let Some(log) = &run.log {
        return Ok(Source::Real(log.clone()));
    }
    match &run.phase {
        Phase::Running { since } => Ok(simulated(*since, None)),
        Phase::Terminated(exit) => Ok(simulated(exit.started, Some(exit.finished))),
        Phase::Waiting { reason, .. } => match &run.last {
            Some(exit) => Ok(simulated(exit.started, Some(exit.finished))),
            None => Err(waiting(reason)),
        },
    }
}
