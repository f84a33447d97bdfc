//! What a command says when it fails: the code, then the sentence.

use hypo_shared::ErrorCode;

/// Result of a command.
pub type Result<T> = std::result::Result<T, Error>;

/// Why a command failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{code}: {message}")]
    Coded { code: ErrorCode, message: String },
    /// The server's answer, with the code it gave.
    #[error("{0}")]
    Remote(String),
    #[error("{path}: {source}")]
    File { path: String, source: std::io::Error },
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl Error {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self::Coded { code, message: message.into() }
    }

    pub fn file(path: &std::path::Path, source: std::io::Error) -> Self {
        Self::File { path: path.display().to_string(), source }
    }
}

impl From<hypo_package::Error> for Error {
    fn from(error: hypo_package::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<hypo_model::ports::packages::Error> for Error {
    fn from(error: hypo_model::ports::packages::Error) -> Self {
        Self::new(error.code, error.message)
    }
}
