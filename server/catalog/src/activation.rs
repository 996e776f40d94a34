//! Which files the latest activation puts in force, and how others replace them. Shared by the server and the commands.

use crate::files::{Files, Found};
use crate::settle::{Settled, settle};
use crate::{Catalog, CatalogError};
use pegel_home::Problem;
use pegel_store::versions::{ActiveSet, NewActivation, Reason};
use pegel_store::{Store, StoreError};
use std::path::Path;

/// Why it cannot be told what is in force.
#[derive(Debug, thiserror::Error)]
pub enum ActivationError {
    #[error(transparent)]
    Catalog(#[from] CatalogError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the KPI files cannot be watched: {0}")]
    Thread(#[source] std::io::Error),
}

/// What lets KPIs come into force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follow {
    /// Whatever the files are, once they are in order; and commands.
    Files,
    /// Commands only. If nothing was ever activated, the files as first found.
    Commands,
}

/// The KPIs that a command computes with, which neither activates nor waits: those of the files of the home, as far as
/// they are in order; but those in force if files do not count, or somebody decided about these very files and went
/// back to earlier ones. Without a database, nothing is in force before.
///
/// Also returns what is wrong with the files that were left out.
///
/// # Errors
/// If the database fails.
pub fn catalog_for(
    home: &Path,
    store: Option<&Store>,
    follow: Follow,
) -> Result<(Catalog, Vec<Problem>), ActivationError> {
    let found = Found::of_home(home);
    let active = store.map(Store::active_set).transpose()?.flatten();
    let decided = |set: &ActiveSet| follow == Follow::Commands || set.activation.files_sha256 == found.digest();
    let is_decided = active.as_ref().is_some_and(decided);
    let in_force = active.map(|set| Files::of_versions(set.versions));
    let unchanged = || in_force.as_ref().and_then(|files| Catalog::of(files).ok());
    if is_decided && let Some(catalog) = unchanged() {
        return Ok((catalog, Vec::new()));
    }
    let Settled { made, problems, .. } = settle(&found, in_force.as_ref(), |files| Catalog::of(&files))?;
    if let Some(catalog) = made.or_else(unchanged) {
        return Ok((catalog, problems));
    }
    // What is in force does not load in this program.
    let Settled { made, problems, .. } = settle(&found, None, |files| Catalog::of(&files))?;
    Ok((made.ok_or_else(|| CatalogError::Files(problems.clone()))?, problems))
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
