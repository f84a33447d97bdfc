//! One process per SQLite file: writers of a second process would not wake the listeners of the first.

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::Path,
};

use hypo_shared::ErrorCode;

use crate::{Error, Result};

/// Held as long as the store is open; the system releases it when the process ends, however it ends.
#[derive(Debug)]
pub struct FileLock {
    _file: File,
}

impl FileLock {
    /// Makes the folder and the database file (owner only) where they are missing and locks `PATH.lock`.
    pub fn take(database: &Path) -> Result<Self> {
        let unavailable = |error: std::io::Error| Error::Unavailable(format!("{}: {error}", database.display()));
        if let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(unavailable)?;
        }
        let mut name = database.as_os_str().to_owned();
        name.push(".lock");
        let file = private(Path::new(&name)).map_err(unavailable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::refused(
                    ErrorCode::ConfigInvalid,
                    "another process has this SQLite file open; several replicas need a postgres:// address",
                ));
            }
            Err(TryLockError::Error(error)) => return Err(unavailable(error)),
        }
        private(database).map_err(unavailable)?;
        Ok(Self { _file: file })
    }
}

fn private(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
