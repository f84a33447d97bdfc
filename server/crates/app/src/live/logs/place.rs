//! How far each container's log was read. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Line;

/// Containers whose place is remembered.
const KEPT: usize = 100;

/// Per container: the time of the last line and how many lines of that very time were seen. The API server can only
/// be asked for whole seconds, so lines come again and are told apart by this.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Place {
    seen: BTreeMap<u32, (i64, u32)>,
    #[serde(skip)]
    again: BTreeMap<u32, u32>,
}

impl Place {
    /// From when a container is to be read; `None` for one that was never seen.
    pub fn since(&self, pod: &str, container: &str) -> Option<DateTime<Utc>> {
        let (micros, _) = self.seen.get(&stream(pod, container))?;
        DateTime::from_timestamp_micros(*micros)
    }

    /// Whether a line was not given before. Counts lines of the very time where reading goes on.
    pub fn is_new(&mut self, line: &Line) -> bool {
        let key = stream(&line.pod, &line.container);
        let at = line.at.timestamp_micros();
        match self.seen.get(&key) {
            Some((last, _)) if at < *last => false,
            Some((last, count)) if at == *last => {
                let again = self.again.entry(key).or_default();
                *again += 1;
                *again > *count
            }
            _ => true,
        }
    }

    /// A line is given.
    pub fn saw(&mut self, line: &Line) {
        let key = stream(&line.pod, &line.container);
        let at = line.at.timestamp_micros();
        let entry = self.seen.entry(key).or_insert((at, 0));
        if entry.0 == at {
            entry.1 += 1;
        } else {
            *entry = (at, 1);
            self.again.insert(key, 1);
        }
        if self.seen.len() > KEPT
            && let Some(oldest) = self.seen.iter().min_by_key(|(_, (at, _))| *at).map(|(key, _)| *key)
        {
            self.seen.remove(&oldest);
        }
    }
}

fn stream(pod: &str, container: &str) -> u32 {
    let digest = Sha256::digest(format!("{pod}\0{container}"));
    u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pod: &str, at: i64) -> Line {
        Line {
            at: DateTime::from_timestamp_micros(at).unwrap(),
            pod: pod.to_owned(),
            container: "main".to_owned(),
            component: "a".to_owned(),
            cluster: "edge".to_owned(),
            text: String::new(),
        }
    }

    fn give(place: &mut Place, lines: &[Line]) -> usize {
        let new: Vec<_> = lines.iter().filter(|line| place.is_new(line)).collect();
        new.iter().for_each(|line| place.saw(line));
        new.len()
    }

    #[test]
    fn after_a_lost_connection_no_line_is_missing_or_doubled() {
        let log = [line("p", 10), line("p", 20), line("p", 20), line("p", 20), line("p", 30)];
        let mut place = Place::default();
        assert_eq!(give(&mut place, &log[..3]), 3);
        let text = serde_json::to_string(&place).unwrap();
        let mut resumed: Place = serde_json::from_str(&text).unwrap();
        assert_eq!(resumed.since("p", "main").unwrap().timestamp_micros(), 20);
        // The API server gives the whole second again.
        assert_eq!(give(&mut resumed, &log), 2);
        assert_eq!(give(&mut resumed, &[line("q", 5)]), 1);
    }
}
