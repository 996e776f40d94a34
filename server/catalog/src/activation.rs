//! Which files are in force by what was activated before, and the way to others. Shared by the server and the commands.

use crate::files::Files;
use crate::{Catalog, CatalogError};
use pegel_store::versions::{NewActivation, Reason};
use pegel_store::{Store, StoreError};
use std::path::Path;

/// Why nothing can be said to be in force.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the files of KPIs cannot be followed: {0}")]
    Thread(#[source] std::io::Error),
}

/// What lets KPIs come into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Whatever the files are, once they are in order; and commands.
    Files,
    /// Commands only. Where nothing was ever activated, the files as they are found first.
    Commands,
}

/// The KPIs that a command computes with, which neither activates nor waits: those of the files of the home, unless
/// files do not count, or somebody decided about these very files and went back to earlier ones.
///
/// # Errors
/// If the files cannot be read or are not in order, or the database fails.
pub fn catalog_for(home: &Path, store: &Store, follow: Follow) -> Result<Catalog, ActivationError> {
    let files = Files::of_home(home)?;
    let counts = |sha256: &str| follow == Follow::Commands || sha256 == files.digest();
    let decided = store.active_set()?.filter(|set| counts(&set.activation.files_sha256));
    let files = decided.map_or(files, |set| Files::of_versions(set.versions));
    Ok(Catalog::of(&files)?)
}

/// An activation of these files, found as they are.
pub fn of_files(files: &Files, reason: Reason, activated_at: i64) -> NewActivation {
    NewActivation {
        activated_at,
        author: None,
        reason,
        forced_past: 0,
        files_sha256: files.digest(),
        note: None,
        versions: files.versions(),
    }
}
