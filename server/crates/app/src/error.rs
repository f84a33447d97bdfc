//! What an application function answers when it does not do what was asked.

use std::time::Duration;

use hypo_shared::{ErrorCode, validate::Violation};

/// A refusal or failure with its stable code. `message` may be shown to the caller; `detail` goes to the log only.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{code}: {message}")]
pub struct Error {
    pub code: ErrorCode,
    /// A sentence for the caller. Never holds SQL, paths, addresses of ours or secrets.
    pub message: String,
    /// Fields of the input that are wrong.
    pub violations: Vec<Violation>,
    /// When trying again may help.
    pub retry_after: Option<Duration>,
    /// What happened, for the log of the operator.
    pub detail: Option<String>,
}

/// Result of every application function.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// A failure with a sentence of its own.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), violations: Vec::new(), retry_after: None, detail: None }
    }

    /// A failure that the code's title says completely.
    #[must_use]
    pub fn of(code: ErrorCode) -> Self {
        Self::new(code, code.title())
    }

    /// Wrong input, field by field.
    #[must_use]
    pub fn invalid(violations: Vec<Violation>) -> Self {
        let text =
            violations.first().map_or_else(|| ErrorCode::InvalidInput.title().to_owned(), |first| first.text.clone());
        Self { violations, ..Self::new(ErrorCode::InvalidInput, text) }
    }

    /// One wrong field.
    #[must_use]
    pub fn field(path: &str, code: &str, text: impl Into<String>) -> Self {
        Self::invalid(vec![Violation { path: path.to_owned(), code: code.to_owned(), text: text.into() }])
    }

    /// Our own fault: the caller sees the title, the log sees `detail`.
    #[must_use]
    pub fn internal(detail: impl std::fmt::Display) -> Self {
        Self { detail: Some(detail.to_string()), ..Self::of(ErrorCode::Internal) }
    }

    /// The same failure, to be tried again after `wait`.
    #[must_use]
    pub fn retry(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self
    }

    /// `Ok` when no field is wrong.
    ///
    /// # Errors
    /// [`Error::invalid`].
    pub fn check(violations: Vec<Violation>) -> Result<()> {
        if violations.is_empty() { Ok(()) } else { Err(Self::invalid(violations)) }
    }
}

impl From<hypo_tmf::Problem> for Error {
    fn from(problem: hypo_tmf::Problem) -> Self {
        Self::new(problem.code, problem.reason)
    }
}

impl From<hypo_package::Error> for Error {
    fn from(error: hypo_package::Error) -> Self {
        Self::new(error.code(), error.to_string())
    }
}

impl From<hypo_model::ports::cluster::Error> for Error {
    fn from(error: hypo_model::ports::cluster::Error) -> Self {
        Self::new(error.code, error.message)
    }
}

impl From<hypo_model::ports::packages::Error> for Error {
    fn from(error: hypo_model::ports::packages::Error) -> Self {
        Self::new(error.code, error.message)
    }
}

impl From<hypo_model::ports::callbacks::Error> for Error {
    fn from(error: hypo_model::ports::callbacks::Error) -> Self {
        Self::new(error.code, format!("{}: {}.", error.code.title().trim_end_matches('.'), error.message))
    }
}

impl From<hypo_model::ports::peers::Error> for Error {
    fn from(error: hypo_model::ports::peers::Error) -> Self {
        Self { retry_after: error.retry_after, ..Self::new(error.code, error.message) }
    }
}

impl From<hypo_model::ports::secrets::Error> for Error {
    fn from(error: hypo_model::ports::secrets::Error) -> Self {
        Self { detail: Some(error.message), ..Self::of(error.code) }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self { detail: Some(error.to_string()), ..Self::of(ErrorCode::StoreCorrupt) }
    }
}

impl From<hypo_store::Error> for Error {
    fn from(error: hypo_store::Error) -> Self {
        let code = error.code();
        match error {
            hypo_store::Error::Refused { .. } => Self::of(code),
            hypo_store::Error::Duplicate(what) => Self::new(code, format!("There is already a {what}.")),
            other => Self { detail: Some(other.to_string()), ..Self::of(code) },
        }
    }
}

impl From<hypo_orchestrator::Error> for Error {
    fn from(error: hypo_orchestrator::Error) -> Self {
        use hypo_orchestrator::Error as Work;
        match error {
            Work::Store(error) => error.into(),
            Work::Secrets(error) => error.into(),
            Work::Cluster(error) => error.into(),
            Work::Refused { code, message } => Self::new(code, message),
            Work::Engine(error) => Self { detail: Some(error.to_string()), ..Self::of(error.code()) },
        }
    }
}

impl From<hypo_model::plan::PlanError> for Error {
    fn from(error: hypo_model::plan::PlanError) -> Self {
        Self::new(error.code, error.message)
    }
}
