//! What can go wrong, in words a caller can act on.

use hypo_shared::ErrorCode;
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

/// Result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why the store did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A rule of the record refuses the change, or the row is not there. Also what the body of a write
    /// returns to roll back with a code of its choice.
    #[error("{}: {detail}", code.title())]
    Refused { code: ErrorCode, detail: String },
    /// A unique value is taken.
    #[error("already there: {0}")]
    Duplicate(String),
    /// A stored record cannot be read back.
    #[error("a stored record cannot be read: {0}")]
    Corrupt(String),
    /// The database asks to try again; [`crate::write!`] has done so as often as is sensible.
    #[error("the store is busy: {0}")]
    Busy(String),
    /// The database does not answer.
    #[error("the store does not answer: {0}")]
    Unavailable(String),
    /// A mistake of ours.
    #[error("a statement failed: {0}")]
    Internal(String),
}

impl Error {
    /// A refusal with a code.
    #[must_use]
    pub fn refused(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self::Refused { code, detail: detail.into() }
    }

    /// The stable code of the failure.
    #[must_use]
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Refused { code, .. } => *code,
            Self::Duplicate(_) => ErrorCode::StateConflict,
            Self::Corrupt(_) => ErrorCode::StoreCorrupt,
            Self::Busy(_) => ErrorCode::Overloaded,
            Self::Unavailable(_) => ErrorCode::StoreUnavailable,
            Self::Internal(_) => ErrorCode::Internal,
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        match error.sql_err() {
            Some(SqlErr::UniqueConstraintViolation(text)) => return Self::Duplicate(text),
            Some(SqlErr::ForeignKeyConstraintViolation(_)) => {
                return Self::refused(
                    ErrorCode::StateConflict,
                    "another record refers to this one, or what it refers to is gone",
                );
            }
            _ => {}
        }
        let text = error.to_string();
        match &error {
            DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => Self::Unavailable(text),
            DbErr::Type(_) | DbErr::Json(_) | DbErr::TryIntoErr { .. } => Self::Corrupt(text),
            DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => {
                Self::of_driver(cause, text)
            }
            _ => Self::Internal(text),
        }
    }
}

impl Error {
    fn of_driver(cause: &sqlx::Error, text: String) -> Self {
        match cause {
            sqlx::Error::Database(database) => {
                let code = database.code().unwrap_or_default();
                if database.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some() {
                    // The low byte of an extended SQLite result code is the primary one.
                    match code.parse::<u32>().map(|code| code & 0xff) {
                        Ok(5 | 6) => Self::Busy(text),
                        Ok(10 | 13 | 14) => Self::Unavailable(text),
                        Ok(11 | 26) => Self::Corrupt(text),
                        _ => Self::Internal(text),
                    }
                } else {
                    match &*code {
                        "40001" | "40P01" | "55P03" => Self::Busy(text),
                        code if code.starts_with("08") || code.starts_with("57P") || code.starts_with("53") => {
                            Self::Unavailable(text)
                        }
                        code if code.starts_with("XX") => Self::Corrupt(text),
                        _ => Self::Internal(text),
                    }
                }
            }
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed => Self::Unavailable(text),
            sqlx::Error::ColumnDecode { .. } | sqlx::Error::Decode(_) => Self::Corrupt(text),
            _ => Self::Internal(text),
        }
    }
}
