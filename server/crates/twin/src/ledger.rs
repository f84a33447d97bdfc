//! The record of state-changing requests: the newest ones, in the order of their answers.

use std::{
    collections::VecDeque,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};

use crate::TwinError;

/// One request that wanted to change something (dry runs and reviews are not recorded).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LedgerEntry {
    /// Position, from 1.
    pub seq: u64,
    /// RFC 3339 time of the answer.
    pub at: String,
    /// HTTP method.
    pub method: String,
    /// Path without query.
    pub path: String,
    /// User of the token.
    pub user: String,
    /// `fieldManager`, `""` when none was named.
    pub field_manager: String,
    /// Hex SHA-256 of the body.
    pub digest: String,
    /// HTTP status of the answer.
    pub status: u16,
    /// Whether the stored state changed.
    pub changed: bool,
    /// `deployments.apps/namespace/name` of the object answered with.
    pub object: String,
}

/// Entries after a position, and what is known of the rest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LedgerPage {
    /// At most as many as were asked for, oldest first.
    pub entries: Vec<LedgerEntry>,
    /// `seq` of the oldest entry that is still known; 1 when none was forgotten.
    pub oldest: u64,
    /// `seq` of the newest entry, 0 when there is none.
    pub newest: u64,
}

#[derive(Debug)]
struct Inner {
    entries: VecDeque<LedgerEntry>,
    newest: u64,
    window: usize,
    path: Option<PathBuf>,
    file: Option<File>,
    lines: usize,
}

/// The newest entries, in memory and (with a state folder) in `ledger.jsonl`.
///
/// A line is handed to the system before the request is answered, so a killed process forgets nothing it answered for.
/// It is not forced to the disk: a machine that loses power may forget the last seconds.
#[derive(Debug)]
pub struct Ledger(Mutex<Inner>);

impl Ledger {
    /// Opens the ledger of a folder, or one in memory only; it keeps the newest `window` entries.
    ///
    /// # Errors
    /// The file cannot be read or opened.
    pub fn open(folder: Option<&Path>, window: usize) -> Result<Self, TwinError> {
        let path = folder.map(|folder| folder.join("ledger.jsonl"));
        let entries = VecDeque::new();
        let mut inner = Inner { entries, newest: 0, window: window.max(1), path, file: None, lines: 0 };
        let Some(path) = inner.path.clone() else { return Ok(Self(Mutex::new(inner))) };
        match File::open(&path) {
            Ok(file) => {
                for line in BufReader::new(file).split(b'\n') {
                    let line = line.map_err(TwinError::io("reading the ledger"))?;
                    // A line that does not parse is the torn end of a killed process: it was never answered for.
                    if let Ok(entry) = serde_json::from_slice(&line) {
                        inner.keep(entry);
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(TwinError::io("opening the ledger")(error)),
        }
        inner.rewrite().map_err(TwinError::io("rewriting the ledger"))?;
        Ok(Self(Mutex::new(inner)))
    }

    /// Appends an entry; its `seq` is given here.
    pub fn append(&self, mut entry: LedgerEntry) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entry.seq = inner.newest + 1;
        if let Err(error) = inner.write(&entry) {
            tracing::error!(error = %error, "writing the ledger failed");
        }
        inner.keep(entry);
        if inner.file.is_some()
            && inner.lines > 2 * inner.window
            && let Err(error) = inner.rewrite()
        {
            tracing::error!(error = %error, "rewriting the ledger failed");
        }
    }

    /// Entries after a position, at most `limit`.
    pub fn since(&self, seq: u64, limit: usize) -> LedgerPage {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let start = inner.entries.partition_point(|entry| entry.seq <= seq);
        let entries = inner.entries.range(start..).take(limit).cloned().collect();
        let oldest = inner.entries.front().map_or(inner.newest + 1, |first| first.seq);
        LedgerPage { entries, oldest, newest: inner.newest }
    }
}

impl Inner {
    fn keep(&mut self, entry: LedgerEntry) {
        self.newest = entry.seq;
        self.entries.push_back(entry);
        while self.entries.len() > self.window {
            self.entries.pop_front();
        }
    }

    fn write(&mut self, entry: &LedgerEntry) -> std::io::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(entry)?;
        line.push(b'\n');
        self.lines += 1;
        file.write_all(&line)
    }

    /// Writes a file of what is kept and puts it in the old one's place.
    fn rewrite(&mut self) -> std::io::Result<()> {
        let Some(path) = self.path.clone() else { return Ok(()) };
        let fresh = path.with_extension("new");
        let mut out = BufWriter::new(File::create(&fresh)?);
        for entry in &self.entries {
            serde_json::to_writer(&mut out, entry)?;
            out.write_all(b"\n")?;
        }
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        std::fs::rename(&fresh, &path)?;
        self.file = Some(OpenOptions::new().append(true).open(&path)?);
        self.lines = self.entries.len();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seqs(page: &LedgerPage) -> Vec<u64> {
        page.entries.iter().map(|entry| entry.seq).collect()
    }

    #[test]
    fn only_the_newest_are_kept_and_it_says_so() {
        let folder = tempfile::tempdir().expect("a folder");
        let ledger = Ledger::open(Some(folder.path()), 4).expect("opens");
        for _ in 0..30 {
            ledger.append(LedgerEntry::default());
        }
        let page = ledger.since(0, 3);
        assert_eq!((seqs(&page), page.oldest, page.newest), (vec![27, 28, 29], 27, 30));
        assert_eq!(seqs(&ledger.since(29, 3)), [30]);
        drop(ledger);
        let path = folder.path().join("ledger.jsonl");
        let lines = std::fs::read_to_string(&path).expect("a file").lines().count();
        assert!(lines <= 9, "{lines} lines for four entries");
        let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
        file.write_all(b"{\"seq\":31,\"at").expect("written");
        let ledger = Ledger::open(Some(folder.path()), 4).expect("opens again");
        assert_eq!(seqs(&ledger.since(0, 9)), [27, 28, 29, 30], "the torn line is gone");
        ledger.append(LedgerEntry::default());
        assert_eq!(ledger.since(0, 9).newest, 31);
    }
}
