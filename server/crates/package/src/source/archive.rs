//! Gzipped tar archives, read so that nothing can leave the folder or exhaust the memory.

use std::io::Read;

use crate::{Error, Limits, SourceFile};

/// Unpacks a gzipped tar archive in memory, entries in archive order.
///
/// Refused: absolute paths, `..`, drive letters, symbolic and hard links, devices, FIFOs, entries named twice.
/// PAX and GNU long-name records are understood by the reader within the same budget; nothing is written anywhere.
///
/// # Errors
/// [`Error::TooLarge`] for archives, entries, files or totals beyond `limits`; [`Error::Unsafe`]; [`Error::Archive`].
pub fn unpack_tgz(bytes: &[u8], limits: Limits) -> Result<Vec<SourceFile>, Error> {
    if bytes.len() as u64 > limits.archive_bytes {
        return Err(too_large("the archive", limits.archive_bytes));
    }
    // The whole inflated stream is bounded, headers, padding and PAX records included: 1 KiB for each entry.
    let ceiling = limits.bytes.saturating_add(limits.entries as u64 * 1024).saturating_add(1 << 16);
    let stream = Bounded { inner: flate2::read::GzDecoder::new(bytes), left: ceiling };
    let mut archive = tar::Archive::new(stream);
    let mut files: Vec<SourceFile> = Vec::new();
    let mut names = std::collections::HashSet::new();
    let mut total = 0_u64;
    for (count, entry) in archive.entries().map_err(|error| unreadable(&error, limits))?.enumerate() {
        if count >= limits.entries {
            return Err(Error::TooLarge { what: "the number of archive entries".into(), limit: limits.entries as u64 });
        }
        let entry = entry.map_err(|error| unreadable(&error, limits))?;
        let raw = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let kind = entry.header().entry_type();
        if kind.is_pax_global_extensions() {
            continue;
        }
        if !kind.is_file() && !kind.is_dir() {
            return Err(unsafe_entry(&raw, "only plain files and folders are accepted"));
        }
        let path = clean(&raw)?;
        if kind.is_dir() || path.is_empty() {
            continue;
        }
        let size = entry.size();
        total = total.saturating_add(size);
        if size > limits.file_bytes {
            return Err(too_large(&format!("the file {path}"), limits.file_bytes));
        }
        if total > limits.bytes {
            return Err(too_large("the unpacked package", limits.bytes));
        }
        if !names.insert(path.clone()) {
            return Err(unsafe_entry(&raw, "the archive names it twice"));
        }
        let mut content = Vec::new();
        entry.take(limits.file_bytes).read_to_end(&mut content).map_err(|error| unreadable(&error, limits))?;
        if content.len() as u64 != size {
            return Err(Error::Archive { reason: format!("{path} is cut off") });
        }
        files.push(SourceFile { path, bytes: content });
    }
    Ok(files)
}

/// The relative path with `/` between its parts; `./` and doubled slashes are dropped.
fn clean(raw: &str) -> Result<String, Error> {
    if raw.len() > 1024 {
        return Err(unsafe_entry(&raw.chars().take(80).collect::<String>(), "the path is longer than 1024 bytes"));
    }
    if raw.contains('\0') || raw.contains('\\') || raw.contains('\u{fffd}') || raw.chars().any(char::is_control) {
        return Err(unsafe_entry(raw, "the path holds characters that are not accepted"));
    }
    if raw.starts_with('/') || raw.as_bytes().get(1) == Some(&b':') {
        return Err(unsafe_entry(raw, "the path is absolute"));
    }
    let mut parts = Vec::new();
    for part in raw.split('/') {
        match part {
            "" | "." => {}
            ".." => return Err(unsafe_entry(raw, "the path leaves its folder")),
            part => parts.push(part),
        }
    }
    Ok(parts.join("/"))
}

fn too_large(what: &str, limit: u64) -> Error {
    Error::TooLarge { what: what.to_owned(), limit }
}

fn unsafe_entry(entry: &str, reason: &str) -> Error {
    Error::Unsafe { entry: entry.to_owned(), reason: reason.to_owned() }
}

fn unreadable(error: &std::io::Error, limits: Limits) -> Error {
    if error.get_ref().is_some_and(is_bound) || error.to_string().contains(BOUND) {
        return too_large("the unpacked package", limits.bytes);
    }
    Error::Archive { reason: error.to_string() }
}

const BOUND: &str = "unpacked archive beyond its bound";

fn is_bound(error: &(dyn std::error::Error + Send + Sync + 'static)) -> bool {
    error.to_string() == BOUND
}

/// Fails, rather than ends, when more than `left` bytes were read: a bomb must not look like a short archive.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| std::io::Error::other(BOUND))?;
        Ok(read)
    }
}
