//! Streams of YAML and JSON into documents.

use serde_json::Value;
use serde_saphyr::{DuplicateKeyPolicy, Error as YamlError};

use super::{
    Document, Origin, list,
    strict::{self, Strict},
};
use crate::{Error, Limits, SourceFile, source::is_manifest};

/// Reads the manifests among the files, in the order of their paths; other files are passed over.
///
/// # Errors
/// [`Error::TooLarge`] before anything is parsed when the files are larger than the limit; otherwise the first
/// refused document: [`Error::Invalid`], [`Error::Budget`], [`Error::DuplicateKey`] or [`Error::Object`].
pub fn parse(files: &[SourceFile], limits: Limits) -> Result<Vec<Document>, Error> {
    let mut chosen: Vec<&SourceFile> = files.iter().filter(|file| is_manifest(&file.path)).collect();
    chosen.sort_by(|a, b| a.path.cmp(&b.path));
    let total: u64 = chosen.iter().map(|file| file.bytes.len() as u64).sum();
    if total > limits.bytes {
        return Err(Error::TooLarge { what: "the package".into(), limit: limits.bytes });
    }
    let mut out = Vec::new();
    for file in chosen {
        if file.bytes.len() as u64 > limits.file_bytes {
            return Err(Error::TooLarge { what: file.path.clone(), limit: limits.file_bytes });
        }
        let text = std::str::from_utf8(&file.bytes).map_err(|_| Error::Invalid {
            file: file.path.clone(),
            line: 0,
            reason: "it is not UTF-8".into(),
        })?;
        stream(&file.path, text, limits, &mut out)?;
    }
    Ok(out)
}

/// Reads one text of many documents, for example what `helm template` prints.
///
/// # Errors
/// As [`parse`].
pub fn parse_str(text: &str, limits: Limits) -> Result<Vec<Document>, Error> {
    if text.len() as u64 > limits.bytes {
        return Err(Error::TooLarge { what: "the package".into(), limit: limits.bytes });
    }
    let mut out = Vec::new();
    stream("", text, limits, &mut out)?;
    Ok(out)
}

/// Reads one YAML or JSON value under the same budgets, for example `values.yaml`. An empty text is `null`.
///
/// # Errors
/// As [`parse`], and [`Error::Invalid`] when there is more than one document.
pub fn parse_value(file: &str, text: &str, limits: Limits) -> Result<Value, Error> {
    if text.len() as u64 > limits.file_bytes {
        return Err(Error::TooLarge { what: file.to_owned(), limit: limits.file_bytes });
    }
    let mut values = values(file, text, limits)?;
    match values.len() {
        0 => Ok(Value::Null),
        1 => Ok(values.remove(0)),
        _ => Err(Error::Invalid { file: file.to_owned(), line: 0, reason: "more than one document".into() }),
    }
}

fn stream(file: &str, text: &str, limits: Limits, out: &mut Vec<Document>) -> Result<(), Error> {
    for (index, value) in values(file, text, limits)?.into_iter().enumerate() {
        // A stream may hold documents of nothing but comments.
        if !value.is_null() {
            list::expand(value, &Origin { file: file.to_owned(), index }, limits.documents, out)?;
        }
    }
    Ok(())
}

fn values(file: &str, text: &str, limits: Limits) -> Result<Vec<Value>, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Twice the text: what aliases and merge keys may add to it.
    let bytes = text.len().saturating_mul(2).saturating_add(1 << 16);
    on_its_own_stack(|| {
        strict::budgeted(limits.nodes, bytes, || {
            if file.ends_with(".json") {
                return json(file, text);
            }
            let documents: Vec<Strict> = serde_saphyr::from_multiple_with_options(text, options(limits))
                .map_err(|error| refusal(file, &error))?;
            Ok(documents.into_iter().map(|Strict(value)| value).collect())
        })
    })
    .unwrap_or_else(|| Err(Error::Budget { file: file.to_owned(), line: 0, reason: "no stack to parse it on".into() }))
}

/// Runs a parse where the permitted depth fits: in unoptimised builds a level takes 20 KB of stack,
/// and the caller's may be a runtime's worker with little left. `None` when no thread can be made.
fn on_its_own_stack<T: Send>(parse: impl FnOnce() -> T + Send) -> Option<T> {
    const STACK: usize = 16 << 20;
    std::thread::scope(|scope| {
        std::thread::Builder::new().stack_size(STACK).spawn_scoped(scope, parse).ok()?.join().ok()
    })
}

/// YAML as Kubernetes reads it: 1.1 booleans and octal numbers (`defaultMode: 0644`).
fn options(limits: Limits) -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_events: limits.nodes.saturating_mul(2),
            max_nodes: limits.nodes,
            max_depth: limits.depth,
            flow_nesting_limit: limits.depth,
            max_documents: limits.documents.saturating_mul(2),
            max_aliases: 10_000,
            max_anchors: 1_000,
            max_merge_keys: 1_000,
            max_recorded_anchor_events: 100_000,
            max_recorded_anchor_bytes: 4 << 20,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: 100_000,
            max_replay_stack_depth: 16,
        },
        duplicate_keys: DuplicateKeyPolicy::Error,
        legacy_octal_numbers: true,
        reject_unsupported_tags: true,
        emit_comments: false,
        with_snippet: false,
    }
}

fn json(file: &str, text: &str) -> Result<Vec<Value>, Error> {
    let mut values = Vec::new();
    for value in serde_json::Deserializer::from_str(text).into_iter::<Strict>() {
        let Strict(value) = value.map_err(|error| {
            let line = error.line() as u64;
            let text = error.to_string();
            if text.contains("recursion limit") {
                return Error::Budget { file: file.to_owned(), line, reason: "it is nested too deep".into() };
            }
            worded(file, line, &text)
        })?;
        values.push(value);
    }
    Ok(values)
}

fn refusal(file: &str, error: &YamlError) -> Error {
    let line = error.location().map_or(0, |location| location.line());
    let reason = error.to_string();
    match error {
        YamlError::WithSnippet { error, .. } | YamlError::AliasError { error, .. } => refusal(file, error),
        YamlError::DuplicateMappingKey { key, .. } => {
            Error::DuplicateKey { file: file.to_owned(), line, key: key.clone().unwrap_or_default() }
        }
        YamlError::Budget { .. }
        | YamlError::AliasReplayLimitExceeded { .. }
        | YamlError::AliasExpansionLimitExceeded { .. }
        | YamlError::AliasReplayStackDepthExceeded { .. }
        | YamlError::AliasReplayCounterOverflow { .. } => Error::Budget { file: file.to_owned(), line, reason },
        _ => worded(file, line, &reason),
    }
}

/// Errors that reach us only as words: ours from [`Strict`], and the scanner's own nesting limit.
fn worded(file: &str, line: u64, reason: &str) -> Error {
    let file = file.to_owned();
    if let Some(at) = reason.find(strict::DUPLICATE) {
        let key = &reason[at + strict::DUPLICATE.len()..];
        let key = key.rsplit_once(" at line ").map_or(key, |(key, _)| key).to_owned();
        return Error::DuplicateKey { file, line, key };
    }
    if reason.contains(strict::BEYOND) || reason.contains("nest") || reason.contains("recursion") {
        return Error::Budget { file, line, reason: reason.to_owned() };
    }
    Error::Invalid { file, line, reason: reason.to_owned() }
}
