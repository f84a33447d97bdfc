//! The file: a JSON event per line, flushed to the disk before it is acknowledged.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Read, Write},
    path::Path,
};

use super::Counts;
use crate::detector::Event;

pub struct Journal {
    file: File,
    counts: Counts,
    /// Bytes of a half-written last line that were cut off at the start.
    pub dropped: u64,
}

impl Journal {
    /// Opens or makes `dir/events.log` and sums it up. A last line without its end was never acknowledged: it goes.
    pub fn open(dir: &Path) -> io::Result<Self> {
        fs::create_dir_all(dir)?;
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(dir.join("events.log"))?;
        let mut text = Vec::new();
        file.read_to_end(&mut text)?;
        let whole = text.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if whole < text.len() {
            file.set_len(whole as u64)?;
            file.sync_all()?;
        }
        let mut counts = Counts::default();
        for line in text[..whole].split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let event: Event = serde_json::from_slice(line)?;
            add(&mut counts, &event);
        }
        Ok(Self { file, counts, dropped: (text.len() - whole) as u64 })
    }

    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Appends what is new (a picture's number is higher than all of its camera before) and returns how many.
    pub fn append(&mut self, events: &[Event]) -> io::Result<usize> {
        let mut lines = Vec::new();
        let mut after = self.counts.clone();
        let mut added = 0;
        for event in events.iter().filter(|event| event.camera.len() <= 128) {
            let newest = after.cameras.get(&event.camera).map(|count| (count.newest, count.taken_ms));
            // A gateway that was restarted counts from 0 again, but its clock goes on.
            if newest.is_some_and(|newest| event.taken_ms <= newest.1) {
                continue;
            }
            serde_json::to_writer(&mut lines, event)?;
            lines.push(b'\n');
            add(&mut after, event);
            added += 1;
        }
        if added > 0 {
            self.file.write_all(&lines)?;
            self.file.sync_data()?;
            self.counts = after;
        }
        Ok(added)
    }
}

fn add(counts: &mut Counts, event: &Event) {
    counts.total += 1;
    let count = counts.cameras.entry(event.camera.clone()).or_default();
    count.frames += 1;
    count.objects += event.objects as u64;
    count.now = event.objects;
    count.newest = event.number;
    count.taken_ms = event.taken_ms;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(number: u64, objects: usize) -> Event {
        Event { camera: "gate".into(), number, taken_ms: 1000 + number, objects }
    }

    #[test]
    fn keeps_each_event_once_across_restarts() {
        let dir = tempfile::tempdir().unwrap();
        let mut journal = Journal::open(dir.path()).unwrap();
        assert_eq!(journal.append(&[event(0, 2), event(1, 1)]).unwrap(), 2);
        assert_eq!(journal.append(&[event(1, 1), event(2, 3)]).unwrap(), 1);
        drop(journal);
        let mut journal = Journal::open(dir.path()).unwrap();
        assert_eq!((journal.counts().total, journal.dropped), (3, 0));
        assert_eq!(journal.counts().cameras["gate"].objects, 6);
        assert_eq!(journal.append(&[event(2, 3)]).unwrap(), 0);
    }

    #[test]
    fn cuts_a_torn_line_off() {
        let dir = tempfile::tempdir().unwrap();
        Journal::open(dir.path()).unwrap().append(&[event(0, 2)]).unwrap();
        let path = dir.path().join("events.log");
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"camera\":\"ga").unwrap();
        let mut journal = Journal::open(dir.path()).unwrap();
        assert_eq!((journal.counts().total, journal.dropped), (1, 13));
        assert_eq!(journal.append(&[event(1, 1)]).unwrap(), 1);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 2);
    }

    #[test]
    fn a_damaged_line_is_an_error_not_a_loss() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("events.log"), "{\"broken\n").unwrap();
        assert!(Journal::open(dir.path()).is_err());
    }
}
