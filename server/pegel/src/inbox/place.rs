//! The files of a watched folder, and where they go: into `done` or `rejected` below it, never over another file.
//!
//! Who may put files into the folder must not reach others by it: links are not followed.

use super::seen::State;
use pegel_import::Summary;
use std::fs::{File, Metadata, OpenOptions};
use std::io::{Error, ErrorKind, Result, Write};
use std::path::{Path, PathBuf};

/// The complete or incomplete files of a folder; no links, nothing hidden.
pub fn files(folder: &Path) -> Result<Vec<(PathBuf, State)>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        match entry.path().symlink_metadata() {
            Ok(meta) if meta.is_file() => files.push((entry.path(), state(&meta)?)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(files)
}

fn state(meta: &Metadata) -> Result<State> {
    Ok(State { size: meta.len(), written: meta.modified()?, identity: identity(meta) })
}

#[cfg(unix)]
fn identity(meta: &Metadata) -> (u64, u64) {
    use std::os::unix::fs::MetadataExt;
    (meta.dev(), meta.ino())
}

#[cfg(not(unix))]
fn identity(_: &Metadata) -> (u64, u64) {
    (0, 0)
}

/// Why a file is not opened.
pub enum Gone {
    /// It is not what it was.
    Changed,
    Unreadable(Error),
}

/// Opens a file, unless it has changed or something else has taken its place.
pub fn open(path: &Path, was: State) -> std::result::Result<File, Gone> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Gone::Changed,
        _ => Gone::Unreadable(error),
    })?;
    let is = file.metadata().and_then(|meta| state(&meta)).map_err(Gone::Unreadable)?;
    if is == was { Ok(file) } else { Err(Gone::Changed) }
}

/// Where the files of a folder go.
pub struct Place {
    folder: PathBuf,
}

/// What lies beside a file that was moved.
const REPORT: &str = ".txt";
const REJECTED: &str = ".rejected.csv";

impl Place {
    /// That of the folder of a file, made where it is not there yet.
    pub fn beside(path: &Path) -> Result<Place> {
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        for name in ["done", "rejected"] {
            let below = folder.join(name);
            match std::fs::create_dir(&below) {
                Err(error) if error.kind() == ErrorKind::AlreadyExists && below.symlink_metadata()?.is_dir() => {}
                Err(error) => return Err(Error::new(error.kind(), format!("{}: {error}", below.display()))),
                Ok(()) => {}
            }
        }
        Ok(Place { folder })
    }

    /// Moves a file that was imported, beside what is said about it and the rows that were rejected.
    pub fn done(&self, path: &Path, state: State, report: &str, rejected: Option<&Summary>) -> Result<()> {
        self.put("done", path, state, report, rejected)
    }

    /// Moves a file that could not be imported, beside the reason.
    pub fn rejected(&self, path: &Path, state: State, report: &str) -> Result<()> {
        self.put("rejected", path, state, report, None)
    }

    fn put(&self, below: &str, path: &Path, was: State, report: &str, rejected: Option<&Summary>) -> Result<()> {
        let to = free(&self.folder.join(below), path)?;
        let beside = |ending: &str| {
            let mut name = to.as_os_str().to_owned();
            name.push(ending);
            OpenOptions::new().write(true).create_new(true).open(PathBuf::from(name))
        };
        beside(REPORT)?.write_all(report.as_bytes())?;
        if let Some(summary) = rejected {
            summary.write_rejected(beside(REJECTED)?)?;
        }
        // What has been written over it meanwhile is imported next.
        if path.symlink_metadata().and_then(|meta| state(&meta)).is_ok_and(|is| is == was) {
            std::fs::rename(path, &to)
        } else {
            std::fs::remove_file(&to)
        }
    }
}

/// A new empty file in a folder, called like another one, or with a number where there is one: `deals.2.csv`.
fn free(folder: &Path, like: &Path) -> Result<PathBuf> {
    let (stem, ending) = (like.file_stem().unwrap_or_default(), like.extension());
    for number in 1_u64.. {
        let mut name = stem.to_owned();
        if number > 1 {
            name.push(format!(".{number}"));
        }
        if let Some(ending) = ending {
            name.push(".");
            name.push(ending);
        }
        let taken = ["", REPORT, REJECTED].into_iter().any(|beside| {
            let mut name = name.clone();
            name.push(beside);
            folder.join(name).symlink_metadata().is_ok()
        });
        if taken {
            continue;
        }
        let path = folder.join(&name);
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(_) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::other("there are too many files of that name"))
}
