//! Files elsewhere, at addresses that a client has named: what is imported is read from one, what is exported is
//! written to one. The address was chosen by somebody else, and is trusted with nothing.

use async_trait::async_trait;

/// Bytes of a file at most.
pub const LIMIT: usize = 16 << 20;

/// Why a file was not read or written. Says nothing about addresses inside.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Error(pub String);

/// Reads and writes files.
#[async_trait]
pub trait Files: Send + Sync {
    /// The whole file, up to [`LIMIT`].
    async fn read(&self, address: &str) -> Result<Vec<u8>, Error>;

    /// Puts the whole file where it is or is to be.
    async fn write(&self, address: &str, media_type: &str, content: Vec<u8>) -> Result<(), Error>;
}

/// Reads and writes nothing: for programs without a network.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoFiles;

#[async_trait]
impl Files for NoFiles {
    async fn read(&self, _: &str) -> Result<Vec<u8>, Error> {
        Err(Error("no file is read from here".to_owned()))
    }

    async fn write(&self, _: &str, _: &str, _: Vec<u8>) -> Result<(), Error> {
        Err(Error("no file is written from here".to_owned()))
    }
}
