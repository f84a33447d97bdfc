//! Crash and failure points for tests and for the crash matrix of the whole process.

use crate::StepError;

/// Where in the life of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Point {
    /// The intent is committed, the action has not been called.
    BeforeEffect,
    /// The action has returned, nothing of it is committed.
    AfterEffectBeforeCommit,
    /// The result is committed.
    AfterCommit,
}

impl Point {
    /// All points.
    pub const ALL: [Point; 3] = [Point::BeforeEffect, Point::AfterEffectBeforeCommit, Point::AfterCommit];

    /// The spelling in `HYPO_CRASH`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Point::BeforeEffect => "before-effect",
            Point::AfterEffectBeforeCommit => "after-effect",
            Point::AfterCommit => "after-commit",
        }
    }
}

/// One place in one saga.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Site<'a> {
    pub kind: &'a str,
    pub step: &'a str,
    /// In the undo of the step, not in its run.
    pub undo: bool,
    pub point: Point,
}

/// What happens at a site.
#[derive(Clone, Debug, PartialEq)]
pub enum Injected {
    Nothing,
    /// The driver drops the saga without a further word, as if the process had died; the lease runs out by itself.
    Abandon,
    /// The attempt fails with this error (not possible after the commit, where it is ignored).
    Fail(StepError),
}

/// Asked at every site. Ends the process by itself if it wants to.
pub trait Inject: Send + Sync {
    fn at(&self, site: Site<'_>) -> Injected;
}

/// Production.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoInjection;

impl Inject for NoInjection {
    fn at(&self, _: Site<'_>) -> Injected {
        Injected::Nothing
    }
}

impl<F: Fn(Site<'_>) -> Injected + Send + Sync> Inject for F {
    fn at(&self, site: Site<'_>) -> Injected {
        self(site)
    }
}

/// Aborts the process at a site: `STEP@POINT` or `KIND/STEP@POINT`. `STEP` may hold `*`; the undo of a step is named
/// `undo:STEP`. `POINT` is `before-effect`, `after-effect` or `after-commit`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashAt {
    kind: Option<String>,
    step: String,
    point: Point,
}

impl CrashAt {
    /// Reads the environment variable `HYPO_CRASH`; `None` when it is not set or empty.
    pub fn from_env() -> Result<Option<Self>, CrashAtError> {
        match std::env::var("HYPO_CRASH") {
            Ok(text) if !text.is_empty() => text.parse().map(Some),
            _ => Ok(None),
        }
    }

    /// Whether the site is meant.
    #[must_use]
    pub fn matches(&self, site: Site<'_>) -> bool {
        let named = if site.undo { format!("undo:{}", site.step) } else { site.step.to_owned() };
        self.point == site.point
            && self.kind.as_deref().is_none_or(|kind| kind == site.kind)
            && glob(&self.step, &named)
    }
}

impl Inject for CrashAt {
    fn at(&self, site: Site<'_>) -> Injected {
        if self.matches(site) {
            std::process::abort();
        }
        Injected::Nothing
    }
}

impl std::str::FromStr for CrashAt {
    type Err = CrashAtError;

    fn from_str(text: &str) -> Result<Self, CrashAtError> {
        let (site, point) = text.rsplit_once('@').ok_or(CrashAtError)?;
        let point = Point::ALL.into_iter().find(|known| known.as_str() == point).ok_or(CrashAtError)?;
        let (kind, step) = match site.split_once('/') {
            Some((kind, step)) => (Some(kind.to_owned()), step),
            None => (None, site),
        };
        if step.is_empty() {
            return Err(CrashAtError);
        }
        Ok(Self { kind, step: step.to_owned(), point })
    }
}

/// The text is no crash site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("HYPO_CRASH must be [KIND/]STEP@before-effect, @after-effect or @after-commit")]
pub struct CrashAtError;

/// `*` stands for any text.
fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, tail)) => {
            let Some(rest) = text.strip_prefix(head) else { return false };
            (0..=rest.len()).filter(|at| rest.is_char_boundary(*at)).any(|at| glob(tail, &rest[at..]))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_site_is_parsed_and_matched() {
        let crash: CrashAt = "fulfil/apply:*@after-effect".parse().unwrap();
        let mut site = Site { kind: "fulfil", step: "apply:edge", undo: false, point: Point::AfterEffectBeforeCommit };
        assert!(crash.matches(site));
        site.undo = true;
        assert!(!crash.matches(site));
        site.undo = false;
        site.kind = "terminate";
        assert!(!crash.matches(site));
        assert!("undo:*@before-effect".parse::<CrashAt>().unwrap().matches(Site {
            kind: "any",
            step: "reserve",
            undo: true,
            point: Point::BeforeEffect
        }));
        assert!("apply".parse::<CrashAt>().is_err());
        assert!("@after-commit".parse::<CrashAt>().is_err());
        assert!("apply@later".parse::<CrashAt>().is_err());
    }
}
