//! What can go wrong while a package is read.

use hypo_shared::ErrorCode;

/// A refused or unreadable package. `code` gives the stable number.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// More bytes, entries or documents than the limit allows.
    #[error("{what} is larger than the limit of {limit}")]
    TooLarge { what: String, limit: u64 },
    /// Not a gzip stream or not a tar archive, or cut off.
    #[error("the archive cannot be read: {reason}")]
    Archive { reason: String },
    /// An entry leaves the folder or is no plain file.
    #[error("archive entry {entry:?} is refused: {reason}")]
    Unsafe { entry: String, reason: String },
    /// Not YAML or JSON, or not UTF-8.
    #[error("{file}{}: {reason}", at(*line))]
    Invalid { file: String, line: u64, reason: String },
    /// Aliases, depth or nodes beyond the budget.
    #[error("{file}{}: expands beyond the limit: {reason}", at(*line))]
    Budget { file: String, line: u64, reason: String },
    /// A mapping names a key twice.
    #[error("{file}{}: the key {key:?} is named twice", at(*line))]
    DuplicateKey { file: String, line: u64, key: String },
    /// A document without `apiVersion`, `kind` or name.
    #[error("{file}, document {index}: {reason}")]
    Object { file: String, index: usize, reason: String },
    /// No document makes pods.
    #[error("the package holds no workload")]
    Empty,
    /// The values schema is no JSON Schema.
    #[error("values.schema.json is not usable: {reason}")]
    Schema { reason: String },
}

fn at(line: u64) -> String {
    if line == 0 { String::new() } else { format!(", line {line}") }
}

impl Error {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::TooLarge { .. } => ErrorCode::PackageTooLarge,
            Self::Archive { .. } => ErrorCode::PackageUnreadable,
            Self::Unsafe { .. } => ErrorCode::ArchiveUnsafe,
            Self::Invalid { .. } => ErrorCode::YamlInvalid,
            Self::Budget { .. } => ErrorCode::YamlBudget,
            Self::DuplicateKey { .. } => ErrorCode::YamlDuplicateKey,
            Self::Object { .. } => ErrorCode::ObjectInvalid,
            Self::Empty => ErrorCode::PackageEmpty,
            Self::Schema { .. } => ErrorCode::ValuesInvalid,
        }
    }
}
