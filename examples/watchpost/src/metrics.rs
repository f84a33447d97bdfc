//! Figures in Prometheus' text format.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Counter,
    Gauge,
}

type Key = (&'static str, Kind, String);

/// Named figures with labels (already written as `name="value",…`).
#[derive(Default)]
pub struct Metrics {
    values: Mutex<BTreeMap<Key, f64>>,
}

impl Metrics {
    pub fn add(&self, name: &'static str, labels: &str, more: f64) {
        *self.lock().entry((name, Kind::Counter, labels.to_owned())).or_default() += more;
    }

    pub fn set(&self, name: &'static str, labels: &str, value: f64) {
        self.lock().insert((name, Kind::Gauge, labels.to_owned()), value);
    }

    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut last = "";
        for ((name, kind, labels), value) in &*self.lock() {
            if *name != last {
                let kind = if *kind == Kind::Counter { "counter" } else { "gauge" };
                out.push_str(&format!("# TYPE {name} {kind}\n"));
                last = name;
            }
            let labels = if labels.is_empty() { String::new() } else { format!("{{{labels}}}") };
            out.push_str(&format!("{name}{labels} {value}\n"));
        }
        out
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, BTreeMap<Key, f64>> {
        // Figures stay usable even when a thread died while it counted.
        self.values.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One label, escaped as the format asks.
pub fn label(name: &str, value: &str) -> String {
    let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    format!("{name}=\"{value}\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_the_text_format() {
        let metrics = Metrics::default();
        metrics.add("frames_total", &label("camera", "a\"b"), 2.0);
        metrics.add("frames_total", &label("camera", "a\"b"), 1.0);
        metrics.set("up", "", 1.0);
        assert_eq!(
            metrics.text(),
            "# TYPE frames_total counter\nframes_total{camera=\"a\\\"b\"} 3\n# TYPE up gauge\nup 1\n"
        );
    }
}
