//! The true cause of a failure, from what the cluster says: pod states, Events, conditions and last log lines.
//! Everything the cluster says is a *sighting*; a table of rules, the most telling first, names the cause.

mod rules;
mod shortage;
mod sightings;

#[cfg(test)]
mod tests;

use hypo_shared::ErrorCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use rules::RULES;
use sightings::Sighting;

/// A named cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    pub code: ErrorCode,
    /// From the label `hypo.etsi.org/component`, else the workload's or pod's name.
    pub component: String,
    /// One sentence.
    pub title: String,
    /// The cluster's own words.
    pub detail: String,
    /// What a person can do.
    pub remedy: String,
    pub evidence: Vec<CauseEvidence>,
}

/// Where the cause was read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CauseEvidence {
    /// `Pod/name`, `Event/Pod/name`, `Deployment/name`, `Log`.
    pub source: String,
    pub text: String,
}

/// Most log lines that are shown as evidence.
const LOG_LINES: usize = 10;

/// Names the cause, or `None` when nothing is known to be wrong. `events` are those of the service's namespace
/// (core `v1` or `events.k8s.io/v1`), `last_logs` the last lines of the container that ended, oldest first.
#[must_use]
pub fn explain(pods: &[Value], events: &[Value], workload: Option<&Value>, last_logs: &[String]) -> Option<Cause> {
    let component = sightings::component(pods, workload);
    let seen = sightings::all(pods, events, workload);
    let (rule, first) =
        RULES.iter().find_map(|rule| seen.iter().find(|seen| rule.matches(seen)).map(|seen| (rule, seen)))?;
    let fill = |template: &str| fill(template, &component, first);
    let mut evidence: Vec<CauseEvidence> = Vec::new();
    let related = seen.iter().filter(|seen| RULES.iter().any(|other| other.code == rule.code && other.matches(seen)));
    for seen in std::iter::once(first).chain(related) {
        let entry = CauseEvidence { source: seen.source.clone(), text: seen.text() };
        if !evidence.contains(&entry) {
            evidence.push(entry);
        }
    }
    evidence.truncate(8);
    let mut detail = first.text();
    if rule.code == ErrorCode::CrashLoop {
        let lines: Vec<&String> = last_logs.iter().filter(|line| !line.trim().is_empty()).collect();
        if let Some(last) = lines.last() {
            detail = format!("{detail} Last line: {}", last.trim());
        }
        let tail = lines.len().saturating_sub(LOG_LINES);
        evidence
            .extend(lines[tail..].iter().map(|line| CauseEvidence { source: "Log".to_owned(), text: (*line).clone() }));
    }
    Some(Cause { code: rule.code, title: fill(rule.title), remedy: fill(rule.remedy), detail, component, evidence })
}

/// Whether the pods and the workload alone show that something is wrong.
#[must_use]
pub(crate) fn is_failing(pods: &[Value], workload: Option<&Value>) -> Option<String> {
    explain(pods, &[], workload, &[]).map(|cause| cause.title)
}

fn fill(template: &str, component: &str, seen: &Sighting) -> String {
    let container = if seen.container.is_empty() { "a container" } else { &seen.container };
    let image = if seen.image.is_empty() { "the image" } else { &seen.image };
    let mut out = template
        .replace("{component}", component)
        .replace("{container}", container)
        .replace("{image}", image)
        .replace("{requests}", &seen.requests);
    if out.contains("{short}") {
        out = out.replace("{short}", &shortage::of(&seen.message));
    }
    if out.contains("{exit}") {
        let exit = seen.exit.map_or_else(|| "an unknown exit code".to_owned(), |code| format!("exit code {code}"));
        out = out.replace("{exit}", &exit);
    }
    out
}
