//! Locks between programs: files that one holds at a time. They hold nothing themselves.

use std::fs::File;
use std::path::Path;

use crate::error::ConnectionError;

/// Waits until no other program holds this file; dropping it gives it back.
pub(crate) fn locked(path: &Path) -> Result<File, ConnectionError> {
    let open = File::options().create(true).truncate(false).write(true).open(path);
    let file = open.map_err(ConnectionError::file("write", path))?;
    file.lock().map_err(ConnectionError::file("lock", path))?;
    Ok(file)
}
