//! The cluster's time: real in Auto, stepped in Explicit.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, Duration, SecondsFormat, Utc};

use crate::config::ClockMode;

/// A clock of one cluster.
#[derive(Debug)]
pub struct Clock {
    mode: ClockMode,
    start: DateTime<Utc>,
    passed_ms: AtomicI64,
}

impl Clock {
    /// A clock that starts now.
    pub fn new(mode: ClockMode) -> Self {
        Self { mode, start: Utc::now(), passed_ms: AtomicI64::new(0) }
    }

    /// Auto or Explicit.
    pub fn mode(&self) -> ClockMode {
        self.mode
    }

    /// The cluster's time.
    pub fn now(&self) -> DateTime<Utc> {
        match self.mode {
            ClockMode::Auto => Utc::now(),
            ClockMode::Explicit => self.start + Duration::milliseconds(self.passed_ms.load(Ordering::Relaxed)),
        }
    }

    /// Moves an Explicit clock on.
    pub fn advance(&self, milliseconds: i64) {
        self.passed_ms.fetch_add(milliseconds.max(0), Ordering::Relaxed);
    }
}

/// `2026-01-01T00:00:00Z`, as `metav1.Time` is written.
pub fn seconds(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `2026-01-01T00:00:00.000000Z`, as `metav1.MicroTime` is written.
pub fn micros(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, true)
}

/// Reads either form.
pub fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))
}
