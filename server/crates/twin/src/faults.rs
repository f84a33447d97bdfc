//! Injected failures of the wire and of images, set through `/twin/faults`.

use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};

/// Which requests (or images) a fault concerns; everything given must match.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct FaultMatch {
    /// HTTP method.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Start of the path.
    #[serde(skip_serializing_if = "Option::is_none", alias = "path_prefix")]
    pub path_prefix: Option<String>,
    /// Regular expression found anywhere in path and query.
    #[serde(skip_serializing_if = "Option::is_none", alias = "path_regex")]
    pub path_regex: Option<String>,
    /// Part of an image name, for `pull`, `crash` and `probe`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
}

/// What goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FaultKind {
    /// 500 without effect.
    Error500,
    /// No answer, no effect.
    Hang,
    /// 409 Conflict without effect.
    Conflict409,
    /// Answered after `ms`.
    Slow,
    /// The connection breaks every other `ms` (default 1000).
    Flap,
    /// Watches end with 410 Expired and the history is forgotten.
    WatchExpire,
    /// Connections are refused.
    Down,
    /// The effect happens, the answer is lost with the connection.
    Lost,
    /// Images cannot be pulled.
    Pull,
    /// Containers end with exit code 1.
    Crash,
    /// Readiness probes fail.
    Probe,
}

/// A fault as posted.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FaultSpec {
    /// What it concerns.
    #[serde(default, rename = "match")]
    pub matches: FaultMatch,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Milliseconds for `slow` and `flap`.
    #[serde(default)]
    pub ms: Option<u64>,
    /// How often; none means until removed.
    #[serde(default)]
    pub times: Option<u32>,
}

#[derive(Clone, Debug)]
struct Active {
    id: u64,
    spec: FaultSpec,
    regex: Option<regex::Regex>,
    since: Instant,
    left: Option<u32>,
}

/// The active faults of a cluster.
#[derive(Debug, Default)]
pub struct Faults {
    active: Mutex<Vec<Active>>,
    next: AtomicU64,
}

impl Faults {
    /// Adds a fault and returns its id.
    ///
    /// # Errors
    /// The regular expression is not valid.
    pub fn add(&self, spec: FaultSpec) -> Result<u64, regex::Error> {
        let regex = spec.matches.path_regex.as_deref().map(regex::Regex::new).transpose()?;
        let id = self.next.fetch_add(1, Ordering::Relaxed) + 1;
        self.lock().push(Active { id, left: spec.times, spec, regex, since: Instant::now() });
        Ok(id)
    }

    /// Removes one fault, or all.
    pub fn clear(&self, id: Option<u64>) {
        self.lock().retain(|fault| id.is_some_and(|id| id != fault.id));
    }

    /// The active faults with their ids.
    pub fn list(&self) -> Vec<(u64, FaultSpec)> {
        self.lock().iter().map(|fault| (fault.id, FaultSpec { times: fault.left, ..fault.spec.clone() })).collect()
    }

    /// Whether connections are refused now.
    pub fn is_down(&self) -> bool {
        self.lock().iter().any(|fault| fault.spec.kind == FaultKind::Down)
    }

    /// The fault a request meets, with its delay; uses up one of its `times`.
    pub fn meet(&self, method: &str, path_and_query: &str) -> Option<(FaultKind, Duration)> {
        let mut active = self.lock();
        let fault = active.iter_mut().find(|fault| fault.concerns(method, path_and_query))?;
        let met = (fault.spec.kind, Duration::from_millis(fault.spec.ms.unwrap_or(1000)));
        if let Some(left) = &mut fault.left {
            *left = left.saturating_sub(1);
        }
        active.retain(|fault| fault.left != Some(0));
        Some(met)
    }

    /// The fault an image has.
    pub fn of_image(&self, image: &str) -> Option<FaultKind> {
        self.lock()
            .iter()
            .find(|fault| {
                matches!(fault.spec.kind, FaultKind::Pull | FaultKind::Crash | FaultKind::Probe)
                    && fault.spec.matches.image.as_deref().is_some_and(|part| image.contains(part))
            })
            .map(|fault| fault.spec.kind)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<Active>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Active {
    fn concerns(&self, method: &str, path: &str) -> bool {
        let spec = &self.spec;
        if matches!(spec.kind, FaultKind::Pull | FaultKind::Crash | FaultKind::Probe | FaultKind::Down) {
            return false;
        }
        if spec.kind == FaultKind::WatchExpire && !path.contains("watch=") {
            return false;
        }
        if spec.kind == FaultKind::Flap {
            let period = u128::from(spec.ms.unwrap_or(1000).max(1));
            if (self.since.elapsed().as_millis() / period) % 2 == 1 {
                return false;
            }
        }
        spec.matches.method.as_deref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method))
            && spec.matches.path_prefix.as_deref().is_none_or(|prefix| path.starts_with(prefix))
            && self.regex.as_ref().is_none_or(|regex| regex.is_match(path))
    }
}
