//! Room on the disk for what must be recorded. A claim on a mail may still fit on a full disk where the record that it
//! was handed over does not; then it would go out again and again. So a file of some size lies beside an SQLite
//! database, and gives its room away when a record does not fit.
//!
//! A PostgreSQL server looks after its own disk; there, what could not be recorded is remembered by whoever handed it
//! over.

use crate::{Store, StoreError};
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Enough for the pages of many records, and the log of them.
const ROOM: usize = 1 << 20;

impl Store {
    /// Makes sure that there is room to record what is about to be done. Cheap where there is.
    ///
    /// # Errors
    /// [`StoreError::NoRoom`] if the disk is full.
    pub fn hold_room(&self) -> Result<(), StoreError> {
        let Some(path) = self.reserve() else { return Ok(()) };
        let is_held = std::fs::metadata(&path).is_ok_and(|file| file.len() >= ROOM as u64);
        if is_held {
            return Ok(());
        }
        fill(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                return StoreError::Replaced { path: path.display().to_string() };
            }
            // A part of the room helps nobody.
            let _ = File::create(&path);
            StoreError::NoRoom { path: path.display().to_string(), reason: error.to_string() }
        })
    }

    /// Gives the room away, for a record that did not fit. The empty file that stays tells of it.
    pub fn give_room_away(&self) {
        if let Some(path) = self.reserve() {
            let _ = File::create(path);
        }
    }

    /// Whether whoever records finds no room. Only looks: to take what room there is could be what the record lacks.
    pub fn lacks_room(&self) -> bool {
        self.reserve().is_some_and(|path| std::fs::metadata(path).is_ok_and(|file| file.len() < ROOM as u64))
    }

    fn reserve(&self) -> Option<PathBuf> {
        let mut path = self.sqlite_file()?.as_os_str().to_owned();
        path.push("-reserve");
        Some(PathBuf::from(path))
    }
}

fn fill(path: &Path) -> io::Result<()> {
    let mut file = File::create(path)?;
    // Bytes that no file system can pack into less.
    let noise = (0..ROOM as u64).map(|at| at.wrapping_mul(0x9E37_79B9_7F4A_7C15).to_be_bytes()[0]);
    file.write_all(&noise.collect::<Vec<u8>>())?;
    file.sync_all()
}
