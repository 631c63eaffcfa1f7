//! The file that `--data` names: readable by its owner only, and used by one machine at a time.

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// Holds the file until it is dropped, or the process ends in whatever way.
#[derive(Debug)]
pub(crate) struct DataFile {
    path: PathBuf,
    _lock: File,
}

impl DataFile {
    /// Takes the file, making it if it is not there.
    pub(crate) fn take(path: &Path) -> io::Result<Self> {
        let lock = private().open(beside(path, "lock"))?;
        lock.try_lock().map_err(|error| match error {
            TryLockError::WouldBlock => io::Error::other("another vestibule is using it"),
            TryLockError::Error(error) => error,
        })?;
        // SQLite gives the files it puts beside this one the same permissions.
        private().open(path)?;
        Ok(Self { path: path.to_owned(), _lock: lock })
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

/// The path of a file that belongs to this one: `FILE.secrets` beside `FILE`.
pub(super) fn beside(path: &Path, what: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(what);
    name.into()
}

/// Opens for reading and writing what only its owner may read.
pub(crate) fn private() -> OpenOptions {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false).mode(0o600);
    options
}
