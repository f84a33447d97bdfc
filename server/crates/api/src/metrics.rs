//! The server's own counters, in the text format of Prometheus.

use std::{
    fmt::Write as _,
    sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    time::Duration,
};

/// Upper bounds of the request histogram, in seconds.
const BOUNDS: [f64; 8] = [0.005, 0.025, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// Counters since the start.
#[derive(Debug, Default)]
pub struct Metrics {
    /// Responses by the first digit of their status.
    responses: [AtomicU64; 6],
    buckets: [AtomicU64; BOUNDS.len()],
    micros: AtomicU64,
    operations: AtomicU64,
    operations_failed: AtomicU64,
    sockets: AtomicI64,
    subscriptions: AtomicI64,
    frames: AtomicU64,
    sign_ins: AtomicU64,
    sign_ins_refused: AtomicU64,
}

impl Metrics {
    pub fn response(&self, status: u16, took: Duration) {
        if let Some(counter) = self.responses.get(usize::from(status / 100)) {
            counter.fetch_add(1, Relaxed);
        }
        for (bound, bucket) in BOUNDS.iter().zip(&self.buckets) {
            if took.as_secs_f64() <= *bound {
                bucket.fetch_add(1, Relaxed);
            }
        }
        self.micros.fetch_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX), Relaxed);
    }

    pub fn operation(&self, fine: bool) {
        let counter = if fine { &self.operations } else { &self.operations_failed };
        counter.fetch_add(1, Relaxed);
    }

    pub fn sockets(&self, more: i64) {
        self.sockets.fetch_add(more, Relaxed);
    }

    pub fn subscriptions(&self, more: i64) {
        self.subscriptions.fetch_add(more, Relaxed);
    }

    pub fn frame(&self) {
        self.frames.fetch_add(1, Relaxed);
    }

    pub fn sign_in(&self, fine: bool) {
        let counter = if fine { &self.sign_ins } else { &self.sign_ins_refused };
        counter.fetch_add(1, Relaxed);
    }

    /// The text a scraper reads.
    pub fn text(&self) -> String {
        let mut out = String::new();
        let mut metric = |name: &str, kind: &str, help: &str, rows: &[(String, String)]| {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for (suffix, value) in rows {
                let _ = writeln!(out, "{name}{suffix} {value}");
            }
        };
        let classes: Vec<_> = (1..6)
            .map(|class| (format!("{{class=\"{class}xx\"}}"), self.responses[class].load(Relaxed).to_string()))
            .collect();
        metric("hypo_http_responses_total", "counter", "HTTP responses by status class.", &classes);
        let total: u64 = self.responses.iter().map(|counter| counter.load(Relaxed)).sum();
        let mut histogram: Vec<_> = BOUNDS
            .iter()
            .zip(&self.buckets)
            .map(|(bound, bucket)| (format!("_bucket{{le=\"{bound}\"}}"), bucket.load(Relaxed).to_string()))
            .collect();
        histogram.push(("_bucket{le=\"+Inf\"}".to_owned(), total.to_string()));
        let seconds = Duration::from_micros(self.micros.load(Relaxed)).as_secs_f64();
        histogram.push(("_sum".to_owned(), seconds.to_string()));
        histogram.push(("_count".to_owned(), total.to_string()));
        metric("hypo_http_request_seconds", "histogram", "Time to answer an HTTP request.", &histogram);
        let one = |value: String| vec![(String::new(), value)];
        let outcome = |fine: &AtomicU64, failed: &AtomicU64| {
            vec![
                ("{outcome=\"ok\"}".to_owned(), fine.load(Relaxed).to_string()),
                ("{outcome=\"error\"}".to_owned(), failed.load(Relaxed).to_string()),
            ]
        };
        let operations = outcome(&self.operations, &self.operations_failed);
        metric(
            "hypo_graphql_responses_total",
            "counter",
            "GraphQL responses, subscription frames included.",
            &operations,
        );
        metric("hypo_websockets", "gauge", "Open WebSocket connections.", &one(self.sockets.load(Relaxed).to_string()));
        let subscriptions = one(self.subscriptions.load(Relaxed).to_string());
        metric("hypo_subscriptions", "gauge", "Running subscriptions.", &subscriptions);
        let frames = one(self.frames.load(Relaxed).to_string());
        metric("hypo_subscription_frames_total", "counter", "Frames sent to subscribers.", &frames);
        let sign_ins = outcome(&self.sign_ins, &self.sign_ins_refused);
        metric("hypo_sign_ins_total", "counter", "Tries to sign in.", &sign_ins);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_counts() {
        let metrics = Metrics::default();
        metrics.response(200, Duration::from_millis(30));
        metrics.response(404, Duration::from_millis(1));
        let text = metrics.text();
        for line in [
            "hypo_http_responses_total{class=\"2xx\"} 1",
            "hypo_http_responses_total{class=\"4xx\"} 1",
            "hypo_http_request_seconds_bucket{le=\"0.025\"} 1",
            "hypo_http_request_seconds_bucket{le=\"0.1\"} 2",
            "hypo_http_request_seconds_count 2",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
