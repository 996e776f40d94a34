//! `pegel report key`: what a home signs its editions with.

use crate::ending::{Done, Ending, Failure, answer, broke, note, usage};
use anyhow::Context;
use pegel_home::read_if_there;
use pegel_report::signature::SigningKey;
use std::io::{ErrorKind, Write};
use std::path::Path;
use tempfile::NamedTempFile;

/// Where a home keeps it.
const FILE: &str = "config/signing.key";

/// Prints the public key; makes the key first, if there is none.
pub fn run(home: &Path) -> Ending {
    let key = match of_home(home)? {
        Some(key) => key,
        None => make(home)?,
    };
    answer(key.public());
    Ok(Done::InOrder)
}

/// The key of a home; `None` if it has none.
///
/// # Errors
/// If it cannot be read, or is none.
pub fn of_home(home: &Path) -> Result<Option<SigningKey>, Failure> {
    let path = home.join(FILE);
    let text = read_if_there(&path).map_err(usage)?;
    let key = text.as_deref().map(SigningKey::read).transpose();
    key.with_context(|| path.display().to_string()).map_err(usage)
}

/// Makes the file whole or not at all, for its owner alone; one that is there stays.
fn make(home: &Path) -> Result<SigningKey, Failure> {
    let path = home.join(FILE);
    let text = SigningKey::generate().map_err(broke)?;
    match written(&path, &text) {
        Ok(()) => note(format_args!(
            "{} is made: editions are signed with it from now on, by a running server after its next start. Keep a copy \
             in a safe place, and the key below where those find it who verify editions.",
            path.display()
        )),
        // Somebody else was faster.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        Err(error) => {
            return Err(broke(anyhow::Error::from(error).context(format!("{} cannot be written", path.display()))));
        }
    }
    of_home(home)?.with_context(|| format!("{} is gone", path.display())).map_err(broke)
}

fn written(path: &Path, text: &str) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder)?;
    // Nobody but its owner may read it: such files are made so.
    let mut file = NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist_noclobber(path)?;
    Ok(())
}
