//! The files that a command names: by their paths, by patterns that no shell has read, or what comes through a pipe.

use anyhow::{Context, Result, anyhow, bail};
use pegel_text::clean::one_line;
use std::collections::BTreeSet;
use std::fs::{File, FileType};
use std::io::{Read, Seek};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A file that can be read more than once.
pub struct Given {
    /// For messages.
    pub name: String,
    /// Where it is, without links; `None` if it came through a pipe.
    pub path: Option<PathBuf>,
    /// When it was last written, in UTC seconds; `None` if it came through a pipe.
    pub written_at: Option<i64>,
    pub file: File,
}

/// Opens what is named; `-` is standard input. There is at least one.
pub fn given(named: &[PathBuf]) -> Result<Vec<Given>> {
    let mut all = Vec::new();
    for path in named {
        if path.as_os_str() == "-" {
            let file = kept(&mut std::io::stdin().lock()).context("standard input cannot be read")?;
            all.push(Given { name: "standard input".to_owned(), path: None, written_at: None, file });
            continue;
        }
        for path in meant(path)? {
            all.push(open(&path)?);
        }
    }
    let mut seen = BTreeSet::new();
    match all.iter().find(|given| given.path.as_ref().is_some_and(|path| !seen.insert(path.clone()))) {
        Some(twice) => bail!("{} is named twice: its rows would count twice", one_line(&twice.name)),
        None => Ok(all),
    }
}

/// The files that fit a pattern, by name; a path that there is means itself.
fn meant(path: &Path) -> Result<Vec<PathBuf>> {
    let pattern = path.to_str().filter(|text| text.contains(['*', '?', '[']) && !path.exists());
    let Some(found) = pattern.and_then(|pattern| glob::glob(pattern).ok()) else { return Ok(vec![path.to_owned()]) };
    let found = found.collect::<Result<Vec<_>, _>>().with_context(|| format!("{} cannot be read", shown(path)))?;
    let found: Vec<PathBuf> = found.into_iter().filter(|path| !path.is_dir()).collect();
    if found.is_empty() {
        return Err(anyhow!("no file is called {}", shown(path)));
    }
    Ok(found)
}

fn open(path: &Path) -> Result<Given> {
    let cannot = || format!("{} cannot be read", shown(path));
    let meta = std::fs::metadata(path).with_context(cannot)?;
    let kind = meta.file_type();
    let mut file = if kind.is_file() || is_pipe(kind) {
        File::open(path).with_context(cannot)?
    } else {
        // A device may never end.
        bail!("{} is not a file: a folder or a device cannot be imported", shown(path));
    };
    if !kind.is_file() {
        file = kept(&mut file).with_context(cannot)?;
    }
    let place = if kind.is_file() { path.canonicalize().ok() } else { None };
    let written_at = meta.modified().ok().filter(|_| kind.is_file()).and_then(seconds);
    Ok(Given { name: path.display().to_string(), path: place, written_at, file })
}

/// UTC seconds.
pub fn seconds(time: SystemTime) -> Option<i64> {
    i64::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_secs()).ok()
}

#[cfg(unix)]
fn is_pipe(kind: FileType) -> bool {
    std::os::unix::fs::FileTypeExt::is_fifo(&kind)
}

#[cfg(not(unix))]
fn is_pipe(_: FileType) -> bool {
    false
}

/// What comes through a pipe, in a temporary file without a name: an import goes back to the beginning.
fn kept(pipe: &mut dyn Read) -> std::io::Result<File> {
    let mut file = tempfile::tempfile()?;
    std::io::copy(pipe, &mut file)?;
    file.rewind()?;
    Ok(file)
}

/// A file's name, which may contain anything, made fit to show.
pub fn shown(path: &Path) -> String {
    one_line(&path.display().to_string()).into_owned()
}
