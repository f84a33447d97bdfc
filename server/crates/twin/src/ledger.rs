//! The append-only record of state-changing requests.

use std::{
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, Write},
    path::Path,
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

#[derive(Debug, Default)]
struct Inner {
    entries: Vec<LedgerEntry>,
    file: Option<File>,
}

/// All entries, in memory and (with a state folder) in `ledger.jsonl`.
#[derive(Debug, Default)]
pub struct Ledger(Mutex<Inner>);

impl Ledger {
    /// Opens the ledger of a folder, or one in memory only.
    ///
    /// # Errors
    /// The file cannot be read or opened.
    pub fn open(folder: Option<&Path>) -> Result<Self, TwinError> {
        let Some(folder) = folder else { return Ok(Self::default()) };
        let path = folder.join("ledger.jsonl");
        let mut entries = vec![];
        let mut torn = false;
        match File::open(&path) {
            Ok(file) => {
                for line in BufReader::new(file).split(b'\n') {
                    let line = line.map_err(TwinError::io("reading the ledger"))?;
                    match serde_json::from_slice(&line) {
                        Ok(entry) => entries.push(entry),
                        Err(_) => torn = true,
                    }
                }
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => return Err(TwinError::io("opening the ledger")(error)),
        }
        let opening = TwinError::io("opening the ledger");
        let mut file = OpenOptions::new().create(true).append(true).open(&path).map_err(opening)?;
        if torn {
            file.write_all(b"\n").map_err(TwinError::io("mending the ledger"))?;
        }
        Ok(Self(Mutex::new(Inner { entries, file: Some(file) })))
    }

    /// Appends an entry; its `seq` is given here.
    pub fn append(&self, mut entry: LedgerEntry) {
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entry.seq = inner.entries.last().map_or(1, |last| last.seq + 1);
        if let (Some(file), Ok(mut line)) = (&mut inner.file, serde_json::to_vec(&entry)) {
            line.push(b'\n');
            if let Err(error) = file.write_all(&line) {
                tracing::error!(error = %error, "writing the ledger failed");
            }
        }
        inner.entries.push(entry);
    }

    /// Entries after a position.
    pub fn since(&self, seq: u64) -> Vec<LedgerEntry> {
        let inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        inner.entries.iter().filter(|entry| entry.seq > seq).cloned().collect()
    }
}
