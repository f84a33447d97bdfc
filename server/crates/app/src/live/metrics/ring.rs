//! The last samples of one service. Pure.

use std::collections::{BTreeMap, VecDeque};

use super::Series;

/// Samples that are kept.
const KEPT: usize = 900;

/// What a series is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub component: String,
    pub cluster: String,
    pub metric: &'static str,
    pub unit: &'static str,
}

/// Values of one moment.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Milliseconds since 1970.
    pub at: f64,
    pub values: BTreeMap<Key, f64>,
}

/// Samples of a window, in columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub t: Vec<f64>,
    pub series: Vec<Series>,
    /// Number of the last sample.
    pub last: u64,
}

/// The last samples and the numbers of their series.
#[derive(Debug, Default)]
pub struct Ring {
    samples: VecDeque<Sample>,
    /// Number of the newest sample; the first is 1.
    last: u64,
    keys: BTreeMap<Key, (u32, bool)>,
}

impl Ring {
    /// Adds a sample. `simulated` says which components no process stands behind.
    pub fn push(&mut self, sample: Sample, simulated: impl Fn(&Key) -> bool) {
        for key in sample.values.keys() {
            let next = u32::try_from(self.keys.len()).unwrap_or(u32::MAX);
            self.keys.entry(key.clone()).or_insert_with(|| (next, simulated(key)));
        }
        self.samples.push_back(sample);
        self.last += 1;
        if self.samples.len() > KEPT {
            self.samples.pop_front();
        }
    }

    /// Samples after `seen`, or all of them; and whether that is the whole ring.
    pub fn since(&self, seen: Option<u64>) -> (Part, bool) {
        let oldest = self.last - self.samples.len() as u64;
        let from = seen.filter(|seen| (oldest..=self.last).contains(seen));
        let skip = usize::try_from(from.map_or(0, |seen| seen - oldest)).unwrap_or(0);
        let window: Vec<&Sample> = self.samples.iter().skip(skip).collect();
        let series = self.keys.iter().map(|(key, (number, simulated))| Series {
            key: *number,
            component: key.component.clone(),
            cluster: key.cluster.clone(),
            metric: key.metric.to_owned(),
            unit: key.unit.to_owned(),
            simulated: *simulated,
            v: window.iter().map(|sample| sample.values.get(key).copied()).collect(),
        });
        let series = if window.is_empty() { Vec::new() } else { series.collect() };
        (Part { t: window.iter().map(|sample| sample.at).collect(), series, last: self.last }, from.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(component: &str) -> Key {
        Key { component: component.to_owned(), cluster: "edge".to_owned(), metric: "cpu", unit: "millicores" }
    }

    fn ring(count: usize) -> Ring {
        let mut ring = Ring::default();
        for n in 0..count {
            let at = f64::from(u32::try_from(n).unwrap());
            let mut values = BTreeMap::from([(key("a"), at)]);
            if n % 2 == 0 {
                values.insert(key("b"), at);
            }
            ring.push(Sample { at, values }, |_| false);
        }
        ring
    }

    #[test]
    fn a_viewer_gets_what_it_missed_and_gaps_are_marked() {
        let (part, whole) = ring(4).since(Some(2));
        assert!(!whole);
        assert_eq!((part.t, part.last), (vec![2.0, 3.0], 4));
        assert_eq!(part.series[1].v, [Some(2.0), None]);
        assert!(ring(4).since(Some(4)).0.t.is_empty());
    }

    #[test]
    fn who_missed_more_than_the_ring_holds_gets_all_of_it() {
        let (part, whole) = ring(KEPT + 10).since(Some(3));
        assert!(whole);
        assert_eq!((part.t.len(), part.last), (KEPT, KEPT as u64 + 10));
        let (_, whole) = ring(3).since(Some(77));
        assert!(whole);
    }
}
