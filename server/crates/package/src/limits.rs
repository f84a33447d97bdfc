//! Bounds that hold before and while a package is parsed.

/// How much a package may cost to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all files together, unpacked.
    pub bytes: u64,
    /// Bytes of one file, unpacked.
    pub file_bytes: u64,
    /// Bytes of an archive as received.
    pub archive_bytes: u64,
    /// Entries of an archive, folders included.
    pub entries: usize,
    /// Kubernetes objects after `List` kinds were expanded.
    pub documents: usize,
    /// Nesting of mappings and sequences.
    pub depth: usize,
    /// Scalars, mappings and sequences of one file, aliases expanded.
    pub nodes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 16 << 20,
            file_bytes: 16 << 20,
            archive_bytes: 16 << 20,
            entries: 5_000,
            documents: 5_000,
            depth: 100,
            nodes: 1_000_000,
        }
    }
}
