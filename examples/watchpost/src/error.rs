//! Why a component ends, and the exit code that says so.

/// A failure that ends the process. What can be retried is retried and never becomes one.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("{0}")]
    Usage(String),
    #[error("configuration: {0}")]
    Config(String),
    #[error("volume: {0}")]
    Volume(String),
    #[error("system: {0}")]
    System(String),
}

impl Failure {
    /// The process exit code (sysexits.h).
    pub const fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => 64,
            Self::System(_) => 71,
            Self::Volume(_) => 73,
            Self::Config(_) => 78,
        }
    }
}
