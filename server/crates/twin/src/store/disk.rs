//! The append-only file behind a store: one JSON line per change. A torn last line is dropped, and
//! compaction writes a new file and renames it, so a killed process loses nothing it answered for. Lines are
//! handed to the system, not forced to the disk: a machine that loses power may lose the last seconds.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{BufRead, BufReader, BufWriter, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{TwinError, json};

#[derive(Serialize, Deserialize)]
struct Line<'l> {
    v: u64,
    k: &'l str,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    put: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    del: Option<(String, String)>,
}

#[derive(Serialize)]
struct PutLine<'l> {
    v: u64,
    k: &'l str,
    put: &'l Value,
}

/// Last version, and the live objects with their kinds.
pub type Loaded = (u64, Vec<(Arc<str>, Value)>);

/// The file of one cluster.
pub struct Disk {
    path: PathBuf,
    file: Option<File>,
    lines: usize,
}

impl Disk {
    /// The file `objects.jsonl` of a folder; nothing is opened yet.
    pub fn new(folder: &Path) -> Self {
        Self { path: folder.join("objects.jsonl"), file: None, lines: 0 }
    }

    /// Reads what is there: last version and the live objects.
    pub fn load(&mut self) -> Result<Loaded, TwinError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok((0, vec![])),
            Err(error) => return Err(TwinError::io("opening the state file")(error)),
        };
        let mut version = 0;
        let mut live: BTreeMap<(String, String, String), Value> = BTreeMap::new();
        for line in BufReader::new(file).split(b'\n') {
            let line = line.map_err(TwinError::io("reading the state file"))?;
            // A line that does not parse is the torn end of a killed process: it was never answered for.
            let Ok(line) = serde_json::from_slice::<Line<'_>>(&line) else { continue };
            version = version.max(line.v);
            if let Some(object) = line.put {
                let key = (line.k.to_owned(), json::namespace(&object).to_owned(), json::name(&object).to_owned());
                live.insert(key, object);
            } else if let Some((namespace, name)) = line.del {
                live.remove(&(line.k.to_owned(), namespace, name));
            }
        }
        Ok((version, live.into_iter().map(|((kind, _, _), object)| (Arc::from(kind), object)).collect()))
    }

    /// Rewrites the file with only the live objects.
    pub fn compact<'o>(
        &mut self,
        version: u64,
        objects: impl Iterator<Item = (&'o Arc<str>, &'o Arc<Value>)>,
    ) -> Result<(), TwinError> {
        let fresh = self.path.with_extension("new");
        let error = || TwinError::io("compacting the state file");
        let mut out = BufWriter::new(File::create(&fresh).map_err(error())?);
        let mut lines = 0;
        for (kind, object) in objects {
            write_line(&mut out, &PutLine { v: version, k: kind, put: object }).map_err(error())?;
            lines += 1;
        }
        let marker = Line { v: version, k: "", put: None, del: None };
        write_line(&mut out, &marker).map_err(error())?;
        out.into_inner().map_err(|e| error()(e.into_error()))?.sync_all().map_err(error())?;
        std::fs::rename(&fresh, &self.path).map_err(error())?;
        self.file = Some(OpenOptions::new().append(true).open(&self.path).map_err(error())?);
        self.lines = lines;
        Ok(())
    }

    /// Whether the file has grown far beyond what lives.
    pub fn wants_compaction(&self, live: usize) -> bool {
        self.lines > 4 * live + 4000
    }

    /// Appends a stored object.
    pub fn put(&mut self, version: u64, kind: &str, object: &Value) {
        self.append(&PutLine { v: version, k: kind, put: object });
    }

    /// Appends a removal.
    pub fn remove(&mut self, version: u64, kind: &str, namespace: &str, name: &str) {
        self.append(&Line { v: version, k: kind, put: None, del: Some((namespace.into(), name.into())) });
    }

    fn append(&mut self, line: &impl Serialize) {
        self.lines += 1;
        if let Some(file) = &mut self.file
            && let Err(error) = write_line(file, line)
        {
            tracing::error!(error = %error, "writing the state file failed");
        }
    }
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> std::io::Result<()> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    out.write_all(&bytes)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::store::Store;

    #[test]
    fn a_torn_line_loses_only_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let kind: Arc<str> = "configmaps".into();
        let mut store = Store::open(10, Some(Disk::new(folder.path()))).expect("opens");
        for name in ["a", "b", "c"] {
            store.put(&kind, json!({"metadata": {"name": name, "namespace": "x", "uid": name}}));
        }
        store.remove(&kind, "x", "b");
        let version = store.version();
        drop(store);
        let path = folder.path().join("objects.jsonl");
        let mut file = OpenOptions::new().append(true).open(&path).expect("opens");
        file.write_all(b"{\"v\":99,\"k\":\"configmaps\",\"put\":{\"meta").expect("writes");
        drop(file);
        let store = Store::open(10, Some(Disk::new(folder.path()))).expect("opens again");
        assert_eq!(store.version(), version);
        let names: Vec<_> = store.all("configmaps").iter().map(|o| json::name(o).to_owned()).collect();
        assert_eq!(names, ["a", "c"]);
        assert!(store.since(version - 1, "configmaps").is_none(), "older changes are gone after a restart");
        assert_eq!(store.since(version, "configmaps").map(|changes| changes.len()), Some(0));
    }
}
